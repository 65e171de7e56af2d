"""Steps of claims: filed, replaced, voided, given up, returned, charged otherwise, and made for the next payer."""

from __future__ import annotations

from typing import Any

from cleanclaim.practice.engine.claims.coordination import due_claims, make_due
from cleanclaim.practice.engine.claims.filing import drop_answer, release, replace_claim, void_claim
from cleanclaim.practice.engine.exchange.acknowledging import take as take_file
from cleanclaim.practice.engine.exchange.reopening import reopen_rejected
from cleanclaim.practice.models import Charge, Claim, ClaimStatus
from cleanclaim.records import CoverageOrder
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.expected_money import Change, together, turned
from tests.practice.accounts.payer_words import returned_file
from tests.practice.accounts.remembered_claims import (
    Filed,
    Line,
    answers_of,
    claims_of,
)

_PLACES = [one.value for one in CoverageOrder]
_VOID = "8"


def file(life: Life) -> Step | None:
    """A claim is filed: it is charged, and the charge of the claim that it answers goes."""
    rows = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number")
    if life.random.randrange(4) == 0:
        rows = rows.filter(patient__coverages__order=_PLACES[1]) or rows
    key = life.one_of(list(rows.values_list("pk", flat=True)))
    if key is None:
        return None
    found: list[Filed] = []

    def fits(change: Change) -> bool:
        claim = Claim.objects.select_related("patient").get(pk=key)
        if claim.status != ClaimStatus.SUBMITTED.value:
            return change == {}
        found[:] = [_filed(life, claim)]
        return change == together(found[0].charge, *(turned(one.charge) for one in _answered_by(life, found[0])))

    def done(_change: Change) -> None:
        for one in found:
            for earlier in _answered_by(life, one):
                earlier.is_charged = False
            for earlier in claims_of(life):
                if earlier.key in {one.key, one.replaces}:
                    earlier.stands = False
            one.is_charged = bool(one.charge)
            claims_of(life).append(one)
            if one.key == one.head:
                patient = str(Claim.objects.get(pk=key).patient_id)
                life.money.patient_of.update((line.name, patient) for line in one.lines)

    return Step(lambda: release(life.clinic, [key], life.biller), fits=fits, done=done)


def _answered_by(life: Life, claim: Filed) -> list[Filed]:
    """The claim that this one replaces or voids, where it is charged."""
    return [one for one in claims_of(life) if one.key == claim.replaces and one.is_charged]


def _filed(life: Life, claim: Claim) -> Filed:
    record = claim.record
    order = record["payer"]["order"]
    others = {other["order"] for other in record["other_payers"]}
    head = claim.follows_id or claim.pk
    heads = next((one.lines for one in reversed(claims_of(life)) if one.key == head), None)
    names = [f"{claim.pk}:{record['id']}:{line['number']}" for line in record["lines"]]
    if heads is not None and head != claim.pk:
        names = [line.name for line in heads]
    return Filed(
        key=claim.pk,
        number=claim.number,
        head=head,
        order=order,
        later=tuple(one for one in _PLACES[_PLACES.index(order) + 1 :] if one in others),
        lines=[
            Line(
                name,
                line["control_number"],
                line["code"],
                tuple(line["modifiers"]),
                line["units"],
                line["charge_cents"],
            )
            for name, line in zip(names, record["lines"], strict=True)
        ],
        record=record,
        is_void=claim.frequency == _VOID,
        replaces=claim.replaces_id,
    )


def _standing_claim(life: Life) -> Filed | None:
    found: Filed | None = life.one_of([one for one in claims_of(life) if one.stands and not one.is_void])
    return found


def replace(life: Life) -> Step | None:
    """A claim that replaces a filed one is begun; it waits like any other."""
    claim = _standing_claim(life)
    if claim is None:
        return None
    is_begun = _is_answered(claim)

    def done(_change: Change) -> None:
        # As if a person had settled what the check asks about it.
        _answers_to(claim).exclude(status=ClaimStatus.CLOSED.value).update(status=ClaimStatus.READY.value)

    return Step(lambda: replace_claim(life.clinic, claim.key, life.biller, "P1"), [{}], is_refused=is_begun, done=done)


def void(life: Life) -> Step | None:
    """The claim that takes a filed one back is begun."""
    claim = _standing_claim(life)
    if claim is None:
        return None
    return Step(lambda: void_claim(claim.key, life.biller, "P1"), [{}], is_refused=_is_answered(claim))


def drop(life: Life) -> Step | None:
    """A replacement or void is given up; had it left and come back, the claim before it stands again, and is charged."""
    rows = Claim.objects.filter(status=ClaimStatus.READY.value, batch=None).exclude(replaces=None).order_by("number")
    claim = life.one_of(list(rows.only("pk", "replaces")))
    if claim is None:
        return None
    has_left = any(one.key == claim.pk for one in claims_of(life))
    earlier = [one for one in claims_of(life) if has_left and one.key == claim.replaces_id][-1:]

    def done(_change: Change) -> None:
        for one in earlier:
            one.stands, one.is_charged = True, bool(one.charge)

    return Step(lambda: drop_answer(claim.pk, life.biller), [together(*(one.charge for one in earlier))], done=done)


def _answers_to(claim: Filed) -> Any:
    return Claim.objects.filter(replaces=claim.key)


def _is_answered(claim: Filed) -> bool:
    return bool(_answers_to(claim).exclude(status=ClaimStatus.CLOSED.value).exists())


def come_back(life: Life) -> Step | None:
    """A claim comes back unread, and is opened again: nobody owes it until it is filed anew."""
    answered = {answer.claim.key for answer in answers_of(life) if answer.payment is not None and answer.payment.stands}
    claim = life.one_of([one for one in claims_of(life) if one.stands and one.key not in answered])
    if claim is None:
        return None
    data = returned_file(claim.number, claim.record, life.number())
    charge = turned(claim.charge) if claim.is_charged else {}

    def does() -> None:
        take_file(life.clinic, life.biller, "returned.277", data)
        reopen_rejected(life.clinic, [claim.key], life.biller)

    def done(_change: Change) -> None:
        claim.stands = claim.is_charged = False
        Claim.objects.filter(pk=claim.key, batch=None).exclude(status=ClaimStatus.READY.value).update(
            status=ClaimStatus.READY.value
        )

    return Step(does, [charge], done=done)


def dearer(life: Life) -> Step:
    """The clinic charges more for a code from now on, or as much as before: claims not filed yet are charged otherwise.

    What has left keeps its charge; what replaces it has the new one.
    """
    row = Charge.objects.filter(code="97110").earliest("valid_from")
    before = life.memory.setdefault("price", row.cents)
    cents = before + 500 if row.cents == before else before

    def does() -> None:
        row.cents = cents
        row.save()

    return Step(does, [{}])


def bill_next(life: Life) -> Step:
    """Claims to next payers are made that are due and were missed; those that a check asks about are settled."""

    def done(_change: Change) -> None:
        waiting = Claim.objects.filter(batch=None).exclude(follows=None).exclude(status=ClaimStatus.CLOSED.value)
        waiting.update(status=ClaimStatus.READY.value)

    return Step(lambda: make_due(life.clinic, life.biller, due_claims()), [{}], done=done)
