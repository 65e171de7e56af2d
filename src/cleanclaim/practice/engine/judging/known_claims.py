"""Filed claims as payers' answers are matched to them: each record is read once, with what was answered so far.

Claims of one service to several payers are one chain: the first was charged, and the lines of all of them are its lines
in the ledger, `CLAIM:PART:NUMBER` with the key and the parts of the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from cleanclaim import records
from cleanclaim.bill.parts import filed_as
from cleanclaim.practice.engine.judging.filed_records import FiledRecord, FiledRow, read_filed, read_whole
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import AnswerState, Claim, ClaimAnswer, ClaimStatus
from cleanclaim.records import AdjudicatedLine, AdjustmentGroup, CoverageOrder
from cleanclaim.records.claim import ClaimLine as FiledLine
from cleanclaim.records.remittance import ClaimStatusCode, RemittedClaim
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.matching import KnownClaim, KnownLine, Standing, match_lines, match_part
from cleanclaim.remittance.settling import taken_back_by, without
from cleanclaim.x12.guide import load_guide

_PLACES = list(CoverageOrder)

_READ = ("id", "clinic_id", "number", "status", "frequency", "payer", "order", "follows_id", "replaces_id", "record")
"""Columns of a claim that matching and posting read; what else is asked of its row is read when it is asked."""


@dataclass(frozen=True)
class Filed:
    """A filed claim: its row, and how it is known to whoever matches answers.

    `row` is what of it was at hand. `known` is the claim as it went out: one, or its parts. `payer` is the place of
    the payer that it went to, and `next_payer` that of the one that comes next, if there is one.
    """

    row: Claim | FiledRow
    known: tuple[KnownClaim, ...]

    @cached_property
    def claim(self) -> Claim:
        """Its row; read when it is first asked for where only the columns that matching needs are at hand."""
        if isinstance(self.row, Claim):
            return self.row
        found: Claim = Claim.objects.only(*_READ).get(pk=self.row.pk)
        return found

    @cached_property
    def record(self) -> records.Claim:
        """The whole record, read when it is first asked for."""
        return read_whole(self.claim)

    @property
    def payer(self) -> CoverageOrder:
        """The place of the payer that it went to."""
        return self.known[0].order

    @property
    def next_payer(self) -> CoverageOrder | None:
        """The place of the payer that comes next, if there is one."""
        later = self.known[0].later
        return later[0] if later else None

    @property
    def charges(self) -> list[tuple[str, int]]:
        """Each line of the ledger with its charge in cents."""
        return [(line.key, line.charge_cents) for part in self.known for line in part.lines]


def filed_claims(rows: Iterable[Claim | FiledRow]) -> list[Filed]:
    """These claims, in order, with the answers that stand. Each record is opened and read once."""
    found = list(rows)
    around = Around.of(found)
    return [around.filed(row) for row in found]


@dataclass(frozen=True, slots=True)
class Around:
    """What is read once of the database for many claims, whose records are then opened one by one.

    `keys` are all claims that an answer to any of them may be of: they themselves, their chains, what they replace.
    """

    keys: frozenset[UUID]
    _heads: Mapping[UUID, Claim]
    _asked: Mapping[UUID, frozenset[CoverageOrder]]
    _answered: Mapping[UUID, _Answered]
    _numbers: Mapping[UUID, set[str]]

    @classmethod
    def of(cls, rows: Sequence[Claim | FiledRow], besides: UUID | None = None) -> Around:
        """What is around these claims; what one payment (`besides`) has said is left out."""
        members, asked = _members(rows)
        keys, answered, numbers = _answered(rows, members, besides)
        return cls(keys, _heads(rows), asked, answered, numbers)

    def filed(self, row: Claim | FiledRow) -> Filed:
        """One of the claims, as it was filed, with the answers that stand."""
        head = row.follows_id or row.pk
        answered = self._answered.get(head, _NOTHING_ANSWERED)
        return _filed(row, self._heads, self._asked.get(head, frozenset()), answered, self._numbers.get(row.pk, ()))


def standing_answers(claims: Iterable[UUID]) -> dict[UUID, list[ClaimAnswer]]:
    """The answers to each of these claims that are posted and whose payment was not unposted, the oldest first."""
    found: dict[UUID, list[ClaimAnswer]] = defaultdict(list)
    for row in _standing_answers(claims).select_related("remittance").defer("answer"):
        if row.claim_id is not None:
            found[row.claim_id].append(row)
    return found


def _standing_answers(claims: Iterable[UUID]) -> QuerySet[ClaimAnswer]:
    states = [AnswerState.POSTED.value, AnswerState.PLACED.value]
    rows = ClaimAnswer.objects.filter(among("claim", claims), state__in=states, remittance__unposted_at=None)
    return rows.order_by("created_at", "segment")


def is_answered_in_part(charge_cents: int | None, answers: Iterable[ClaimAnswer]) -> bool:
    """Whether what payers said of a claim that charges so much is of a part of it alone, the rest still to come."""
    told = [row.charge_cents for row in answers]
    return bool(told) and charge_cents is not None and max(told) < charge_cents and sum(told) < charge_cents


def written_lines(lines: Iterable[LineAnswer]) -> list[list[Any]]:
    """What an answer wrote for each line, as a row keeps it: the key without its claim, paid, what was not."""
    return [
        [
            line.line.partition(":")[2],
            line.paid_cents,
            [[effect, cents, why] for effect, cents, why in line.unpaid],
        ]
        for line in lines
    ]


def match_written(part: KnownClaim, answer: RemittedClaim, written: Iterable[Sequence[Any]]) -> tuple[str, ...] | None:
    """As `match_lines`, for an answer that was posted: one to some of the lines alone is matched to those it wrote."""
    lines = match_lines(part, answer)
    if lines is not None:
        return lines
    keys = {key for key, *_amounts in written}
    own = tuple(line for line in part.lines if line.key.partition(":")[2] in keys)
    return match_part(replace(part, lines=own), answer, by_hand=True) if own else None


def read_lines(head: UUID, written: Iterable[Sequence[Any]]) -> tuple[LineAnswer, ...]:
    """What `written_lines` wrote, for the chain that begins with this claim."""
    return tuple(
        LineAnswer(f"{head}:{key}", paid, tuple((Effect(effect), cents, why) for effect, cents, why in unpaid))
        for key, paid, unpaid in written
    )


# --- rows --------------------------------------------------------------------------------------------------


def _heads(claims: Iterable[Claim | FiledRow]) -> dict[UUID, Claim]:
    """The claims that were charged, for those that follow one."""
    wanted = {claim.follows_id for claim in claims if claim.follows_id is not None}
    return {row.pk: row for row in Claim.objects.filter(among("pk", wanted)).only(*_READ)} if wanted else {}


@dataclass(frozen=True, slots=True)
class _Answered:
    """What was answered to a chain, and to the claims that its claims replace; and the payers' numbers, by claim."""

    chain: tuple[Standing, ...] = ()
    replaced: tuple[Standing, ...] = ()


_NOTHING_ANSWERED = _Answered()


def _members(claims: Iterable[Claim | FiledRow]) -> tuple[dict[UUID, UUID], dict[UUID, frozenset[CoverageOrder]]]:
    """All claims of these claims' chains, each with its head; by head the places of later payers that have a claim.

    A claim that was given up before it was filed asks nobody.
    """
    members: dict[UUID, UUID] = {(head := claim.follows_id or claim.pk): head for claim in claims}
    asked: dict[UUID, set[CoverageOrder]] = defaultdict(set)
    rows = Claim.objects.filter(among("follows", set(members)))
    for key, head, order, status, batch in rows.values_list("pk", "follows_id", "order", "status", "batch"):
        members[key] = head
        if batch is not None or status != ClaimStatus.CLOSED.value:
            asked[head].add(CoverageOrder(order))
    return members, {head: frozenset(orders) for head, orders in asked.items()}


def _answered(
    claims: Sequence[Claim | FiledRow], members: Mapping[UUID, UUID], besides: UUID | None
) -> tuple[frozenset[UUID], dict[UUID, _Answered], dict[UUID, set[str]]]:
    """All claims of these chains and before them; by chain what was answered, if anything; by claim payers' numbers.

    A chain is named by its head. `besides` is left out.
    """
    replaced: dict[UUID, UUID] = {}
    asked = {claim.replaces_id: claim.follows_id or claim.pk for claim in claims if claim.replaces_id is not None}
    while asked:
        replaced.update(asked)
        rows = Claim.objects.filter(among("pk", asked)).exclude(replaces=None).values_list("pk", "replaces_id")
        asked = {earlier: asked[key] for key, earlier in rows if earlier not in replaced}
    told: dict[UUID, list[_Told]] = defaultdict(list)
    stand = _standing_answers([*members, *replaced])
    for row in (stand if besides is None else stand.exclude(remittance=besides)).values_list(*_Told._fields):
        told[row[0]].append(_Told(*row))
    numbers = {key: {row.payer_control_number for row in rows} - {""} for key, rows in told.items()}
    own: dict[UUID, list[_Told]] = defaultdict(list)
    for claim, answers in told.items():
        if claim in members:
            own[members[claim]] += answers
    others: dict[UUID, list[Standing]] = defaultdict(list)
    for claim, head in replaced.items():
        others[head] += _still_standing(claim, told.get(claim, []))
    answered = {
        head: _Answered(tuple(_still_standing(head, own.get(head, ()))), tuple(others.get(head, ())))
        for head in {*own, *others}
    }
    return frozenset([*members, *replaced]), answered, numbers


class _Told(NamedTuple):
    """Columns of an answer that stands, by their names: what matching asks of it."""

    claim_id: UUID
    created_at: datetime
    segment: int
    order: str
    status_code: str
    charge_cents: int
    paid_cents: int
    payer_control_number: str
    posted: list[list[Any]]


def _still_standing(head: UUID, rows: Iterable[_Told]) -> list[Standing]:
    """The answers of a chain without those that payers took back themselves."""
    found: list[Standing] = []
    for row in sorted(rows, key=lambda one: (one.created_at, one.segment)):
        made = Standing(
            str(row.claim_id),
            CoverageOrder(row.order),
            row.charge_cents,
            row.paid_cents,
            read_lines(head, row.posted),
            row.payer_control_number,
        )
        original = taken_back_by(made, found) if row.status_code == ClaimStatusCode.REVERSAL else None
        if original is None:
            found.append(made)
        else:
            found = without(found, original)
    return found


def _filed(
    claim: Claim | FiledRow,
    heads: Mapping[UUID, Claim],
    asked_of: Collection[CoverageOrder],
    answered: _Answered,
    numbers: Iterable[str],
) -> Filed:
    told = read_filed(claim)
    parts = _parts(claim, told)
    key = str(claim.pk)
    if claim.follows_id is None:
        head, first = key, parts
    else:
        head, row = str(claim.follows_id), heads[claim.follows_id]
        first = _parts(row, read_filed(row))
    keys = [f"{head}:{part}:{line.number}" for part, lines in first for line in lines]
    asked = _asked(told)
    place = _PLACES.index(told.payer.order)
    # A plan that was entered after the claim was filed is on the claim that follows it alone.
    others = {*(other.order for other in told.other_payers), *asked_of}
    later = tuple(order for order in _PLACES[place + 1 :] if order in others)
    identifiers = tuple((one.order, one.identifier) for one in (told.payer, *told.other_payers))
    payers_numbers = tuple(sorted(numbers))
    known, begun = [], 0
    for part, lines in parts:
        some = slice(begun, begun + len(lines))
        begun += len(lines)
        known.append(
            KnownClaim(
                key=key,
                control_number=part,
                lines=tuple(
                    KnownLine(
                        of_line,
                        line.control_number,
                        line.code,
                        line.modifiers,
                        line.units,
                        line.charge_cents,
                        line.date_of_service,
                        left,
                    )
                    for of_line, line, left in zip(keys[some], lines, asked[some], strict=True)
                ),
                family_name=told.patient.name.family_name,
                member_id=told.payer.member_id,
                payer_control_numbers=payers_numbers,
                order=told.payer.order,
                later=later,
                identifiers=identifiers,
                chain=head,
                standing=answered.chain,
                replaced=answered.replaced,
            )
        )
    return Filed(claim, tuple(known))


def _parts(claim: Claim | FiledRow, told: FiledRecord) -> list[tuple[str, tuple[FiledLine, ...]]]:
    """The claims that were filed for a record: each one's number and lines. All but few are one, as they are."""
    limits = load_guide().limits
    if len(told.lines) <= limits["lines_per_claim"] and len(told.diagnoses) <= limits["diagnoses_per_claim"]:
        return [(told.id, told.lines)]
    return [(part.id, part.lines) for part in filed_as(read_whole(claim))]


def _asked(record: FiledRecord) -> list[int | None]:
    """What the payer before the one billed left of each line, as the claim tells it; unknown where it does not."""
    decided = [other for other in record.other_payers if other.adjudication is not None and other.adjudication.lines]
    if not decided:
        return [None] * len(record.lines)
    last = max(decided, key=lambda other: _PLACES.index(other.order)).adjudication
    left = {line.line: _left_of(line) for line in last.lines} if last is not None else {}
    return [left.get(line.number, line.charge_cents) for line in record.lines]


def _left_of(line: AdjudicatedLine) -> int:
    return sum(item.amount_cents for item in line.adjustments if item.group is AdjustmentGroup.PATIENT)
