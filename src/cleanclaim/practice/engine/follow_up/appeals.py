"""Letters to payers: an appeal, a request to reopen, the records asked for, or a dispute of what was allowed.

A letter says what the record says, by whose rule, for how much, and by when. What cannot be won is refused with why. A
person reads it, may change its argument, and signs it; it is kept as it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from cleanclaim import records
from cleanclaim.dates import written
from cleanclaim.denials.deadlines import Deadline, of_reopening, of_step, within
from cleanclaim.denials.refused import Denial, Reason
from cleanclaim.denials.strategy import Circumstances, Strategy, strategy_of
from cleanclaim.denials.terms import AppealStep, Terms, least_amount, terms_of
from cleanclaim.forms.appeal_letter import AppealLetter, DisputedLine, Sum
from cleanclaim.money import dollars
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.follow_up.letter_words import (
    citations,
    is_filled_in,
    plan_words,
    request_for,
    rule_words,
)
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.engine.worklist.work_items import lock, note
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    ClinicPayer,
    Letter,
    NoteKind,
    User,
    WorkItem,
    WorkKind,
    WorkState,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference.denials import Route
from cleanclaim.remittance.matching import KnownLine

REOPENING = "reopening"
"""The name of a letter that asks Medicare to mend its own decision; it is no step of appeal."""
RECORDS = "records"
"""The name of a letter that sends what the payer asked for."""
TAKEN_TWICE = "recoupment"
"""The name of a letter that asks for what was taken although a check had gone for it."""

_NO_STEPS = frozenset({REOPENING, RECORDS, TAKEN_TWICE})
"""Letters that are no step of appeal."""


@dataclass(frozen=True, slots=True)
class Way:
    """A letter that can be written about a claim's items, or why it cannot: `refused` is empty where it can."""

    step: str
    title: str
    level: int
    deadline: Deadline
    decided_days: int | None
    refused: str = ""


def circumstances(claim: Claim, item: WorkItem, filed: Filed) -> Circumstances:
    """What is known around an item of a claim."""
    noticed = item.noticed_on or claim.date_of_service
    codes = [line.code for part in filed.known for line in part.lines]
    return Circumstances(terms_for(claim, noticed), noticed, claim.due_on, codes)


def terms_for(claim: Claim, day: date) -> Terms:
    """What is known of a claim's payer on a day."""
    return terms_of(claim.payer, day, packs_of(claim.clinic).values())


def strategy_for(claim: Claim, item: WorkItem, filed: Filed) -> Strategy | None:
    """What is done about a denied line, as the posting decided it; `None` for any other item."""
    if item.kind != WorkKind.DENIAL.value:
        return None
    line = line_of(filed, item.line)
    if line is None:
        return None
    reasons = tuple(
        Reason(AdjustmentGroup(group), carc, tuple(told), cents) for group, carc, told, cents in item.reasons
    )
    return strategy_of(Denial(line, reasons), circumstances(claim, item, filed))


def line_of(filed: Filed, key: str) -> KnownLine | None:
    """A line of a filed claim by its key in the ledger."""
    return next((line for part in filed.known for line in part.lines if line.key == key), None)


def filed_of(claim: Claim) -> Filed:
    """A claim as it was filed."""
    return next(iter(filed_claims([claim])))


_NO_DAY = "none is on file: write at once"

# --- what can be written ----------------------------------------------------------------------------------------


def ways(claim: Claim, items: Sequence[WorkItem], filed: Filed, today: date) -> list[Way]:
    """The letters that can be written about these items, the usual one first, and those that cannot, with why."""
    twice = Way(TAKEN_TWICE, "An overpayment was recovered twice", 0, Deadline(None, _NO_DAY), None)
    disputed = [item for item in items if not is_about(twice, item)]
    return [*_of_decisions(claim, disputed, filed, today), *([twice] if len(disputed) < len(items) else [])]


def is_about(way: Way, item: WorkItem) -> bool:
    """Whether a letter speaks of an item: of money taken twice, or of what was decided."""
    return (item.kind == WorkKind.TAKEN_TWICE.value) is (way.step == TAKEN_TWICE)


def _of_decisions(claim: Claim, items: Sequence[WorkItem], filed: Filed, today: date) -> list[Way]:
    if not items:
        return []
    first = max(items, key=lambda item: item.cents)
    noticed = first.noticed_on or claim.date_of_service
    terms = terms_for(claim, noticed)
    made = strategy_for(claim, first, filed)
    found = []
    if terms.is_medicare and first.kind == WorkKind.DENIAL.value:
        found.append(_reopening(made, noticed, today))
    if made is not None and made.route is Route.RECORDS and not terms.is_medicare:
        deadline = made.deadline
        found.append(Way(RECORDS, "Records you asked for", first.level, deadline, None, _past(deadline, today)))
    found.append(_appeal(claim, items, first, terms, made, today))
    return sorted(found, key=lambda way: bool(way.refused))


def _reopening(made: Strategy | None, noticed: date, today: date) -> Way:
    deadline = of_reopening(noticed)
    refused = _past(deadline, today)
    if made is None or made.route is not Route.REOPENING:
        refused = "only a clerical error is reopened: wrong data, arithmetic, or a claim taken for a duplicate"
    return Way(REOPENING, "Request to reopen a decision for a clerical error", 0, deadline, None, refused)


def _appeal(
    claim: Claim, items: Sequence[WorkItem], first: WorkItem, terms: Terms, made: Strategy | None, today: date
) -> Way:
    level = first.level
    step = terms.steps[level] if level < len(terms.steps) else None
    name = step.name if step is not None else "dispute"
    title = _title(name, first)
    noticed = first.noticed_on or claim.date_of_service
    unknown = Deadline(None, "unknown: look in the contract")
    deadline = of_step(step, noticed, first_notice(first)) if step is not None else unknown
    decided = step.decided_days if step is not None else None
    refused = ""
    if made is not None and not made.may_appeal:
        refused = f"it cannot be won: {made.never_because}"
    elif made is not None and made.route is Route.REOPENING:
        refused = "a clerical error goes as a request to reopen, not as an appeal"
    elif first.group == AdjustmentGroup.PATIENT.value:
        refused = "the payer has given it to the patient (group PR)"
    elif terms.steps_known and step is None:
        refused = "every step of this payer was taken"
    elif step is not None and step.amount_needed:
        refused = _too_little(claim, step, sum(item.cents for item in items), today)
    if not refused and step is not None and step.is_court:
        refused = "a court is gone to by a complaint, not by a letter: ask a lawyer"
    return Way(name, title, level + 1, deadline, decided, refused or _past(deadline, today))


def first_notice(item: WorkItem) -> date | None:
    """The day of the remittance that an item is of; later decisions against a step do not move it."""
    found: date | None = None if item.answer is None else item.answer.remittance.paid_on
    return found


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of dispute as a case shows it.

    `state` is `taken`, `next` or `later`; the last day is known of the next one alone. `least_cents` is what has to be
    in dispute: `None` where nothing is asked, or where what is asked is not known (`amount_needed`).
    """

    step: AppealStep
    state: str
    within: str
    deadline: Deadline | None
    least_cents: int | None


def ladder(claim: Claim, items: Sequence[WorkItem], today: date) -> tuple[Terms, list[Rung]] | None:
    """Every step of the payer's that was read, in order, and how far the dearest of these items is; `None` for none."""
    if not items:
        return None
    first = max(items, key=lambda item: item.cents)
    noticed = first.noticed_on or claim.date_of_service
    terms = terms_for(claim, noticed)
    found = []
    for place, step in enumerate(terms.steps):
        state = "taken" if place < first.level else "next" if place == first.level else "later"
        deadline = of_step(step, noticed, first_notice(first)) if state == "next" else None
        least = least_amount(claim.payer, step, today, packs_of(claim.clinic).values()) if step.amount_needed else None
        found.append(Rung(step, state, within(step), deadline, least))
    return terms, found


def _title(name: str, item: WorkItem) -> str:
    words = f"{name[:1].upper()}{name[1:]}"
    return f"{words}: payment below the amount due" if item.kind == WorkKind.UNDERPAYMENT.value else f"{words} request"


def _too_little(claim: Claim, step: AppealStep, cents: int, today: date) -> str:
    least = least_amount(claim.payer, step, today, packs_of(claim.clinic).values())
    if least is None:
        return f"the least amount in dispute for the {step.name} is not known for this year"
    if cents < least:
        return f"the {step.name} needs {dollars(least)} in dispute, and {dollars(cents)} are"
    return ""


def _past(deadline: Deadline, today: date) -> str:
    if deadline.on is not None and deadline.on < today:
        return f"the last day was {written(deadline.on)}"
    return ""


# --- what a letter says -------------------------------------------------------------------------------------------


def compose(  # noqa: PLR0913 - all that a letter is made of
    claim: Claim,
    items: Sequence[WorkItem],
    filed: Filed,
    way: Way,
    *,
    argument: str,
    enclosures: Sequence[str],
    written_on: date,
) -> AppealLetter:
    """The letter about these items of a claim. Raises `NotDoneError` where it is refused, or argues nothing."""
    if way.refused:
        raise NotDoneError(way.refused)
    if not items or not argument.strip():
        raise NotDoneError("expected at least one line, and what the letter argues")
    record = filed.record
    answer = _answer(claim, items)
    denied = [item for item in items if item.kind == WorkKind.DENIAL.value]
    made = strategy_for(claim, max(items, key=lambda item: item.cents), filed)
    patient = record.patient.name
    return AppealLetter(
        title=way.title,
        written_on=written_on,
        clinic=record.billing,
        provider=record.rendering,
        payer_name=record.payer.name,
        payer_address=payer_address(claim, record),
        patient_name=" ".join(part for part in (patient.given_name, patient.family_name) if part),
        member_id=record.payer.member_id,
        claim_number=record.id,
        payer_claim_number=answer.payer_control_number if answer else "",
        notice_on=answer.remittance.paid_on if answer else None,
        trace_number=answer.remittance.trace_number if answer else "",
        file_by=way.deadline.on,
        file_by_words=way.deadline.words,
        treated_on=claim.date_of_service,
        lines=tuple(_disputed(item, line) for item in items if (line := line_of(filed, item.line)) is not None),
        request=request_for(items, is_reopening=way.step == REOPENING),
        arguments=tuple(part.strip() for part in argument.split("\n\n") if part.strip()),
        # What was paid too little is a matter of price: nothing of the record belongs into such a letter.
        citations=tuple(citations(claim, denied)) if denied else (),
        plan=tuple(plan_words(claim)) if denied else (),
        rules=tuple(rule_words(claim, items, made)),
        sums=tuple(_sums(items)),
        enclosures=tuple(text.strip() for text in enclosures if text.strip()),
    )


def _disputed(item: WorkItem, line: KnownLine) -> DisputedLine:
    reasons = " ".join(f"{group}-{reason}" for group, reason, _told, _cents in item.reasons[:2])
    reason = reasons or f"allowed {dollars(item.allowed_cents or 0)}"
    if item.remarks and len(item.reasons) == 1:
        reason += f" {item.remarks[0]}"
    return DisputedLine(
        line.date_of_service, line.code, line.modifiers, line.units, line.charge_cents, item.cents, reason
    )


def _sums(items: Iterable[WorkItem]) -> list[Sum]:
    found = []
    for item in items:
        if item.kind == WorkKind.TAKEN_TWICE.value:
            taken = tuple((str(words), int(cents)) for words, cents in item.steps)
            found.append(Sum("What was announced, sent and taken", (*taken, ("recovered twice", item.cents))))
        if item.kind != WorkKind.UNDERPAYMENT.value:
            continue
        rows = tuple((str(words).replace("by the payer", "by you"), int(cents)) for words, cents in item.steps)
        found.append(Sum(f"{item.code}: how you came to the payment", rows))
        due = (
            ("due by the fee schedule or contract", item.expected_cents or 0),
            ("allowed by you", -(item.allowed_cents or 0)),
            ("allowed too little", item.cents),
        )
        found.append(Sum(f"{item.code}: what is due", due))
    return found


def _answer(claim: Claim, items: Sequence[WorkItem]) -> ClaimAnswer | None:
    keys = {item.answer_id for item in items if item.answer_id}
    rows = ClaimAnswer.objects.filter(pk__in=keys) if keys else ClaimAnswer.objects.filter(claim=claim)
    found: ClaimAnswer | None = rows.select_related("remittance").defer("answer").order_by("-created_at").first()
    return found


def payer_address(claim: Claim, record: records.Claim) -> records.Address | None:
    """Where a payer's letters go: as its claim says, or as the set-up does; `None` where neither does."""
    if record.payer.address is not None:
        return record.payer.address
    row = ClinicPayer.objects.filter(payer=claim.payer).exclude(line1="").first()
    if row is None:
        return None
    return records.Address(line1=row.line1, city=row.city, state=row.state, zip_code=row.zip_code)


def require_filled_in(argument: str) -> None:
    """Raise `NotDoneError` where a bracket is left that a person was to fill in."""
    if not is_filled_in(argument):
        raise NotDoneError("fill in what stands in brackets first")


# --- keeping it ----------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(claim: Claim, keys: Iterable[UUID], user: User, way: Way, data: bytes) -> Letter:
    """Keep a letter as it was made; its items wait for the payer, until the day on which it ought to have decided."""
    today = today_at(claim.clinic)
    items = lock(keys)
    if not items or any(item.claim_id != claim.pk for item in items):
        raise NotDoneError("the items of the letter are settled, or of another claim")
    made: Letter = Letter.objects.create(
        clinic=claim.clinic,
        claim=claim,
        step=way.step,
        level=way.level,
        cents=sum(item.cents for item in items),
        file_by=way.deadline.on,
        content=Plain(data),
        sha256=hashlib.sha256(data).hexdigest(),
        made_by=user,
    )
    days = way.decided_days
    for item in items:
        item.state = WorkState.APPEALED.value
        item.level = item.level if way.step in _NO_STEPS else max(item.level, way.level)
        item.follow_up_on = today + timedelta(days=days) if days else item.follow_up_on
        item.save_if_unchanged(item.version, "state", "level", "follow_up_on")
        note(item, user, NoteKind.LETTER, f"{way.step} letter made").save(force_insert=True)
    return made


@transaction.atomic
def decided(claim: Claim, keys: Iterable[UUID], user: User, on: date, words: str) -> int:
    """The payer has decided against a step: the items are open again, and the next step counts from that day."""
    today = today_at(claim.clinic)
    if on > today or not words.strip():
        raise NotDoneError("expected the day of the decision, not after today, and what it says")
    items = lock(keys)
    terms = terms_for(claim, on)
    for item in items:
        step = terms.steps[item.level] if item.level < len(terms.steps) else None
        item.state, item.noticed_on = WorkState.OPEN.value, on
        item.due_on = of_step(step, on, first_notice(item)).on if step is not None else None
        item.save_if_unchanged(item.version, "state", "noticed_on", "due_on")
        note(item, user, NoteKind.STATE, f"decided against on {written(on)}: {words.strip()[:300]}").save(
            force_insert=True
        )
    return len(items)
