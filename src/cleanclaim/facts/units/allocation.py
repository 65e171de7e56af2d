"""Units that each code of a day takes from its minutes, under both methods."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.alike import Alike
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, Column
from cleanclaim.pricing.exact import as_column, flags
from cleanclaim.units.allocation import allocate, day_totals, units_by_method

_MINUTES = "documented minutes of each service"
_FEW = 100
"""Up to this many days the codes are counted as ever: that is done as soon as looked at."""


def service_frame(day_codes: pl.DataFrame) -> pl.DataFrame:
    """The codes of each day as unit counting reads them; an unknown code keeps its place under `?`."""
    services = pl.DataFrame([day_codes.get_column(own).alias(name) for own, name in _NAMES.items()])
    unknown = services.get_column("code").null_count()
    return services.with_columns(pl.col("code").fill_null(_UNKNOWN_CODE)) if unknown else services


_UNKNOWN_CODE = "?"
_NAMES = {
    "day_id": "day_id",
    "day_code": "code",
    "code_minutes": "minutes",
    "day_code_is_timed": "is_timed",
    "day_code_minutes_first": "first_minutes",
    "day_code_minutes_each": "each_minutes",
    "day_code_order": "order",
    "code_preference": "preference",
}


def _allocate(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:  # noqa: ARG001
    codes = frames["day_codes"]
    if not _tells_minutes(codes):
        # Then a code takes nothing from its day, and its units follow from its own basis.
        alike = Alike(Frames({"day_codes": codes}))
        kinds = alike.kinds("day_codes", _BASIS)
        if kinds is not None:
            one_each = alike.rows("day_codes", _SERVICE, kinds)
            one_each = one_each.with_columns(pl.Series("day_id", np.arange(one_each.height)))
            counted = allocate(service_frame(one_each))
            return Repeated(counted.select(column.name for column in ALLOCATED), kinds.of_row)
    counted = allocate(service_frame(codes))
    return pl.DataFrame([counted.get_column(column.name) for column in ALLOCATED])


_BASIS = ("day_code_is_timed", "day_code_minutes_first", "day_code_minutes_each")


def _tells_minutes(codes: pl.DataFrame) -> bool:
    """Whether the minutes of any code are known; a claim file tells none."""
    return codes.get_column("code_minutes").null_count() < codes.height


def _totals(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    codes, height = frames["day_codes"], frames["days"].height
    if height > _FEW and not _tells_minutes(codes):
        return _totals_without_minutes(codes, height)
    totals = day_totals(service_frame(frames["day_codes"]))
    rows = pl.Series([None], dtype=pl.UInt32).new_from_index(0, frames["days"].height)
    rows = rows.scatter(totals.get_column("day_id"), np.arange(totals.height, dtype=np.uint32))
    names = ("total_timed_minutes", "supported_units_eight_minute", "supported_units_midpoint")
    found = pl.DataFrame([totals.get_column(name) for name in names])[rows]
    return found.rename({"total_timed_minutes": "timed_minutes"})


def _totals_without_minutes(codes: pl.DataFrame, height: int) -> pl.DataFrame:
    """The same where no minutes are known: a day's are unknown but where none of its codes may be timed."""
    day = codes.get_column("day_id").to_numpy()
    known = np.zeros(height, np.bool_)
    known[day] = True
    known[day[~flags(codes.get_column("day_code_is_timed")).no]] = False
    return pl.DataFrame([as_column(name, np.zeros(height, np.int64), known) for name in _TOTALS])


_TOTALS = ("timed_minutes", "supported_units_eight_minute", "supported_units_midpoint")

ALLOCATED = (
    Column("units_eight_minute", COUNT, "units", "units the code takes under the 8-minute rule"),
    Column("units_eight_minute_least", COUNT, "units", "the fewest, whatever the choice in a tie"),
    Column("units_eight_minute_most", COUNT, "units", "the most, whatever the choice in a tie"),
    Column("units_midpoint", COUNT, "units", "units the code takes under the midpoint rule"),
    Column("add_on_units", COUNT, "units", "further blocks of a code with a time basis of its own"),
    Column("tie_open", FLAG, "flag", "a unit was contested and no choice is stored"),
    Column("rides_on_pool", FLAG, "flag", "took a unit with under eight minutes of its own left"),
    Column("not_billed_pooled", FLAG, "flag", "has eight minutes or more and took no unit"),
    Column("thin", FLAG, "flag", "rides on the pool for a second or later unit"),
)

_SERVICE = (
    "day_id",
    "day_code",
    "code_minutes",
    "day_code_is_timed",
    "day_code_minutes_first",
    "day_code_minutes_each",
    "day_code_order",
    "code_preference",
)

stages = (
    Stage(
        name="unit-allocation",
        over="day_codes",
        needs=_SERVICE,
        adds=ALLOCATED,
        compute=_allocate,
        lacks=_MINUTES,
    ),
    Stage(
        name="day-minutes",
        over="days",
        needs=("day_id",),
        reads=tuple(("day_codes", name) for name in _SERVICE),
        adds=(
            Column("timed_minutes", COUNT, "minutes", "one-on-one minutes of all 15-minute codes of the day"),
            Column("supported_units_eight_minute", COUNT, "units", "units those minutes support, pooled"),
            Column("supported_units_midpoint", COUNT, "units", "units they support code by code"),
        ),
        compute=_totals,
        lacks=_MINUTES,
    ),
)

facts = (
    Fact(
        name="code_preference",
        over="day_codes",
        dtype=pl.Int64,
        unit="position",
        meaning="place of the code in the therapist's choice for ties; null when it is not in it",
        lacks="the therapist's choice in a tie",
        expr=pl.concat_list(col.unit_preference, pl.concat_list(col.day_code))
        .list.eval(pl.element() == pl.element().last())
        .list.arg_max()
        .cast(pl.Int64),
    ),
    Fact(
        name="allocated_units",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="units the code takes by the payer's method; where the method is unknown, only if both agree",
        lacks="documented minutes, or the payer's unit method",
        expr=units_by_method(col.payer_unit_method),
    ),
    Fact(
        name="supported_units",
        over="days",
        dtype=pl.Int64,
        unit="units",
        meaning="timed units the day's minutes support by the payer's method; unknown method: only if both agree",
        lacks="documented minutes, or the payer's unit method",
        expr=pl.when(col.payer_unit_method == "eight_minute")
        .then(col.supported_units_eight_minute)
        .when(col.payer_unit_method == "midpoint")
        .then(col.supported_units_midpoint)
        .when(col.supported_units_eight_minute == col.supported_units_midpoint)
        .then(col.supported_units_midpoint),
    ),
)
