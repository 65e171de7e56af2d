"""The two derived tables: `days` (what is counted together) and `pairs` (lines that meet in an edit)."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Context
from cleanclaim.facts.pair_edits import edits_for

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

_PAIR_KEY = ("patient_id", "date_of_service", "rendering_npi", "coverage_order")
"""A pair edit meets lines of one patient, day and rendering provider."""


def derive_days(claims: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each claim its `day_id`, and make the table of days with the claim that stands for each.

    A claim whose key is unknown in part forms a day of its own. The claim that stands for a day is its first
    claim that is judged, else its first.
    """
    if claims.height <= _FEW:
        return _few_days(claims)
    known = pl.all_horizontal(*(pl.col(name).is_not_null() for name in DAY_KEY))
    alone = pl.when(known.not_()).then(pl.col("claim_id")).otherwise(-1).alias("__alone")
    keyed = claims.select("claim_id", "is_history", *DAY_KEY, alone)
    days = (
        keyed.sort("is_history", "claim_id")
        .group_by(*DAY_KEY, "__alone", maintain_order=True)
        .agg(pl.col("claim_id").first().alias("claim_id"), pl.col("claim_id").alias("__claims"))
        .sort("claim_id")
        .with_row_index("day_id")
        .with_columns(pl.col("day_id").cast(pl.Int64))
    )
    owners = days.select("day_id", "__claims").explode("__claims").sort("__claims").get_column("day_id")
    return claims.with_columns(owners.alias("day_id")), days.select("day_id", "claim_id")


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


def derive_day_codes(
    claims: pl.DataFrame, days: pl.DataFrame, lines: pl.DataFrame, services: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Make the table of codes per day, billed or furnished, and give lines and services their `day_code_id`.

    An unknown code is a row of its own: what it is cannot be told, so its day's totals are unknown.
    """
    if lines.height + services.height <= _FEW:
        return _few_day_codes(claims, days, lines, services)
    day_of = claims.get_column("day_id")
    billed = lines.select(pl.col("claim_id"), pl.col("code").alias("day_code"))
    furnished = services.select(pl.col("claim_id"), pl.col("service_code").alias("day_code"))
    both = pl.concat([billed, furnished])
    both = both.with_columns(day_of.gather(both.get_column("claim_id")).alias("day_id"))
    met = both.select("day_id", "day_code").unique(maintain_order=True)
    met = met.sort("day_id", maintain_order=True).with_row_index("day_code_id")
    met = met.with_columns(pl.col("day_code_id").cast(pl.Int64))
    owners = both.join(met, on=["day_id", "day_code"], how="left", nulls_equal=True, maintain_order="left")
    ids = owners.get_column("day_code_id")
    day_codes = met.with_columns(
        days.get_column("claim_id").gather(met.get_column("day_id")).alias("claim_id"),
        pl.col("day_code_id").alias("day_code_order"),
    )
    return (
        lines.with_columns(ids[: lines.height].alias("day_code_id")),
        services.with_columns(ids[lines.height :].alias("day_code_id")),
        day_codes,
    )


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


def derive_pairs(claims: pl.DataFrame, lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Every two lines of one patient, day and rendering provider that meet in an edit of their payer.

    The edits are the Medicare practitioner pairs or the payer's own, as the payer's file says on that day.
    Columns: `pair_id`, `claim_id` (of the line in column 2), `first_line_id`, `second_line_id`,
    `bypass_allowed`, `pair_is_confirmed`, `pair_edition`.
    """
    both = _few_meetings(claims, lines) if lines.height <= _FEW else _meetings(claims, lines)
    if both.is_empty():
        return pl.DataFrame(schema=_COLUMNS_OF_PAIRS)
    judged = edits_for(both.select("payer", "date_of_service", "column_1", "column_2"), context)
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


def _meetings(claims: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Every two lines that meet: one to be paid (`column_1`), one to be denied (`column_2`), both ways round."""
    keyed = (
        lines.select("line_id", "claim_id", "code")
        .join(claims.select("claim_id", "payer", *_PAIR_KEY), on="claim_id", how="left", maintain_order="left")
        .drop_nulls(_PAIR_KEY)
    )
    group = keyed.group_by(_PAIR_KEY).len().filter(pl.col("len") > 1)
    keyed = keyed.join(group.drop("len"), on=_PAIR_KEY, how="semi", maintain_order="left")
    met = keyed.select(*_PAIR_KEY, "payer", pl.col("line_id").alias("first_line_id"), pl.col("code").alias("column_1"))
    other = keyed.select(
        *_PAIR_KEY, "claim_id", pl.col("line_id").alias("second_line_id"), pl.col("code").alias("column_2")
    )
    both = met.join(other, on=_PAIR_KEY, how="inner").filter(pl.col("first_line_id") != pl.col("second_line_id"))
    return both.select(*_COLUMNS_OF_MEETINGS)
