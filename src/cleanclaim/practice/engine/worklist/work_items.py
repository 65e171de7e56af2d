"""Items of the worklist as rows: made, changed and settled in step with what stands, and noted each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from cleanclaim.practice.models import (
    LIVE_STATES,
    Claim,
    ClaimAnswer,
    NoteKind,
    User,
    WorkItem,
    WorkKind,
    WorkNote,
    WorkState,
)

_HANDED_OVER = frozenset({WorkState.APPEALED.value, WorkState.RESUBMITTED.value})
"""States in which the payer has to move next."""

OFF_THE_LIST = Q(is_small=True, state=WorkState.OPEN.value)
"""Lines that are short by so little that nobody asks for them, unless somebody has taken one up."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands and is to be followed up: of which line, how many cents, by which answer, and the row's values."""

    kind: WorkKind
    line: str
    cents: int
    answer: ClaimAnswer | None
    values: Mapping[str, Any]


def step_in(
    claim: Claim, found: Iterable[Found], held: Sequence[WorkItem], user: User | None
) -> tuple[list[WorkItem], list[WorkItem]]:
    """Change what is told otherwise; returns items that are new, to be saved, and those that nothing stands for now."""
    left = {(item.kind, item.line): item for item in held}
    made, notes = [], []
    for one in found:
        item = left.pop((one.kind.value, one.line), None)
        if item is None:
            row = WorkItem(
                clinic_id=claim.clinic_id,
                claim=claim,
                answer=one.answer,
                kind=one.kind.value,
                line=one.line,
                payer=claim.payer,
                payer_name=claim.payer_name,
                cents=one.cents,
                first_cents=one.cents,
                **one.values,
            )
            made.append(row)
            continue
        is_new_answer = one.answer is not None and item.answer_id != one.answer.pk
        if item.state in _HANDED_OVER and is_new_answer:
            # The payer has moved, and has not given way: it is ours again.
            item.state = WorkState.OPEN.value
            notes.append(note(item, user, NoteKind.STATE, "answered anew, and not paid"))
        _change(item, one, keeps_due=not is_new_answer)
    if notes:
        WorkNote.objects.bulk_create(notes)
    return made, list(left.values())


def _change(item: WorkItem, one: Found, *, keeps_due: bool) -> None:
    """Write into an item what is told otherwise; a deadline that a person's step has moved stays."""
    values = {**one.values, "cents": one.cents}
    if keeps_due and item.level:
        values.pop("due_on", None)
        values.pop("noticed_on", None)
    if one.answer is not None:
        values["answer_id"] = one.answer.pk
    changed = [name for name, value in values.items() if getattr(item, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(item, name, values[name])
    item.first_cents = max(item.first_cents, one.cents)
    item.save_if_unchanged(item.version, "state", "first_cents", *(name.removesuffix("_id") for name in changed))


def settle(item: WorkItem, state: WorkState, lost_cents: int | None, words: str, user: User | None, on: date) -> None:
    """End an item: how, what of it did not come (`None`: not to be counted in the clinic's history), and why."""
    item.state, item.settled_on, item.settled_cents, item.follow_up_on = state.value, on, lost_cents, None
    item.save_if_unchanged(item.version, "state", "settled_on", "settled_cents", "follow_up_on")
    note(item, user, NoteKind.STATE, f"{state.value.replace('_', ' ')}: {words}").save(force_insert=True)


def note(item: WorkItem, user: User | None, kind: NoteKind, text: str, **more: Any) -> WorkNote:  # noqa: ANN401 - columns
    """A note on an item, not saved yet."""
    return WorkNote(
        clinic_id=item.clinic_id, claim_id=item.claim_id, item=item, user=user, kind=kind.value, text=text, **more
    )


def lock(keys: Iterable[UUID]) -> list[WorkItem]:
    """The live items among these, locked in one order for the rest of the transaction."""
    rows = WorkItem.objects.select_for_update(of=("self",)).filter(pk__in=list(keys), state__in=LIVE_STATES)
    return list(rows.order_by("pk"))


def sent_again(earlier: Claim, later: Claim, user: User | None) -> None:
    """The claim that replaces another has gone out: what was followed up on the other waits for the payer."""
    for item in lock(WorkItem.objects.filter(claim=earlier).values_list("pk", flat=True)):
        item.state = WorkState.RESUBMITTED.value
        item.save_if_unchanged(item.version, "state")
        note(item, user, NoteKind.STATE, f"sent again as {later.number}").save(force_insert=True)


def stands_again(earlier: Claim, later: Claim, user: User | None) -> None:
    """The claim that was to replace another is given up before any payer had it: the other is followed up again."""
    waiting = WorkItem.objects.filter(claim=earlier, state=WorkState.RESUBMITTED.value)
    for item in lock(waiting.values_list("pk", flat=True)):
        item.state = WorkState.OPEN.value
        item.save_if_unchanged(item.version, "state")
        note(item, user, NoteKind.STATE, f"{later.number} reached no payer, and was given up").save(force_insert=True)
