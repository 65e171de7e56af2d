"""What visits are checked in the light of: patients, plans, approvals, dollars so far, and other visits.

A window of past visits goes to the engine whole, for rules that compare visits; what lies before the window goes as
what the records say of the time before: days treated, visits and units used, dollars allowed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q

from cleanclaim import records
from cleanclaim.facts.kit import Reach
from cleanclaim.practice.engine.judging.filing_limits import with_contracts
from cleanclaim.practice.engine.judging.notice_spans import (
    Notices,
    Spans,
    choices_not_to_use,
    is_covered,
    notices_on,
    signed_notices,
    spans,
)
from cleanclaim.practice.engine.judging.records import clinic_record, patient_record, visit_record, year_to_date_record
from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Claim,
    ClaimStatus,
    Clinic,
    ClinicPayer,
    Coverage,
    EligibilityAnswer,
    PackFile,
    Patient,
    PlanOfCare,
    ProgressReport,
    Provider,
    Visit,
    VisitStatus,
)
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer

WINDOW_DAYS = 60
"""How far back other visits of a patient are compared with one at hand."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A clinic, its patients, past visits and payer files, as records."""

    clinic: records.Clinic
    patients: dict[str, records.Patient]
    history: tuple[records.Visit, ...]
    packs: dict[str, Payer]
    zone: ZoneInfo
    home_health: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    """Whether a home health plan is open, by patient, year and month, as eligibility was last answered in it."""
    estimates: Spans = field(default_factory=dict)
    """The days that good faith estimates cover, of patients who were given any."""
    notices: Notices = field(default_factory=dict)
    """Signed advance notices of patients who have any."""
    not_used: Spans = field(default_factory=dict)
    """The days of which patients chose in writing that no plan is billed."""

    def stated(self, visit: records.Visit) -> records.Visit:
        """A visit with what eligibility and estimates say of its day, where the visit does not say it itself.

        An answer holds for the month it was given in: coverage is asked about anew each month, and what was true in
        another month is not known to be true still. Of a patient who was never given an estimate here nothing is said:
        they may have one from before.
        """
        day = visit.date_of_service
        told: dict[str, object] = {}
        is_open = self.home_health.get((visit.patient_id, day.year, day.month))
        if visit.home_health_episode is None and is_open is not None:
            told["home_health_episode"] = is_open
        if visit.good_faith_estimate_on_file is None and visit.patient_id in self.estimates:
            told["good_faith_estimate_on_file"] = is_covered(self.estimates[visit.patient_id], day)
        notices = notices_on(self.notices.get(visit.patient_id, ()), day)
        if notices and not visit.advance_notices:
            told["advance_notices"] = notices
        if notices and visit.abn_on_file is None:
            told["abn_on_file"] = True
        if visit.insurance_not_used is None and is_covered(self.not_used.get(visit.patient_id, ()), day):
            told["insurance_not_used"] = True
        return visit.model_copy(update=told) if told else visit


def gather(
    clinic: Clinic,
    visits: Sequence[Visit],
    *,
    as_of: date,
    packs: Mapping[str, Payer] | None = None,
    coverages: Mapping[UUID, Sequence[Coverage]] | None = None,
    reach: Reach = Reach.THERAPIST,
) -> Setting:
    """Everything that decides about these visits of one clinic, which is in scope.

    Args:
        clinic: whose visits.
        visits: at hand, saved or not.
        as_of: today.
        packs: the clinic's payer files, where they are at hand.
        coverages: of patients, as `coverages_of` gives them, where they are at hand.
        reach: how far the rules reach that are asked: the patients' own visits, or those of the same therapists too.
    """
    days = [visit.date_of_service for visit in visits] or [as_of]
    begins, ends = min(days) - timedelta(days=WINDOW_DAYS), max(days)
    zone = ZoneInfo(clinic.time_zone)
    at_hand = [visit.pk for visit in visits]
    own = Q(patient__in={visit.patient_id for visit in visits}, date_of_service__range=(begins, ends))
    beside = Q(therapist__in={visit.therapist_id for visit in visits}, date_of_service__in=set(days))
    decides = own if reach is Reach.PATIENT else own | beside
    past = list(with_people(Visit.objects.filter(decides, status=VisitStatus.SIGNED.value).exclude(pk__in=at_hand)))
    people = {visit.patient_id: visit.patient for visit in (*past, *visits)}
    held = dict(coverages or {})
    held |= coverages_of(people.keys() - held.keys())
    return Setting(
        clinic=clinic_record(
            clinic, Provider.objects.filter(treats=True), Charge.objects.all(), ClinicPayer.objects.all(), ends
        ),
        patients={patient.id: patient for patient in _patients(people, held, begins)},
        history=tuple(visit_record(visit, zone, with_note=visit.billed is None) for visit in past),
        packs=packs_of(clinic) if packs is None else dict(packs),
        zone=zone,
        home_health=_home_health(people, held),
        estimates=spans(people),
        notices=signed_notices(people),
        not_used=choices_not_to_use(people),
    )


def _home_health(
    people: Mapping[UUID, Patient], coverages: Mapping[UUID, Sequence[Coverage]]
) -> dict[tuple[str, int, int], bool]:
    """By patient, year and month, what the last answer of the month says."""
    answers = [
        (people[key].number, one) for key, own in coverages.items() for row in own for one in row.eligibility.all()
    ]
    return {
        (number, one.asked_on.year, one.asked_on.month): one.home_health_open
        for number, one in sorted(answers, key=lambda item: (item[1].asked_on, item[1].created_at))
        if one.home_health_open is not None
    }


def with_people(visits: Iterable[Visit]) -> Iterable[Visit]:
    """A query of visits with what `visit_record` reads of each."""
    return visits.select_related("patient", "therapist", "assistant").prefetch_related("signatures")  # type: ignore[attr-defined, no-any-return]


def packs_of(clinic: Clinic) -> dict[str, Payer]:
    """The payer files that hold for a clinic before the shipped ones, each with the filing limit of its contract.

    They are the company's, and those of the clinic before them; of shipped files those of payers with a contract.
    """
    held = PackFile.objects.filter(company_id=clinic.company_id).filter(Q(clinic=None) | Q(clinic=clinic))
    found: dict[str, Payer] = {}
    for file in sorted(held, key=lambda item: item.clinic_id is not None):
        found[file.payer] = _parsed(file.payer, file.text)
    return with_contracts(clinic, found)


@lru_cache(maxsize=512)
def _parsed(payer: str, text: str) -> Payer:
    """A payer file as it was read; the same text is read once, for reading it takes longer than a page may."""
    return payers.parse_pack(f"{payer}.toml", text)


def coverages_of(people: Collection[UUID]) -> dict[UUID, list[Coverage]]:
    """The coverages of each patient in their order, with what was approved and answered; three queries, or none."""
    found: dict[UUID, list[Coverage]] = {key: [] for key in people}
    rows = Coverage.objects.filter(patient__in=list(people)).order_by("order", "valid_from")
    for coverage in rows.prefetch_related(
        Prefetch("authorizations", Authorization.objects.order_by("valid_from")),
        Prefetch("eligibility", EligibilityAnswer.objects.all()),
    ):
        found[coverage.patient_id].append(coverage)
    return found


def _patients(
    people: Mapping[UUID, Patient], coverages: Mapping[UUID, Sequence[Coverage]], begins: date
) -> Iterable[records.Patient]:
    plans: dict[UUID, list[PlanOfCare]] = defaultdict(list)
    kept = PlanOfCare.objects.filter(patient__in=people).select_related("order_by")
    for plan in kept.prefetch_related(
        Prefetch("certifications", Certification.objects.select_related("by")),
        Prefetch("progress_reports", ProgressReport.objects.all()),
    ):
        plans[plan.patient_id].append(plan)
    earlier = _earlier(people, begins)
    allowed = _allowed_before([coverage for own in coverages.values() for coverage in own])
    for key, patient in people.items():
        before = earlier[key]
        own = coverages[key]
        yield patient_record(
            patient,
            coverages=[(coverage, _used(coverage, before)) for coverage in own],
            plans=[
                (
                    plan,
                    plan.certifications.all(),
                    [
                        records.ProgressReport(on=report.on, signed_by=records.Credential(report.signed_by))
                        for report in plan.progress_reports.all()
                        if report.visit_id is None or report.on < begins
                    ],
                    [*map(date.fromisoformat, plan.treated_before or ()), *_treated(plan, before)],
                )
                for plan in plans[key]
            ],
            year_to_date=_dollars(own, allowed.get(key, ()), begins),
        )


def _earlier(people: Iterable[UUID], begins: date) -> dict[UUID, list[Visit]]:
    """Signed visits before the window: their days and lines count, what was done does not."""
    found: dict[UUID, list[Visit]] = defaultdict(list)
    before = Visit.objects.filter(patient__in=list(people), date_of_service__lt=begins, status=VisitStatus.SIGNED.value)
    for visit in before.only("id", "clinic_id", "patient_id", "date_of_service", "billed"):
        found[visit.patient_id].append(visit)
    return found


def _treated(plan: PlanOfCare, before: Iterable[Visit]) -> list[date]:
    return [visit.date_of_service for visit in before if visit.date_of_service >= plan.established_on]


def _used(coverage: Coverage, before: Sequence[Visit]) -> list[Authorization]:
    """The approvals, with the visits and units of the time before the window added to what was used before."""
    found = []
    for approval in map(copy, coverage.authorizations.all()):
        own = [visit for visit in before if _covers(approval, visit.date_of_service)]
        units = sum(line.get("units") or 0 for visit in own for line in visit.billed or ())
        if approval.visits_used_before is not None:
            approval.visits_used_before += len({visit.date_of_service for visit in own})
        if approval.units_used_before is not None:
            approval.units_used_before += units
        found.append(approval)
    return found


def _covers(approval: Authorization, day: date) -> bool:
    begun = approval.valid_from is None or approval.valid_from <= day
    return begun and (approval.valid_through is None or day <= approval.valid_through)


def _allowed_before(coverages: Iterable[Coverage]) -> dict[UUID, list[tuple[date, int]]]:
    """Days and allowed dollars of the patients' open claims, of the years that eligibility tells of; one query."""
    years = {answer.year for coverage in coverages for answer in coverage.eligibility.all() if answer.year is not None}
    people = {coverage.patient_id for coverage in coverages}
    found: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    if years:
        claims = Claim.objects.filter(
            patient__in=people, date_of_service__year__in=sorted(years), allowed_cents__isnull=False, follows=None
        ).exclude(status=ClaimStatus.CLOSED.value)
        for patient, day, cents in claims.values_list("patient_id", "date_of_service", "allowed_cents"):
            found[patient].append((day, cents))
    return found


def _dollars(
    coverages: Iterable[Coverage], claims: Sequence[tuple[date, int]], begins: date
) -> tuple[records.YearToDate, ...] | None:
    """Therapy dollars of the year before the window, as an interval.

    An answer tells of all providers up to its day, this clinic's processed claims among them. Claims of the window that
    it may hold already are taken off its lower bound; claims before the window that it may not hold yet are put on
    its upper bound. So the truth lies between, whatever the payer had processed when it answered.
    """
    answers = [answer for coverage in coverages for answer in coverage.eligibility.all()]
    told = [found for answer in answers if (found := year_to_date_record(answer)) is not None]
    if not told:
        return None
    latest: dict[int, records.YearToDate] = {}
    for item in sorted(told, key=lambda one: one.as_of):
        latest[item.year] = item
    adjusted = []
    for year, item in sorted(latest.items()):
        own = [(day, cents) for day, cents in claims if day.year == year]
        inside = sum(cents for day, cents in own if begins <= day <= item.as_of)
        before = sum(cents for day, cents in own if day < begins)
        adjusted.append(
            item.model_copy(
                update={
                    "at_least_cents": max(item.at_least_cents - inside, before),
                    "at_most_cents": None if item.at_most_cents is None else item.at_most_cents + before,
                }
            )
        )
    return tuple(adjusted)
