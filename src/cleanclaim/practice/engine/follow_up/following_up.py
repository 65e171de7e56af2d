"""What people do about the items of the worklist: take them, call, correct, hand to the patient, close.

Every act is noted with who and when. What the payer said stays the payer's: only group PR goes to the patient, and
what is given up is given up by the rules of write-offs, for a stated reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from cleanclaim.money import dollars
from cleanclaim.practice.engine.claims.filing import NotFiledError, replace_claim
from cleanclaim.practice.engine.follow_up.denials import bring_into_step
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import write_offs
from cleanclaim.practice.engine.worklist.work_items import lock, note, settle
from cleanclaim.practice.models import (
    Claim,
    Clinic,
    Membership,
    NoteKind,
    User,
    WorkItem,
    WorkKind,
    WorkNote,
    WorkState,
    WriteOffState,
)
from cleanclaim.receivables.giving_up import Reason
from cleanclaim.records.adjudication import AdjustmentGroup

_LONGEST_TEXT = 2000


class NotDoneError(ValueError):
    """What cannot be done with an item, and why; no patient is named."""


@transaction.atomic
def assign(clinic: Clinic, keys: Iterable[UUID], user: User, to: UUID | None) -> int:
    """Give items to somebody of the clinic, or to nobody; says how many changed hands.

    Raises `NotDoneError` where the person is not of the clinic.
    """
    person = None
    if to is not None:
        found = Membership.objects.select_related("user").filter(clinic=clinic, user_id=to).first()
        if found is None:
            raise NotDoneError("expected somebody who works in this clinic")
        person = found.user
    changed = 0
    for item in lock(keys):
        if item.assigned_to_id == to:
            continue
        item.assigned_to = person
        item.save_if_unchanged(item.version, "assigned_to")
        note(item, user, NoteKind.ASSIGNED, person.name if person else "nobody").save(force_insert=True)
        changed += 1
    return changed


@transaction.atomic
def write_down(  # noqa: PLR0913 - what a note of a call holds
    clinic: Clinic,
    claim: Claim,
    user: User,
    *,
    text: str,
    spoke_with: str = "",
    reference: str = "",
    follow_up_on: date | None = None,
    is_call: bool = True,
) -> WorkNote:
    """Note what was said, with whom and under which reference; the claim's live items are taken up with it.

    Raises `NotDoneError` where nothing is said, or the next day to follow up is past.
    """
    told = text.strip()
    if not told or len(told) > _LONGEST_TEXT:
        raise NotDoneError(f"what was said: expected 1 to {_LONGEST_TEXT} characters")
    if follow_up_on is not None and follow_up_on < today_at(clinic):
        raise NotDoneError("the day to follow up: expected today or later")
    made: WorkNote = WorkNote.objects.create(
        clinic=clinic,
        claim=claim,
        user=user,
        kind=(NoteKind.CALL if is_call else NoteKind.NOTE).value,
        text=told,
        spoke_with=spoke_with.strip()[:80],
        reference=reference.strip()[:50],
        follow_up_on=follow_up_on,
    )
    for item in lock(WorkItem.objects.filter(claim=claim).values_list("pk", flat=True)):
        item.follow_up_on = follow_up_on
        if item.state == WorkState.OPEN.value:
            item.state = WorkState.WORKING.value
        item.save_if_unchanged(item.version, "follow_up_on", "state")
    return made


@transaction.atomic
def correct(clinic: Clinic, claim: Claim, user: User, reference: str) -> Claim:
    """Begin the claim that replaces this one; its live items are being worked. Raises `NotDoneError`."""
    try:
        made = replace_claim(clinic, claim.pk, user, reference)
    except NotFiledError as error:
        raise NotDoneError(str(error)) from error
    for item in lock(WorkItem.objects.filter(claim=claim).values_list("pk", flat=True)):
        if item.state == WorkState.OPEN.value:
            item.state = WorkState.WORKING.value
            item.save_if_unchanged(item.version, "state")
        note(item, user, NoteKind.STATE, f"corrected as {made.number}").save(force_insert=True)
    return made


@transaction.atomic
def to_patient(clinic: Clinic, keys: Iterable[UUID], user: User) -> int:
    """End items whose amount the payer has given to the patient: group PR, and no other.

    Raises `NotDoneError` for any other group: then nothing is changed.
    """
    items = lock(keys)
    for item in items:
        if item.group != AdjustmentGroup.PATIENT.value:
            raise NotDoneError(f"group {item.group or 'unknown'}: the patient may not be billed; only group PR may")
    for item in items:
        settle(item, WorkState.CLOSED, item.cents, "the patient owes it (group PR)", user, today_at(clinic))
    return len(items)


@transaction.atomic
def close(clinic: Clinic, keys: Iterable[UUID], user: User, because: str) -> int:
    """End items without more, for a stated reason: what is open stays open in the ledger. Raises `NotDoneError`."""
    if not because.strip():
        raise NotDoneError("a reason is expected: it is kept with your name")
    items = lock(keys)
    for item in items:
        settle(item, WorkState.CLOSED, None, because.strip()[:200], user, today_at(clinic))
    return len(items)


@transaction.atomic
def give_up(  # noqa: PLR0913 - what, why, and by whose right
    clinic: Clinic,
    claim: Claim,
    keys: Iterable[UUID],
    user: User,
    *,
    reason: str,
    because: str,
    decides_alone: bool,
    origin: str = "",
) -> str:
    """Ask to write off what payers still owe of the lines of these items; says in words what came of it.

    Raises `NotDoneError` where the clinic's rules do not allow it, or nothing is open to a payer.
    """
    denied = [item for item in lock(keys) if item.kind == WorkKind.DENIAL.value]
    items = [item for item in denied if item.group != AdjustmentGroup.PATIENT.value]
    if not items:
        raise NotDoneError("expected lines that a payer still owes")
    try:
        row = write_offs.ask(
            clinic,
            user,
            claim.patient,
            {(item.line, claim.order): item.cents for item in items},
            Reason(reason),
            because,
            decides_alone=decides_alone,
            origin=origin,
        )
    except (ValueError, write_offs.NotWrittenOffError) as error:
        raise NotDoneError(str(error)) from error
    for item in items:
        note(item, user, NoteKind.STATE, f"write-off {row.state}").save(force_insert=True)
    if row.state != WriteOffState.WRITTEN.value:
        return f"The write-off of {dollars(row.cents)} waits for the owner."
    bring_into_step(clinic, [claim.pk], user)
    return f"{dollars(row.cents)} written off."
