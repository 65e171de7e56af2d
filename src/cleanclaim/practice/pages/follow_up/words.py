"""What kinds, states, causes and routes of followed-up items are called on pages, and the color each is shown in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.denials.prediction import Foresight
from cleanclaim.money import dollars
from cleanclaim.practice.engine.exchange.acknowledging import code_of
from cleanclaim.practice.models import WorkItem, WorkKind, WorkState
from cleanclaim.practice.pages.claims.words import Label
from cleanclaim.reference import adjustments
from cleanclaim.reference.claim_status import explain
from cleanclaim.reference.denials import DenialCause, Route

KIND_LABELS: dict[str, Label] = {
    WorkKind.DENIAL.value: Label("Denied", "bad"),
    WorkKind.UNDERPAYMENT.value: Label("Paid too little", "warn"),
    WorkKind.REJECTION.value: Label("Rejected", "bad"),
    WorkKind.UNANSWERED.value: Label("No answer", "info"),
    WorkKind.CREDIT.value: Label("Paid too much", "warn"),
    WorkKind.TAKEN_TWICE.value: Label("Taken back twice", "bad"),
}
"""By kind."""

STATE_LABELS: dict[str, Label] = {
    WorkState.OPEN.value: Label("Open", "bad"),
    WorkState.WORKING.value: Label("Being worked", "warn"),
    WorkState.APPEALED.value: Label("Disputed", "info"),
    WorkState.RESUBMITTED.value: Label("Sent again", "info"),
    WorkState.PAID.value: Label("Paid", "good"),
    WorkState.GIVEN_UP.value: Label("Written off", ""),
    WorkState.CLOSED.value: Label("Closed", ""),
}
"""By state."""

CAUSE_WORDS = {cause.value: cause.words.capitalize() for cause in DenialCause}

ROUTE_WORDS: dict[str, str] = {
    Route.CORRECT.value: "Correct the claim and send it again",
    Route.NEW_CLAIM.value: "Send a new, complete claim",
    Route.OTHER_PAYER.value: "Bill the other payer",
    Route.RECORDS.value: "Send the records",
    Route.REOPENING.value: "Have the decision reopened",
    Route.APPEAL.value: "Dispute the decision",
    Route.AUTHORIZATION.value: "Seek approval after the fact",
    Route.ENROLLMENT.value: "Settle the enrollment",
    Route.ASK_PATIENT.value: "Have the patient answer the payer",
    Route.STATUS.value: "Ask the payer where it stands",
    Route.PATIENT.value: "The patient owes it",
    Route.GIVE_UP.value: "Nothing can be won: write it off",
    Route.NOTHING.value: "Nothing to do",
    Route.REMARK.value: "Read the remark",
}
"""What is done next, by route."""

FORESIGHT_LABELS: dict[str, Label] = {
    Foresight.FORESEEN.value: Label("our checks objected", "warn", "a rule objected before the claim was filed"),
    Foresight.UNFORESEEN.value: Label("not foreseen", "info", "rules speak of such things, and none objected"),
    Foresight.NO_RULE.value: Label("no rule", "", "none of our rules speaks of it"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One code of the payer in our words: `meaning` is empty where the code is not explained here."""

    code: str
    meaning: str
    usual_cause: str
    remedy: str
    cents: int | None = None


def said_by(item: WorkItem) -> list[Said]:
    """Every reason of an item with its cents, then every remark, in our words."""
    found = []
    for group, reason, _remarks, cents in item.reasons:
        told = adjustments.carc(reason)
        found.append(
            Said(f"{group}-{reason}", told.meaning if told else "", told.usual_cause if told else "",
                 told.remedy if told else "", cents)
        )  # fmt: skip
    for code in dict.fromkeys(code for _group, _reason, remarks, _cents in item.reasons for code in remarks):
        told = adjustments.rarc(code)
        found.append(
            Said(code, told.meaning if told else "", told.usual_cause if told else "", told.remedy if told else "")
        )
    return found


def reason_words(kind: str, reason: str, remarks: Sequence[str] = ()) -> str:
    """Why, in a few words: the reason's meaning, or what kind of item it is; of a returned claim its first status."""
    if kind == WorkKind.REJECTION.value and remarks:
        return explain(code_of(remarks[0])).says
    if kind != WorkKind.DENIAL.value:
        return KIND_LABELS[kind].words
    told = adjustments.carc(reason)
    first = adjustments.rarc(remarks[0]) if remarks else None
    words = told.meaning if told and told.meaning else "a reason that is not explained here"
    return f"{words}: {first.meaning[:1].lower()}{first.meaning[1:]}" if first and first.meaning else words


def item_words(item: WorkItem) -> str:
    """Why an item is on the list, beside what kind it is; empty where that says all."""
    if item.kind == WorkKind.UNANSWERED.value and item.noticed_on:
        return f"Filed {item.noticed_on:%b} {item.noticed_on.day}, and not answered since"
    if item.kind == WorkKind.UNDERPAYMENT.value and item.expected_cents is not None:
        return f"Allowed {dollars(item.allowed_cents or 0)} of {dollars(item.expected_cents)}"
    if item.kind == WorkKind.TAKEN_TWICE.value:
        return "A check had gone for what the payer then took"
    if item.kind == WorkKind.DENIAL.value or item.remarks:
        return reason_words(item.kind, item.reason, item.remarks)
    return ""


def code_words(group: str, reason: str) -> str:
    """Group and reason as the payer writes them; empty where an item has none."""
    return f"{group}-{reason}" if group else ""
