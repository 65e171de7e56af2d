"""Lines that were paid less than they are worth: what the payer allowed against what we computed.

What we computed has the multiple-procedure reduction in it; the assistant's cut, sequestration and what a federal
program takes or adds come off the payment and not off what is allowed. So both sides are compared before those: paid,
what is the patient's, what the law withholds, and an earlier payer's part together are what the payer allowed, unless
it states that amount itself. A line whose whole charge is told as above the fee schedule was allowed nothing: no denial
names it, and it would go unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleanclaim.denials.refused import Answered
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.records.remittance import ClaimStatusCode, RemittedLine
from cleanclaim.reference import denials
from cleanclaim.remittance.effects import Effect, effect_of
from cleanclaim.remittance.matching import KnownLine

_AS_PRIMARY = frozenset(
    {ClaimStatusCode.PRIMARY.value, ClaimStatusCode.PRIMARY_FORWARDED.value, ClaimStatusCode.DENIED.value}
)
"""Statuses by which a first payer answers; a claim of which nothing was paid comes as denied, for whatever reason."""
_EARLIER_PAYER = "23"
_WITHHELD = {"253": "sequestration", "237": "penalty of a federal program", "144": "incentive"}
"""Reasons by which the law takes off the payment, or adds to it, and not off what is allowed."""
_MULTIPLE = "59"
_HUNDRED = 100
_ASSISTANT = frozenset({"CQ", "CO"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What we computed of one line, in cents: what is allowed, and what the payer pays, where that is known."""

    allowed_cents: int | None
    payment_cents: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic: words, and cents with their sign."""

    words: str
    cents: int


@dataclass(frozen=True, slots=True)
class Underpayment:
    """A line that was allowed less than we computed. `short_cents` is the difference; `steps` how the payer came there.

    `payment_short_cents` is what the payer itself paid too little, where its share is known.
    """

    line: KnownLine
    expected_cents: int
    allowed_cents: int
    payment_short_cents: int | None
    steps: tuple[Step, ...]

    @property
    def short_cents(self) -> int:
        """By how much the payer allowed less."""
        return self.expected_cents - self.allowed_cents


def underpaid(answers: Sequence[Answered], expected: Mapping[str, Expected]) -> list[Underpayment]:
    """The lines that were paid, and less than they are worth beyond the payer's own rounding.

    Args:
        answers: the answers of the first payer to one claim, in the order they came; of each line the last that was not
            taken back is compared. Where the payer comes behind another, nothing is.
        expected: by line, what we computed. A line whose price is not known is not judged.
    """
    if len(answers) == 1:
        return _of_answer(in_force(answers), expected)
    # A payer that separates a claim answers it in parts: what counts of a line is the last answer to that line.
    by_line: dict[str, list[Answered]] = {}
    for answered in answers:
        for key in dict.fromkeys(answered.matched or [line.key for line in answered.lines]):
            by_line.setdefault(key, []).append(answered)
    return [
        one
        for key, of_line in by_line.items()
        for one in _of_answer(in_force(of_line), {key: expected[key]} if key in expected else {})
    ]


def _of_answer(last: Answered | None, expected: Mapping[str, Expected]) -> list[Underpayment]:
    """The lines that one answer pays too little of those whose price is known."""
    if last is None or last.answer.status not in _AS_PRIMARY or not last.matched or not expected:
        return []
    parts: dict[str, list[RemittedLine]] = {}
    for key, part in zip(last.matched, last.answer.lines, strict=True):
        parts.setdefault(key, []).append(part)
    whole_claim = sum(item.amount_cents for item in last.answer.adjustments if item.reason not in _WITHHELD)
    if whole_claim:  # cuts of the claim as a whole say of no line what was allowed
        return []
    withheld = sum(item.amount_cents for item in last.answer.adjustments)
    found = []
    for line in last.lines:
        ours = expected.get(line.key)
        if ours is None or ours.allowed_cents is None or line.key not in parts:
            continue
        if sum(abs(part.charge_cents) for part in parts[line.key]) < line.charge_cents:
            continue  # another answer is of the rest of the line
        judged = _judged(line, parts[line.key], ours, is_withheld_elsewhere=bool(withheld))
        if judged is not None:
            found.append(judged)
    return found


def is_small(short_cents: int, expected_cents: int, *, below_cents: int, below_percent: int) -> bool:
    """Whether a line is short by little: by less than both an amount and a percentage of what is due."""
    return short_cents < below_cents and short_cents * _HUNDRED < below_percent * expected_cents


def in_force(answers: Sequence[Answered]) -> Answered | None:
    """The last answer that was not taken back."""
    last: Answered | None = None
    for answered in answers:
        last = None if answered.answer.is_reversal else answered
    return last


def _judged(
    line: KnownLine, parts: Sequence[RemittedLine], ours: Expected, *, is_withheld_elsewhere: bool
) -> Underpayment | None:
    """The underpayment of one line, `None` where it is none or cannot be told."""
    paid = theirs = cut = given_up = 0
    withheld: dict[str, int] = {}
    for part in parts:
        paid += part.paid_cents
        for item in part.adjustments:
            if item.reason != _EARLIER_PAYER and effect_of(item) is Effect.OPEN:
                return None  # refused in part: that is a denial, and its cents are not allowed at all
            if item.group is AdjustmentGroup.PATIENT:
                theirs += item.amount_cents
            if effect_of(item) is Effect.CONTRACTUAL:
                given_up += item.amount_cents
            if item.reason in _WITHHELD:
                withheld[item.reason] = withheld.get(item.reason, 0) + item.amount_cents
            elif item.reason == _MULTIPLE:
                cut += item.amount_cents
    if not paid and not theirs and given_up != line.charge_cents:
        return None  # nothing was decided of it, or an earlier payer has settled it
    derived = paid + theirs + sum(withheld.values())
    stated = _stated(parts)
    by_assistant = bool(_ASSISTANT & set(line.modifiers))
    if stated is None and by_assistant:
        return None  # the assistant's cut stands with the fee schedule's: what was allowed cannot be told
    allowed = derived if stated is None or stated - cut == derived else stated
    worth = min(ours.allowed_cents or 0, line.charge_cents)
    slack = denials.figures().rounding_cents_per_unit * max(line.units, 1)
    if worth - allowed <= slack:
        return None
    steps = [Step("charge", line.charge_cents)]
    if cut:
        steps.append(Step("multiple-procedure reduction", -cut))
    steps.append(Step("over the fee schedule or contract", allowed - line.charge_cents + cut))
    steps.append(Step("allowed by the payer", allowed))
    taken = [("the patient's share", theirs), *((_WITHHELD[reason], cents) for reason, cents in withheld.items())]
    steps += [Step(words, -cents) for words, cents in (*taken, ("assistant's reduction", allowed - derived)) if cents]
    steps.append(Step("paid", paid))
    short = None if ours.payment_cents is None or is_withheld_elsewhere else max(ours.payment_cents - paid, 0)
    return Underpayment(line, worth, allowed, short, tuple(steps))


def _stated(parts: Sequence[RemittedLine]) -> int | None:
    """What the payer itself says that it allowed; `None` where one part does not say it."""
    told = [part.allowed_cents for part in parts]
    return sum(cents for cents in told if cents is not None) if all(cents is not None for cents in told) else None
