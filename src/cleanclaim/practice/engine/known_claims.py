"""Filed claims as payers' answers are matched to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from cleanclaim import records
from cleanclaim.bill.parts import filed_as
from cleanclaim.practice.models import Claim, ClaimAnswer, ClaimStatus
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.matching import KnownClaim, KnownLine

_ASKED_AT_ONCE = 500


def candidates(answers: Iterable[RemittedClaim]) -> list[Claim]:
    """Filed claims in scope that any of these answers may speak of: by number, by the payer's number, by day."""
    numbers: set[str] = set()
    payer_numbers: set[str] = set()
    days: set[date] = set()
    for answer in answers:
        numbers.add(answer.control_number.upper())
        # A claim that went out in parts has the part behind its own number.
        numbers.add(answer.control_number.upper().rpartition("-")[0])
        payer_numbers.add(answer.payer_control_number)
        days.update(day for day in (answer.begins_on, *(line.date_of_service for line in answer.lines)) if day)
    numbered = ClaimAnswer.objects.filter(payer_control_number__in=payer_numbers - {""}).values_list("claim", flat=True)
    filed = Claim.objects.filter(status__in=[ClaimStatus.SUBMITTED.value, ClaimStatus.CLOSED.value]).exclude(batch=None)
    wanted = Q(number__in=numbers - {""}) | Q(pk__in=[key for key in numbered if key]) | Q(date_of_service__in=days)
    return list(filed.filter(wanted).prefetch_related("answers"))


def known(claim: Claim) -> list[KnownClaim]:
    """A filed claim as it went out: one, or its parts. Lines are called `CLAIM:PART:NUMBER`."""
    record = records.Claim.model_validate(claim.record)
    numbers = tuple(sorted({item.payer_control_number for item in claim.answers.all() if item.payer_control_number}))
    return [
        KnownClaim(
            key=str(claim.pk),
            control_number=part.id,
            lines=tuple(
                KnownLine(
                    key=f"{claim.pk}:{part.id}:{line.number}",
                    control_number=line.control_number,
                    code=line.code,
                    modifiers=line.modifiers,
                    units=line.units,
                    charge_cents=line.charge_cents,
                    date_of_service=line.date_of_service,
                )
                for line in part.lines
            ),
            family_name=record.patient.name.family_name,
            member_id=record.payer.member_id,
            payer_control_numbers=numbers,
        )
        for part in filed_as(record)
    ]


def payers_in_order(claim: Claim) -> tuple[str, str | None]:
    """The order of the payer that a claim went to, and of the one that comes next, if there is one."""
    record = records.Claim.model_validate(claim.record)
    orders = list(records.CoverageOrder)
    place = orders.index(record.payer.order)
    later = sorted((orders.index(other.order) for other in record.other_payers), key=int)
    following = next((orders[one].value for one in later if one > place), None)
    return record.payer.order.value, following
