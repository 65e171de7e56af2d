"""The published rates that prices are made of, as arrays to look up in: who pays how much for which unit.

`published()` is what is shipped or loaded; a test or a what-if hands in tables of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

import numpy as np
import polars as pl

from cleanclaim.dates import Series
from cleanclaim.money import CONVERSION_FACTOR_SCALE, GPCI_SCALE, RATE_SCALE, RVU_SCALE
from cleanclaim.pricing.exact import Integers, Known
from cleanclaim.reference import fee_schedule, places_of_service, values
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.reference.published.kinds import Kind

_EPOCH = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal() - _EPOCH

FEE_SCALE = RVU_SCALE * GPCI_SCALE * RATE_SCALE * CONVERSION_FACTOR_SCALE // 100
"""Relative value, index, what is kept of it, and factor: their product as integers is cents times this."""

THERAPY = 1
"""The family of always-therapy codes, whose practice expense is cut."""
UNHEARD_OF = 6
FAMILIES = {"": 0, "0": 0, "9": 0, "5": THERAPY, "1": 2, "2": 2, "3": 2, "4": 3, "6": 4, "7": 5}
"""Multiple procedure indicator → the family of codes that cut each other when they meet in a day; 0 is none.

Families of endoscopies are ranked with other surgery. Imaging, cardiovascular and ophthalmology tests each have a rule
of their own; an indicator that is not listed is taken for one more.
"""


class ScheduleError(ValueError):
    """Rates that are too large to multiply exactly."""


class Steps:
    """A dated series as arrays: the value that holds on each of many days."""

    def __init__(self, series: Series[int]) -> None:
        """Sort the values by their first day; past the horizon of the series there is none."""
        ordered = sorted(series.values, key=lambda item: item.valid_from or date.min)
        horizon = _LAST_DAY if series.known_through is None else series.known_through.toordinal() - _EPOCH
        starts = [(item.valid_from or date.min).toordinal() - _EPOCH for item in ordered]
        ends = [(item.valid_through or date.max).toordinal() - _EPOCH for item in ordered]
        self._starts = np.array(starts, np.int64)
        self._ends = np.minimum(np.array(ends, np.int64), horizon)
        self._values = np.array([item.value for item in ordered], np.int64)

    @property
    def changes(self) -> Integers:
        """The days since 1970 on which another value may begin to hold, or none."""
        return np.concatenate([self._starts, self._ends + 1])

    def on(self, days: Known) -> Known:
        """The value on each day (days since 1970); unknown for an unknown day and where nothing holds."""
        place = np.searchsorted(self._starts, days.values, side="right") - 1
        inside = np.maximum(place, 0)
        held = days.known & (place >= 0) & (days.values <= self._ends[inside])
        return Known(np.where(held, self._values[inside], 0), held)


@dataclass(frozen=True)
class Schedule:
    """Relative values, indices and rates. Compared and kept by identity."""

    rvu: pl.DataFrame
    """As `fee_schedule.rvu_table()`."""
    gpci: pl.DataFrame
    """As `fee_schedule.gpci_table()`."""
    known_through: date
    conversion_factor: Series[int]
    reduction: Series[int]
    """Cut of practice expense of the units after the highest, at 10⁻⁴."""
    deductible: Series[int]
    coinsurance: Series[int]
    sequestration: Series[int]

    __hash__ = object.__hash__

    def __post_init__(self) -> None:
        """Refuse rates whose products would not fit in 64 bits.

        Raises:
            ScheduleError: they would not.
        """
        parts = (("work", "work"), ("pe_nonfacility", "pe"), ("pe_facility", "pe"), ("mp", "mp"))
        total = sum(_largest(self.rvu, own) * _largest(self.gpci, index) for own, index in parts)
        factor = max((item.value for item in self.conversion_factor.values), default=0)
        if 4 * total * factor * RATE_SCALE >= 2**63:
            raise ScheduleError(
                f"relative values and indices add up to {total}, times a conversion factor of {factor}: "
                "expected a product that fits in 64 bits"
            )

    @cached_property
    def rvu_keys(self) -> pl.DataFrame:
        """Code, modifier and dates of each row of `rvu`, with its number."""
        return _numbered(self.rvu, "code", "modifier")

    @cached_property
    def gpci_keys(self) -> pl.DataFrame:
        """Locality and dates of each row of `gpci`, with its number."""
        return _numbered(self.gpci, "locality")

    @cached_property
    def rvu_arrays(self) -> dict[str, Integers]:
        """The relative values by row of `rvu`, and `status` as a number, and `family` of `FAMILIES`."""
        arrays = {name: self.rvu[name].to_numpy() for name in ("work", "pe_nonfacility", "pe_facility", "mp")}
        arrays["status"] = np.array([ord((text or " ")[0]) for text in self.rvu["status"]], np.int64)
        marks = self.rvu["multiple_procedure"].fill_null("")
        arrays["family"] = np.array([FAMILIES.get(mark.strip(), UNHEARD_OF) for mark in marks], np.int64)
        return arrays

    @cached_property
    def gpci_arrays(self) -> dict[str, Integers]:
        """The indices by row of `gpci`."""
        return {name: self.gpci[name].to_numpy() for name in ("work", "pe", "mp")}

    @cached_property
    def steps(self) -> dict[str, Steps]:
        """The dated rates by name."""
        names = ("conversion_factor", "reduction", "deductible", "coinsurance", "sequestration")
        return {name: Steps(getattr(self, name)) for name in names}

    @cached_property
    def changes(self) -> Integers:
        """The days since 1970 on which any of this may change, in order: between two of them every day is alike."""
        found = [changes_of(self.rvu), changes_of(self.gpci), *(steps.changes for steps in self.steps.values())]
        return np.unique(np.concatenate([*found, [self.known_through.toordinal() - _EPOCH + 1]]))


def changes_of(table: pl.DataFrame) -> Integers:
    """The days since 1970 on which a row of a dated table begins to hold, or holds no more."""
    begins = table["valid_from"].drop_nulls().to_physical().to_numpy()
    ends = table["valid_through"].drop_nulls().to_physical().to_numpy()
    return np.unique(np.concatenate([begins, ends + 1])).astype(np.int64)


@by_editions(Kind.RELATIVE_VALUES, Kind.GEOGRAPHIC_INDICES)
def published() -> Schedule:
    """The rates shipped or loaded: a private practice's, for clinicians who are no qualifying APM participants."""
    return Schedule(
        rvu=fee_schedule.rvu_table(),
        gpci=fee_schedule.gpci_table(),
        known_through=fee_schedule.horizon(),
        conversion_factor=fee_schedule.conversion_factor(),
        reduction=values.series("mppr_reduction_office"),
        deductible=values.series("part_b_deductible"),
        coinsurance=values.series("part_b_coinsurance"),
        sequestration=values.series("sequestration"),
    )


@cache
def facility_places() -> frozenset[str]:
    """Places of service at which the facility practice expense is paid."""
    return frozenset(
        place.code
        for place in places_of_service.all_places()
        if place.payment is places_of_service.PaymentSetting.FACILITY
    )


@cache
def listed_places() -> frozenset[str]:
    """Every place of service that is listed."""
    return frozenset(place.code for place in places_of_service.all_places())


def _numbered(table: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return table.select(*keys, "valid_from", "valid_through", pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))


def _largest(table: pl.DataFrame, name: str) -> int:
    found = table[name].max()
    return found if isinstance(found, int) else 0
