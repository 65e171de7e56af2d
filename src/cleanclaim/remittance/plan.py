"""What of a remittance is posted where: every cent of the payment has a place before anything is written.

    paid on matched claims + held in suspense − provider's adjustments = the payment

A claim that has no match or does not balance is held in suspense with its place and amount, and the others post. Only
a payment whose own sum cannot be explained is refused whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from cleanclaim.money import dollars
from cleanclaim.records.adjudication import Adjustment
from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.remittance import ProviderAdjustment, Remittance, RemittedClaim
from cleanclaim.remittance.effects import ABOVE_CHARGE, Effect, LineAnswer, effect_of
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, Match, Standing, Unmatched, match_part
from cleanclaim.remittance.settling import (
    answers_again,
    asked_of,
    is_asked_for_unknown,
    next_payer,
    order_of,
    original_of,
    settle,
    without,
)

INTEREST = "L6"
"""The provider's adjustment by which interest is paid: negative where the provider receives it."""

_PAID_WITH_ANOTHER = "97"
"""The reason (CARC) by which a line is paid within another line."""


class RefusedError(ValueError):
    """A payment that cannot be posted at all: says by how much its parts differ from it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A claim that is posted: the answer, its match, and what each of our lines got.

    `claim` is the key of the claim that is answered: the matched one, or the one whose answer is taken back. `order` is
    the place of the payer that answers; `next_payer` who is asked for what it leaves to the patient, `None` for the
    patient; `is_expected` false for a payer that nobody had been told of, which pays what the patient owed.
    """

    answer: RemittedClaim
    match: Match
    lines: tuple[LineAnswer, ...]
    claim: str
    order: CoverageOrder = CoverageOrder.PRIMARY
    next_payer: CoverageOrder | None = None
    is_expected: bool = True

    @property
    def goes_to_an_unknown_plan(self) -> bool:
        """Whether the payer sent the claim on, with something left, to a plan of which the claim knows nothing."""
        is_left = any(line.sum_of(Effect.PATIENT) > 0 for line in self.lines)
        return is_left and self.answer.is_forwarded and self.next_payer is None


@dataclass(frozen=True, slots=True)
class Suspended:
    """A part of the payment that is not placed: where it stands in the file, its cents, and why."""

    segment: int
    cents: int
    reason: str
    answer: RemittedClaim | None = None


@dataclass(slots=True)
class Plan:
    """What one remittance will write."""

    remittance: Remittance
    key: str
    posted: list[Posted] = field(default_factory=list)
    suspended: list[Suspended] = field(default_factory=list)
    interest_cents: int = 0
    adjustments: list[ProviderAdjustment] = field(default_factory=list)
    is_by_hand: bool = False
    _standing: dict[str, list[Standing]] = field(default_factory=dict)

    def standing_of(self, claim: KnownClaim) -> list[Standing]:
        """The answers to a claim and its chain that stand by now, this payment's included."""
        return self._standing.setdefault(claim.chain or claim.key, list(claim.standing))

    def replaced_by(self, claim: KnownClaim) -> list[Standing]:
        """The answers to the claims that it replaces that stand by now."""
        return self._standing.setdefault(f"replaced by {claim.chain or claim.key}", list(claim.replaced))

    @property
    def placed_cents(self) -> int:
        """The sum of all places: the payment's amount."""
        paid = sum(item.paid_cents for posted in self.posted for item in posted.lines)
        held = sum(item.cents for item in self.suspended)
        return paid + held + self.interest_cents - sum(item.cents for item in self.adjustments)


def payment_key(remittance: Remittance) -> str:
    """What makes two remittances the same payment: payer, number of the check or transfer, day, amount and part.

    Not the file: a clearinghouse sends one payment in several files, and one file again.
    """
    told = "|".join(
        (
            (remittance.payer_identifier or remittance.payer_name).upper(),
            remittance.trace_number.upper(),
            "" if remittance.paid_on is None else remittance.paid_on.isoformat(),
            str(remittance.amount_cents),
            *((remittance.part.upper(),) if remittance.part else ()),
        )
    )
    return hashlib.sha256(told.encode()).hexdigest()


def plan(
    remittance: Remittance,
    index: ClaimIndex,
    left_out: Sequence[int] = (),
    *,
    payees: Collection[str] = (),
    by_hand: bool = False,
) -> Plan:
    """Decide where every cent of a payment goes.

    Args:
        remittance: the payment.
        index: the claims that were filed.
        left_out: segments of claims that could not be read; what they were paid is what is missing of the payment.
        payees: NPIs and tax ids of the clinic; a payment to none of them is refused. Empty: nobody asks.
        by_hand: a person has said which claims are meant, and takes answers that are held otherwise.

    Raises:
        RefusedError: as `begin`.
    """
    found = begin(remittance, left_out, payees=payees, by_hand=by_hand)
    place(remittance.claims, index, found)
    return found


def begin(
    remittance: Remittance, left_out: Sequence[int] = (), *, payees: Collection[str] = (), by_hand: bool = False
) -> Plan:
    """Decide where what is of no claim goes, so that nothing is left but to `place` each of the payment's answers.

    What it takes is what `plan` takes. Once it has returned, the payment is posted: each of its answers has a place,
    if only in suspense, whatever claims there are.

    Raises:
        RefusedError: the payment is somebody else's, or the claims less the provider's adjustments are not the payment,
            and neither interest told on claims nor what could not be read explains it.
    """
    found = Plan(remittance, payment_key(remittance), is_by_hand=by_hand)
    _require_ours(remittance, payees)
    told_interest = sum(claim.interest_cents or 0 for claim in remittance.claims)
    has_interest = any(item.reason == INTEREST for item in remittance.provider_adjustments)
    gap = remittance.gap_cents
    if gap and gap == told_interest and not has_interest:
        # Some payers tell interest on the claims alone, and pay it beside them.
        found.interest_cents, gap = gap, 0
    if gap and not left_out:
        raise RefusedError(
            f"segment {remittance.segment}, BPR02: the payment of {dollars(remittance.amount_cents)} differs by "
            f"{dollars(gap)} from its claims less the provider's adjustments"
        )
    for item in remittance.provider_adjustments:
        if item.reason == INTEREST:
            found.interest_cents -= item.cents
        else:
            found.adjustments.append(item)
    if gap:
        reason = "claims that could not be read" if len(left_out) > 1 else "a claim that could not be read"
        found.suspended.append(Suspended(left_out[0], gap, reason))
    return found


def _require_ours(remittance: Remittance, payees: Collection[str]) -> None:
    named = {number for number in (remittance.payee_npi, remittance.payee_tax_id.replace("-", "")) if number}
    if payees and named and named.isdisjoint(payees):
        told = remittance.payee_npi or "another tax id"
        raise RefusedError(f"segment {remittance.segment}: the payment is to {told}, which is not this clinic")


def place(answers: Iterable[RemittedClaim], index: ClaimIndex, found: Plan) -> None:
    """Post the next answers of a payment, or hold them with why; in their order, for an answer may undo an earlier one.

    Every claim that any of them may speak of is in the index.
    """
    for answer in answers:
        _place(answer, index, found)


def _place(answer: RemittedClaim, index: ClaimIndex, found: Plan) -> None:
    """Post an answer, or hold it with why."""
    problem = _imbalance(answer)
    match = index.find(answer, by_hand=found.is_by_hand)
    if not problem and isinstance(match, Match):
        made = _taken_back(answer, match, found) if answer.is_reversal else _posted(answer, match, found)
        if isinstance(made, Posted):
            found.posted.append(made)
            return
        problem = made
    reason = problem or (match.reason if isinstance(match, Unmatched) else "")
    found.suspended.append(Suspended(answer.segment, answer.paid_cents, reason, answer))


def _posted(answer: RemittedClaim, match: Match, found: Plan) -> Posted | str:
    """A decision; in words why it is held instead."""
    claim = match.claim
    standing = found.standing_of(claim)
    order = order_of(answer, claim, found.remittance.payer_called, standing)
    if not answer.is_decided:
        if answer.paid_cents:
            return f"it is paid, though its status ({answer.status}) says that nothing was decided"
        return Posted(answer, match, (), claim.key, order, next_payer(claim, order))
    if match.is_part:
        match = _of_part(answer, match, [one for one in standing if one.order is order], by_hand=found.is_by_hand)
    lines = _answers(answer, match)
    if not found.is_by_hand and is_asked_for_unknown(lines, order, standing):
        return "the payer before this one has answered a part of the claim, and not these lines"
    asked = asked_of(claim, order, standing)
    if asked is not None:
        own = [one for one in standing if one.order is order]
        if own and not found.is_by_hand and answers_again(lines, asked, own):
            return "the payer answered this claim before, and has not taken that answer back"
        lines = tuple(settle(item, asked[item.line]) for item in lines)
    is_expected = order is claim.order or order in claim.later
    standing.append(
        Standing(claim.key, order, answer.charge_cents, answer.paid_cents, lines, answer.payer_control_number)
    )
    return Posted(answer, match, lines, claim.key, order, next_payer(claim, order), is_expected)


def _of_part(answer: RemittedClaim, match: Match, own: Sequence[Standing], *, by_hand: bool) -> Match:
    """The match of an answer to a part of a claim, once it is known what else the payer has answered of it (`own`).

    Of lines that are alike, one that is not answered yet is meant; those that an answer of the same number of the
    payer's was of, where there is one, for then it comes again, unless a person has named the claim.
    """
    told = {line.line for one in own for line in one.lines}
    number = answer.payer_control_number
    again = {line.line for one in own if number and one.payer_control_number == number for line in one.lines}
    fresh = {line.key for line in match.claim.lines} - told
    rather = (fresh,) if by_hand else (again, fresh)
    lines = match_part(match.claim, answer, rather=rather, by_hand=by_hand)
    return match if lines is None else replace(match, lines=lines)


def _taken_back(answer: RemittedClaim, match: Match, found: Plan) -> Posted | str:
    """A reversal: what the original wrote, with every sign turned; held where there is no such original."""
    claim = match.claim
    standing = found.standing_of(claim)
    original = original_of(answer, standing)
    if original is None and (replaced := original_of(answer, found.replaced_by(claim))) is not None:
        standing, original = found.replaced_by(claim), replaced
    if original is None:
        if not found.is_by_hand:
            return "it reverses (status 22) an answer that is not posted here"
        order = order_of(answer, claim, found.remittance.payer_called, standing)
        lines = _answers(answer, match)
        standing.append(Standing(claim.key, order, answer.charge_cents, answer.paid_cents, lines))
        return Posted(answer, match, lines, claim.key, order, next_payer(claim, order))
    standing[:] = without(standing, original)
    is_expected = original.order is claim.order or original.order in claim.later
    following = next_payer(claim, original.order)
    lines = tuple(line.turned() for line in original.lines)
    return Posted(answer, match, lines, original.claim, original.order, following, is_expected)


def _imbalance(answer: RemittedClaim) -> str:
    """How an answer does not add up, in words; empty where it does."""
    for line in answer.lines:
        if gap := line.gap_cents:
            return f"segment {line.segment}: a line's charge is not paid and adjusted by {dollars(gap)}"
    if gap := answer.line_gap_cents:
        return f"the lines' charges differ from the claim's by {dollars(gap)}"
    if gap := answer.gap_cents:
        return f"the claim's charge is not paid and adjusted by {dollars(gap)}"
    return ""


def _answers(answer: RemittedClaim, match: Match) -> tuple[LineAnswer, ...]:
    """What each of our lines got; what was decided on the claim as a whole is shared out among its lines."""
    paid: dict[str, int] = {}
    unpaid: dict[str, list[Adjustment]] = {}
    if match.lines:
        for key, line in zip(match.lines, answer.lines, strict=True):
            paid[key] = paid.get(key, 0) + line.paid_cents
            unpaid.setdefault(key, []).extend(line.adjustments)
        _spread_packages(answer, match, paid, unpaid)
        weights = dict(paid)
        parts = [share(item.amount_cents, weights) for item in answer.adjustments]
    else:
        paid, *parts = share_whole(answer, {line.key: line.charge_cents for line in match.claim.lines})
    for item, shared in zip(answer.adjustments, parts, strict=True):
        for key, cents in shared.items():
            if not cents:
                continue
            unpaid.setdefault(key, []).append(item.model_copy(update={"amount_cents": cents, "units": None}))
            if match.lines:  # lines that were paid so much get so much less
                paid[key] -= cents
    return tuple(
        LineAnswer(
            key,
            cents,
            tuple(
                (effect_of(item, is_reversal=answer.is_reversal), item.amount_cents, item.reason)
                for item in unpaid.get(key, ())
            ),
        )
        for key, cents in paid.items()
    )


def _spread_packages(
    answer: RemittedClaim, match: Match, paid: dict[str, int], unpaid: dict[str, list[Adjustment]]
) -> None:
    """Give the lines that were paid as one under another code what the line that carries the rate got for them.

    The payer tells a rate above that line's charge as less than nothing not paid (94), and the charges of the others as
    paid with it (97). Their sum stays; what is then open of a line is what the package does not pay. `paid` and
    `unpaid` are changed.
    """
    sign = -1 if answer.is_reversal else 1
    for key, line in zip(match.lines, answer.lines, strict=True):
        above = [item for item in unpaid[key] if item.reason == ABOVE_CHARGE and item.amount_cents * sign < 0]
        if not above or not line.billed_code:
            continue
        packed = {
            other: item
            for other, told in zip(match.lines, answer.lines, strict=True)
            if other != key and told.billed_code and told.code == line.code
            for item in unpaid[other]
            if item.reason == _PAID_WITH_ANOTHER
        }
        cents = -sum(item.amount_cents for item in above)
        if abs(cents) > sum(abs(item.amount_cents) for item in packed.values()):
            continue
        unpaid[key] = [item for item in unpaid[key] if item not in above]
        paid[key] -= cents
        for other, part in share(cents, {other: item.amount_cents for other, item in packed.items()}).items():
            left = packed[other].model_copy(update={"amount_cents": packed[other].amount_cents - part})
            rest = [item for item in unpaid[other] if item is not packed[other]]
            unpaid[other] = [*rest, left] if left.amount_cents else rest
            paid[other] += part


def share(cents: int, weights: dict[str, int]) -> dict[str, int]:
    """Share cents out by weight, exactly: each part is rounded down, and the largest remainders get the rest.

    Weights below zero count by their size; where all are zero, every part weighs the same.
    """
    sizes = {key: abs(weight) for key, weight in weights.items()}
    total = sum(sizes.values())
    if not total:
        sizes, total = dict.fromkeys(sizes, 1), len(sizes)
    sign = -1 if cents < 0 else 1
    whole = {key: abs(cents) * size // total for key, size in sizes.items()}
    rest = abs(cents) - sum(whole.values())
    by_remainder = sorted(sizes, key=lambda key: -(abs(cents) * sizes[key] % total))
    for key in by_remainder[:rest]:
        whole[key] += 1
    return {key: sign * part for key, part in whole.items()}


def share_whole(answer: RemittedClaim, charges: dict[str, int]) -> list[dict[str, int]]:
    """What was decided on a claim as a whole, by line: what was paid, then each adjustment, in cents.

    Each is shared out by charge but the largest, which is what the others leave of each line's charge: so both every
    amount and every line come out to the cent. `charges` are the lines' charges, by key; together they are the claim's.
    """
    amounts = [answer.paid_cents, *(item.amount_cents for item in answer.adjustments)]
    largest = max(range(len(amounts)), key=lambda place: abs(amounts[place]))
    parts = [share(cents, charges) for cents in amounts]
    sign = -1 if answer.charge_cents < 0 else 1
    others = [part for place, part in enumerate(parts) if place != largest]
    parts[largest] = {key: sign * cents - sum(part[key] for part in others) for key, cents in charges.items()}
    return parts
