"""What Medicare's fee schedule says of each line: relative values, indices of the locality, rates of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.dates import LookupStatus
from cleanclaim.pricing.exact import Flags, Integers, Known, Tristate, as_texts, integers, is_one_of, places_in
from cleanclaim.pricing.schedule import THERAPY, facility_places, listed_places
from cleanclaim.pricing.statuses import STATUS_OF_LETTER, PriceStatus
from cleanclaim.pricing.worksheet import MEDICARE, Worksheet
from cleanclaim.reference.lookup import attach

_COMPONENTS = ("", "26", "TC")
_LETTERS = {ord(letter): status for letter, status in STATUS_OF_LETTER.items()}
_LOOKUPS = {
    LookupStatus.UNKNOWN_KEY: PriceStatus.CODE_UNKNOWN,
    LookupStatus.NOT_LISTED: PriceStatus.NO_RATE,
    LookupStatus.OUTSIDE_DATES: PriceStatus.OUTSIDE_DATES,
    LookupStatus.PAST_HORIZON: PriceStatus.PAST_HORIZON,
}

_ANSWERS = tuple(status.value for status in (LookupStatus.FOUND, *_LOOKUPS))


@dataclass(slots=True)
class Rates:
    """What the fee schedule says of each line."""

    is_reduced: Tristate
    """Whether the code is one whose units share the reduction; one that the contractor prices has no known rank."""
    other_family: Integers
    """The family of codes, but therapy, whose units cut each other; 0 is none."""
    work: Integers
    expense: Known
    mp: Integers
    gpci: Mapping[str, Integers]
    located: Flags
    factor: Known
    cut: Known


def medicare_rates(work: Worksheet) -> Rates:
    """Look every line up, and every claim's locality; say why where there is none, for payers that need it."""
    schedule = work.schedule
    needs = work.basis_is(*MEDICARE)
    day = work.rate_dates[pl.Series(work.claim)]
    answered = attach(
        pl.DataFrame([work.lines["code"], as_texts("modifier", component_of(work), _COMPONENTS), day.alias("day")]),
        schedule.rvu_keys,
        by={"code": "code", "modifier": "modifier"},
        day="day",
        take={"row": "row"},
        status="found",
        known_through=schedule.known_through,
    )
    answer = places_in(answered["found"], _ANSWERS)
    for place, status in enumerate(_LOOKUPS.values(), start=1):
        work.mark(needs & (answer == place), status)
    row, listed = integers(answered["row"])
    unlisted = (answer == _ANSWERS.index("not listed")) | (answer == _ANSWERS.index("outside dates"))
    arrays = schedule.rvu_arrays
    letter = np.where(listed, arrays["status"][row], 0)
    priced, by_contractor = np.zeros(len(row), np.bool_), np.zeros(len(row), np.bool_)
    for place in np.unique(letter[listed]).tolist():
        status = _LETTERS.get(place, PriceStatus.NO_RATE)
        if status is PriceStatus.FOUND:
            priced |= letter == place
            continue
        if status is PriceStatus.BUNDLED:
            work.mark(work.basis_is("percent_of_medicare") & (letter == place), PriceStatus.NO_RATE)
        elif status is PriceStatus.CARRIER_PRICED:
            by_contractor |= letter == place
        work.mark(needs & (letter == place), status)
    office, facility = arrays["pe_nonfacility"][row], arrays["pe_facility"][row]
    in_facility, placed = _places(work)
    expense = Known(np.where(in_facility, facility, office), listed & (placed | (office == facility)))
    work.mark(needs & listed & ~expense.known, PriceStatus.PLACE_UNKNOWN)
    nothing = arrays["work"][row] + expense.values + arrays["mp"][row] == 0
    work.mark(needs & priced & nothing, PriceStatus.NO_RATE)
    indices, located = _indices(work, needs)
    factor = schedule.steps["conversion_factor"].on(integers(work.rate_dates)).take(work.claim)
    work.mark(needs & ~factor.known, PriceStatus.PAST_HORIZON)
    family = np.where(listed & (priced | by_contractor), arrays["family"][row], 0)
    is_reduced = family == THERAPY
    return Rates(
        is_reduced=Tristate(is_reduced, (listed | unlisted) & ~is_reduced),
        other_family=np.where(is_reduced, 0, family),
        work=np.where(priced, arrays["work"][row], 0),
        expense=Known(np.where(priced, expense.values, 0), expense.known & priced),
        mp=np.where(priced, arrays["mp"][row], 0),
        gpci=indices,
        located=located,
        factor=factor,
        cut=schedule.steps["reduction"].on(work.days).take(work.claim),
    )


def component_of(work: Worksheet) -> npt.NDArray[np.int8]:
    """Which component of a service each line bills by its modifiers: all of it, 26 or TC."""
    part = np.zeros(len(work.lines), np.int8)
    for place, text in enumerate(_COMPONENTS[1:], start=1):
        part[work.modifiers.have_any((text,)).yes] = place
    return part


def _places(work: Worksheet) -> tuple[Flags, Flags]:
    """Whether each line is furnished in a facility, and whether that is known."""
    place = work.claims["place_of_service"]
    return work.of_claims(is_one_of(place, facility_places())), work.of_claims(is_one_of(place, listed_places()))


def _indices(work: Worksheet, needs: Flags) -> tuple[Mapping[str, Integers], Flags]:
    """The geographic indices of each line, and whether they are known."""
    answered = attach(
        pl.DataFrame([work.claims["locality"], work.rate_dates]),
        work.schedule.gpci_keys,
        by={"locality": "locality"},
        day="date_of_service",
        take={"row": "row"},
        status="found",
        known_through=work.schedule.known_through,
    )
    row, located = integers(answered["row"])
    work.mark(needs & work.of_claims(is_one_of(answered["found"], ("unknown key",))), PriceStatus.LOCALITY_UNKNOWN)
    work.mark(needs & work.of_claims(~located), PriceStatus.LOCALITY_NOT_LISTED)
    arrays = {name: np.where(located, values[row], 0)[work.claim] for name, values in work.schedule.gpci_arrays.items()}
    return arrays, work.of_claims(located)
