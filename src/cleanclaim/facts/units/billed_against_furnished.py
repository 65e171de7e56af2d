"""What each code of a day holds beside what is billed under it, and what was furnished and not billed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, any_row, count_rows, total
from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import TEXTS, Column
from cleanclaim.pricing.exact import flags

_MINUTES = "documented minutes, or the payer's unit method"
_FEW = 200
"""Up to this many rows Python is done before a query has begun."""


def _tied(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:  # noqa: ARG001
    codes = frames["day_codes"].select("day_id", "day_code", "tie_open")
    if codes.height <= _FEW:
        return _few_tied(codes, frames["days"].height)
    # Few codes are tied: the days of all others have no code, or, where one cannot be told, no answer.
    is_tied, tied = flags(codes.get_column("tie_open")), codes.filter("tie_open")
    listed = tied.group_by("day_id", maintain_order=True).agg("day_code")
    day = codes.get_column("day_id").to_numpy()
    place = np.zeros(frames["days"].height, np.int32)
    place[listed.get_column("day_id").to_numpy()] = np.arange(listed.height) + 2
    place[day[~(is_tied.yes | is_tied.no)]] = 1
    # A day without codes is not asked.
    place[np.bincount(day, minlength=len(place)) == 0] = 1
    answers = pl.concat([pl.Series("tied_codes", [[], None], dtype=TEXTS), listed.get_column("day_code")])
    return Repeated(answers.to_frame(), place)


def _few_tied(codes: pl.DataFrame, days: int) -> pl.DataFrame:
    """The same for few codes, without a query."""
    listed: list[list[str | None] | None] = [None] * days
    unknown: set[int] = set()
    for day, code, tied in codes.iter_rows():
        own = listed[day] = listed[day] or []
        if tied is None:
            unknown.add(day)
        elif tied:
            own.append(code)
    cells = [None if day in unknown else own for day, own in enumerate(listed)]
    return pl.DataFrame({"tied_codes": cells}, schema={"tied_codes": TEXTS})


stage = Stage(
    name="tied-codes",
    over="days",
    needs=("day_id",),
    reads=(("day_codes", "day_id"), ("day_codes", "day_code"), ("day_codes", "tie_open")),
    adds=(Column("tied_codes", TEXTS, "codes", "codes that contest a unit, and the therapist's choice is not stored"),),
    compute=_tied,
    lacks="documented minutes of each service",
)

facts = (
    Fact(
        name="allocated_units_most",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="the most units the code can take by the payer's method, whatever the choice in a tie",
        lacks=_MINUTES,
        expr=pl.when(col.payer_unit_method == "eight_minute")
        .then(col.units_eight_minute_most)
        .when(col.payer_unit_method == "midpoint")
        .then(col.units_midpoint),
    ),
    Fact(
        name="contested_units",
        over="days",
        dtype=pl.Int64,
        unit="units",
        meaning="units of the pool that the codes that tie may have beyond those that each of them has for certain",
        lacks=_MINUTES,
        aggregate=total(
            col.units_eight_minute - col.units_eight_minute_least,
            of="day_codes",
            by=("day_id",),
            where=col.tie_open,
        ),
    ),
    Fact(
        name="tied_units_beside_billed",
        over="days",
        dtype=pl.Int64,
        unit="units",
        meaning="units billed under the codes that tie, less those that they take together",
        lacks="documented minutes, and billed units",
        aggregate=total(col.billed_units - col.units_eight_minute, of="day_codes", by=("day_id",), where=col.tie_open),
    ),
    Fact(
        name="tied_code_outside_its_bounds",
        over="days",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a code that ties is billed with more or fewer units than any choice gives it",
        lacks="documented minutes, and billed units",
        aggregate=any_row(
            col.tie_open
            & ((col.billed_units < col.units_eight_minute_least) | (col.billed_units > col.units_eight_minute_most)),
            of="day_codes",
            by=("day_id",),
        ),
    ),
    Fact(
        name="tie_settled_by_lines",
        over="days",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the codes that tie are billed with units that one choice gives them",
        lacks="documented minutes, and billed units",
        expr=(col.tied_units_beside_billed == 0) & col.tied_code_outside_its_bounds.not_(),
    ),
    Fact(
        name="has_own_basis",
        over="day_codes",
        dtype=pl.Boolean,
        unit="flag",
        meaning="counted in blocks of its own length, not in 15-minute units",
        lacks="a listing of the procedure code for the date of service",
        expr=col.day_code_is_timed.not_()
        & (col.day_code_minutes_first.is_not_null() | col.day_code_minutes_each.is_not_null()),
    ),
    Fact(
        name="own_basis_units",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="units that the minutes of a code with its own time basis hold, its further blocks included",
        lacks="documented minutes of each service",
        expr=col.units_eight_minute + col.add_on_units,
    ),
    Fact(
        name="billable_services",
        over="day_codes",
        dtype=pl.Int64,
        unit="services",
        meaning="billable things done under the code that day, not by an aide or a student",
        lacks="what was done, and by whom",
        aggregate=count_rows(
            of="services",
            by=("day_code_id",),
            where=col.is_billable & pl.when(col.by.is_not_null()).then(col.by.is_in(["aide", "student"]).not_()),
            known="knows_services",
        ),
    ),
    Fact(
        name="timed_code_left_out",
        over="day_codes",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a 15-minute code that surely holds a unit by the payer's method and is not billed",
        lacks=_MINUTES,
        expr=(col.billed_units == 0)
        & col.day_code_is_timed
        & pl.when(col.payer_unit_method == "eight_minute")
        .then(col.units_eight_minute_least > 0)
        .when(col.payer_unit_method == "midpoint")
        .then(col.units_midpoint > 0),
    ),
    Fact(
        name="day_leaves_code_out",
        over="days",
        dtype=pl.Boolean,
        unit="flag",
        meaning="some 15-minute code of the day holds a unit and is not billed at all",
        lacks=_MINUTES,
        aggregate=any_row(col.timed_code_left_out, of="day_codes", by=("day_id",)),
    ),
)
