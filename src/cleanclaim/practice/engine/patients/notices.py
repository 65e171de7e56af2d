"""Good faith estimates of a clinic: who is owed one and by when, made from plan and charge master, held to the bill.

Who is owed one: whoever has no coverage on the day of care, or one whose payer file says that an estimate is owed (a
cash patient), or who says that they will not use theirs. `receivables.estimates` does the arithmetic and the deadlines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.functions import TruncDate

from cleanclaim.bill.output import superbill_labels
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.held_coverages import holds_on
from cleanclaim.practice.engine.judging.notice_numbers import take_number
from cleanclaim.practice.engine.judging.notice_spans import given, is_estimated_on, pays_alone_on
from cleanclaim.practice.engine.judging.records import clinic_record, patient_record, provider_record
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import (
    Appointment,
    AppointmentStatus,
    Charge,
    Claim,
    ClaimLine,
    Clinic,
    Coverage,
    EstimateRequest,
    GoodFaithEstimate,
    Patient,
    PlanOfCare,
    Provider,
    SelfPayReason,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.receivables.estimates import (
    Deadline,
    Estimate,
    PlannedService,
    PlannedVisits,
    Trigger,
    Watch,
    deadline,
    estimate,
    visit_days,
    watch,
)
from cleanclaim.records import Frequency
from cleanclaim.reference import payers, values
from cleanclaim.reference.payers import Payer

REQUIRED = "good_faith_estimate_required"
"""The setting of a payer file that says an estimate is owed."""
EVALUATION, TREATMENT = "evaluation", "treatment"
"""Kinds of planned visits, in the order they stand on an estimate."""


# --- who is owed one, and by when --------------------------------------------------------------------------


def self_paying(clinic: Clinic, on: date, packs: Mapping[str, Payer] | None = None) -> list[str]:
    """The payer files of the clinic that stand for patients who pay themselves, as of a day; `packs` where at hand."""
    own = packs_of(clinic) if packs is None else packs
    known = {one: own.get(one) or payers.get(one) for one in {*payers.all_ids(), *own}}
    return sorted(one for one, payer in known.items() if payer.setting(REQUIRED, on).value)


def is_covered_on(day: str, without: Sequence[str]) -> Exists:
    """Whether the outer row's patient has a coverage on its day that pays instead of the patient."""
    held = Coverage.objects.filter(holds_on(OuterRef(day)), patient=OuterRef("patient"))
    return Exists(held.exclude(payer__in=without))


@dataclass(frozen=True, slots=True)
class Due:
    """An estimate that is owed: to whom, why, and by when."""

    patient: Patient
    trigger: Trigger
    reason: SelfPayReason
    on: date
    service_on: date | None
    deadline: Deadline
    request: EstimateRequest | None = None
    made: GoodFaithEstimate | None = None
    """The estimate that was made for it and is not given yet."""

    def is_late(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.deadline.due_on is not None and self.deadline.due_on < today


def due(clinic: Clinic, today: date, patient: UUID | None = None, *, without: Sequence[str] | None = None) -> list[Due]:
    """Every estimate that is owed and not given yet, of all patients or of one, the soonest first.

    What was scheduled counts from the day on which the appointment was booked or imported here. `without` are the payer
    files of who pays alone, where they are at hand. The clinic is in scope.
    """
    alone = self_paying(clinic, today) if without is None else without
    return _with_drafts([*_asked(patient), *_scheduled(clinic, today, patient, alone)])


def asked_for(patient: UUID) -> list[Due]:
    """What a patient asked for and was not given yet: all that is owed where no appointment is to come."""
    return _with_drafts(_asked(patient))


def _with_drafts(found: Sequence[Due]) -> list[Due]:
    """What is owed, each with the estimate that is made of it already and not given; the soonest first."""
    if not found:
        return []
    made = {
        row.patient_id: row
        for row in GoodFaithEstimate.objects.filter(patient__in={one.patient.pk for one in found}, given_on=None)
        .defer("content", "main_service", "separate")
        .order_by("made_on", "number")
    }
    listed = [
        Due(one.patient, one.trigger, one.reason, one.on, one.service_on, one.deadline, one.request, held)
        for one in found
        for held in [made.get(one.patient.pk)]
    ]
    return sorted(listed, key=lambda one: (one.deadline.due_on or date.max, one.service_on or date.max, one.on))


def _asked(patient: UUID | None) -> list[Due]:
    rows = EstimateRequest.objects.filter(answered_by=None).select_related("patient")
    if patient is not None:
        rows = rows.filter(patient=patient)
    return [
        Due(row.patient, trigger, SelfPayReason(row.reason), row.on, row.service_on, told, row)
        for row in rows
        for trigger in [Trigger(row.trigger)]
        for told in [deadline(trigger, row.on, row.service_on)]
    ]


def _scheduled(clinic: Clinic, today: date, patient: UUID | None, without: Sequence[str]) -> list[Due]:
    """The first visit to come of each self-paying patient for which an estimate is owed and none covers it."""
    zone = ZoneInfo(clinic.time_zone)
    rows = Appointment.objects.filter(
        status=AppointmentStatus.BOOKED.value, starts_at__gte=datetime.combine(today, time(), zone)
    ).annotate(day=TruncDate("starts_at", tzinfo=zone))
    if patient is not None:
        rows = rows.filter(patient=patient)
    alone = pays_alone_on("day")
    owed = rows.filter(~is_covered_on("day", without) | alone).exclude(is_estimated_on("day"))
    first: dict[UUID, Due] = {}
    for row in owed.annotate(is_not_used=alone).select_related("patient").order_by("starts_at"):
        if row.patient_id in first:
            continue
        day = row.starts_at.astimezone(zone).date()
        # A demo plays on a day that may lie before the one on which its rows were written.
        on = min(row.created_at.astimezone(zone).date(), today)
        told = deadline(Trigger.SCHEDULED, on, day)
        if told.due_on is not None:
            reason = SelfPayReason.NOT_USED if row.is_not_used else SelfPayReason.UNINSURED
            first[row.patient_id] = Due(row.patient, Trigger.SCHEDULED, reason, on, day, told)
    return list(first.values())


def ask(  # noqa: PLR0913 - who asked for what, when
    clinic: Clinic, user: User, patient: Patient, *, trigger: Trigger, reason: SelfPayReason, on: date,
    service_on: date | None,
) -> EstimateRequest:  # fmt: skip
    """Write down that a patient asked, or that what was estimated has changed."""
    told = deadline(trigger, on, service_on)
    made: EstimateRequest = EstimateRequest.objects.create(
        clinic=clinic, patient=patient, trigger=trigger.value, reason=reason.value, on=on, service_on=service_on,
        due_on=told.due_on, taken_by=user,
    )  # fmt: skip
    return made


# --- making and giving one ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks an estimate to hold. Services are codes with their units, by kind of visit."""

    reason: SelfPayReason
    main_service: str
    begins_on: date
    per_week: int
    treatments: int
    """How many treatment visits."""
    services: Mapping[str, Sequence[PlannedService]]
    discount: int = 0
    diagnoses: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()

    def planned(self) -> list[PlannedVisits]:
        """The visits: the evaluation, where one is planned, on the first day; treatments spread from then on."""
        first = self.services.get(EVALUATION, ())
        days = visit_days(self.begins_on, self.per_week, self.treatments + bool(first))
        return [
            PlannedVisits(EVALUATION, days[:1] if first else (), tuple(first)),
            PlannedVisits(TREATMENT, days[1:] if first else days, tuple(self.services.get(TREATMENT, ()))),
        ]


def charge_on(codes: Iterable[str]) -> Callable[[str, date], int | None]:
    """What the clinic charges for one unit of a code on a day; one query for all codes. The clinic is in scope."""
    held: dict[str, list[Charge]] = {}
    for row in Charge.objects.filter(code__in=set(codes)).order_by("code", "valid_from"):
        held.setdefault(row.code, []).append(row)

    def find(code: str, day: date) -> int | None:
        own = [
            row
            for row in held.get(code, ())
            if row.valid_from <= day and (row.valid_through is None or day <= row.valid_through)
        ]
        return own[-1].cents if own else None

    return find


def counted(wanted: Wanted) -> Estimate:
    """The estimate of what a person asks for. Raises `EstimateError`."""
    planned = wanted.planned()
    codes = {service.code for one in planned for service in one.services}
    return estimate(planned, charge_on(codes), discount=wanted.discount)


def make(clinic: Clinic, user: User, owed: Due, wanted: Wanted, plan: PlanOfCare | None = None) -> GoodFaithEstimate:
    """Make an estimate and keep it; it takes the place of the patient's last one that covers its first day.

    Raises:
        EstimateError: it cannot be counted.
        FormNotPrintableError: a text has letters that the page cannot hold.
    """
    made = counted(wanted)
    today = today_at(clinic)
    with transaction.atomic():
        earlier = (
            given()
            .filter(patient=owed.patient, begins_on__lte=made.begins_on, ends_on__gte=made.begins_on, replaced_by=None)
            .first()
        )
        row = GoodFaithEstimate(
            clinic=clinic, patient=owed.patient, plan=plan,
            number=f"E-{take_number(clinic, 'next_estimate'):05d}", reason=wanted.reason.value,
            trigger=owed.trigger.value, triggered_on=owed.on, due_on=owed.deadline.due_on,
            main_service=wanted.main_service, begins_on=made.begins_on, ends_on=made.ends_on, visits=made.visits,
            per_week=wanted.per_week, discount=wanted.discount, diagnoses=list(wanted.diagnoses),
            items=[
                [one.kind, one.code, one.units, one.visits, one.unit_cents, *map(str, (one.first_on, one.last_on))]
                for one in made.items
            ],
            separate=list(wanted.separate), cents=made.cents, made_on=today, made_by=user, replaces=earlier,
        )  # fmt: skip
        data = paper(clinic, row, is_scheduled=owed.service_on is not None)
        row.content, row.sha256 = Plain(data), hashlib.sha256(data).hexdigest()
        row.save(force_insert=True)
    return row


def paper(clinic: Clinic, row: GoodFaithEstimate, *, is_scheduled: bool) -> bytes:
    """The PDF of an estimate, as it is kept."""
    from cleanclaim.forms.estimate import (  # noqa: PLC0415 - loads slowly
        EstimatedService,
        EstimateLetter,
        EstimateTerms,
        render_estimate,
    )

    own = clinic_record(clinic, (), (), (), row.made_on)
    person = patient_record(row.patient, coverages=(), plans=(), year_to_date=None)
    treating = Provider.objects.filter(treats=True, appointments__patient=row.patient).exclude(npi="").distinct()
    letter = EstimateLetter(
        number=row.number, issued_on=row.made_on, clinic=own.organization,
        place=own.facility,
        patient=person.name, birth_date=row.patient.birth_date, patient_address=person.address,
        main_service=row.main_service, begins_on=row.begins_on, ends_on=row.ends_on, visits=row.visits,
        frequency=f"{row.per_week} visit{'' if row.per_week == 1 else 's'} a week" if row.visits > 1 else "",
        is_scheduled=is_scheduled, diagnoses=tuple(row.diagnoses),
        services=tuple(
            EstimatedService(kind, code, units, visits, cents, date.fromisoformat(first), date.fromisoformat(last))
            for kind, code, units, visits, cents, first, last in row.items
        ),
        therapists=tuple(provider_record(one) for one in treating), separate=tuple(row.separate or ()),
        replaces=row.replaces.number if row.replaces else "",
    )  # fmt: skip
    terms = EstimateTerms(
        values.on("estimate_dispute_excess", row.made_on).value,
        values.on("estimate_dispute_days", row.made_on).value,
        values.on("estimate_dispute_fee", row.made_on).value,
    )
    return render_estimate(letter, terms, labels=superbill_labels())


def give(row: GoodFaithEstimate, on: date, by: str) -> int:
    """Write down that a patient was given an estimate; returns how many of their requests it answers."""
    with transaction.atomic():
        row.given_on, row.given_by = on, by
        row.save_if_unchanged(row.version, "given_on", "given_by")
        open_ones = EstimateRequest.objects.filter(patient=row.patient_id, answered_by=None, on__lte=on)
        return int(open_ones.update(answered_by=row, version=F("version") + 1))


# --- beginning one, and holding it to the bill -------------------------------------------------------------


def usual_services(patient: Patient) -> dict[str, list[PlannedService]]:
    """What the patient's last evaluation and last treatment billed: what another visit of the kind may hold."""
    found: dict[str, list[PlannedService]] = {EVALUATION: [], TREATMENT: []}
    for kind, services in found.items():
        claim = (
            Claim.objects.filter(patient=patient, visit__kind=kind, frequency=Frequency.ORIGINAL.value)
            .order_by("-date_of_service", "-number")
            .only("id", "clinic_id")
            .first()
        )
        if claim is not None:
            lines = ClaimLine.objects.filter(claim=claim).exclude(code="").order_by("position")
            services += [PlannedService(line.code, line.units) for line in lines if line.units]
    return found


def billed_cents(row: GoodFaithEstimate, without: Sequence[str]) -> int:
    """What was charged to the patient for days of an estimate: claims that go to no payer, each visit once."""
    own = Claim.objects.filter(
        patient=row.patient_id, date_of_service__range=(row.begins_on, row.ends_on),
        frequency=Frequency.ORIGINAL.value, payer__in=["", *without],
    )  # fmt: skip
    return own.aggregate(total=Sum("charge_cents"))["total"] or 0


def watched(row: GoodFaithEstimate, without: Sequence[str], today: date) -> Watch:
    """An estimate held against what was billed; one more treatment as planned is what comes next."""
    following = [(units * cents, last) for kind, _c, units, _v, cents, _f, last in row.items if kind == TREATMENT]
    latest = max((last for _cents, last in following), default="")
    upcoming = sum(cents for cents, last in following if last == latest)
    return watch(row.cents, billed_cents(row, without), upcoming, today)
