"""How much of an authorization the clinic's own signed visits have used, counted as the engine counts.

Each visit uses the approval that the engine would put on its claim. Visits count by day, units by line, and only those
of codes that the approval names, where it names any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from cleanclaim import records
from cleanclaim.lines.cases import Case
from cleanclaim.practice.engine.judging.records import patient_record
from cleanclaim.practice.models import Authorization, Coverage, Patient, Visit


@dataclass(frozen=True, slots=True)
class Use:
    """What an authorization has left. `used` counts what was used before the visits kept here, where that is known."""

    visits_used: int
    visits_left: int | None
    units_used: int
    units_left: int | None
    units_unknown: int
    """Signed visits whose units nobody has settled: units left are at most what is shown."""

    @property
    def visits_over(self) -> int:
        """Visits beyond what was approved."""
        return max(0, -self.visits_left) if self.visits_left is not None else 0

    @property
    def units_over(self) -> int:
        """Units beyond what was approved."""
        return max(0, -self.units_left) if self.units_left is not None else 0

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of what was approved."""
        return any(left is not None and left <= 0 for left in (self.visits_left, self.units_left))


def use_of(
    patient: Patient, coverages: Sequence[tuple[Coverage, Sequence[Authorization]]], visits: Iterable[Visit]
) -> Mapping[UUID, Use]:
    """The use of each authorization, by its id.

    Args:
        patient: the patient.
        coverages: the coverages, each with its authorizations in their order.
        visits: the signed visits of the patient, with `date_of_service`, `billed` and `detail`.
    """
    record = patient_record(patient, coverages=coverages, plans=(), year_to_date=None)
    rows = {(approval.number, approval.valid_from): approval for _one, own in coverages for approval in own}
    days: dict[UUID, set[object]] = defaultdict(set)
    units: dict[UUID, int] = defaultdict(int)
    unknown: dict[UUID, int] = defaultdict(int)
    for visit in visits:
        plain = records.Visit(
            id="visit", patient_id=record.id, date_of_service=visit.date_of_service, therapist="anybody"
        )
        used = Case(plain, record, lines=(), services=None).authorization()
        approval = rows.get((used.number, used.valid_from)) if used is not None else None
        if approval is None or not _holds_on(approval, visit):
            continue
        days[approval.pk].add(visit.date_of_service)
        if visit.billed is None:
            unknown[approval.pk] += 1
        units[approval.pk] += sum(
            line.get("units") or 0
            for line in visit.billed or ()
            if not approval.codes or line.get("code") in approval.codes
        )
    return {
        approval.pk: _use(approval, len(days[approval.pk]), units[approval.pk], unknown[approval.pk])
        for approval in rows.values()
    }


def _holds_on(approval: Authorization, visit: Visit) -> bool:
    """Whether the day lies within the approval: the engine falls back to the last on file, which is not used then."""
    begun = approval.valid_from is None or approval.valid_from <= visit.date_of_service
    return begun and (approval.valid_through is None or visit.date_of_service <= approval.valid_through)


def _use(approval: Authorization, days: int, units: int, unknown: int) -> Use:
    visits_used, units_used = days + (approval.visits_used_before or 0), units + (approval.units_used_before or 0)
    return Use(
        visits_used=visits_used,
        visits_left=_left(approval.visits_allowed, approval.visits_used_before, visits_used),
        units_used=units_used,
        units_left=_left(approval.units_allowed, approval.units_used_before, units_used),
        units_unknown=unknown,
    )


def _left(allowed: int | None, before: int | None, used: int) -> int | None:
    """What is left; unknown where the approval states no limit, or nobody knows what was used before."""
    return None if allowed is None or before is None else allowed - used
