"""Payments of payers: read a remittance, see where every cent would go, post it, place what is held, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from cleanclaim.money import dollars
from cleanclaim.practice import tasks
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.coordination import next_payer
from cleanclaim.practice.engine.exchange.undecided import wait_of
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.patient_said import SaidPaid, said_of, said_paid, told_by
from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.posting_jobs import LARGE, ask_for_posting, claims_in
from cleanclaim.practice.engine.payments.remitting import NotPostedError, keep_file, post, preview, read_file, unpost
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import LIVE_STATES, Claim, ClaimAnswer, Remittance, RemittanceFile, WorkItem
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.payments.adjustments import payer_adjustments
from cleanclaim.practice.pages.payments.counting import counts
from cleanclaim.practice.pages.payments.held import held
from cleanclaim.practice.pages.payments.next_payers import (
    claim_earlier_answers,
    claim_looked_at,
    claim_next_payer,
    next_payers,
    next_payers_make,
)
from cleanclaim.practice.pages.payments.paper import paper
from cleanclaim.practice.pages.payments.paper_checks import paper_check
from cleanclaim.practice.pages.payments.words import status_words
from cleanclaim.reference import adjustments
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.plan import Plan
from cleanclaim.x12.reader_835 import read_835

PAGE = 50
"""Payments, or answers of a payment, on one page."""

MOST_BYTES = 32 * 1024 * 1024
"""The largest file that is taken: some hundred thousand claims. A large one is posted behind the page."""


@clinic_page(Can.SEE_CLAIMS)
def remittances(request: ClinicRequest) -> HttpResponse:
    """Payments posted so far, and what is held in suspense."""
    access = request.access
    rows = Remittance.objects.select_related("posted_by", "unposted_by")
    order = (By("paid_on", descending=True, nullable=True), By("created_at", descending=True), By("pk"))
    page = window(rows, order, request.GET.dict(), PAGE)
    live = Remittance.objects.filter(unposted_at=None).aggregate(paid=Sum("amount_cents"), held=Sum("held_cents"))
    answers = ClaimAnswer.objects.filter(remittance__unposted_at=None)
    access.record("list", "remittance", detail=f"{len(page)} payments")
    context = {
        "tabs": tabs(access, "remittances"),
        "page": page,
        "paid_cents": live["paid"] or 0,
        "held_cents": live["held"] or 0,
        "open_cents": answers.aggregate(total=Sum("open_cents"))["total"] or 0,
        "may_work": access.may(Can.WORK_CLAIMS),
        "tab": "remittances",
        **counts(),
    }
    return render(request, "practice/remittances/remittances.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="remittances")
def remittances_read(request: ClinicRequest) -> HttpResponse:
    """Take a file and show what it holds; nothing is posted yet."""
    access = request.access
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        messages.error(request, "Choose a remittance file (835) first.")
        return redirect("remittances", access.clinic.slug)
    if upload.size > MOST_BYTES:
        messages.error(request, f"The file has {upload.size:,} bytes; at most {MOST_BYTES:,} are taken at once.")
        return redirect("remittances", access.clinic.slug)
    data = upload.read()
    is_one = bool(claims_in(data)) if len(data) >= LARGE else bool(read_835(data).remittances)
    if not is_one:
        messages.error(request, "No payment was found in this file. Expected is a remittance (835).")
        return redirect("remittances", access.clinic.slug)
    file = keep_file(access.clinic, access.user, data)
    access.record("create", "remittance file", file.pk, detail=f"{file.size} bytes")
    return redirect("remittance_file", access.clinic.slug, file.pk)


@clinic_page(Can.WORK_CLAIMS, area="remittances")
def remittance_file(request: ClinicRequest, key: UUID) -> HttpResponse:
    """What a file holds and where every cent would go; a POST posts it."""
    access = request.access
    file = get_object_or_404(RemittanceFile, pk=key)
    if request.method == "POST":
        return _post(request, file)
    if file.size >= LARGE:
        access.record("read", "remittance file", file.pk, detail="large")
        return render(
            request, "practice/remittances/large.html", {"file": file, "claims": claims_in(file.content.data)}
        )
    found = preview(access.clinic, read_file(file))
    access.record("read", "remittance file", file.pk, detail=f"{len(found.plans)} payments")
    context = {
        "file": file,
        "plans": [_shown(item) for item in found.plans],
        "found": found,
        "problems": [str(problem) for problem in found.problems],
    }
    return render(request, "practice/remittances/file.html", context)


def _post(request: ClinicRequest, file: RemittanceFile) -> HttpResponse:
    access = request.access
    if file.size >= LARGE:
        with transaction.atomic():
            job = ask_for_posting(access.clinic, access.user, file)
            tasks.enqueue(job)
        return redirect("job", access.clinic.slug, job.pk)
    found = post(access.clinic, access.user, file, origin=access.origin)
    posted = found.posted
    for row in posted:
        held = f"; {dollars(row.held_cents)} held" if row.held_cents else ""
        messages.success(request, f"{row.payer_name} {row.trace_number}: {dollars(row.amount_cents)} posted{held}.")
    if found.next_claims:
        count = len(found.next_claims)
        claims = "1 claim" if count == 1 else f"{count} claims"
        messages.info(request, f"{claims} to next payers made, to be worked in the queue.")
    for record in found.known:
        messages.info(request, f"{record.trace_number} was posted before; nothing changed.")
    for record, why in found.refused:
        messages.error(request, f"{record.trace_number} was refused: {why}.")
    if len(posted) == 1:
        return redirect("remittance", access.clinic.slug, posted[0].pk)
    return redirect("remittances", access.clinic.slug)


@dataclass(frozen=True, slots=True)
class _ShownPlan:
    """A plan in the figures that decide whether to post it.

    `patients_said` are claims with what their payers say that the patients paid; `more_said` how many others there are.
    """

    record: object
    claims: int
    paid_cents: int
    given_up_cents: int
    patient_cents: int
    open_cents: int
    plan: Plan
    patients_said: list[tuple[Claim, SaidPaid]]
    more_said: int


def _shown(made: Plan) -> _ShownPlan:
    lines = [line for item in made.posted for line in item.lines]
    by_effect = {
        effect: sum(cents for line in lines for what, cents, _why in line.unpaid if what is effect) for effect in Effect
    }
    return _ShownPlan(
        made.remittance,
        len(made.posted),
        sum(line.paid_cents for line in lines),
        by_effect[Effect.CONTRACTUAL],
        by_effect[Effect.PATIENT],
        by_effect[Effect.OPEN],
        made,
        *_patients_said(made),
    )


def _patients_said(made: Plan) -> tuple[list[tuple[Claim, SaidPaid]], int]:
    """Of which claims a payer says that the patient paid, what receipts do not explain first; and how many others."""
    told = told_by(made.posted)
    if not told:
        return [], 0
    said = sorted(said_paid(told).items(), key=lambda one: (-one[1].missing, one[0]))
    claims = Claim.objects.only("number").in_bulk([key for key, _said in said[:PAGE]])
    return [(claims[key], one) for key, one in said[:PAGE]], len(said) - len(said[:PAGE])


@clinic_page(Can.SEE_CLAIMS, area="remittances")
def remittance(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One payment with what it says about each claim."""
    access = request.access
    row = get_object_or_404(Remittance.objects.select_related("posted_by", "unposted_by"), pk=key)
    answers = row.answers.select_related("claim__patient").defer("answer", "claim__record")
    page = window(answers, (By("state"), By("segment"), By("pk")), request.GET.dict(), PAGE)
    access.record("read", "remittance", row.pk)
    sums = row.answers.aggregate(
        count=Count("pk"),
        paid=Sum("paid_cents"),
        given_up=Sum("given_up_cents"),
        patient=Sum("patient_cents"),
        open=Sum("open_cents"),
    )
    context = {
        "row": row,
        "page": page,
        "count": sums["count"],
        "sums": {name: value or 0 for name, value in sums.items()},
        "answers": [(item, status_words(item.status_code), _reasons(item)) for item in page],
        "may_work": access.may(Can.WORK_CLAIMS),
    }
    return render(request, "practice/remittances/remittance.html", context)


def _reasons(answer: ClaimAnswer) -> list[dict[str, object]]:
    """The reasons of an answer in words, each with its cents and our explanation where there is one."""
    found = []
    for group, reason, cents in answer.reasons:
        told = adjustments.carc(reason)
        found.append(
            {
                "code": f"{group}-{reason}",
                "cents": cents,
                "meaning": told.meaning if told else "not on the list that is loaded here",
                "remedy": told.remedy if told else "",
            }
        )
    return found


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="remittances")
def remittance_place(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Put an answer that is held onto the claim whose number a person gives."""
    access = request.access
    answer = get_object_or_404(ClaimAnswer.objects.defer("answer"), pk=key)
    number = request.POST.get("number", "").strip()
    try:
        placed = place(access.clinic, access.user, answer.pk, number, origin=access.origin)
    except NotPostedError as error:
        messages.error(request, f"Not placed: {error}.")
    else:
        messages.success(request, f"{dollars(placed.paid_cents)} put onto claim {number}.")
    if request.POST.get("back") == "held":
        return redirect("held", access.clinic.slug)
    return redirect("remittance", access.clinic.slug, answer.remittance_id)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="remittances")
def remittance_unpost(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a payment back whole."""
    access = request.access
    row = get_object_or_404(Remittance.objects, pk=key)
    try:
        unpost(access.clinic, access.user, row.pk, origin=access.origin)
    except NotPostedError as error:
        messages.error(request, f"Not unposted: {error}.")
    else:
        messages.success(request, f"{row.trace_number} is taken back; everything stands as before it was posted.")
    return redirect("remittance", access.clinic.slug, row.pk)


@clinic_page(Can.SEE_CLAIMS, area="claims")
def claim_money(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Where the cents of a claim stand, line by line, and what payers said of it: a part of the claim's page."""
    access = request.access
    claim = get_object_or_404(Claim.objects.select_related("follows").defer("questions", "evidence"), pk=key)
    head = claim.follows or claim
    states = ledger_rows.line_states([head.pk])[head.pk]
    answers = claim.answers.select_related("remittance").defer("answer")
    access.record("read", "claim", claim.pk, detail="money")
    live = WorkItem.objects.filter(claim=claim, state__in=LIVE_STATES).values_list("cents", flat=True)
    context = {
        "followed_up": sum(live) if live else None,
        "wait": None if live else wait_of(claim, today_at(access.clinic)),
        "claim": claim,
        "head": head,
        "next": next_payer(claim),
        "may_work": access.may(Can.WORK_CLAIMS),
        "lines": [(line.rpartition(":")[2], state) for line, state in states.items()],
        "patient_said": said_of(claim),
        "patient_paid": any(state.patient_paid for state in states.values()),
        "written_off": any(state.written_off for state in states.values()),
        "answers": [
            (item, status_words(item.status_code), _reasons(item))
            for item in answers.order_by("remittance__paid_on", "segment")
        ],
    }
    return render(request, "practice/remittances/claim_money.html", context)


urlpatterns: list[URLPattern] = [
    path("payments/", remittances, name="remittances"),
    path("payments/read/", remittances_read, name="remittances_read"),
    path("payments/files/<uuid:key>/", remittance_file, name="remittance_file"),
    path("payments/paper/", paper_check, name="paper_check"),
    path("payments/held/", held, name="held"),
    path("payments/adjustments/", payer_adjustments, name="payer_adjustments"),
    path("payments/next/", next_payers, name="next_payers"),
    path("payments/next/make/", next_payers_make, name="next_payers_make"),
    path("payments/<uuid:key>/", remittance, name="remittance"),
    path("payments/<uuid:key>/unpost/", remittance_unpost, name="remittance_unpost"),
    path("payments/answers/<uuid:key>/place/", remittance_place, name="remittance_place"),
    path("claims/<uuid:key>/money/", claim_money, name="claim_money"),
    path("claims/<uuid:key>/paper/", paper, name="claim_paper"),
    path("claims/<uuid:key>/next/", claim_next_payer, name="claim_next_payer"),
    path("claims/<uuid:key>/earlier-answers.pdf", claim_earlier_answers, name="claim_earlier_answers"),
    path("claims/<uuid:key>/looked-at/", claim_looked_at, name="claim_looked_at"),
]
