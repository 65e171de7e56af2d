"""One desk's year from its claims to the bank: week by week out, in, worked, and paid."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import verify
from cleanclaim.ledger.entries import Source
from cleanclaim.payer_sim import Memory
from cleanclaim.payer_sim.letters import SUFFIX, RefundLetter, written
from cleanclaim.records import Claim
from cleanclaim.simulation.appealing import Appeals
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.clearing import Clearing
from cleanclaim.simulation.desk import Filing
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import population
from cleanclaim.simulation.paying import Patients
from cleanclaim.simulation.secondary import secondary_of
from cleanclaim.simulation.traffic import Announced, Sent, first_of, line_key
from cleanclaim.simulation.working import by_claim, corrected_denial, corrected_return, sent_unchanged
from cleanclaim.simulation.year import Truth

_FRIDAY = 4
_MONTHS = 12
_WEEKS_AFTER = 40
"""Weeks after the last claim left in which answers are still waited for."""


@dataclass(slots=True)
class Snapshot:
    """Where the year stands on its last Friday, in cents."""

    on: date
    open_to_payers: int = 0
    open_to_patients: int = 0
    charged_in_last_90_days: int = 0


@dataclass(slots=True)
class ArmYear:
    """What one desk's year came to."""

    clearing: Clearing
    patients: Patients
    snapshot: Snapshot
    appeals: Appeals
    faults: list[str] = field(default_factory=list)
    superbills: int = 0
    paid_against_objections_cents: int = 0
    """What payers paid on claims that went out though a check had objected to them."""
    waiting: int = 0
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's visits came to at one desk.

    `filings` is what leaves when, from the month on; `superbills` what patients pay themselves: the visit, the day, and
    the claim that is not filed; `objected` are visits that are filed though a check had objected.
    """

    filings: Sequence[Filing]
    superbills: Sequence[tuple[str, date, Claim]]
    objected: Collection[str]


def run_arm(
    months: Iterable[Month],
    truth: Truth,
    *,
    seed: int,
    scenario: str,
    disputes: bool,
    keep: Callable[[str, bytes], None],
) -> ArmYear:
    """Run a desk's year.

    Args:
        months: the months of the year, in order; each is asked for when its first week comes.
        truth: what was true.
        seed: of the year and of the payers.
        scenario: how rough the payers are.
        disputes: whether the desk appeals what it cannot mend; else it sends some of it once more as it was.
        keep: told each file, ours and the payers', by name.
    """
    books = Books()
    clearing = Clearing(books, Memory(seed=seed, scenario=scenario), truth.patient_of)
    patients = Patients(books, seed)
    appeals = Appeals(truth, seed, books)
    clearing.won = appeals.won
    coming = iter(months)
    begun = 0
    queue: list[Sent] = []
    bills: list[tuple[str, date, Claim]] = []
    objected: set[str] = set()
    friday = _first_friday(population().year)
    ends = date(population().year, 12, 31)
    found = ArmYear(clearing, patients, Snapshot(ends), appeals)
    checks: list[tuple[date, Announced]] = []
    quiet = 0
    while quiet < _WEEKS_AFTER:
        while begun < _MONTHS and (friday.year > ends.year or friday.month > begun):
            month = next(coming)
            begun += 1
            queue += [one for filing in month.filings for one in first_of(filing)]
            bills = sorted((*bills, *month.superbills), key=lambda one: (one[1], one[0]))
            objected.update(month.objected)
        leaving = sorted((one for one in queue if one.filed_on <= friday), key=lambda one: one.claim.id)
        queue = [one for one in queue if one.filed_on > friday]
        while bills and bills[0][1] <= friday:
            _give(books, truth.patient_of, bills.pop(0))
            found.superbills += 1
        letters = [*appeals.leaving(friday), *_repaid(clearing, checks, friday)]
        clearing.week(friday, leaving, letters)
        for name, data in clearing.out.items():
            keep(name, data)
        for decision in clearing.decisions:
            appeals.told(decision, friday)
        queue += _again(clearing, truth, seed, friday, appeals if disputes else None)
        checks = [one for one in checks if one[0] > friday] + _to_repay(clearing, seed)
        patients.week(friday)
        if (friday + timedelta(days=7)).month != friday.month:
            patients.month_end(friday)
        is_busy = bool(begun < _MONTHS or queue or bills or checks or clearing.memory.waiting or appeals.is_busy)
        quiet = 0 if is_busy else quiet + 1
        if friday <= ends < friday + timedelta(days=7):
            _take_stock(found.snapshot, books, friday)
        friday += timedelta(days=7)
    found.paid_against_objections_cents = sum(
        books.book.line(line_key(one.head, line.number)).payer_paid
        for one in clearing.sent.values()
        if one.key in objected and one.head == one.claim.id
        for line in one.claim.lines
    )
    found.waiting = len(clearing.memory.waiting)
    found.ended_on = friday
    found.faults = [f"{fault.transaction}: {fault.problem}" for fault in verify(books.book)]
    return found


def _again(clearing: Clearing, truth: Truth, seed: int, friday: date, appeals: Appeals | None) -> list[Sent]:
    """What goes out again, or on to the next payer, after a week's answers.

    What cannot be set right is disputed by a desk that has `appeals`.
    """
    found: list[Sent] = []
    for one in clearing.fresh_returns:
        mended = corrected_return(one, truth, seed, friday)
        if mended is not None:
            found.append(mended)
    for denials in by_claim(clearing.fresh_denials).values():
        mended = corrected_denial(denials, truth, seed, friday, clearing.books)
        if mended is None and appeals is None:
            mended = sent_unchanged(denials, seed, friday)
        elif mended is None and appeals is not None:
            appeals.consider(denials, friday)
        if mended is not None:
            found.append(mended)
    for one, answer in clearing.to_secondary:
        behind = secondary_of(one, answer, friday)
        if behind is not None and behind.claim.id not in clearing.sent:
            found.append(behind)
    return found


def _to_repay(clearing: Clearing, seed: int) -> list[tuple[date, Announced]]:
    """The overpayments announced this week that are paid back by check, each with the day on which the check leaves."""
    habits = population().habits
    found = []
    for one in clearing.announced:
        draw = Draws(seed, "repays", one.payer, one.reference)
        if draw.happens(habits.repays_by_check):
            found.append((one.on + timedelta(days=draw.between(*habits.repay_days)), one))
    return found


def _repaid(clearing: Clearing, checks: Sequence[tuple[date, Announced]], friday: date) -> Iterator[tuple[str, bytes]]:
    """The checks that leave by a day, each with its letter and its entry in the books."""
    for day, one in sorted(checks, key=lambda check: (check[0], check[1].reference)):
        if day > friday:
            continue
        clearing.books.repay(one.payer, one.reference, friday, one.cents)
        clearing.tally.repaid_cents += one.cents
        name = f"{friday.isoformat()}-{one.reference}.{SUFFIX}"
        yield name, written(RefundLetter(reference=one.reference, cents=one.cents))


def _give(books: Books, patient_of: Mapping[str, str], bill: tuple[str, date, Claim]) -> None:
    """A superbill: every line is open to the patient."""
    key, day, claim = bill
    lines = [(line_key(claim.id, line.number), line.charge_cents) for line in claim.lines]
    books.open(
        patient_of[key],
        claim.id,
        [(line_key(claim.id, line.number), line.date_of_service, line.code) for line in claim.lines],
    )
    source = Source("superbill", claim.id, hashlib.sha256(claim.model_dump_json().encode()).hexdigest())
    books.write(posting.charge(f"charge:{claim.id}", day, source, posting.PATIENT, lines))


def _take_stock(snapshot: Snapshot, books: Books, friday: date) -> None:
    snapshot.on = friday
    snapshot.open_to_payers = books.book.total(Account.PAYER_OPEN)
    snapshot.open_to_patients = books.book.total(Account.PATIENT_OPEN)
    since = friday - timedelta(days=90)
    snapshot.charged_in_last_90_days = -sum(
        entry.cents
        for item in books.book
        if item.on > since
        for entry in item.entries
        if entry.account is Account.CHARGES
    )


def _first_friday(year: int) -> date:
    day = date(year, 1, 1)
    return day + timedelta(days=(_FRIDAY - day.weekday()) % 7)
