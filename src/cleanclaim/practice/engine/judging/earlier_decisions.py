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
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims, standing_answers
from cleanclaim.practice.models import Claim, ClaimAnswer
from cleanclaim.records import AdjudicatedLine, Adjudication, Adjustment, AdjustmentGroup, CoverageOrder
from cleanclaim.records.remittance import ClaimStatusCode, RemittedClaim, RemittedLine
from cleanclaim.remittance.matching import KnownClaim, match_lines

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


def _adjudications(head: Filed, answered: Iterable[tuple[Filed, ClaimAnswer]]) -> tuple[Adjudication, ...]:
    """Each payer's decision on the whole claim, put together from its parts; one that is not whole is none."""
    latest: dict[CoverageOrder, dict[str, tuple[ClaimAnswer, RemittedClaim, KnownClaim]]] = defaultdict(dict)
    for filed, row in sorted(answered, key=lambda one: (one[1].created_at, one[1].segment)):
        order, said = CoverageOrder(row.order), RemittedClaim.model_validate(row.answer)
        part = _part_of(filed, said)
        if part is None or not said.is_decided:
            continue
        if said.status == ClaimStatusCode.REVERSAL:
            latest[order].pop(part.control_number, None)
        else:
            latest[order][part.control_number] = row, said, part
    numbers = {line.key: number for number, line in enumerate(
        (line for part in head.known for line in part.lines), start=1
    )}  # fmt: skip
    return tuple(
        _adjudication(order, list(latest[order].values()), numbers)
        for order in _PLACES
        if len(latest[order]) == len(head.known)
    )


def _part_of(filed: Filed, said: RemittedClaim) -> KnownClaim | None:
    fitting = [part for part in filed.known if match_lines(part, said) is not None]
    named = [part for part in fitting if part.control_number.upper() == said.control_number.upper()]
    chosen = named or fitting
    return chosen[0] if chosen else None


def _adjudication(
    order: CoverageOrder,
    parts: Sequence[tuple[ClaimAnswer, RemittedClaim, KnownClaim]],
    numbers: Mapping[str, int],
) -> Adjudication:
    lines: list[AdjudicatedLine] = []
    for _row, said, part in parts:
        answered: dict[str, list[RemittedLine]] = defaultdict(list)
        for key, line in zip(match_lines(part, said) or (), said.lines, strict=True):
            answered[key].append(line)
        lines += [
            _line(numbers[known.key], known.code, known.modifiers, answered[known.key])
            for known in part.lines
            if answered[known.key]
        ]
    return Adjudication(
        order=order,
        adjudicated_on=max(_day_of(row) for row, _said, _part in parts),
        paid_cents=sum(said.paid_cents for _row, said, _part in parts),
        claim_number=parts[0][1].payer_control_number,
        adjustments=_together([item for _row, said, _part in parts for item in said.adjustments]),
        lines=tuple(lines),
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
