"""Whether what an earlier payer decided can be told to the next: it answers for every line, and every cent is there.

On a line, the charge is what was paid plus what was adjusted. On the claim, what was paid is what was paid on its lines
less what was adjusted on the claim as a whole; where the payer decided on the claim alone, the total charge is what it
paid plus what it adjusted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cleanclaim.money import dollars
from cleanclaim.records import Adjudication, Adjustment, Claim, ClaimPayer, CoverageOrder

_ORDER = {order: place for place, order in enumerate(CoverageOrder)}
_Found = Iterator[tuple[str, str, str]]
"""Field, what was found, what was expected."""


def decision_gaps(claim: Claim, payer: ClaimPayer, answer: Adjudication, *, limits: Mapping[str, int]) -> _Found:
    """What keeps the decision from being written: field, what was found, what was expected.

    Args:
        claim: the claim to the payer that comes next.
        payer: the payer that has decided.
        answer: its decision.
        limits: the guide's.
    """
    name = f"{payer.order.value} payer's decision"
    if answer.order is not payer.order:
        yield name, f"one of the {answer.order.value} payer", f"one of the {payer.order.value} payer"
    if _ORDER[payer.order] >= _ORDER[claim.payer.order]:
        yield name, f"one of a payer after the {claim.payer.order.value} one", "none; it is billed later"
    yield from _reasons(name, answer.adjustments, limits)
    if answer.lines:
        yield from _lines(name, claim, answer, limits)
    whole = sum(item.amount_cents for item in answer.adjustments)
    expected = sum(line.paid_cents for line in answer.lines) if answer.lines else claim.total_charge_cents
    if answer.paid_cents + whole != expected:
        of = "paid on the lines" if answer.lines else "charged"
        found = f"{dollars(answer.paid_cents)} paid and {dollars(whole)} adjusted on the claim"
        yield f"{name}, balance", found, f"the {dollars(expected)} {of}"


def _lines(name: str, claim: Claim, answer: Adjudication, limits: Mapping[str, int]) -> _Found:
    charges = {line.number: line.charge_cents for line in claim.lines}
    answered = Counter(line.line for line in answer.lines)
    for number in charges:
        if answered[number] != 1:
            yield f"{name}, line {number}", f"{answered[number] or 'no'} answers", "one for each line"
    for line in answer.lines:
        where = f"{name}, line {line.line}"
        if line.line not in charges:
            yield where, "an answer", f"one for lines 1 to {len(charges)}"
        elif line.answered_cents != charges[line.line]:
            found = f"{dollars(line.paid_cents)} paid and {dollars(line.answered_cents - line.paid_cents)} adjusted"
            yield f"{where}, balance", found, f"the {dollars(charges[line.line])} charged"
        most = limits["modifiers_per_line"]
        if line.modifiers is not None and len(line.modifiers) > most:
            yield f"{where}, modifiers", str(len(line.modifiers)), f"at most {most}"
        yield from _reasons(where, line.adjustments, limits)


def _reasons(name: str, adjustments: tuple[Adjustment, ...], limits: Mapping[str, int]) -> _Found:
    most = limits["adjustments_per_group"]
    for group, count in Counter(item.group for item in adjustments).items():
        if count > most:
            yield f"{name}, adjustments of group {group.value}", str(count), f"at most {most}"
