"""The two derived tables: `days` (what is counted together) and `pairs` (lines that meet in an edit)."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanclaim.facts.alike import Alike
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.keys import joined, key_of
from cleanclaim.facts.kit import Context
from cleanclaim.facts.numbering import dense
from cleanclaim.facts.pair_edits import edits_for, may_be_edited
from cleanclaim.facts.spread import Places
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, absent
from cleanclaim.pricing.kinds import from_one

DAY_KEY = ("patient_id", "date_of_service", "discipline", "billing_npi", "coverage_order")
"""Minutes of a patient's day are pooled per discipline and billing provider (Pub 100-04 ch. 5 §20.2)."""

_KEYS_OF_DAYS = {"day_id": pl.Int64, "claim_id": pl.Int64}
_COLUMNS_OF_DAY_CODES = {
    "day_code_id": pl.Int64,
    "day_id": pl.Int64,
    "day_code": pl.String,
    "claim_id": pl.Int64,
    "day_code_order": pl.Int64,
}

_FEW = 200
"""Up to this many rows Python is done before a query has begun."""

_MOST_CODES = 1_000
"""Up to this many codes each two are looked up before lines are paired."""

_PAIR_KEY = ("patient_id", "date_of_service", "rendering_npi", "coverage_order")
"""A pair edit meets lines of one patient, day and rendering provider."""


def derive_days(claims: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each claim its `day_id`, and make the table of days with the claim that stands for each.

    A claim whose key is unknown in part forms a day of its own. The claim that stands for a day is its first
    claim that is judged, else its first.
    """
    if claims.height <= _FEW:
        return _few_days(claims)
    key = _alike(claims, DAY_KEY)
    # The claim that stands for each one's day: itself, where no other claim has its key.
    standing = np.arange(claims.height)
    shared = np.flatnonzero(key.known)
    shared = shared[(np.bincount(key.values[shared]) > 1)[key.values[shared]]]
    is_history = claims.get_column("is_history").to_numpy()[shared]
    order = shared[np.argsort(is_history, kind="stable")]
    met = distinct(key.values[order])
    standing[order] = order[met.first][met.of_row]
    stands = standing == np.arange(claims.height)
    owners = (np.cumsum(stands) - 1)[standing]
    firsts = np.flatnonzero(stands)
    days = pl.DataFrame({"day_id": np.arange(len(firsts)), "claim_id": firsts})
    return claims.hstack([pl.Series("day_id", owners)]), days


def _alike(claims: pl.DataFrame, names: tuple[str, ...]) -> Known:
    """Numbers of the claims from 0, the same where they are alike in these columns, of which each has to be known.

    Patient and day are the first of the columns. Few claims share them, so the others, which are texts, are compared
    among those alone.
    """
    columns = [claims.get_column(name) for name in names]
    known = ~np.logical_or.reduce([absent(column) for column in columns])
    met = distinct(key_of(columns[:2]).values)
    shared = np.flatnonzero(known & (np.bincount(met.of_row[known], minlength=len(met.first)) > 1)[met.of_row])
    if len(shared):
        others = np.zeros(claims.height, np.int64)
        others[shared] = distinct(key_of([column.gather(shared) for column in columns[2:]]).values).of_row
        met = distinct(joined(Known(met.of_row, known), Known(others, known)).values)
    return Known(met.of_row, known)


def _few_days(claims: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same for few claims, without a query."""
    keys = list(zip(*(claims.get_column(name).to_list() for name in DAY_KEY), strict=True))
    members: dict[object, list[int]] = {}
    for claim, key in enumerate(keys):
        members.setdefault(claim if None in key else key, []).append(claim)
    is_history = claims.get_column("is_history").to_list()
    standing = {min(own, key=lambda claim: (is_history[claim], claim)): own for own in members.values()}
    firsts = sorted(standing)
    owners = [0] * len(keys)
    for day, first in enumerate(firsts):
        for claim in standing[first]:
            owners[claim] = day
    days = pl.DataFrame({"day_id": range(len(firsts)), "claim_id": firsts}, schema=_KEYS_OF_DAYS)
    return claims.hstack([pl.Series("day_id", owners, dtype=pl.Int64)]), days


def numbered_codes(lines: pl.DataFrame, services: pl.DataFrame) -> Integers | None:
    """The codes of lines and services as numbers from 1, 0 for an unknown one; nothing for few of both."""
    if lines.height + services.height <= _FEW:
        return None
    return from_one(pl.concat([lines.get_column("code"), services.get_column("service_code")]))


def derive_day_codes(
    claims: pl.DataFrame, days: pl.DataFrame, lines: pl.DataFrame, services: pl.DataFrame, own: Integers | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Make the table of codes per day, billed or furnished, and give lines and services their `day_code_id`.

    An unknown code is a row of its own: what it is cannot be told, so its day's totals are unknown. `own` are the
    `numbered_codes`.
    """
    if own is None:
        return _few_day_codes(claims, days, lines, services)
    owner = np.concatenate([frame.get_column("claim_id").to_numpy() for frame in (lines, services)])
    day = claims.get_column("day_id").to_numpy()[owner]
    codes = pl.concat([lines.get_column("code"), services.get_column("service_code")])
    # Of unknown codes it is not known that they differ: they are one row of the day.
    # Day by day, within a day as they appear.
    order = np.argsort(day, kind="stable")
    met = distinct((day * (int(own.max(initial=0)) + 1) + own)[order])
    first = met.first[met.of_row]
    stands = first == np.arange(len(order))
    owners = np.empty(len(order), np.int64)
    owners[order] = (np.cumsum(stands) - 1)[first]
    ids = pl.Series("day_code_id", owners)
    rows = order[stands]
    day_codes = pl.DataFrame(
        {
            "day_code_id": np.arange(len(rows)),
            "day_id": day[rows],
            "day_code": codes.gather(rows),
            "claim_id": days.get_column("claim_id").to_numpy()[day[rows]],
            "day_code_order": np.arange(len(rows)),
        },
        schema=_COLUMNS_OF_DAY_CODES,
    )
    return lines.hstack([ids[: lines.height]]), services.hstack([ids[lines.height :]]), day_codes


def _few_day_codes(
    claims: pl.DataFrame, days: pl.DataFrame, lines: pl.DataFrame, services: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The same for few lines and services, without a query."""
    day_of = claims.get_column("day_id").to_list()
    owners = [*lines.get_column("claim_id").to_list(), *services.get_column("claim_id").to_list()]
    codes = [*lines.get_column("code").to_list(), *services.get_column("service_code").to_list()]
    met = [(day_of[claim], code) for claim, code in zip(owners, codes, strict=True)]
    # Sorting is stable: within a day the codes stay in the order in which they appear.
    number = {key: place for place, key in enumerate(sorted(dict.fromkeys(met), key=lambda key: key[0]))}
    standing = days.get_column("claim_id").to_list()
    day_codes = pl.DataFrame(
        {
            "day_code_id": range(len(number)),
            "day_id": [day for day, _ in number],
            "day_code": [code for _, code in number],
            "claim_id": [standing[day] for day, _ in number],
            "day_code_order": range(len(number)),
        },
        schema=_COLUMNS_OF_DAY_CODES,
    )
    ids = pl.Series("day_code_id", [number[key] for key in met], dtype=pl.Int64)
    return lines.hstack([ids[: lines.height]]), services.hstack([ids[lines.height :]]), day_codes


def derive_pairs(claims: pl.DataFrame, lines: pl.DataFrame, context: Context, codes: Integers | None) -> pl.DataFrame:
    """Every two lines of one patient, day and rendering provider that meet in an edit of their payer.

    The edits are the Medicare practitioner pairs or the payer's own, as the payer's file says on that day.
    Columns: `pair_id`, `claim_id` (of the line in column 2), `first_line_id`, `second_line_id`,
    `bypass_allowed`, `pair_is_confirmed`, `pair_edition`. `codes` begin with those of the lines, as `numbered_codes`.
    """
    both = _few_meetings(claims, lines) if codes is None else _meetings(claims, lines, context, codes[: lines.height])
    if both.is_empty():
        return pl.DataFrame(schema=_COLUMNS_OF_PAIRS)
    asked = both.select("payer", "date_of_service", "column_1", "column_2")
    kinds = Alike(Frames({"pairs": asked})).kinds("pairs", asked.columns)
    judged = edits_for(asked, context) if kinds is None else edits_for(asked[kinds.rows], context)[kinds.of_row]
    named = judged.get_column("pair_edition")
    if named.null_count() == len(named):
        return pl.DataFrame(schema=_COLUMNS_OF_PAIRS)
    return (
        pl.concat([both, judged], how="horizontal")
        .filter(pl.col("pair_edition").is_not_null())
        .sort("second_line_id", "first_line_id")
        .with_row_index("pair_id")
        .select(pl.col(name).cast(dtype) for name, dtype in _COLUMNS_OF_PAIRS.items())
    )


_COLUMNS_OF_PAIRS = {
    "pair_id": pl.Int64,
    "claim_id": pl.Int64,
    "first_line_id": pl.Int64,
    "second_line_id": pl.Int64,
    "bypass_allowed": pl.Boolean,
    "pair_is_confirmed": pl.Boolean,
    "pair_edition": pl.String,
}


def _few_meetings(claims: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Every two lines that meet, of few lines, without a query."""
    names = (*_PAIR_KEY, "payer")
    of_claim = list(zip(*(claims.get_column(name).to_list() for name in names), strict=True))
    groups: dict[tuple[object, ...], list[tuple[int, int, str | None]]] = {}
    for line, (claim, code) in enumerate(zip(lines["claim_id"].to_list(), lines["code"].to_list(), strict=True)):
        key = of_claim[claim][:-1]
        if None not in key:
            groups.setdefault(key, []).append((line, claim, code))
    columns: dict[str, list[object]] = {name: [] for name in _COLUMNS_OF_MEETINGS}
    for key, met in groups.items():
        day = key[_PAIR_KEY.index("date_of_service")]
        for first, claim, code in met:
            for second, other, column_2 in met:
                if first != second:
                    row = (of_claim[claim][-1], day, other, first, second, code, column_2)
                    for column, value in zip(columns.values(), row, strict=True):
                        column.append(value)
    return pl.DataFrame(columns, schema=_COLUMNS_OF_MEETINGS)


_COLUMNS_OF_MEETINGS = {
    "payer": pl.String,
    "date_of_service": pl.Date,
    "claim_id": pl.Int64,
    "first_line_id": pl.Int64,
    "second_line_id": pl.Int64,
    "column_1": pl.String,
    "column_2": pl.String,
}


def _meetings(claims: pl.DataFrame, lines: pl.DataFrame, context: Context, numbered: Integers) -> pl.DataFrame:
    """Every two lines that meet, of codes that some list may edit in this order.

    One is to be paid (`column_1`), one to be denied (`column_2`).
    """
    owner = lines.get_column("claim_id").to_numpy()
    codes = lines.get_column("code")
    code, may_meet = _codes(codes, numbered, claims.get_column("payer"), context)
    of_claim = _alike(claims, _PAIR_KEY)
    either = may_meet | may_meet.T
    line = np.flatnonzero(of_claim.known[owner] & np.logical_or.reduce(either)[code])
    line = line[np.argsort(of_claim.values[owner[line]], kind="stable")]
    group, code = of_claim.values[owner[line]], code[line]
    may_either_way, count = either.reshape(-1), len(either)
    met: list[tuple[Integers, Integers]] = []
    place, apart = np.arange(len(line)), 0
    # Each line meets those behind it in its group: the next, the one after it, and so on while the group has more.
    while len(place):
        apart += 1
        place = place[: np.searchsorted(place, len(line) - apart)]
        place = place[group[place] == group[place + apart]]
        hit = place[may_either_way[code[place] * count + code[place + apart]]]
        for one, other in ((hit, hit + apart), (hit + apart, hit)):
            edited = may_meet[code[one], code[other]]
            met.append((line[one[edited]], line[other[edited]]))
    first, second = (np.concatenate(own) for own in zip(*met, strict=True)) if met else (line, line)
    return pl.DataFrame(
        {
            "payer": claims.get_column("payer").gather(owner[first]),
            "date_of_service": claims.get_column("date_of_service").gather(owner[first]),
            "claim_id": owner[second],
            "first_line_id": first,
            "second_line_id": second,
            "column_1": codes.gather(first),
            "column_2": codes.gather(second),
        },
        schema=_COLUMNS_OF_MEETINGS,
    )


def _codes(codes: pl.Series, numbered: Integers, payers: pl.Series, context: Context) -> tuple[Places, Flags]:
    """The codes as numbers from 0, and of each two numbers whether some list may edit their codes in this order."""
    found = dense(numbered)
    if found.count > _MOST_CODES:
        return np.zeros(len(codes), np.int32), np.ones((1, 1), np.bool_)
    row_of = np.zeros(found.count, np.int32)
    row_of[found.numbers] = np.arange(len(codes), dtype=np.int32)
    return found.numbers.astype(np.int32, copy=False), may_be_edited(codes.gather(row_of).to_list(), payers, context)
