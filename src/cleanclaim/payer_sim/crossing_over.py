"""A claim that is sent on: the next payer gets it on the day on which the first one pays, with what that one decided.

Nobody files it; the biller learns of it from the first payer's answer, and then from the second payer's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from cleanclaim.money import Cents
from cleanclaim.payer_sim.coverage import person_key
from cleanclaim.payer_sim.denials import Case
from cleanclaim.payer_sim.memory import Decided, Payee
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.records.remittance import RemittedLine
from cleanclaim.x12.parsed import ParsedAnswer, ParsedClaim, ParsedLine, ParsedPayer

_SECOND = "S"


def sent_on(case: Case, decided: Decided, target: ParsedPayer) -> tuple[Case, Payee]:
    """The claim on the next payer's desk, and who is paid for it there. The memory gives it a number."""
    claim, memory = case.claim, case.memory
    plan = case.pack.plan_of(target.filing_indicator)
    subscriber = target.subscriber or claim.subscriber
    member = (subscriber.identifier if subscriber is not None else "") or target.member_id
    patient = claim.patient
    person = person_key(
        plan, member, *((patient.birth_date, patient.given_name) if patient is not None else (None, ""))
    )
    number = f"{decided.pay_on:%y%j}{memory.next_claim:07d}"
    memory.next_claim += 1
    first = claim.payer or ParsedPayer()
    told = replace(
        claim,
        payer=replace(target, order=_SECOND),
        subscriber=subscriber,
        other_payers=(replace(first, order="P", paid_cents=decided.claim.paid_cents),),
        lines=_with_answers(claim, decided.claim.lines, first.identifier),
        prior_authorization="",
    )
    payee = decided.payee.model_copy(update={"payer_name": target.name, "payer_identifier": target.identifier})
    following = replace(
        case,
        claim=told,
        plan=plan,
        person=person,
        number=number,
        received_on=decided.pay_on,
        left=_left(claim, decided.claim.lines),
    )
    return following, payee


def _left(claim: ParsedClaim, answered: Sequence[RemittedLine]) -> tuple[Cents, ...] | None:
    """What the first payer left to the patient on each line; `None` where lines cannot be told apart."""
    if not _are_told_apart(claim):
        return None
    left: Counter[str] = Counter()
    for line in answered:
        left[line.control_number] += sum(
            item.amount_cents for item in line.adjustments if item.group is AdjustmentGroup.PATIENT
        )
    return tuple(left[line.control_number] for line in claim.lines)


def _are_told_apart(claim: ParsedClaim) -> bool:
    """Whether each line has a number of its own."""
    numbers = [line.control_number for line in claim.lines]
    return len(set(numbers)) == len(numbers) and all(numbers)


def _with_answers(claim: ParsedClaim, answered: Sequence[RemittedLine], payer: str) -> tuple[ParsedLine, ...]:
    """The lines with what was paid on each; as they were where the answers cannot be told apart by their numbers."""
    if not _are_told_apart(claim):
        return claim.lines
    paid: Counter[str] = Counter()
    adjusted: Counter[str] = Counter()
    for line in answered:
        paid[line.control_number] += line.paid_cents
        adjusted[line.control_number] += sum(item.amount_cents for item in line.adjustments)
    return tuple(
        replace(
            line,
            answers=(
                ParsedAnswer(
                    payer=payer,
                    paid_cents=paid[line.control_number],
                    adjusted_cents=adjusted[line.control_number],
                    remaining_cents=None,
                    adjustments=1,
                    without_amount=0,
                    decided_on=None,
                    states_day=False,
                ),
            ),
        )
        for line in claim.lines
    )
