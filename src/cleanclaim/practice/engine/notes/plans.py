"""The plan of care in words: whether it is certified, when a report is due, and whether today can be billed.

Nothing is judged here. A visit of the day, the one there is or an empty one, goes through the rule book; what the rules
of the plan, the authorization, the coverage and the payer's limits say of it is the answer, with their reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cleanclaim.bill.job import bill
from cleanclaim.check.summary import BLOCKING, missing_inputs
from cleanclaim.practice.engine.judging.records import visit_record
from cleanclaim.practice.engine.judging.setting import gather, with_people
from cleanclaim.practice.engine.notes.live_check import Gap, Told, told_of
from cleanclaim.practice.models import Clinic, Patient, Provider, Visit
from cleanclaim.records import VisitKind
from cleanclaim.rules.book import entry

_DECIDING_FAMILIES = frozenset({"plan_of_care", "authorization", "threshold"})
_DECIDING_RULES = frozenset({"TF104", "TF105", "ID207", "PY103", "PY104", "PY105", "PY106", "PY107", "PY108"})
"""Beside the families: the coverage's dates and existence, and what a payer limits whatever is done."""

_OF_THE_NOTE = frozenset({"AU102", "AU108", "PC303", "PC304", "TH102", "TH104", "TH105", "TH106", "TH107"})
"""Rules of those families that need what will stand in the note, on the lines or on the claim form."""


class Answer(StrEnum):
    """Whether a visit of the day can be billed."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    """Nothing stands against it, but something that decides is not known."""


@dataclass(frozen=True, slots=True)
class Countdown:
    """Treatment days since the last progress report, the day itself included, as an interval.

    `limit` is on which of them a report is due; every number may be unknown.
    """

    at_least: int | None
    at_most: int | None
    limit: int | None
    is_wanted: bool | None
    """Whether the payer asks for progress reports."""

    @property
    def left_at_least(self) -> int | None:
        """Treatment days that are surely left before a report is due; zero: it is due now, or may be."""
        return None if self.limit is None or self.at_most is None else max(0, self.limit - self.at_most)

    @property
    def left_at_most(self) -> int | None:
        """Treatment days that may be left."""
        return None if self.limit is None or self.at_least is None else max(0, self.limit - self.at_least)


@dataclass(frozen=True, slots=True)
class PlanState:
    """What the engine knows of a patient's plan on a day.

    `facts` are columns of the engine's claim by their names (`certification_due_on`, `plan_through`, …); `visit` is the
    day's visit that was judged, `None` where an empty one stood in.
    """

    answer: Answer
    against: tuple[Told, ...]
    worth_knowing: tuple[Told, ...]
    unknown: tuple[Gap, ...]
    countdown: Countdown
    certification: str
    certified_through: date | None
    facts: Mapping[str, Any]
    visit: Visit | None


def plan_state(clinic: Clinic, patient: Patient, therapist: Provider, *, on: date, as_of: date) -> PlanState:
    """Judge a day of a patient's plan. The clinic is in scope.

    Args:
        clinic: the clinic.
        patient: whose plan.
        therapist: who would treat, where the day has no visit yet.
        on: the day.
        as_of: today.
    """
    own: Visit | None = with_people(Visit.objects.filter(patient=patient, date_of_service=on)).first()  # type: ignore[attr-defined]
    visit = own or Visit(
        clinic=clinic,
        number="PROBE",
        patient=patient,
        date_of_service=on,
        kind=VisitKind.TREATMENT.value,
        therapist=therapist,
        detail={"progress_report": False},
    )
    around = gather(clinic, [visit], as_of=as_of)
    # What stands in the note does not decide whether the day may be billed: the visit is judged without it.
    record = visit_record(visit, around.zone, with_note=False).model_copy(update={"signatures": None})
    billed = bill(around.clinic, around.patients, [record], as_of=as_of, history=around.history, packs=around.packs)
    claim = billed.claims[0]
    row = billed.verdicts.workspace.frames["claims"].row(0, named=True)
    deciding = [finding for finding in claim.findings if _decides(finding.code)]
    against = tuple(told_of(finding) for finding in deciding if finding.severity in BLOCKING)
    unknown = tuple(
        Gap(item.name, item.rules) for item in missing_inputs(one for one in claim.unjudged if _decides(one.code))
    )
    answer = Answer.NO if against else Answer.UNSURE if unknown or billed.crashed else Answer.YES
    return PlanState(
        answer=answer,
        against=against,
        worth_knowing=tuple(told_of(finding) for finding in deciding if finding.severity not in BLOCKING),
        unknown=unknown,
        countdown=Countdown(
            row["treatment_days_at_least"],
            row["treatment_days_at_most"],
            row["progress_report_treatment_days"],
            row["payer_progress_report_required"],
        ),
        certification=_certification(row, {finding.code for finding in claim.findings}),
        certified_through=row["certified_through"],
        facts=row,
        visit=own,
    )


def _decides(code: str) -> bool:
    if code in _DECIDING_RULES:
        return True
    found = entry(code)
    return found is not None and found.family in _DECIDING_FAMILIES and code not in _OF_THE_NOTE


_BY_RULE = {"PC201": "overdue", "PC203": "expired", "PC204": "recertification due", "PC221": "verbal, unsigned"}
"""What a certification that a rule objects to is called."""


def _certification(row: Mapping[str, Any], objected: AbstractSet[str]) -> str:
    """The certification in a word or two, by what the rules say of it and what the record holds."""
    for code, word in _BY_RULE.items():
        if code in objected:
            return word
    if row["payer_plan_of_care_certification_required"] is False:
        return "not required"
    if row["has_plan_of_care"] is None or (row["has_plan_of_care"] and row["certification_method"] is None):
        return "unknown"
    if not row["has_plan_of_care"]:
        return "no plan"
    words = {"not_certified": "pending", "order_exception": "by a signed order", "verbal": "verbal"}
    return words.get(row["certification_method"], "certified")
