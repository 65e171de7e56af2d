"""A synthetic year of a clinic: patients, visits and notes as they were entered, and the key to what went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from cleanclaim.records import Patient, Visit
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import clinic, population
from cleanclaim.simulation.people import Episode, episode, patient
from cleanclaim.simulation.slipping import Slipped, slip
from cleanclaim.simulation.visits import Slot, Treated, treated

_BY_THERAPIST = 2
"""Visits of an episode that the therapist keeps, before an assistant takes one."""


@dataclass(slots=True)
class Year:
    """Everything that is entered in a year, in the order of days, and what was true.

    Args:
        patients: as they were entered, by key.
        visits: as they were entered, in the order in which they came in.
        entered: the day on which a visit came in, by its key; mostly its own.
        care: by the key of a visit, the episode, and the visit as it was.
        slips: what went wrong, by the key of the visit or patient.
        mended_patients: patients as they are once somebody has looked.
        mended_visits: visits as they are once somebody has looked.
        gone: visits that should never have come in.
    """

    patients: dict[str, Patient] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    entered: dict[str, date] = field(default_factory=dict)
    care: dict[str, tuple[Episode, Treated]] = field(default_factory=dict)
    slips: dict[str, list[Slipped]] = field(default_factory=lambda: defaultdict(list))
    mended_patients: dict[str, Patient] = field(default_factory=dict)
    mended_visits: dict[str, Visit] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Truth:
    """What was true, as far as somebody is asked once claims have come back.

    Args:
        patient_of: the patient of a visit.
        apart: visits whose note has the time of each service.
        mended_patients: patients as they are once somebody has looked.
        gone: visits that should never have come in.
    """

    patient_of: Mapping[str, str]
    apart: AbstractSet[str]
    mended_patients: Mapping[str, Patient]
    gone: AbstractSet[str]


def truth_of(year: Year) -> Truth:
    """The truth about a year: a small part of it."""
    return Truth(
        patient_of={key: care.patient_id for key, (care, _told) in year.care.items()},
        apart={key for key, (_care, told) in year.care.items() if told.says_apart},
        mended_patients=year.mended_patients,
        gone=year.gone,
    )


def make_year(visits: int, seed: int) -> Year:
    """A year with that many visits treated; those that come in twice are more."""
    made = Year()
    diary = _Diary(seed)
    number = count = 0
    while count < visits:
        number += 1
        care = episode(number, seed)
        told = [treated(care, place, slot, seed) for place, slot in enumerate(diary.slots(care, visits - count), 1)]
        if not told:
            continue
        count += len(told)
        _take(made, care, told, seed)
    made.visits.sort(key=lambda visit: (made.entered[visit.id], visit.id))
    return made


def _take(made: Year, care: Episode, told: list[Treated], seed: int) -> None:
    days = tuple(one.visit.date_of_service for one in told)
    reports = tuple(one.visit.date_of_service for one in told if one.is_report)
    right = patient(care, days, reports, seed)
    made.patients[right.id] = right
    for one in told:
        made.care[one.visit.id] = (care, one)
        made.visits.append(one.visit)
        made.entered[one.visit.id] = one.visit.date_of_service
    for found in slip(care, right, told, seed):
        made.slips[found.key].append(found)
        if found.patient is not None:
            made.patients[right.id] = found.patient
            made.mended_patients[right.id] = found.mended_patient or right
        for entered in found.entered:
            places = [place for place, visit in enumerate(made.visits) if visit.id == entered.id]
            if places:
                made.visits[places[0]] = entered
            else:
                made.visits.append(entered)
                made.gone.add(entered.id)
                made.care[entered.id] = made.care[found.key]
            made.entered[entered.id] = found.entered_on or entered.date_of_service
            if found.is_mendable and entered.id not in made.gone:
                made.mended_visits[entered.id] = made.care[entered.id][1].visit


def of_month(made: Year, month: int) -> list[Visit]:
    """The visits that came in during a month (1 to 12; those that came in later than the year belong to the last)."""
    year = population().year
    return [
        visit
        for visit in made.visits
        if (12 if made.entered[visit.id].year > year else made.entered[visit.id].month) == month
    ]


class _Diary:
    """Who is taken when: nobody treats two patients in one hour."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._taken: set[tuple[date, int, str]] = set()
        people = clinic().therapists
        self._therapists = [one.id for one in people if one.credential.value == "PT"]
        self._assistants = [one.id for one in people if one.credential.value == "PTA"]

    def slots(self, care: Episode, most: int) -> list[Slot]:
        """The hours of an episode's days; a day on which nobody is free is left out."""
        draw = Draws(self._seed, "diary", str(care.number))
        own = draw.one(self._therapists)
        found: list[Slot] = []
        for day in care.days[:most]:
            by_assistant = (
                len(found) >= _BY_THERAPIST and (len(found) + 1) % 10 and draw.happens(population().assistant_share)
            )
            assistant = draw.one(self._assistants) if by_assistant else None
            who = assistant or own
            # Who is full that day is stood in for by a therapist who is not.
            for stands_in in (who, *draw.some(self._therapists, len(self._therapists))):
                hours = [hour for hour in population().open_hours if (day, hour, stands_in) not in self._taken]
                if hours:
                    hour = draw.one(hours)
                    self._taken.add((day, hour, stands_in))
                    by_plan = stands_in == assistant
                    found.append(Slot(day, hour, own if by_plan else stands_in, assistant if by_plan else None))
                    break
        return found
