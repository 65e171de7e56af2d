"""Search codes and diagnoses by words, and price lines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from ninja import Router

from cleanclaim.client.claims import (
    CodeAnswer,
    CodeFound,
    CodeSearch,
    DiagnosisAnswer,
    DiagnosisFound,
    DiagnosisSearch,
    NotBillableFound,
    PricedLineDocument,
    PriceDocument,
    PriceSent,
    QuestionFound,
)
from cleanclaim.coding import suggest
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.problems import misfit
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.pricing.quote import QuotedLine, QuoteError, price_lines
from cleanclaim.reference import icd10, payers
from cleanclaim.reference.payers import Payer

router = Router(tags=["codes and prices"])


@router.post("/codes/search", response=CodeAnswer, operation_id="search_codes")
@needs(Scope.READ, computes=True)
def search_codes(request: ApiRequest, search: Annotated[CodeSearch, JsonBody(...)]) -> CodeAnswer:
    """Find codes for what was done, in a therapist's words. The words stand in the body, never in an address."""
    on = search.day or today_at(request.access.clinic)
    stimulation = None
    if search.payer is not None:
        stimulation = _payer(request, search.payer).setting("electrical_stimulation_code", on).value
    found = suggest(search.words, payer_stimulation_code=stimulation, day=on, limit=search.limit)
    return CodeAnswer(
        day=on,
        ranked=tuple(CodeFound.model_validate(asdict(item)) for item in found.ranked),
        not_billable=None
        if found.not_billable is None
        else NotBillableFound(reason=found.not_billable.reason.value, explanation=found.not_billable.explanation),
        must_ask=None
        if found.must_ask is None
        else QuestionFound(question=found.must_ask.question, candidates=found.must_ask.candidates),
    )


@router.post("/diagnoses/search", response=DiagnosisAnswer, operation_id="search_diagnoses")
@needs(Scope.READ, computes=True)
def search_diagnoses(request: ApiRequest, search: Annotated[DiagnosisSearch, JsonBody(...)]) -> DiagnosisAnswer:
    """Find diagnoses that may be billed on a day, by the words people use or the beginning of a code."""
    on = search.day or today_at(request.access.clinic)
    if not icd10.read_from() <= on <= icd10.known_through():
        raise misfit("body.day", f"a day from {icd10.read_from()} through {icd10.known_through()}, as was read")
    hits = icd10.search(search.words, on, search.limit, billable_only=True)
    return DiagnosisAnswer(
        day=on,
        found=tuple(
            DiagnosisFound(code=hit.dotted, label=hit.label, side=hit.side or None, matched=hit.matched) for hit in hits
        ),
    )


@router.post("/prices", response=PriceDocument, operation_id="price")
@needs(Scope.READ, Can.SEE_CLAIMS, computes=True)
def price(request: ApiRequest, sent: Annotated[PriceSent, JsonBody(...)]) -> PriceDocument:
    """Price the lines of one visit with nothing else that day, with the sources of every rate."""
    lines = [QuotedLine(line.code, line.units, line.modifiers, line.charge_cents) for line in sent.lines]
    try:
        found = price_lines(
            lines,
            date=sent.day,
            payer=_payer(request, sent.payer),
            locality=sent.locality,
            place_of_service=sent.place_of_service,
            discipline=sent.discipline,
            deductible_met_cents=sent.deductible_met_cents,
        )
    except QuoteError as error:
        raise misfit("body", str(error)) from None
    document = found.to_dict()
    return PriceDocument(
        payer=found.payer.id,
        day=found.date,
        locality=found.locality,
        place_of_service=found.place_of_service,
        lines=tuple(
            PricedLineDocument(
                code=line.code,
                units=line.units,
                modifiers=line.modifiers,
                status=line.status.value,
                fee_cents=line.fee_cents,
                allowed_cents=line.allowed_cents,
                patient_share_cents=line.patient_share_cents,
                expected_payment_cents=line.expected_payment_cents,
                expected_payment_at_least_cents=line.expected_payment_at_least_cents,
                expected_payment_at_most_cents=line.expected_payment_at_most_cents,
            )
            for line in found.lines
        ),
        totals=document["totals"],
        sources=tuple(document["sources"]),
        from_memory=tuple(document["from_memory"]),
    )


def _payer(request: ApiRequest, wanted: str) -> Payer:
    """A payer file: the company's own, else a published one. Raises `ApiProblemError` where there is none."""
    own = packs_of(request.access.clinic)
    if wanted in own:
        return own[wanted]
    try:
        return payers.get(wanted)
    except payers.UnknownPayerError:
        raise misfit("body.payer", "the id of a payer file, such as medicare_b") from None
