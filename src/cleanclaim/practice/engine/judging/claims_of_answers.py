"""The filed claims that the answers of a payment may speak of: their rows at once, their records when it is their turn.

Most answers name a claim by its number; only for the others are claims asked for by the payer's number and by day. All
that can be known before a record is opened is asked of the database at the beginning, so that a payment can be placed
and written piece by piece, and hardly ever has to wait for an answer behind what it has sent to be written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from cleanclaim.practice.engine.judging.filed_records import FiledRow
from cleanclaim.practice.engine.judging.known_claims import Around, Filed
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import Claim, ClaimAnswer, ClaimLine, ClaimStatus, Visit
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.matching import ClaimIndex, FoundBy, Match
from cleanclaim.x12.guide import load_guide

_ASKED_AT_ONCE = 2000
"""Days in one query: databases bound the values of a statement."""


class ClaimsOfAnswers:
    """The claims in scope that any of these answers may speak of, by everything that an answer names them by.

    `filed` are those that were opened so far, by key, and `index` finds among them. `keys` are the claims that were
    asked for at the beginning, with their chains and what they replace. `lock` keeps them from changing for the rest of
    the transaction.
    """

    def __init__(self, answers: Sequence[RemittedClaim], *, lock: bool = False) -> None:
        self.index = ClaimIndex()
        self.filed: dict[str, Filed] = {}
        self._lock = lock
        numbers = {told: _numbers(told) for told in {answer.control_number for answer in answers}}
        rows: dict[str, list[FiledRow]] = defaultdict(list)
        for row in _claims(among("number", {one for some in numbers.values() for one in some}), lock=lock):
            rows[row.number].append(row)
        # By the number that an answer names, the claims that it may be.
        self._named = {told: [row for one in some for row in rows.get(one, ())] for told, some in numbers.items()}
        nowhere = [answer for answer in answers if not self._named[answer.control_number]]
        others = list(_alike(nowhere, lock=lock)) if nowhere else []
        asked = {row.pk: row for row in (*(row for some in rows.values() for row in some), *others)}
        self._around = Around.of(list(asked.values()))
        self._asked, self._taken = asked.keys(), set[UUID]()
        self.keys = self._around.keys
        self._open(others, self._around)

    def take(self, answers: Iterable[RemittedClaim], besides: UUID | None = None) -> None:
        """Open the claims of the answers whose turn it is, so that the index finds for them all that there is.

        The database is asked only where a claim with an answer's number was found and is not the one. `besides` is the
        payment that the answers are of, where it is being written: what it has said so far is no earlier answer.
        """
        lost = []
        for answer in answers:
            if named := self._named[answer.control_number]:
                self._open(named, self._around)
                match = self.index.find(answer)
                if not isinstance(match, Match) or match.by is not FoundBy.CONTROL_NUMBER:
                    lost.append(answer)
        if not lost:
            return
        found = [row for row in _alike(lost, lock=self._lock) if row.pk not in self._taken]
        self._open([row for row in found if row.pk in self._asked], self._around)
        fresh = list({row.pk: row for row in found if row.pk not in self._asked}.values())
        self._open(fresh, Around.of(fresh, besides))

    def _open(self, rows: Iterable[FiledRow], around: Around) -> None:
        for row in rows:
            if row.pk not in self._taken:
                self._taken.add(row.pk)
                one = around.filed(row)
                self.filed[one.known[0].key] = one
                for known in one.known:
                    self.index.add(known)


def claims_of(answers: Sequence[RemittedClaim]) -> ClaimsOfAnswers:
    """The claims that answers may speak of, all of them opened."""
    found = ClaimsOfAnswers(answers)
    found.take(answers)
    return found


def _claims(wanted: Q, *, lock: bool) -> Iterator[FiledRow]:
    rows = Claim.objects.filter(wanted, status__in=[ClaimStatus.SUBMITTED.value, ClaimStatus.CLOSED.value])
    rows = rows.exclude(batch=None).order_by("pk")
    # Columns, not instances: a payment of ten thousand claims asks for as many.
    columns = (rows.select_for_update() if lock else rows).values_list(*FiledRow._fields)
    return map(FiledRow._make, columns)


def _numbers(told: str) -> set[str]:
    """The numbers that a claim may have that is told by this one: a part's stands behind its claim's own."""
    as_told = {told, told.upper()}
    return {*as_told, *(number.rpartition("-")[0] for number in as_told)} - {""}


def _alike(answers: Iterable[RemittedClaim], *, lock: bool) -> Iterable[FiledRow]:
    """The claims that answers may mean otherwise: by a number that a payer gave them, or by day and charge."""
    payer_numbers: set[str] = set()
    days: set[date] = set()
    for answer in answers:
        payer_numbers.add(answer.payer_control_number)
        days.update(_days_of(answer))
    told = ClaimAnswer.objects.filter(among("payer_control_number", payer_numbers - {""})).exclude(claim=None)
    yield from _claims(Q(pk__in=told.values("claim")), lock=lock)
    for some in _pieces(days):
        keys = _charged_alike(some, answers)
        yield from _claims(among("pk", keys), lock=lock) if keys else ()


def _charged_alike(days: Collection[date], answers: Iterable[RemittedClaim]) -> set[UUID]:
    """Claims of these days that may have gone out for an answer's amount on its day: no other can be alike.

    What went out in parts, having too many lines or diagnoses for one file's claim, did so for less than it charges;
    the amounts of its parts only its record tells.
    """
    wanted: dict[date, set[int]] = defaultdict(set)
    for answer in answers:
        for day in _days_of(answer):
            wanted[day].add(abs(answer.charge_cents))
    rows = Claim.objects.filter(date_of_service__in=days).exclude(batch=None).order_by()
    found: set[UUID] = set()
    larger: dict[UUID, UUID] = {}
    for key, visit, day, cents in rows.values_list("pk", "visit", "date_of_service", "charge_cents"):
        if cents is None or cents in wanted[day]:
            found.add(key)
        elif cents > min(wanted[day]):
            larger[key] = visit
    limits = load_guide().limits
    many_lines = ClaimLine.objects.filter(among("claim", larger), position__gt=limits["lines_per_claim"]).order_by()
    found.update(many_lines.values_list("claim", flat=True))
    has_more = {f"diagnoses__{limits['diagnoses_per_claim']}__isnull": False}
    visits = Visit.objects.filter(among("pk", larger.values()), **has_more).order_by()
    many_diagnoses = set(visits.values_list("pk", flat=True))
    return found | {key for key, visit in larger.items() if visit in many_diagnoses}


def _days_of(answer: RemittedClaim) -> set[date]:
    """The days that an answer names."""
    return {day for day in (answer.begins_on, *(line.date_of_service for line in answer.lines)) if day is not None}


def _pieces(values: Iterable[Any]) -> Iterable[list[Any]]:
    listed = sorted(values)
    for start in range(0, len(listed), _ASKED_AT_ONCE):
        yield listed[start : start + _ASKED_AT_ONCE]
