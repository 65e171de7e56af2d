"""Answers that are held: each with what it says, why it is held, and the claims that it may be of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import AnswerState, Claim, ClaimAnswer
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.payments.counting import counts
from cleanclaim.practice.pages.payments.words import status_words
from cleanclaim.records.remittance import RemittedClaim, RemittedLine

PAGE = 20
"""Held answers on one page: each is opened."""

_LARGEST_FIRST = (By("paid_cents", descending=True), By("remittance_id"), By("segment"), By("pk"))

NEAR = 4
"""Claims that are proposed for one answer."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A held answer as it is shown. `near` are claims that it may be of, each with whether it is of less than that."""

    row: ClaimAnswer
    patient: str
    day: date | None
    words: str
    lines: tuple[RemittedLine, ...]
    near: list[tuple[Claim, bool]]


@clinic_page(Can.SEE_CLAIMS, area="remittances")
def held(request: ClinicRequest) -> HttpResponse:
    """What is held, the largest amounts first."""
    access = request.access
    rows = ClaimAnswer.objects.filter(state=AnswerState.HELD.value, remittance__unposted_at=None)
    shown_rows = rows.select_related("remittance")
    # An answer that was placed meanwhile has left the list, and still says where the next part of it begins.
    page = window(shown_rows, _LARGEST_FIRST, request.GET.dict(), PAGE, among=ClaimAnswer.objects.all())
    said = {row.pk: RemittedClaim.model_validate(row.answer) for row in page}
    claims = _near(said.values())
    shown = [_shown(row, said[row.pk], claims) for row in page]
    access.record("list", "answer", detail=f"{len(shown)} held answers")
    context = {
        "tabs": tabs(access, "remittances"),
        "tab": "held",
        "page": page,
        "count": rows.count(),
        "shown": shown,
        "may_work": access.may(Can.WORK_CLAIMS),
        **counts(),
    }
    return render(request, "practice/remittances/held.html", context)


def _near(answers: Iterable[RemittedClaim]) -> list[Claim]:
    """Filed claims of the answers' numbers, of their days and charges, or of their days and patients; one query."""
    wanted = Q(pk__in=[])
    for answer in answers:
        if answer.control_number:
            wanted |= Q(number__in={answer.control_number, answer.control_number.upper()})
        day = _day(answer)
        if day is not None:
            wanted |= Q(date_of_service=day, charge_cents=abs(answer.charge_cents))
            if answer.family_name:
                wanted |= Q(date_of_service=day, patient__family_name__iexact=answer.family_name)
    rows = Claim.objects.filter(wanted).exclude(batch=None).select_related("patient")
    return list(rows.defer("record", "questions", "evidence").order_by("number"))


def _day(answer: RemittedClaim) -> date | None:
    return answer.begins_on or next((line.date_of_service for line in answer.lines if line.date_of_service), None)


def _shown(row: ClaimAnswer, answer: RemittedClaim, claims: Iterable[Claim]) -> _Held:
    day = _day(answer)

    def fits(claim: Claim) -> tuple[bool, bool]:
        same_name = bool(answer.family_name) and claim.patient.family_name.upper() == answer.family_name.upper()
        return same_name, claim.charge_cents == abs(answer.charge_cents)

    def is_named(claim: Claim) -> bool:
        return claim.number.upper() == answer.control_number.upper()

    near = sorted(
        (claim for claim in claims if is_named(claim) or (claim.date_of_service == day and any(fits(claim)))),
        key=lambda claim: (not all(fits(claim)), not is_named(claim), not fits(claim)[0], claim.number),
    )
    proposed = [(claim, 0 < abs(answer.charge_cents) < (claim.charge_cents or 0)) for claim in near[:NEAR]]
    patient = ", ".join(part for part in (answer.family_name, answer.given_name) if part)
    return _Held(row, patient, day, status_words(answer.status), answer.lines, proposed)
