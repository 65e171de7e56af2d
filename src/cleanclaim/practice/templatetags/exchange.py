"""Parts of other pages that tell how a file or a claim fared at the clearinghouse."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from cleanclaim.practice.access import Access, Can
from cleanclaim.practice.engine.claims.outgoing import has_connection
from cleanclaim.practice.engine.exchange.benefit_answers import benefits_of
from cleanclaim.practice.models import Batch, Claim, Coverage, EligibilityAnswer, Transmission
from cleanclaim.practice.pages.exchange.rejecting import told
from cleanclaim.practice.pages.exchange.wording import STANDINGS, state_of
from cleanclaim.reference.claim_status import Standing

register = template.Library()

_SHOWN = 20
"""Reports on one claim that its page shows, the newest first."""


@register.inclusion_tag("practice/exchange/claim_reports.html", takes_context=True)
def claim_reports(context: Context, claim: Claim) -> dict[str, Any]:
    """What a payer's front end said of a claim, in plain words; nothing where it said nothing."""
    access: Access = context["access"]
    rows = claim.reports.select_related("answer", "file").defer("record", "file__content").order_by("-created_at")
    reports = [(told(row), STANDINGS[row.standing]) for row in rows[:_SHOWN]]
    is_open = claim.status == "submitted" and any(
        one.row.standing == Standing.REJECTED.value and one.row.handled_at is None for one, _words in reports
    )
    return {
        "claim": claim,
        "clinic": context["clinic"],
        "csrf_token": context.get("csrf_token", ""),
        "reports": reports,
        "can_ask": claim.status == "submitted" and not is_open and access.may(Can.WORK_CLAIMS) and has_connection(),
        "can_open": is_open and access.may(Can.WORK_CLAIMS),
        "is_returned": is_open,
    }


@register.inclusion_tag("practice/exchange/batch_way.html", takes_context=True)
def batch_way(context: Context, batch: Batch) -> dict[str, Any]:
    """How a claim file went out, and what the receiver said of it."""
    row = Transmission.objects.filter(batch=batch).defer("content").first()
    return {
        "clinic": context["clinic"],
        "row": row,
        "told": None if row is None else state_of(row.state, by_hand=row.by_hand),
    }


@register.inclusion_tag("practice/exchange/coverage_ask.html", takes_context=True)
def coverage_ask_button(context: Context, coverage: Coverage) -> dict[str, Any]:
    """The button that asks a coverage's payer; the latest question where one is still open or was refused."""
    return {
        "clinic": context["clinic"],
        "csrf_token": context.get("csrf_token", ""),
        "coverage": coverage,
        "can_ask": context.get("can_ask_payer", False),
        # The page has read them with its coverages, the latest first.
        "last": next(iter(coverage.inquiries.all()), None),
    }


@register.inclusion_tag("practice/exchange/coverage_benefits.html")
def coverage_benefits(answer: EligibilityAnswer, show_money: bool) -> dict[str, Any]:  # noqa: FBT001 - what the page says
    """What a payer's answer comes to for therapy, beside what a person may have typed."""
    told = benefits_of(answer)
    return {"answer": answer, "show_money": show_money, "unclear": () if told is None else told.unclear}
