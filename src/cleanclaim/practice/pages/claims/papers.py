"""A claim on paper and as a file: the 837P with its meaning, the CMS-1500 and the superbill as PDF."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from cleanclaim import records
from cleanclaim.bill.output import superbill_labels
from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.claim_file_view import composed, segments_of
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim, ClaimStatus
from cleanclaim.x12 import ClaimNotWritableError, EnvelopeError


@clinic_page(Can.SEE_CLAIMS, area="claims")
def claim_837(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The claim's 837P as the payer will see it, segment by segment, with what each says."""
    claim, record = _filed(key)
    access = request.access
    access.record("read", "claim", claim.pk, detail="837P")
    context = {"claim": claim, "segments": [], "gaps": [], "notes": []}
    created = datetime.combine(today_at(access.clinic), time(8))
    try:
        file = composed(record, access.clinic, created)
    except ClaimNotWritableError as error:
        context["gaps"] = [f"{gap.field}: found {gap.found}, expected {gap.expected}" for gap in error.gaps]
    except EnvelopeError as error:
        context["gaps"] = [str(error)]
    else:
        context["segments"] = segments_of(file.data)
    return render(request, "practice/claims/claim_837.html", context)


@clinic_page(Can.SEE_CLAIMS, area="claims")
def claim_form(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The claim on the CMS-1500 as PDF: a marked copy, or with `?style=data` the data alone for pre-printed sheets."""
    from cleanclaim.forms.cms1500 import Style, render_cms1500  # noqa: PLC0415 - loads slowly

    claim, record = _filed(key)
    style = Style.DATA if request.GET.get("style") == Style.DATA.value else Style.COPY
    request.access.record("export", "claim", claim.pk, detail="CMS-1500")
    try:
        data = render_cms1500([record], style=style)
    except FormNotPrintableError as error:
        return _not_printable(request, claim, "CMS-1500", [str(problem) for problem in error.problems])
    return pdf(data, f"{claim.number}-cms1500.pdf")


@clinic_page(Can.SEE_CLAIMS, area="claims")
def claim_superbill(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The claim as a superbill for the patient, as PDF, with what was paid on it and what is left."""
    from cleanclaim.forms.superbill import render_superbill  # noqa: PLC0415 - loads slowly
    from cleanclaim.practice.engine.ledger.superbills import is_chosen, settled  # noqa: PLC0415 - the same

    claim, record = _filed(key)
    request.access.record("export", "claim", claim.pk, detail="superbill")
    told = settled(claim)
    try:
        data = render_superbill(
            record,
            labels=superbill_labels(),
            payments=told.payments,
            given_up_cents=told.given_up_cents,
            issued_on=today_at(request.access.clinic),
            is_chosen=is_chosen(claim),
            is_filed=claim.status == ClaimStatus.SUBMITTED.value,
        )
    except FormNotPrintableError as error:
        return _not_printable(request, claim, "superbill", [str(problem) for problem in error.problems])
    return pdf(data, f"{claim.number}-superbill.pdf")


def pdf(data: bytes, name: str) -> HttpResponse:
    """A PDF to be shown in the browser, under a name without any patient's."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{safe}"'}
    )


def _filed(key: UUID) -> tuple[Claim, records.Claim]:
    """The claim and what would be filed of it. Raises `Http404` where nothing can be made of it yet."""
    claim = get_object_or_404(Claim.objects.select_related("patient"), pk=key)
    if claim.record is None:
        raise Http404
    return claim, records.Claim.model_validate(claim.record)


def _not_printable(request: ClinicRequest, claim: Claim, form: str, problems: list[str]) -> HttpResponse:
    context = {"claim": claim, "form": form, "problems": problems}
    return render(request, "practice/claims/not_printable.html", context, status=409)
