"""What the payers before the one billed decided on a visit's claim, as a claim to the next payer repeats it.

It is what those payers said, and not what was made of it: paid and adjusted by line, with their groups and reasons.
Only answers that stand are repeated; where a payer answered several times, the last one counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cleanclaim import records
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims, match_written, standing_answers
from cleanclaim.practice.models import Claim, ClaimAnswer
from cleanclaim.records import AdjudicatedLine, Adjudication, Adjustment, AdjustmentGroup, CoverageOrder
from cleanclaim.records.remittance import RemittedClaim, RemittedLine
from cleanclaim.remittance.matching import KnownClaim

_PLACES = list(CoverageOrder)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Of one visit: the lines as they were filed, and what each payer decided on them, the first payer first.

    `left_cents` is what the last of them left to the patient, or to the payer that is billed now.
    """

    billed: tuple[records.BilledLine, ...]
    adjudications: tuple[Adjudication, ...]

    @property
    def left_cents(self) -> int:
        """What the last payer that decided left to the patient or the next payer."""
        if not self.adjudications:
            return 0
        last = self.adjudications[-1]
        said = (*last.adjustments, *(item for line in last.lines for item in line.adjustments))
        return sum(item.amount_cents for item in said if item.group is AdjustmentGroup.PATIENT)

    def before(self, order: CoverageOrder) -> Decisions:
        """Those of the payers before one place."""
        place = _PLACES.index(order)
        return Decisions(self.billed, tuple(one for one in self.adjudications if _PLACES.index(one.order) < place))

    def put_onto(self, visit: records.Visit) -> records.Visit:
        """The visit as it is billed to the next payer: the lines that were filed, and what was decided on them."""
        return visit.model_copy(update={"billed": self.billed, "adjudications": self.adjudications})


def decisions_on(heads: Iterable[Claim]) -> dict[UUID, Decisions]:
    """What payers decided on these claims, which were charged, and on those that follow them; by the claim charged."""
    found = list(heads)
    chains: dict[UUID, list[Claim]] = {claim.pk: [claim] for claim in found}
    for claim in Claim.objects.filter(follows__in=list(chains)).exclude(batch=None):
        chains[claim.follows_id].append(claim)
    filed = {one.claim.pk: one for one in filed_claims([claim for chain in chains.values() for claim in chain])}
    answers = standing_answers(filed)
    return {
        head.pk: Decisions(
            _billed(filed[head.pk].record),
            _adjudications(
                filed[head.pk], [(filed[one.pk], row) for one in chains[head.pk] for row in answers[one.pk]]
            ),
        )
        for head in found
    }


def _billed(record: records.Claim) -> tuple[records.BilledLine, ...]:
    return tuple(
        records.BilledLine(
            code=line.code,
            modifiers=line.modifiers,
            units=line.units,
            charge_cents=line.charge_cents,
            pointers=line.pointers,
        )
        for line in record.lines
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer that stands: with the claim that it answers, or a part of it.

    `matched` are the keys of our lines for each of its own, `charges` the cents that it answered, by our line.
    """

    row: ClaimAnswer
    answer: RemittedClaim
    part: KnownClaim
    matched: tuple[str, ...]
    charges: Mapping[str, int]


def _adjudications(head: Filed, answered: Iterable[tuple[Filed, ClaimAnswer]]) -> tuple[Adjudication, ...]:
    """Each payer's decision on the whole claim, put together from its parts; one that is not whole is none."""
    latest: dict[CoverageOrder, list[_Said]] = defaultdict(list)
    lines = [line for part in head.known for line in part.lines]
    charges = {line.key: line.charge_cents for line in lines}
    for filed, row in sorted(answered, key=lambda one: (one[1].created_at, one[1].segment)):
        said = _said(filed, row)
        if said is None or not said.answer.is_decided:
            continue
        order = CoverageOrder(row.order)
        if said.answer.is_reversal:
            latest[order] = [one for one in latest[order] if one.charges.keys().isdisjoint(said.charges)]
        else:
            # Two answers to one line are parts of its charge; else the later takes the place of the earlier.
            latest[order] = [one for one in latest[order] if not _is_beyond(charges, one, said)] + [said]
    numbers = {line.key: number for number, line in enumerate(lines, start=1)}
    return tuple(
        _adjudication(order, latest[order], numbers) for order in _PLACES if _are_whole(charges, latest[order])
    )


def _said(filed: Filed, row: ClaimAnswer) -> _Said | None:
    """An answer with the claim, or the part of one, whose lines it answers."""
    answer = RemittedClaim.model_validate(row.answer)
    fitting = [
        (part, matched) for part in filed.known if (matched := match_written(part, answer, row.posted)) is not None
    ]
    named = [one for one in fitting if one[0].control_number.upper() == answer.control_number.upper()]
    for part, matched in (*named, *fitting):
        charges: dict[str, int] = defaultdict(int)
        for key, line in zip(matched, answer.lines, strict=True):
            charges[key] += abs(line.charge_cents)
        whole = {line.key: line.charge_cents for line in part.lines}
        return _Said(row, answer, part, matched, charges if matched else whole)
    return None


def _is_beyond(charges: Mapping[str, int], one: _Said, other: _Said) -> bool:
    """Whether two answers say more of a line together than it charges, so that one takes the other's place."""
    both = one.charges.keys() & other.charges.keys()
    return any(one.charges[key] + other.charges[key] > charges.get(key, 0) for key in both)


def _are_whole(charges: Mapping[str, int], said: Sequence[_Said]) -> bool:
    """Whether answers together are of all that is charged."""
    return bool(said) and all(sum(one.charges.get(key, 0) for one in said) == cents for key, cents in charges.items())


def _adjudication(order: CoverageOrder, parts: Sequence[_Said], numbers: Mapping[str, int]) -> Adjudication:
    known = {line.key: line for one in parts for line in one.part.lines}
    answered: dict[str, list[RemittedLine]] = defaultdict(list)
    for one in parts:
        for key, line in zip(one.matched, one.answer.lines, strict=True):
            answered[key].append(line)
    return Adjudication(
        order=order,
        adjudicated_on=max(_day_of(one.row) for one in parts),
        paid_cents=sum(one.answer.paid_cents for one in parts),
        claim_number=parts[0].answer.payer_control_number,
        adjustments=_together([item for one in parts for item in one.answer.adjustments]),
        lines=tuple(
            _line(numbers[key], known[key].code, known[key].modifiers, answered[key])
            for key in numbers
            if answered[key]
        ),
    )


def _day_of(row: ClaimAnswer) -> date:
    """The day of the decision: of its payment, else the one on which it was read."""
    return row.remittance.paid_on or row.created_at.date()


def _line(number: int, code: str, modifiers: tuple[str, ...], said: Sequence[RemittedLine]) -> AdjudicatedLine:
    """One line's decision; what a payer decided in several steps is put together."""
    first = said[0]
    changed = (first.code, first.modifiers) != (code, modifiers)
    units = [line.units for line in said]
    return AdjudicatedLine(
        line=number,
        paid_cents=sum(line.paid_cents for line in said),
        adjustments=_together([item for line in said for item in line.adjustments]),
        code=first.code if changed else None,
        modifiers=first.modifiers if changed else None,
        units=None if None in units else sum(one for one in units if one is not None),
    )


def _together(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """Amounts of one group and reason added up; what came to nothing is left out."""
    sums: dict[tuple[AdjustmentGroup, str], int] = defaultdict(int)
    for item in adjustments:
        sums[item.group, item.reason] += item.amount_cents
    return tuple(
        Adjustment(group=group, reason=reason, amount_cents=cents) for (group, reason), cents in sums.items() if cents
    )
