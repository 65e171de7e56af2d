"""Random steps over a clinic's money in the database, each held against a plain count of every cent beside it.

A step is something that people or payers do, by the product's own code. Before it is done it says what it will change
in what everybody owes (`expected_money`), or that it will be refused; the ledger must then say the same, to the cent.
What is compared after every step is what was written since the step before; after every crash, now and then, and at a
life's end, all of it is read anew. Only the rules are spared: each visit is judged once a process, for what becomes of
its money is asked here.

A step may crash at any statement it sends to the database. What a transaction of the product had not committed by then
is gone, what it had committed stays: nothing else is wrapped around it. Then either nothing of the step is in the
ledger or all of it (of a file of several payments: whole payments), and the same step again does what is missing, once.

What happens: `claims_steps` (claims filed, replaced, voided, returned, given up, charged otherwise), `payers_steps`
(answers in files and on paper, lines in parts and bundled, denials, later payers, claims sent on, reversals, money
beside claims of either sign, announced for a claim and taken; held and placed, unposted and posted again),
`patients_steps` (payments, plans, credits, receipts voided, superbills, balances brought forward and taken out),
`books_steps` (write-offs asked, granted and taken back, small balances, open amounts moved to whom else is asked,
refunds and checks for what payers announced, deposits, the bank's list, days closed and opened), `choices_steps`
(notices that are signed before care and keep lines off a payer's claim, care that no plan is told of),
`protected_steps` (who may not be asked for Medicare's cost sharing is found out, before the payer answers or long after
the patient has paid). What payers turn and add for refunds is counted by `refund_ties`.

What does not happen: notes that were left open and are answered (the sample clinic has none), a day that comes to its
end.
"""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db import connection

from cleanclaim.bill.job import Billed
from cleanclaim.practice import clock
from cleanclaim.practice.engine.books import deposits, ledger_checks
from cleanclaim.practice.engine.books.day_sheets import day_sheet
from cleanclaim.practice.engine.books.periods import NotClosedError
from cleanclaim.practice.engine.claims import building
from cleanclaim.practice.engine.claims.filing import NotFiledError
from cleanclaim.practice.engine.exchange.reopening import NotReopenedError
from cleanclaim.practice.engine.follow_up import balance_moves, recoupments, refunds
from cleanclaim.practice.engine.judging.checking import check, today_at
from cleanclaim.practice.engine.ledger import write_offs
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.patient_accounts import accounts_of, rules_of
from cleanclaim.practice.engine.ledger.receipts import NotTakenError
from cleanclaim.practice.engine.patients import advance_notices, self_pay
from cleanclaim.practice.engine.payments.remitting import NotPostedError
from cleanclaim.practice.models import LIVE_STATES, Charge, Clinic, Patient, Role, Visit, WorkItem
from tests.practice.accounts.expected_money import Change, Money, moved_since, together, told_by_ledger
from tests.practice.accounts.refund_ties import Ties
from tests.practice.conftest import person

REFUSALS = (
    NotTakenError, NotFiledError, NotPostedError, NotReopenedError, NotClosedError, write_offs.NotWrittenOffError,
    refunds.NotRefundedError, recoupments.NotSentError, deposits.NotDepositedError, balance_moves.NotMovedError,
    self_pay.SelfPayRefusedError, advance_notices.NoticeRefusedError,
)  # fmt: skip
"""How the product says that it does not do what was asked."""

READ_ANEW = 50
"""After how many steps the whole ledger is read."""

_AT_FIRST = 40
"""Among how many statements a crash falls in a kind of step that was not done yet."""


class CrashError(BaseException):
    """The program stopped here. Nothing catches it, as nothing would run any more."""


@dataclass(slots=True)
class Statements:
    """How many statements a step has sent to the database, and after how many the program stops; never where `None`."""

    stop: int | None
    sent: int = 0
    has_stopped: bool = False

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        parameters: Any,
        many: bool,  # noqa: FBT001
        context: Any,
    ) -> Any:
        """Send a statement, or stop before it. Once stopped, only what the database does by itself goes on."""
        is_rollback = sql.startswith("ROLLBACK TO") or (self.has_stopped and sql.startswith("RELEASE"))
        if not is_rollback and (self.has_stopped or self.sent == self.stop):
            self.has_stopped = True
            raise CrashError
        self.sent += 1
        return execute(sql, parameters, many, context)


@dataclass(slots=True)
class Step:
    """One thing that is done, and what it must change.

    `changes` are what each of its transactions changes, in their order. Where the product chooses among lines (the
    oldest first), `fits` says instead whether what was written is right. `is_refused` is what the rules forbid,
    `may_be_refused` what depends on more than is counted here. `done` is told what was written once it was done.
    A step that `repeats` changes nothing when it is done again.
    """

    does: Callable[[], object]
    changes: Sequence[Change] = ()
    fits: Callable[[Change], bool] | None = None
    is_refused: bool = False
    may_be_refused: bool = False
    done: Callable[[Change], None] = field(default=lambda _change: None)
    repeats: bool = True

    def is_whole(self, change: Change) -> bool:
        """Whether this is all that the step changes."""
        return self.fits(change) if self.fits is not None else change == together(*self.changes)

    def is_begun(self, change: Change) -> bool:
        """Whether this is what some of its transactions change, from the first on."""
        return any(change == together(*self.changes[:count]) for count in range(len(self.changes)))


class Ticking:
    """A clock that goes on by a thousandth of a second whenever it is looked at, and never to another day."""

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 25, 8, 0, 0)

    def now(self, zone: tzinfo) -> datetime:
        """The moment."""
        self.at += timedelta(milliseconds=1)
        return self.at.replace(tzinfo=zone)


_BILLED: dict[tuple[object, ...], Billed] = {}


def _billed_once(clinic: Clinic, visits: Sequence[Visit], **asked: Any) -> Billed:
    """What the rules say of a visit, asked once a process: nothing that they ask about changes but what was stated.

    Claims to later payers, which repeat what was decided before, are judged each time.
    """
    if len(visits) != 1 or asked.get("decided"):
        return check(clinic, visits, **asked)
    (visit,) = visits
    prices = list(Charge.objects.order_by("code", "valid_from").values_list("code", "cents"))
    from tests.practice.accounts.choices_steps import state_of  # noqa: PLC0415 - it knows a life

    told = [visit.restated, visit.billed, prices, state_of(visit.patient_id)]
    key = (visit.pk, asked["as_of"], json.dumps(told, sort_keys=True, default=str))
    if key not in _BILLED:
        _BILLED[key] = check(clinic, visits, **asked)
    return _BILLED[key]


@contextmanager
def the_same_again(chance: random.Random, ticking: Ticking) -> Iterator[None]:
    """Random keys and the time of day out of the seed, so that a life is the same again; visits are billed once."""
    keys = SimpleNamespace(urandom=chance.randbytes)
    with (
        patch.object(clock, "datetime", ticking),
        patch.object(uuid, "os", keys),
        patch.object(building, "check", _billed_once),
    ):
        yield


Kind = Callable[["Life"], Step | None]


class Life:
    """One clinic's money, step by step."""

    def __init__(self, clinic: Clinic, seed: int, *, crash_one_in: int = 4) -> None:
        self.clinic, self.seed, self.random = clinic, seed, random.Random(seed)
        self.crash_one_in = crash_one_in
        self.biller, self.owner = person(clinic, Role.BILLER), person(clinic, Role.OWNER)
        self.today = today_at(clinic)
        self.ticking = Ticking()
        self.money = Money()
        self.ties = Ties()
        self.done = self.refused = self.crashed = self.count = 0
        self.done_by_kind: dict[str, int] = {}
        self.longest: dict[str, int] = {}
        self.why = ""
        """Why the last step that was refused was."""
        self.money.is_protected = partial(_is_protected, self)
        self.money.pursued = _pursued
        self.memory: dict[str, Any] = {}
        """What steps remember for later ones, by kind of thing."""
        self.patients = list(Patient.objects.order_by("number"))
        rules = rules_of(clinic)
        rules.small_balance_cents, rules.biller_write_off_cents = 2_500, 1_500
        rules.save()
        self.kinds, self.weights = _kinds()

    def remember(self, what: str) -> list[Any]:
        """The things of a kind that steps have remembered, in their order."""
        found: list[Any] = self.memory.setdefault(what, [])
        return found

    def one_of(self, things: Sequence[Any]) -> Any:
        """One of these things; `None` of none."""
        return self.random.choice(things) if things else None

    def number(self) -> int:
        """A number that was not used before."""
        self.count += 1
        return self.count

    # --- a step ------------------------------------------------------------------------------------------------------

    def live(self, steps: int) -> None:
        """So many steps, and at the end all of it is checked."""
        with the_same_again(self.random, self.ticking):
            for place in range(1, steps + 1):
                self.step()
                if place % READ_ANEW == 0:
                    assert told_by_ledger() == self.money.amounts
            self.check_all()

    def step(self) -> None:
        """One step, perhaps with a crash in it first."""
        kind, made = self.kinds[0], None
        while made is None:
            (kind,) = self.random.choices(self.kinds, self.weights)
            made = kind(self)
        name = kind.__name__
        stop = None
        if self.random.randrange(self.crash_one_in) == 0:
            stop = self.random.randrange(self.longest.get(name, _AT_FIRST))
        begun = clock.now()
        outcome = self._run(made, name, stop)
        change = moved_since(begun, self.money)
        if outcome == "crashed":
            self.crashed += 1
            assert told_by_ledger() == together(self.money.amounts, change), f"{name} crashed"
            outcome, change = self._again(made, name, change, begun)
        if outcome == "refused":
            assert made.is_refused or made.may_be_refused, f"{name} was refused: {self.why}"
            assert change == {}, f"{name} was refused and wrote {change}"
            self.refused += 1
            return
        assert not made.is_refused, f"{name} was done and should have been refused"
        assert made.is_whole(change), f"{name} wrote {change}, expected {list(made.changes)}"
        self._keep(made, name, change)

    def _again(self, made: Step, name: str, change: Change, begun: datetime) -> tuple[str, Change]:
        """After a crash: all of it is there, or nothing, or its first transactions; doing it again does the rest."""
        moves = not made.is_whole({})
        is_there = moves and made.is_whole(change)
        assert is_there or not change or made.is_begun(change), f"{name} crashed and left {change}"
        if is_there and not made.repeats:
            return "done", change
        outcome = self._run(made, name, None)
        after = moved_since(begun, self.money)
        if is_there:
            assert after == change, f"{name} was done twice: {after} after {change}"
            return "done", after
        # What changes no amount may have been done before it crashed, and be refused now for that.
        was_done = outcome == "refused" and not moves and not (made.is_refused or made.may_be_refused)
        return ("done" if was_done else outcome), after

    def _run(self, made: Step, name: str, stop: int | None) -> str:
        statements = Statements(stop)
        try:
            with connection.execute_wrapper(statements):
                made.does()
        except CrashError:
            return "crashed"
        except REFUSALS as error:
            self.why = str(error)
            return "refused"
        if stop is None:
            self.longest[name] = max(self.longest.get(name, 1), statements.sent)
        return "done"

    def _keep(self, made: Step, name: str, change: Change) -> None:
        self.money.add(change)
        made.done(change)
        self.money.require_whole()
        self.done += 1
        self.done_by_kind[name] = self.done_by_kind.get(name, 0) + 1

    # --- what must hold ----------------------------------------------------------------------------------------------

    def check_all(self) -> None:
        """Everything that `cleanclaim ledger verify` asks, every amount, every patient's account, the day sheet."""
        found = ledger_checks.verify(self.clinic)
        assert found.faults == []
        assert told_by_ledger() == self.money.amounts
        assert found.cash_cents == self.money.sum_of("cash")
        assert found.deposited_cents == self.money.sum_of("bank")
        for one in recoupments.groups():
            settled = one.settled
            left, twice = self.ties.left((str(one.claim), one.order))
            assert one.order == "" or (settled.announced_cents, settled.twice_cents) == (left, twice)
        accounts = accounts_of([patient.pk for patient in self.patients])
        for key, account in accounts.items():
            owed = {line.key: line.owed_cents for line in account.lines if line.owed_cents}
            assert owed == self.money.owed_by_patient(str(key))
            assert account.credit_cents == self.money.of("credit", str(key))
            for line in account.lines:
                assert line.protected_cents == self.money.protected(line.key), line.key
        shown = open_accounts([patient.pk for patient in self.patients])
        assert {key: one.balance(self.today) for key, one in shown.items()} == {
            key: one.balance(self.today) for key, one in accounts.items()
        }
        sheet = day_sheet(self.today - timedelta(days=400), self.today + timedelta(days=400))
        assert sheet.ties
        assert sheet.after_cents == self.money.sum_of("open") - self.money.sum_of("credit", "held")


def _is_protected(life: Life, line: str) -> bool:
    from tests.practice.accounts import protected_steps  # noqa: PLC0415 - it knows a life

    return protected_steps.is_protected(life, line)


def _pursued() -> dict[str, int]:
    """What payers refused as the patient's (PR) and the worklist still asks them about, by line.

    Beside something larger it is asked about as well: what is no cost sharing here never leads to the patient at once.
    """
    found: Counter[str] = Counter()
    items = WorkItem.objects.filter(kind="denial", state__in=LIVE_STATES)
    for line, group, reason, route, reasons in items.values_list("line", "group", "reason", "route", "reasons"):
        for told, carc, _remarks, cents in reasons:
            if told == "PR" and not ((told, carc) == (group, reason) and route == "patient"):
                found[line] += cents
    return dict(found)


def _kinds() -> tuple[list[Kind], list[int]]:
    """Every kind of step, and how often it is taken against the others."""
    from tests.practice.accounts import (  # noqa: PLC0415 - they know a life
        books_steps,
        choices_steps,
        patients_steps,
        payers_steps,
        protected_steps,
    )

    steps = (payers_steps, patients_steps, books_steps, choices_steps, protected_steps)
    found = [kind for module in steps for kind in module.KINDS]
    return [kind for kind, _weight in found], [weight for _kind, weight in found]
