"""Buttons that ask a payer: what a coverage pays for, where a claim stands, where all silent claims stand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.exchange.inquiring import (
    MOST,
    Asked,
    NotAskedError,
    ask_benefits,
    ask_statuses,
    unanswered,
)
from cleanclaim.practice.engine.exchange.undecided import take_up
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim, ClaimStatus
from cleanclaim.practice.pages.patients.coverages import coverage_or_404
from cleanclaim.practice.templatetags.practice import plural


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def coverage_ask(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Ask the payer of a coverage what it pays for."""
    access = request.access
    coverage = coverage_or_404(key)
    try:
        asked = ask_benefits(access.clinic, [coverage], access.user, origin=access.origin)
    except NotAskedError as error:
        messages.error(request, f"Not asked: {error}.")
    else:
        _say(request, asked)
    return redirect("patient", access.clinic.slug, coverage.patient_id)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_ask(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Ask the payer where a filed claim stands."""
    access = request.access
    claim = get_object_or_404(Claim, pk=key, status=ClaimStatus.SUBMITTED.value)
    try:
        asked = ask_statuses(access.clinic, [claim], access.user, origin=access.origin)
    except NotAskedError as error:
        messages.error(request, f"Not asked: {error}.")
    else:
        _say(request, asked)
    return redirect("claim", access.clinic.slug, claim.pk)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def unanswered_ask(request: ClinicRequest) -> HttpResponse:
    """Ask about claims that have waited longer than their payers usually take."""
    access = request.access
    take_up(access.clinic, access.user)
    silent = list(unanswered(today_at(access.clinic))[:MOST])
    if not silent:
        messages.info(request, "No claim has waited longer than its payer usually takes.")
        return redirect("exchange", access.clinic.slug)
    try:
        asked = ask_statuses(access.clinic, silent, access.user, origin=access.origin)
    except NotAskedError as error:
        messages.error(request, f"Not asked: {error}.")
    else:
        _say(request, asked)
    return redirect("exchange", access.clinic.slug)


def _say(request: ClinicRequest, asked: Asked) -> None:
    if asked.questions:
        messages.success(request, f"{plural(asked.questions, 'question')} go out with the next exchange.")
    for payer, why in asked.left_out:
        messages.error(request, f"{payer} was not asked: {why}.")
