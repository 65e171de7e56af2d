"""What of a claim a payer refused, line by line: the reasons that stand after all of its answers.

A payer may answer a claim several times: it takes an answer back, corrects it, or decides anew without a word. What
stands is what the answers come to when they are added up, and never more than is still open on the line. What a
contract gives up is no refusal, nor is the patient's deductible, coinsurance or copay. Whatever else stays open is
one, by whatever reason: an amount that nobody follows up is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.reference import denials
from cleanclaim.remittance.effects import Effect, effect_of_reason
from cleanclaim.remittance.matching import KnownLine
from cleanclaim.remittance.plan import share, share_whole

_REMEMBERED = 4096
"""Reasons of which it is remembered whether they refuse."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the lines of the claim that it answers, as they were filed.

    `matched` holds the key of our line for each of the answer's lines; it is empty where the payer answered for the
    claim as a whole.
    """

    answer: RemittedClaim
    lines: tuple[KnownLine, ...]
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with its cents: group and reason (CARC), and the remarks (RARC) that stood beside it."""

    group: AdjustmentGroup
    carc: str
    remarks: tuple[str, ...]
    cents: int

    @property
    def code(self) -> str:
        """Group and reason as people write them: `CO-197`."""
        return f"{self.group.value}-{self.carc}"


@dataclass(frozen=True, slots=True)
class Denial:
    """What stands refused of one line. `reasons` are in cents, the largest first; `cents` is their sum."""

    line: KnownLine
    reasons: tuple[Reason, ...]

    @property
    def cents(self) -> int:
        """All that stands refused of the line."""
        return sum(reason.cents for reason in self.reasons)

    @property
    def main(self) -> Reason:
        """The reason that took the most."""
        return self.reasons[0]

    @property
    def is_partial(self) -> bool:
        """Whether only a part of the line is refused."""
        return self.cents < self.line.charge_cents


@dataclass(frozen=True, slots=True)
class Open:
    """What is still open of a line, in cents: to the payer that answered, and to whoever comes behind it."""

    payer: int
    behind: int


def standing(answers: Sequence[Answered], open_cents: Mapping[str, Open] | None = None) -> list[Denial]:
    """What stands refused after these answers of one payer to one claim, in the order they came.

    Args:
        answers: the answers, each matched to the claim as it was filed.
        open_cents: what is open of each line now; without it the answers alone decide.

    Returns:
        One denial a line that has any, in the order of the claim's lines.
    """
    is_open_known = open_cents is not None
    if not any(_has_refusal(answered.answer, is_open_known=is_open_known) for answered in answers):
        return []
    lines: dict[str, KnownLine] = {}
    sums: dict[tuple[str, AdjustmentGroup, str], int] = {}
    remarks: dict[tuple[str, AdjustmentGroup, str], tuple[str, ...]] = {}
    for answered in answers:
        lines |= {line.key: line for line in answered.lines}
        for key, item, told in adjusted(answered):
            if not _is_refusal(item.group, item.reason, is_open_known=is_open_known):
                continue
            place = (key, item.group, item.reason)
            # The newest answer stands last: where less is open than was refused, it is what the newest refuses.
            sums[place] = sums.pop(place, 0) + item.amount_cents
            if not answered.answer.is_reversal or place not in remarks:
                remarks[place] = told
    found = []
    for key, line in lines.items():
        newest = [place for place in reversed(sums) if place[0] == key]
        newest.sort(key=lambda place: effect_of_reason(place[1], place[2]) is Effect.SETTLED)
        left = None if open_cents is None else open_cents.get(key, Open(0, 0))
        reasons = list(_capped(newest, sums, remarks, left))
        if reasons:
            found.append(Denial(line, tuple(sorted(reasons, key=lambda reason: (-reason.cents, reason.carc)))))
    return found


def adjusted(answered: Answered) -> Iterator[tuple[str, Adjustment, tuple[str, ...]]]:
    """The adjustments of an answer by the line they fall on, each with the remarks beside it.

    What was decided on the claim as a whole falls on its lines as the posting shares it out.
    """
    answer = answered.answer
    if answered.matched:
        paid: dict[str, int] = {}
        for key, line in zip(answered.matched, answer.lines, strict=True):
            paid[key] = paid.get(key, 0) + line.paid_cents
            told = tuple(dict.fromkeys((*line.remarks, *answer.remarks)))
            for item in line.adjustments:
                yield key, item, told
        parts = [share(item.amount_cents, paid) for item in answer.adjustments]
    else:
        _paid, *parts = share_whole(answer, {line.key: line.charge_cents for line in answered.lines})
    for item, shared in zip(answer.adjustments, parts, strict=True):
        for key, cents in shared.items():
            if cents:
                yield key, item.model_copy(update={"amount_cents": cents, "units": None}), answer.remarks


def _has_refusal(answer: RemittedClaim, *, is_open_known: bool) -> bool:
    """Whether anything that an answer does not pay may be refused: most answers say nothing of the kind."""
    parts = (answer.adjustments, *(line.adjustments for line in answer.lines))
    return any(
        _is_refusal(item.group, item.reason, is_open_known=is_open_known)
        for adjustments in parts
        for item in adjustments
    )


@lru_cache(maxsize=_REMEMBERED)
def _is_refusal(group: AdjustmentGroup, reason: str, *, is_open_known: bool) -> bool:
    """Whether somebody works an amount: it was not given up, and is no share of cost.

    What is told to repeat an earlier payer (OA-23) is worked where, and as far as, it is open all the same: no earlier
    payer had settled it.
    """
    if group is AdjustmentGroup.PATIENT:
        return not denials.is_cost_share(reason)
    effect = effect_of_reason(group, reason)
    return effect is Effect.OPEN or (effect is Effect.SETTLED and is_open_known)


def _capped(
    newest: Sequence[tuple[str, AdjustmentGroup, str]],
    sums: Mapping[tuple[str, AdjustmentGroup, str], int],
    remarks: Mapping[tuple[str, AdjustmentGroup, str], tuple[str, ...]],
    left: Open | None,
) -> Iterator[Reason]:
    """The reasons of one line with what is still open for them."""
    payer, behind = (None, None) if left is None else (max(left.payer, 0), max(left.behind, 0))
    for place in newest:
        _key, group, carc = place
        is_patient = group is AdjustmentGroup.PATIENT
        most = behind if is_patient else payer
        cents = sums[place] if most is None else min(sums[place], most)
        if cents <= 0:
            continue
        if is_patient:
            behind = None if behind is None else behind - cents
        else:
            payer = None if payer is None else payer - cents
        yield Reason(group, carc, remarks[place], cents)
