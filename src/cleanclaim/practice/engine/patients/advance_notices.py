"""Advance notices (ABN) of a clinic: who gets one, what stands in it, the patient's choice, and what claims then carry.

`receivables.advance_notices` says what follows; here are the rows, and the claims on which it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.held_coverages import payer_kinds_on
from cleanclaim.practice.engine.judging.notice_numbers import take_number
from cleanclaim.practice.engine.judging.records import clinic_record, patient_record
from cleanclaim.practice.models import AdvanceNotice, Claim, ClaimStatus, Clinic, Document, Patient, User
from cleanclaim.receivables.advance_notices import Consequence, NoticeUse, consequence, last_day, use_of
from cleanclaim.records import NoticeChoice, NoticeCoverage
from cleanclaim.reference import advance_notice, procedures


class NoticeRefusedError(ValueError):
    """A notice that cannot be made or signed as asked; says what was expected."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a notice: what, why Medicare may not pay, and its estimated cost in cents."""

    what: str
    why: str
    cents: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A claim of the notice's days with the modifiers that its lines are to carry and do not."""

    claim: Claim
    lines: int
    """How many of its lines lack one of them."""
    has_kx: bool
    """Whether a line attests by KX what the notice denies."""


def use_for(clinic: Clinic, patient: Patient, on: date) -> NoticeUse:
    """Whether a patient gets the notice, by their coverages on a day: Original Medicare decides where it is one."""
    uses = {use_of(kind) for kind in payer_kinds_on(clinic, patient, on)}
    return next((one for one in (NoticeUse.USED, NoticeUse.PLAN_DECIDES) if one in uses), NoticeUse.NOT_USED)


def make(  # noqa: PLR0913 - what a notice holds
    clinic: Clinic,
    user: User,
    patient: Patient,
    *,
    covers: NoticeCoverage,
    services: Sequence[Service],
    codes: Sequence[str] = (),
    begins_on: date,
    ends_on: date,
    more: str = "",
) -> AdvanceNotice:
    """Make a notice, in the newest edition that may be signed today; `codes` are those of claim lines it speaks of.

    Raises:
        NoticeRefusedError: the patient gets none, no edition is known, or it covers too long a course.
    """
    today = today_at(clinic)
    if use_for(clinic, patient, begins_on) is not NoticeUse.USED:
        raise NoticeRefusedError("expected a patient of Original Medicare on the first day of care")
    editions = advance_notice.editions_on(today)
    if not editions:
        raise NoticeRefusedError(f"no edition of {advance_notice.form().number} is known for {today}")
    latest = last_day(begins_on)
    if ends_on < begins_on or (latest is not None and ends_on > latest):
        raise NoticeRefusedError("expected a last day on or after the first" + (f", until {latest}" if latest else ""))
    with transaction.atomic():
        made: AdvanceNotice = AdvanceNotice.objects.create(
            clinic=clinic, patient=patient, number=f"N-{take_number(clinic, 'next_notice'):05d}",
            coverage=covers.value, edition=editions[0].expires,
            services=[[one.what, one.why, one.cents] for one in services], codes=list(codes), more=more or None,
            begins_on=begins_on, ends_on=ends_on, made_on=today, made_by=user,
        )  # fmt: skip
    return made


def sheet(clinic: Clinic, row: AdvanceNotice) -> bytes:
    """The entries for the form, as PDF. Raises `FormNotPrintableError`."""
    from cleanclaim.forms.abn import NoticedService, NoticeSheet, render_notice_sheet  # noqa: PLC0415 - loads slowly

    form = advance_notice.form()
    return render_notice_sheet(
        NoticeSheet(
            number=row.number, form=form.number, expires=row.edition,
            clinic=clinic_record(clinic, (), (), (), row.made_on).organization,
            patient=patient_record(row.patient, coverages=(), plans=(), year_to_date=None).name,
            services=tuple(NoticedService(*one) for one in row.services), begins_on=row.begins_on,
            ends_on=row.ends_on, more=row.more or "",
        ),
        form.blanks,
    )  # fmt: skip


def sign(
    row: AdvanceNotice, choice: NoticeChoice, on: date, *, by_representative: bool, document: Document | None
) -> None:
    """Write down what the patient chose and when they signed; once.

    Raises:
        NoticeRefusedError: it was signed or withdrawn before, or its edition may not be signed on that day.
        StaleRowError: somebody else changed it meanwhile.
    """
    if row.signed_on is not None or row.withdrawn_on is not None:
        raise NoticeRefusedError("it is signed or withdrawn already; expected one that waits for its signature")
    if row.edition not in {one.expires for one in advance_notice.editions_on(on)}:
        raise NoticeRefusedError(f"the edition that expires {row.edition} may not be signed on {on}; make it anew")
    row.option, row.signed_on, row.by_representative, row.document = choice.value, on, by_representative, document
    row.save_if_unchanged(row.version, "option", "signed_on", "by_representative", "document")


def follows(row: AdvanceNotice) -> Consequence | None:
    """What follows from a notice; `None` while it waits for its signature."""
    if row.signed_on is None:
        return None
    return consequence(NoticeCoverage(row.coverage), NoticeChoice(row.option))


def unknown_codes(codes: Sequence[str]) -> list[str]:
    """Those of these procedure codes that no list of ours has."""
    return [code for code in codes if procedures.get(code) is None]


def name_codes(row: AdvanceNotice, codes: Sequence[str]) -> None:
    """Say anew by which procedure codes the services of a notice are known.

    Raises:
        NoticeRefusedError: a code that is not known.
        StaleRowError: somebody else changed it meanwhile.
    """
    unknown = unknown_codes(codes)
    if unknown:
        raise NoticeRefusedError(f"{', '.join(unknown)}: expected procedure codes such as 97110")
    row.codes = list(dict.fromkeys(codes))
    row.save_if_unchanged(row.version, "codes")


def proposed(row: AdvanceNotice) -> list[Proposed]:
    """Claims to Medicare of the notice's days that have not gone out and whose lines do not do what follows from it.

    A notice speaks of some services only: the lines of its codes; where it names none, which lines are meant is for a
    person to say, and all are looked at.
    """
    found = follows(row)
    if found is None or row.signed_on is None or row.withdrawn_on is not None:
        return []
    begins = max(row.begins_on, row.signed_on)
    own = Claim.objects.filter(
        patient=row.patient_id, date_of_service__range=(begins, row.ends_on), batch=None, payer="medicare_b"
    ).exclude(status=ClaimStatus.CLOSED.value)
    listed = []
    for claim in own.defer("record", "questions", "evidence").prefetch_related("lines").order_by("date_of_service"):
        carried = [set(line.modifiers) for line in claim.lines.all() if not row.codes or line.code in row.codes]
        lacking = sum(not set(found.modifiers) <= held for held in carried)
        if carried and (lacking or not found.bills_medicare):
            has_kx = "GA" in found.modifiers and any("KX" in held for held in carried)
            listed.append(Proposed(claim, lacking, has_kx))
    return listed
