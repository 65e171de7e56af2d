"""Payers are asked: what a coverage pays for (270), and where a claim stands that nobody answered (276).

One file asks one payer, takes its control numbers from the clinic's own, and goes out by the connection as claims do.
Each question bears a number of its own, by which the answer is put where it belongs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from cleanclaim import records
from cleanclaim.bill.parts import filed_as
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.claims.filing import is_production
from cleanclaim.practice.engine.claims.outgoing import envelope_to, has_connection
from cleanclaim.practice.engine.judging.checking import now_at, today_at
from cleanclaim.practice.engine.judging.records import coverage_record
from cleanclaim.practice.models import (
    LIVE_STATES,
    Claim,
    ClaimStatus,
    Clinic,
    ControlNumbers,
    Coverage,
    Inquiry,
    OutgoingKind,
    Patient,
    Transmission,
    User,
    WorkItem,
    WorkKind,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records import Relationship, Sex
from cleanclaim.reference import denials
from cleanclaim.reference.eligibility_codes import load_eligibility_codes
from cleanclaim.submission.transmission import State
from cleanclaim.x12 import ControlNumbers as Numbers
from cleanclaim.x12 import EnvelopeError
from cleanclaim.x12.inquiry_envelope import Asker, InquiryError, InquiryFile, Member
from cleanclaim.x12.writer_270 import BenefitQuestion, write_270
from cleanclaim.x12.writer_276 import StatusQuestion, write_276

_KINDS = ("interchange", "group", "transaction")
MOST = 200
"""Questions that are asked at once."""


class NotAskedError(ValueError):
    """A question that cannot be asked; says why, and names no patient."""


@dataclass(slots=True)
class Asked:
    """What asking came to: files that go out, and what was left out, each with why."""

    files: list[Transmission] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    questions: int = 0


Q = tuple[Coverage | Claim, BenefitQuestion | StatusQuestion]
_Payer = tuple[str, str, str]
"""Payer file, identifier, name."""


def ask_benefits(clinic: Clinic, coverages: Iterable[Coverage], user: User, *, origin: str = "") -> Asked:
    """Ask the payers of these coverages what they pay for today; the clinic is in scope. One file a payer.

    Raises `NotAskedError` where there is no connection to ask by.
    """
    today = today_at(clinic)
    by_payer: dict[_Payer, list[Q]] = defaultdict(list)
    for coverage in coverages:
        record = coverage_record(coverage, ())
        member, dependent = _people(record.member_id, record.relationship, record.subscriber, coverage.patient)
        question = BenefitQuestion(
            trace=uuid4().hex,
            member=member,
            dependent=dependent,
            on=today,
            service_types=load_eligibility_codes().asked_of(coverage.payer),
        )
        payer = (coverage.payer, coverage.payer_identifier, coverage.payer_name or coverage.payer)
        by_payer[payer].append((coverage, question))
    return _ask(clinic, user, OutgoingKind.BENEFITS, by_payer, write_270, origin)


def ask_statuses(clinic: Clinic, claims: Iterable[Claim], user: User, *, origin: str = "") -> Asked:
    """Ask payers where these filed claims stand; the clinic is in scope. One file a payer.

    Raises `NotAskedError` where there is no connection to ask by.
    """
    by_payer: dict[_Payer, list[Q]] = defaultdict(list)
    for claim in claims:
        record = records.Claim.model_validate(claim.record)
        payer, patient = record.payer, record.patient
        known = claim.reports.exclude(payer_control_number="").order_by("-created_at").first()
        for part in filed_as(record):
            days = [line.date_of_service for line in part.lines]
            question = StatusQuestion(
                trace=uuid4().hex,
                member=_member(payer.member_id, payer.subscriber, patient),
                dependent=None if payer.relationship is Relationship.SELF else _person(patient),
                control_number=part.id,
                charge_cents=part.total_charge_cents,
                begins_on=min(days),
                ends_on=max(days),
                payer_control_number=known.payer_control_number if known is not None else "",
            )
            by_payer[payer.pack, payer.identifier, payer.name].append((claim, question))
    return _ask(clinic, user, OutgoingKind.STATUS, by_payer, write_276, origin)


def unanswered(today: date) -> QuerySet[Claim]:
    """Filed claims on the worklist as unanswered, that nobody has asked about lately, the oldest first.

    They stand there since they wait longer than their payer usually takes, or than the clinic waits (`undecided`).
    """
    listed = WorkItem.objects.filter(kind=WorkKind.UNANSWERED.value, state__in=LIVE_STATES).values("claim")
    since = today - timedelta(days=denials.figures().asked_again_days)
    lately = Inquiry.objects.filter(asked_on__gt=since).exclude(claim=None).values("claim")
    waiting = Claim.objects.filter(status=ClaimStatus.SUBMITTED.value, pk__in=listed).exclude(pk__in=lately)
    return waiting.order_by("batch__created_at", "number")


def _people(
    member_id: str, relationship: Relationship, subscriber: records.Subscriber | None, patient: Patient
) -> tuple[Member, Member | None]:
    """The member, and the patient where they are somebody else."""
    own = Member(patient.family_name, patient.given_name, patient.birth_date, Sex(patient.sex), member_id)
    if relationship is Relationship.SELF or subscriber is None:
        return own, None
    name = subscriber.name
    member = Member(name.family_name, name.given_name, subscriber.birth_date, subscriber.sex, member_id)
    return member, Member(patient.family_name, patient.given_name, patient.birth_date, Sex(patient.sex))


def _member(member_id: str, subscriber: records.Subscriber | None, patient: records.claim.ClaimPatient) -> Member:
    if subscriber is None:
        return Member(patient.name.family_name, patient.name.given_name, patient.birth_date, patient.sex, member_id)
    name = subscriber.name
    return Member(name.family_name, name.given_name, subscriber.birth_date, subscriber.sex, member_id)


def _person(patient: records.claim.ClaimPatient) -> Member:
    return Member(patient.name.family_name, patient.name.given_name, patient.birth_date, patient.sex)


def _ask(
    clinic: Clinic,
    user: User,
    kind: OutgoingKind,
    by_payer: dict[_Payer, list[Q]],
    write: Callable[..., InquiryFile],
    origin: str,
) -> Asked:
    if not has_connection():
        raise NotAskedError("there is no connection to ask by")
    asked = Asked()
    with transaction.atomic():
        ControlNumbers.objects.get_or_create(clinic=clinic, defaults={"numbers": dict.fromkeys(_KINDS, 1)})
        row = ControlNumbers.objects.select_for_update().get(clinic=clinic)
        numbers = Numbers(**{name: row.numbers[name] for name in _KINDS})
        for payer in sorted(by_payer):
            try:
                made = _file(clinic, user, kind, (payer, by_payer[payer]), write, numbers)
            except (InquiryError, EnvelopeError) as error:
                asked.left_out.append((payer[2], str(error)))
                continue
            asked.files.append(made)
            asked.questions += len(by_payer[payer])
        row.numbers = {name: getattr(numbers, name) for name in _KINDS}
        row.save()
        for file in asked.files:
            detail = f"{kind.value}: {file.inquiries.count()} questions"
            audit_trail.record(clinic.id, user, "export", "transmission", file.pk, detail=detail, origin=origin)
    return asked


def _file(
    clinic: Clinic,
    user: User,
    kind: OutgoingKind,
    asked: tuple[_Payer, Sequence[Q]],
    write: Callable[..., InquiryFile],
    numbers: Numbers,
) -> Transmission:
    """One payer's questions, written and kept."""
    (pack, identifier, name), questions = asked
    created = now_at(clinic)
    file = write(
        [question for _subject, question in questions],
        asker=Asker(clinic.name, clinic.npi, (clinic.tax_id or "").replace("-", "")),
        envelope=envelope_to(clinic, pack, name, identifier),
        control=numbers,
        created=created,
        production=is_production(clinic),
    )
    row: Transmission = Transmission.objects.create(
        clinic=clinic,
        kind=kind.value,
        file_name=f"{pack}-{created:%Y%m%d}-{file.interchange_control}.{kind.value}"[-80:],
        payer_name=name[:80],
        content=Plain(file.data),
        interchange_control=file.interchange_control,
        group_control=file.group_control,
        transaction_controls=[file.transaction_control],
        state=State.PREPARED.value,
        made_by=user,
    )
    Inquiry.objects.bulk_create(
        Inquiry(
            clinic=clinic,
            transmission=row,
            coverage=subject if isinstance(subject, Coverage) else None,
            claim=subject if isinstance(subject, Claim) else None,
            trace=question.trace,
            asked_on=created.date(),
            asked_by=user,
        )
        for subject, question in questions
    )
    return row
