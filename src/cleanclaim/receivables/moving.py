"""When an open amount is moved from a payer to the patient, or back: for which reasons, how much, and when never.

The patient is asked only for what is theirs. What a payer refused under group CO or PI, what was filed too late, what
Medicaid covers and what a remark protects is never moved to them, whatever the reason; the rest of the line may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.money import dollars
from cleanclaim.receivables.lines import NOT_BILLED, AccountLine
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference import patient_reasons
from cleanclaim.reference.patient_reasons import Bar


class Reason(StrEnum):
    """Why somebody else is asked. What makes an amount the patient's is the reason that their statement explains."""

    NOT_INSURED = "not_insured"
    NOT_A_BENEFIT = "not_a_benefit"
    BENEFIT_USED_UP = "benefit_used_up"
    PATIENT_SILENT = "patient_silent"
    PAID_TO_PATIENT = "paid_to_patient"
    NOT_BILLED = NOT_BILLED
    PLAN_FOUND = "plan_found"
    DECIDES_ANEW = "decides_anew"
    PROTECTED = "protected"
    MISTAKE = "mistake"


LABELS = {
    Reason.NOT_INSURED: "the plan did not cover the patient on that day",
    Reason.NOT_A_BENEFIT: "no benefit of the plan, and the patient was told before the visit",
    Reason.BENEFIT_USED_UP: "the benefit is used up",
    Reason.PATIENT_SILENT: "the plan waits for an answer that only the patient can give",
    Reason.PAID_TO_PATIENT: "the plan paid the patient",
    Reason.NOT_BILLED: "the patient asked that the plan is not billed",
    Reason.PLAN_FOUND: "a plan covers it after all",
    Reason.DECIDES_ANEW: "the plan decides anew",
    Reason.PROTECTED: "it may not be asked of the patient",
    Reason.MISTAKE: "our own mistake",
}
"""The reasons in words."""

TO_PATIENT = (
    Reason.NOT_INSURED,
    Reason.NOT_A_BENEFIT,
    Reason.BENEFIT_USED_UP,
    Reason.PATIENT_SILENT,
    Reason.PAID_TO_PATIENT,
    Reason.NOT_BILLED,
)
"""Reasons to ask the patient for what stood open to a payer."""
TO_PAYER = (Reason.PLAN_FOUND, Reason.DECIDES_ANEW, Reason.PROTECTED, Reason.MISTAKE)
"""Reasons to ask a payer for what stood open to the patient."""
_OF_OURS = frozenset({patient_reasons.BY_ELIGIBILITY, patient_reasons.NO_NOTICE})
"""What stands among a line's remarks and is no payer's."""
_SAID_BY_THE_PLAN = frozenset({Reason.NOT_A_BENEFIT, Reason.BENEFIT_USED_UP})
"""Reasons that only an answer of the plan can give."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a payer neither paid nor gave up of a line, in cents: who says that it bears it, and the reason (CARC)."""

    group: AdjustmentGroup
    carc: str
    cents: int


@dataclass(frozen=True, slots=True)
class Known:
    """What decides whether the patient may be asked for a line.

    `refused` is by payer, for payers that have answered: empty where all was paid, given up or left to the patient.
    """

    refused: Mapping[str, Sequence[Refused]] = field(default_factory=dict)
    has_medicaid: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """How much of what a payer has open may be asked of the patient, in cents, and why no more."""

    cents: int
    bars: tuple[Bar, ...] = ()


_BARRED = (
    (AdjustmentGroup.CONTRACTUAL, "contractual"),
    (AdjustmentGroup.PAYER, "payer"),
    (AdjustmentGroup.OTHER, "not_collectible"),
)
"""What of a refusal the patient is never asked for: by group, and where a bar names reasons, by those alone."""


def askable(line: AccountLine, payer: str, known: Known) -> Asked:
    """What of a payer's open amount the patient may be asked for."""
    open_cents = max(0, line.open_to(payer))
    whole = [
        patient_reasons.bar(name)
        for name, holds in (
            ("medicaid", known.has_medicaid),
            ("eligible", patient_reasons.BY_ELIGIBILITY in line.remarks),
            ("without_notice", patient_reasons.NO_NOTICE in line.remarks),
            ("protected", bool(patient_reasons.protected_reasons(line.remarks - _OF_OURS))),
        )
        if holds
    ]
    late = patient_reasons.bar("late")
    refused = known.refused.get(payer, ())
    if any(item.carc in late.reasons and item.cents > 0 for item in refused):
        whole.append(late)
    if whole:
        return Asked(0, tuple(whole))
    kept, bars = 0, []
    for group, name in _BARRED:
        bar = patient_reasons.bar(name)
        own = (item for item in refused if item.group is group and (not bar.reasons or item.carc in bar.reasons))
        cents = sum(max(0, item.cents) for item in own)
        if cents:
            kept += cents
            bars.append(bar)
    # What was given up of it by a person is no longer among what is open.
    given_up = -sum(
        move.cents
        for move in line.moves
        if move.kind is Kind.WRITE_OFF and move.account is Account.PAYER_OPEN and move.payer == payer
    )
    return Asked(max(0, open_cents - max(0, kept - given_up)), tuple(bars))


@dataclass(frozen=True, slots=True)
class Move:
    """An open amount that somebody wants to move, in cents: of a line, from one place to another (`PATIENT`)."""

    line: str
    owed_by: str
    to: str
    cents: int


def objections(
    reason: Reason, moves: Sequence[Move], lines: Mapping[str, AccountLine], known: Mapping[str, Known]
) -> list[str]:
    """Why these amounts may not be moved for this reason; empty where they may.

    Args:
        reason: why.
        moves: the amounts.
        lines: the account's lines by key.
        known: what is known of each line, by key.
    """
    if not moves:
        return ["nothing is chosen; expected at least one line"]
    found: list[str] = []
    for move in moves:
        line = lines.get(move.line)
        if line is None or (move.owed_by == PATIENT) == (move.to == PATIENT):
            found.append("expected a line of this account, and a move between a payer and the patient")
        elif move.owed_by == PATIENT:
            found += _back(reason, move, line)
        else:
            found += _to_patient(reason, move, line, known.get(move.line, Known()))
    return [*dict.fromkeys(found)]


def _back(reason: Reason, move: Move, line: AccountLine) -> list[str]:
    if reason not in TO_PAYER:
        return [f"{LABELS[reason]}: not a reason to ask a payer"]
    return _within(move.cents, max(0, line.open_cents))


def _to_patient(reason: Reason, move: Move, line: AccountLine, known: Known) -> list[str]:
    if reason not in TO_PATIENT:
        return [f"{LABELS[reason]}: not a reason to ask the patient"]
    if reason in _SAID_BY_THE_PLAN and move.owed_by not in known.refused:
        return [f"{LABELS[reason]}: the plan has not answered; expected its answer first"]
    asked = askable(line, move.owed_by, known)
    if move.cents > asked.cents and asked.bars:
        most = f"; expected at most {dollars(asked.cents)}" if asked.cents else ""
        return [f"{bar.words}{most}" for bar in asked.bars]
    return _within(move.cents, asked.cents)


def _within(cents: int, most: int) -> list[str]:
    if 0 < cents <= most:
        return []
    return [f"{dollars(cents)} of a line; expected at most the {dollars(most)} open"]


def entries_of(
    reason: Reason, moves: Iterable[Move], lines: Mapping[str, AccountLine]
) -> list[tuple[str, str, str, int, str]]:
    """What a move writes (`posting.transfer_lines`): line, from, to, cents, and why it is or was the patient's.

    What goes back to a payer takes its reason away with it, what was moved to the patient by a person first, so that a
    statement never tells a reason of which nothing is left.
    """
    written: list[tuple[str, str, str, int, str]] = []
    for move in moves:
        if move.to == PATIENT:
            written.append((move.line, move.owed_by, move.to, move.cents, reason.value))
            continue
        left = move.cents
        told = {one.value for one in TO_PATIENT}
        for share in sorted(lines[move.line].shares, key=lambda share: (share.reason not in told, -share.cents)):
            part = min(left, max(0, share.cents))
            if part:
                written.append((move.line, move.owed_by, move.to, part, share.reason))
                left -= part
        if left:
            written.append((move.line, move.owed_by, move.to, left, reason.value))
    return written
