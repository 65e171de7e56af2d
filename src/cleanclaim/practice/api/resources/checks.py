"""Check visits that are sent along: nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

from ninja import Router

from cleanclaim.bill.job import bill
from cleanclaim.client.visits import CheckDocument, CheckSent
from cleanclaim.client.wire import Misfit
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.documents import checked_visit
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.problems import unfit
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.records import clinic_record
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Charge, ClinicPayer, Provider

router = Router(tags=["checks"])


@router.post("/check", response=CheckDocument, operation_id="check")
@needs(Scope.READ, Can.SEE_NOTES, computes=True)
def check(request: ApiRequest, sent: Annotated[CheckSent, JsonBody(...)]) -> CheckDocument:
    """Check visits with everything that decides about them, and store nothing.

    The answer holds for each visit its lines with units, modifiers and prices, what a rule objects to with its fix,
    what the note leaves open, and what could not be judged for want of which input. Payers are the published payer
    files and those of the token's company.
    """
    access = request.access
    wrong = [*_twice(sent), *_strangers(sent)]
    if wrong:
        raise unfit(wrong)
    as_of = sent.as_of or today_at(access.clinic)
    clinic = sent.clinic or clinic_record(
        access.clinic,
        Provider.objects.filter(treats=True),
        Charge.objects.all(),
        ClinicPayer.objects.all(),
        max(visit.date_of_service for visit in sent.visits),
    )
    billed = bill(
        clinic,
        {patient.id: patient for patient in sent.patients},
        sent.visits,
        as_of=as_of,
        history=sent.history,
        packs=packs_of(access.clinic),
    )
    access.record("check", "visit", detail=f"api, {len(sent.visits)} sent along")
    return CheckDocument(
        as_of=as_of,
        claims=tuple(checked_visit(item, access) for item in billed.claims),
        crashed=dict(billed.crashed),
    )


def _twice(sent: CheckSent) -> Iterator[Misfit]:
    yield from _repeated("body.patients", (patient.id for patient in sent.patients))
    yield from _repeated("body.visits", (visit.id for visit in (*sent.visits, *sent.history)))


def _repeated(place: str, keys: Iterable[str]) -> Iterator[Misfit]:
    if max(Counter(keys).values(), default=0) > 1:
        yield Misfit(place=place, expected="each id once, history included")


def _strangers(sent: CheckSent) -> Iterator[Misfit]:
    known = {patient.id for patient in sent.patients}
    for name in ("visits", "history"):
        for number, visit in enumerate(getattr(sent, name)):
            if visit.patient_id not in known:
                yield Misfit(place=f"body.{name}.{number}.patient_id", expected="the id of one of the patients sent")
