"""What the units of a code are worth that are billed and not earned, earned and not billed, or an assistant's.

The day is priced three times by the one implementation there is: as billed, as its minutes support it, and as billed
with the units whose assistant modifier is in question on a line of their own. Differences are what is at stake, so the
multiple procedure reduction is in them: a unit beside a better paid one brings the reduced amount, and a unit that
becomes the best paid brings what the day gains.

A day whose units are right is not priced again: nothing of it is at stake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.facts.pricing.line_prices import fees_of
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import CENTS, Column
from cleanclaim.pricing.exact import Flags, Integers, Known, absent, as_column, flags, integers, share_of, shared
from cleanclaim.pricing.kinds import Kinds, from_one
from cleanclaim.pricing.line_prices import CLAIM_COLUMNS, price_table

_LACKS = "documented minutes of each service, or a price of its code"
_BILLED, _SUPPORTED, _APART = 0, 1, 2
_WAYS = 3
"""As how many patients a patient is priced: as billed, as supported, and with an assistant's units apart."""
_STIMULATION = ["97014", "G0283"]
"""The two codes for unattended stimulation, of which a payer takes one."""
_ONE = pl.lit(1, pl.Int64)
_FIRST_BLOCK_ONLY = col.day_code_minutes_first.is_not_null() & col.day_code_minutes_each.is_null()
"""Further blocks of the code go on an add-on code."""


class _Day(NamedTuple):
    """What is known of each code of a day."""

    claim: Integers
    """Claim that stands for the day."""
    billed: Known
    supported: Known
    """Units the documentation supports; as billed where that is not known."""
    in_question: Integers
    """Billed units on which an assistant modifier stands and should not, or the reverse."""
    is_restated: Flags
    """Billed under a code that the payer does not take; supported under the one it takes."""
    is_changed: Flags

    def take(self, rows: Integers) -> _Day:
        """The same of these rows."""
        return _Day(
            claim=self.claim[rows],
            billed=self.billed.take(rows),
            supported=self.supported.take(rows),
            in_question=self.in_question[rows],
            is_restated=self.is_restated[rows],
            is_changed=self.is_changed[rows],
        )


class _Priced(NamedTuple):
    """One way of billing the day, priced: by row that was asked for."""

    allowed: Known
    full_units: Integers
    share: Known
    """The payer's share."""


def _day_of(codes: pl.DataFrame) -> _Day:
    claim = integers(codes["claim_id"]).values
    billed, supported = integers(codes["billed_units"]), integers(codes["supported_code_units"])
    should, carry = integers(codes["units_by_assistant"]), integers(codes["billed_assistant_units"])
    compared = should.known & carry.known & billed.known
    in_question = np.where(compared, np.abs(should.values - carry.values), 0)
    is_restated = flags(codes["day_code"] != codes["payable_code"]).yes
    right = np.where(supported.known, supported.values, billed.values)
    is_changed = billed.known & ((right != billed.values) | (is_restated & (right > 0)))
    return _Day(
        claim=claim,
        billed=billed,
        supported=Known(right, supported.known),
        in_question=np.minimum(in_question, np.maximum(billed.values, 0)),
        is_restated=is_restated,
        is_changed=is_changed,
    )


def _patients_and_dates(claims: pl.DataFrame) -> Integers:
    """A number for each patient and date, over all disciplines; a claim of which either is unknown stands alone."""
    if len(claims) == 1:
        return np.zeros(1, np.int64)
    patient, day = from_one(claims["patient_id"]), from_one(claims["date_of_service"])
    kinds = Kinds.by((patient, day))
    return np.where((patient > 0) & (day > 0), kinds.of_row, len(kinds.rows) + np.arange(len(claims)))


def _least(*values: pl.Expr) -> pl.Expr:
    """The smallest of the values; unknown if any of them is."""
    return pl.when(pl.all_horizontal(*(value.is_not_null() for value in values))).then(pl.min_horizontal(*values))


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    claims, codes = frames["claims"], frames["day_codes"]
    day = _day_of(codes)
    known = day.billed.known & day.supported.known
    told = day.billed.known & ~absent(codes["units_by_assistant"])
    over, left, assistant = (Known(np.zeros(len(codes), np.int64), sure.copy()) for sure in (known, known, told))
    at_stake = day.is_changed | (day.in_question > 0)
    if at_stake.any():
        group = _patients_and_dates(claims)[day.claim]
        rows = np.flatnonzero(shared(group, at_stake) & day.billed.known)
        asked, group = day.take(rows), group[rows]
        apart = shared(group, asked.in_question > 0)
        billed, supported, in_question = _price(claims, codes["payable_code"], asked, rows, apart, context)
        gain = _gain(asked, group, billed, supported)
        fewer = asked.is_changed & (asked.supported.values < asked.billed.values)
        more = asked.is_changed & ~fewer
        over.values[rows] = np.where(fewer, -gain.values, 0)
        over.known[rows] &= gain.known | ~fewer
        left.values[rows] = np.where(more, gain.values, 0)
        left.known[rows] &= gain.known | ~more
        cut = _assistant(claims, asked, in_question, assistant.known[rows])
        assistant.values[rows], assistant.known[rows] = cut
    return pl.DataFrame(
        [
            as_column("overbilled_cents", over.values, over.known),
            as_column("left_cents", left.values, left.known),
            as_column("assistant_units_cents", assistant.values, assistant.known),
        ]
    )


def _price(
    claims: pl.DataFrame, codes: pl.Series, day: _Day, rows: Integers, apart: Flags, context: Context
) -> tuple[_Priced, _Priced, _Priced]:
    """The codes of the asked rows priced each way; the ways share nothing, as if they were three patients.

    `apart` says of which of them the assistant's units are asked for too.
    """
    own, claim = np.unique(day.claim, return_inverse=True)
    billed, question = day.billed.values, day.in_question
    pieces = (
        # A code that the payer does not take is not paid, so as billed it is not there.
        (_BILLED, np.where(day.is_restated, 0, billed)),
        (_SUPPORTED, day.supported.values),
        (_APART, np.where(apart, billed - question, 0)),
        (_APART, question),
    )
    place, way, units = [], [], []
    for number, amount in pieces:
        there = np.flatnonzero(amount > 0)
        place.append(there)
        way.append(np.full(len(there), number))
        units.append(amount[there])
    at, which = np.concatenate(place), np.concatenate(way)
    count = len(own)
    # Mostly no assistant is in question, and then there are two ways.
    ways = _WAYS if apart.any() else _WAYS - 1
    few = claims.select(*CLAIM_COLUMNS)[own]
    # Another number for each way; a patient who is unknown stays unknown, and meets nobody.
    patient = np.repeat(np.arange(ways), count) + ways * np.tile(_patients_and_dates(few), ways)
    copies = pl.concat([few] * ways, rechunk=True)
    copies = copies.with_columns(as_column("patient_id", patient, ~absent(copies["patient_id"])))
    lines = pl.DataFrame(
        {
            "claim_id": which * count + claim.reshape(-1)[at],
            "code": codes.gather(rows[at]),
            "modifiers": pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(at)),
            "units": np.concatenate(units),
            "charge_cents": pl.Series([None], dtype=pl.Int64).new_from_index(0, len(at)),
        }
    )
    priced = price_table(copies, lines, fees=fees_of(few, context), limit_to_known_charges=True)
    # Of the two parts apart, only the units in question are asked for.
    counted = np.ones(len(at), np.bool_)
    counted[len(at) - len(place[-1]) - len(place[-2]) : len(at) - len(place[-1])] = False
    columns = tuple(integers(priced[name]) for name in ("allowed_cents", "full_units", "payer_share_cents"))

    def back(number: int) -> _Priced:
        mine = np.flatnonzero(counted & (which == number))
        allowed, full_units, share = (_back(column.take(mine), at[mine], len(rows)) for column in columns)
        return _Priced(allowed, full_units.values, share)

    return back(_BILLED), back(_SUPPORTED), back(_APART)


def _back(found: Known, rows: Integers, height: int) -> Known:
    """Prices at the rows they are for; a code that is not billed that way costs nothing."""
    values, known = np.zeros(height, np.int64), np.ones(height, np.bool_)
    values[rows], known[rows] = found
    return Known(values, known)


def _gain(day: _Day, group: Integers, billed: _Priced, supported: _Priced) -> Known:
    """What the day would gain (or lose, negative) by each code that is billed otherwise than supported.

    Another code may lose the full amount to a unit that is added, or get it back from one that is taken away. That
    belongs to the code whose unit took or left the first place; where several could be that, it is not known.
    """
    known = billed.allowed.known & supported.allowed.known
    gain = np.where(known, supported.allowed.values - billed.allowed.values, 0)
    beside = np.zeros(int(group.max()) + 1, np.int64)
    np.add.at(beside, group[~day.is_changed], gain[~day.is_changed])
    shifted = beside[group]
    moved = day.is_changed & ((billed.full_units > 0) != (supported.full_units > 0))
    movers = np.bincount(group, weights=moved, minlength=len(beside)).astype(np.int64)[group]
    own = np.where(moved & (movers == 1), shifted, 0)
    return Known(gain + own, known & ((shifted == 0) | (movers == 1)))


def _assistant(claims: pl.DataFrame, day: _Day, apart: _Priced, known: Flags) -> Known:
    """The assistant's cut of the payer's share of the units in question."""
    cut = integers(claims["payer_assistant_payment_reduction"]).take(day.claim)
    asked = day.in_question > 0
    sure = known & (~asked | (apart.share.known & cut.known))
    return Known(np.where(asked & sure, share_of(apart.share.values, cut.values), 0), sure)


stage = Stage(
    name="units-at-stake",
    over="day_codes",
    needs=(
        "claim_id",
        "day_code",
        "payable_code",
        "billed_units",
        "supported_code_units",
        "units_by_assistant",
        "billed_assistant_units",
    ),
    reads=tuple(("claims", name) for name in CLAIM_COLUMNS),
    adds=(
        Column("overbilled_cents", CENTS, "cents", "allowed amount of the billed units above what is supported"),
        Column("left_cents", CENTS, "cents", "allowed amount of the units that are supported and not billed"),
        Column("assistant_units_cents", CENTS, "cents", "assistant's cut of the units with the wrong modifier"),
    ),
    compute=_compute,
    lacks=_LACKS,
)

facts = (
    Fact(
        name="payable_code",
        over="day_codes",
        dtype=pl.String,
        unit="procedure code",
        meaning="the code itself, or the one the payer takes for unattended stimulation",
        lacks="the procedure code",
        expr=pl.when(col.day_code.is_in(_STIMULATION) & col.payer_electrical_stimulation_code.is_in(_STIMULATION))
        .then(col.payer_electrical_stimulation_code)
        .otherwise(col.day_code),
    ),
    Fact(
        name="supported_code_units",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="units the day's documentation supports under the code: by minutes, by blocks, or one for the day",
        lacks="documented minutes of each service",
        expr=pl.when(col.day_code_is_timed & _FIRST_BLOCK_ONLY)
        .then(_least(col.billed_units, col.allocated_units, _ONE))
        .when(col.day_code_is_timed)
        .then(
            pl.when(col.allocated_units.is_not_null())
            .then(col.allocated_units)
            # The payer's method is unknown: what neither way of counting supports is not supported.
            .when(col.units_eight_minute_most >= col.units_midpoint)
            .then(_least(col.billed_units, col.units_eight_minute_most))
            .when(col.units_eight_minute_most < col.units_midpoint)
            .then(_least(col.billed_units, col.units_midpoint))
        )
        .when(col.day_code_is_timed.not_() & col.has_own_basis & (col.day_code_family != "remote_monitoring"))
        .then(
            pl.when(_FIRST_BLOCK_ONLY)
            .then(_least(col.billed_units, col.own_basis_units, _ONE))
            .otherwise(_least(col.billed_units, col.own_basis_units))
        )
        .when(col.day_code_is_timed.not_() & col.has_own_basis.not_())
        .then(
            pl.when(col.billed_units >= 1)
            .then(1)
            .when(col.billable_services.is_not_null())
            .then(_least(col.billable_services, _ONE))
        ),
    ),
)
