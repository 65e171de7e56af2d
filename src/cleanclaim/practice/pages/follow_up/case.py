"""One case: a claim with everything of it that is followed up, what the payer said in plain words, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from cleanclaim.denials.strategy import Sending, Strategy
from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.coordination import next_payer
from cleanclaim.practice.engine.claims.outgoing import has_connection
from cleanclaim.practice.engine.exchange.acknowledging import rejections
from cleanclaim.practice.engine.exchange.receipt_days import Received, received
from cleanclaim.practice.engine.follow_up import appeals
from cleanclaim.practice.engine.follow_up.letter_words import citations
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.known_claims import Filed
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import (
    LIVE_STATES,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Letter,
    WorkItem,
    WorkKind,
    WorkNote,
)
from cleanclaim.practice.pages.claims.words import Label
from cleanclaim.practice.pages.exchange.rejecting import told
from cleanclaim.practice.pages.follow_up.words import (
    CAUSE_WORDS,
    FORESIGHT_LABELS,
    KIND_LABELS,
    ROUTE_WORDS,
    STATE_LABELS,
    Said,
    code_words,
    reason_words,
    said_by,
)
from cleanclaim.receivables.giving_up import LABELS, Reason
from cleanclaim.receivables.late_payment import Interest, interest_due
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference import procedures, values
from cleanclaim.reference.denials import Route
from cleanclaim.remittance.matching import KnownLine
from cleanclaim.sources import Source

SENDING_WORDS = {
    Sending.REPLACEMENT: "as a replacement (frequency 7) with the payer's number of the claim",
    Sending.ORIGINAL: "as a new claim: the payer has decided nothing, or takes no replacements",
    Sending.UNKNOWN: "in the form that the payer takes: nobody has read whether it takes replacements, so ask",
}
"""How a mended claim goes out."""

GIVE_UP = (Reason.FINAL_DENIAL, Reason.TIMELY_FILING, Reason.CLINIC_ERROR)
"""Reasons for which an amount that a payer owes may be given up."""


_REOPENED = {
    "medicare_reopening_months": "for any reason",
    "medicare_reopening_good_cause_months": "for good cause: new and material evidence, or an error plain on its face",
}
"""Why Original Medicare reopens a decision, by the name of the series of months in which it does."""

_PATIENTS = AdjustmentGroup.PATIENT.value


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as the case shows it."""

    item: WorkItem
    line: KnownLine | None
    label: str
    said: list[Said]
    strategy: Strategy | None
    days_left: int | None

    @property
    def kind(self) -> Label:
        """What kind it is."""
        return KIND_LABELS[self.item.kind]

    @property
    def state(self) -> Label:
        """How far it is."""
        return STATE_LABELS[self.item.state]

    @property
    def code(self) -> str:
        """Group and reason as the payer writes them."""
        return code_words(self.item.group, self.item.reason)

    @property
    def words(self) -> str:
        """Why, in a few words."""
        return reason_words(self.item.kind, self.item.reason, self.item.remarks)

    @property
    def cause(self) -> str:
        """Whose doing it was."""
        return CAUSE_WORDS.get(self.item.cause, "")

    @property
    def route(self) -> str:
        """What is done next."""
        return ROUTE_WORDS.get(self.item.route, "")

    @property
    def sending(self) -> str:
        """How a mended claim goes out, behind what to do; empty where none does, or the route says it already."""
        found = self.strategy.sending if self.strategy is not None else None
        if found is None or self.item.route == Route.NEW_CLAIM.value:
            return ""
        if found is Sending.REOPENING:
            return ". No claim is sent: Medicare mends its own decision"
        again = "" if self.item.route == Route.CORRECT.value else ", then send the claim again"
        return f"{again} {SENDING_WORDS[found]}"

    @property
    def foresight(self) -> Label | None:
        """Whether our checks objected."""
        return FORESIGHT_LABELS.get(self.item.foresight)

    @property
    def is_live(self) -> bool:
        """Whether it is not settled yet."""
        return self.item.state in LIVE_STATES

    @property
    def is_patients(self) -> bool:
        """Whether the payer has given the amount to the patient."""
        return self.item.group == _PATIENTS


@clinic_page(Can.SEE_CLAIMS, area="follow_up")
def follow_up_case(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The page of one case. A claim of which nothing is followed up says so."""
    found = find(key)
    request.access.record("read", "claim", found.pk, detail="follow-up")
    return render(request, "practice/follow_up/case.html", context_of(request.access, found))


def find(key: UUID) -> Claim:
    """A filed claim with what its case shows. Raises `Http404` where the scope has none."""
    rows = Claim.objects.select_related("patient", "visit__therapist", "clinic", "batch").exclude(batch=None)
    found: Claim = get_object_or_404(rows, pk=key)
    return found


def context_of(access: Access, claim: Claim) -> dict[str, Any]:
    """What the page is drawn from."""
    today = today_at(access.clinic)
    items = list(claim.work_items.select_related("assigned_to", "answer__remittance").defer("answer__answer"))
    items.sort(key=lambda item: (-item.cents, item.line))
    live = [item for item in items if item.state in LIVE_STATES]
    filed = appeals.filed_of(claim)
    shown = [_shown(claim, item, filed, today) for item in items]
    answers = list(
        claim.answers.filter(remittance__unposted_at=None).select_related("remittance").defer("answer").order_by(
            "-created_at"
        )
    )  # fmt: skip
    last = answers[0] if answers else None
    came = received(claim)
    denied = [item for item in live if item.kind in {WorkKind.DENIAL.value, WorkKind.UNDERPAYMENT.value}]
    disputed = [item for item in live if item in denied or item.kind == WorkKind.TAKEN_TWICE.value]
    refused = [item for item in denied if item.kind == WorkKind.DENIAL.value]
    routes = {item.route for item in live}
    returned = list(rejections().filter(claim=claim)) if claim.status == ClaimStatus.SUBMITTED.value else []
    return {
        "claim": claim,
        "items": [one for one in shown if one.is_live],
        "settled": [one for one in shown if not one.is_live],
        "live_cents": sum(item.cents for item in live),
        "today": today,
        "last": last,
        "received": came,
        "interest": _interest(claim, last, came),
        "ways": appeals.ways(claim, disputed, filed, today),
        "ladder": appeals.ladder(claim, denied, today),
        "reopening": _reopening(claim, denied),
        # What was paid too little is a matter of price: nothing of the note speaks to it.
        "citations": citations(claim, refused) if refused else [],
        "routes": routes,
        "next": next_payer(claim) if Route.OTHER_PAYER.value in routes else None,
        "returned": [told(row) for row in returned],
        "can_ask": Route.STATUS.value in routes and claim.status == ClaimStatus.SUBMITTED.value and has_connection(),
        "can_correct": not returned and _can_correct(claim, shown),
        "can_end_for_patient": bool(live) and all(one.is_patients for one in shown if one.is_live),
        "can_give_up": any(item.kind == WorkKind.DENIAL.value and item.group != _PATIENTS for item in live),
        "give_up_reasons": [(reason.value, LABELS[reason]) for reason in GIVE_UP],
        "is_disputed": any(item.state == "appealed" for item in live),
        "notes": WorkNote.objects.filter(claim=claim).select_related("user", "item").order_by("-created_at", "-id"),
        "letters": Letter.objects.filter(claim=claim).select_related("made_by").defer("content"),
        "replacements": claim.replaced_by.exclude(status="closed"),
        "may_work": access.may(Can.WORK_CLAIMS),
    }


def _shown(claim: Claim, item: WorkItem, filed: Filed, today: date) -> Shown:
    line = appeals.line_of(filed, item.line)
    procedure = procedures.get(line.code) if line is not None else None
    return Shown(
        item=item,
        line=line,
        label=procedure.label if procedure else "",
        said=said_by(item),
        strategy=appeals.strategy_for(claim, item, filed),
        days_left=None if item.due_on is None else (item.due_on - today).days,
    )


def _can_correct(claim: Claim, shown: list[Shown]) -> bool:
    """Whether a claim that replaces this one may be begun, and would be taken."""
    routes = {Route.CORRECT.value, Route.AUTHORIZATION.value, Route.ENROLLMENT.value}
    mended = [one for one in shown if one.is_live and one.item.route in routes]
    taken = any(
        one.strategy is None or one.strategy.sending in {Sending.REPLACEMENT, Sending.UNKNOWN} for one in mended
    )
    begun = claim.replaced_by.exclude(status=ClaimStatus.CLOSED.value)
    return taken and claim.status == ClaimStatus.SUBMITTED.value and not begun.exists()


def _reopening(claim: Claim, denied: Sequence[WorkItem]) -> list[tuple[int, str, Source]]:
    """For how many months Original Medicare reopens its decision, why then, and who says so; nothing elsewhere."""
    if not denied or not appeals.terms_for(claim, claim.date_of_service).is_medicare:
        return []
    noticed = max(denied, key=lambda item: item.cents).noticed_on or claim.date_of_service
    found = []
    for name, words in _REOPENED.items():
        months = values.on(name, noticed)
        if months.dated is not None:
            found.append((months.dated.value, words, months.dated.source))
    return found


def _interest(claim: Claim, last: ClaimAnswer | None, came: Received | None) -> Interest | None:
    """What the payer owes for having paid the last answer late, counted from the day of receipt."""
    if last is None or came is None:
        return None
    packs = packs_of(claim.clinic).values()
    return interest_due(claim.payer, last.paid_cents, came.on, last.remittance.paid_on, packs)
