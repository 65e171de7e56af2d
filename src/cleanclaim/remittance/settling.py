"""Which payer an answer is of, what was open to it, and which of its amounts were settled before it.

A later payer answers for the whole charge: most of what it does not pay repeats what the payers before it paid and gave
up, whatever reasons it uses for that. So does a payer that answers anew. What was open to a payer is known; what it
answers beyond that was settled before, and is not posted again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.matching import KnownClaim, Standing

_PLACES = list(CoverageOrder)
_FIRST_SETTLED = (Effect.SETTLED, Effect.OPEN, Effect.CONTRACTUAL, Effect.PATIENT)
"""From which amounts those that were settled before are taken: what says so first, what the patient owes last."""


def order_of(
    answer: RemittedClaim, claim: KnownClaim, payer_numbers: Iterable[str], standing: Iterable[Standing]
) -> CoverageOrder:
    """The place of the payer that answers.

    A claim to a later payer is answered by that payer. A first payer's claim may be answered by a payer that it was
    sent on to: by one of its numbers among the patient's payers, or by what it says of its place, where the claim names
    such a payer or its own payer has answered already.
    """
    if claim.order is not CoverageOrder.PRIMARY:
        return claim.order
    called = {number.upper() for number in payer_numbers}
    named = {order for order, number in claim.identifiers if number and number.upper() in called}
    if len(named) == 1:
        return named.pop()
    told = answer.order
    if told is None or told is claim.order:
        return claim.order
    has_answered = any(one.order is claim.order for one in standing)
    return told if told in claim.later or has_answered else claim.order


def next_payer(claim: KnownClaim, order: CoverageOrder) -> CoverageOrder | None:
    """Who is asked after the payer of this place; `None` for the patient."""
    return next((one for one in claim.later if _PLACES.index(one) > _PLACES.index(order)), None)


def asked_of(claim: KnownClaim, order: CoverageOrder, standing: Sequence[Standing]) -> dict[str, int] | None:
    """What of each line, by its key, is open to the payer of this place before it answers, in cents.

    To the first payer, the charge; to a later one, what the payer before it left to the patient, by its answer or by
    what our claim told of it; less what it took itself before. `None` where nobody has told.
    """
    own: dict[str, int] = defaultdict(int)
    for one in standing:
        if one.order is order:
            for line in one.lines:
                own[line.line] += line.moved_cents
    if order is CoverageOrder.PRIMARY:
        return {line.key: line.charge_cents - own[line.key] for line in claim.lines}
    before = [one for one in standing if _PLACES.index(one.order) < _PLACES.index(order)]
    if before:
        last = max((one.order for one in before), key=_PLACES.index)
        left: dict[str, int] = defaultdict(int)
        for one in before:
            if one.order is last:
                for line in one.lines:
                    left[line.line] += line.sum_of(Effect.PATIENT)
        return {line.key: left[line.key] - own[line.key] for line in claim.lines}
    if all(line.asked_cents is not None for line in claim.lines):
        return {line.key: (line.asked_cents or 0) - own[line.key] for line in claim.lines}
    return None


def is_asked_for_unknown(answers: Iterable[LineAnswer], order: CoverageOrder, standing: Sequence[Standing]) -> bool:
    """Whether a later payer answers lines of which the payer before it, which answered in parts, has said nothing yet.

    What is open to the later payer is not known then.
    """
    before = [one for one in standing if _PLACES.index(one.order) < _PLACES.index(order)]
    if not before:
        return False
    last = max((one.order for one in before), key=_PLACES.index)
    told = {line.line for one in before if one.order is last for line in one.lines}
    return any(item.answered_cents and item.line not in told for item in answers)


def settle(answer: LineAnswer, asked_cents: int) -> LineAnswer:
    """The answer with what goes beyond the amount that was open marked as settled before.

    What then remains, paid and not paid, is what was open; a payer that pays more than that leaves less than nothing
    open, which is what it paid too much.
    """
    left = max(answer.answered_cents - asked_cents, 0)
    if not left and all(cents and effect is not Effect.SETTLED for effect, cents, _reason in answer.unpaid):
        return answer
    taken = [0] * len(answer.unpaid)
    for wanted in _FIRST_SETTLED:
        for place, (effect, cents, _reason) in enumerate(answer.unpaid):
            if effect is wanted and cents > 0:
                taken[place] = min(left, cents)
                left -= taken[place]
    parts: list[tuple[Effect, int, str]] = []
    for (effect, cents, reason), part in zip(answer.unpaid, taken, strict=True):
        # What repeats an earlier payer and is more than that payer settled is nobody's yet.
        stays = Effect.OPEN if effect is Effect.SETTLED else effect
        parts += [(kind, amount, reason) for kind, amount in ((Effect.SETTLED, part), (stays, cents - part)) if amount]
    return LineAnswer(answer.line, answer.paid_cents, tuple(parts))


def answers_again(answers: Iterable[LineAnswer], asked: Mapping[str, int], standing: Iterable[Standing]) -> bool:
    """Whether a payer answers lines that it answered before, with more than it had left open.

    It should have taken its first answer back; what it means then is for a person to say.
    """
    moved: dict[str, int] = defaultdict(int)
    for one in standing:
        for line in one.lines:
            moved[line.line] += line.moved_cents
    return any(
        moved[item.line] and item.paid_cents + item.sum_of(Effect.PATIENT) > max(asked.get(item.line, 0), 0)
        for item in answers
    )


def original_of(answer: RemittedClaim, standing: Sequence[Standing]) -> Standing | None:
    """The answer that a reversal takes back: the latest with its amounts turned, by the payer's number if it can."""
    return _turned(answer.charge_cents, answer.paid_cents, answer.payer_control_number, standing)


def taken_back_by(reversal: Standing, standing: Sequence[Standing]) -> Standing | None:
    """The same for a reversal that was posted: what it took back, if anything stood."""
    return _turned(reversal.charge_cents, reversal.paid_cents, reversal.payer_control_number, standing)


def _turned(charge_cents: int, paid_cents: int, number: str, standing: Sequence[Standing]) -> Standing | None:
    fitting = [
        one
        for one in standing
        if (one.charge_cents, one.paid_cents) == (-charge_cents, -paid_cents) and charge_cents < 0
    ]
    chosen = [one for one in fitting if one.payer_control_number == number] or fitting
    return chosen[-1] if chosen else None


def without(standing: Sequence[Standing], taken_back: Standing) -> list[Standing]:
    """The answers that stand when one of them is taken back."""
    kept = list(standing)
    for place in range(len(kept) - 1, -1, -1):
        if kept[place] == taken_back:
            del kept[place]
            break
    return kept
