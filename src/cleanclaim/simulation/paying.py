"""How patients pay: what the desk asks of them on the last Friday of a month, and what they do about it, by habit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from cleanclaim.receivables.allocation import oldest_first
from cleanclaim.receivables.statements import Balance, Sending, balance, owed, sending
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.draws import WHOLE, Draws
from cleanclaim.simulation.material import population

_SMALL_CENTS = 500
_EVERY_DAYS = 28
_PAYS_AFTER = (4, 18)


class Habit(StrEnum):
    """What a patient does about what they owe."""

    AT_ONCE = "at once"
    FIRST = "first statement"
    SECOND = "second statement"
    PART = "half of it"
    NEVER = "never"


def habit_of(patient: str, seed: int) -> Habit:
    """A patient's habit; it is theirs for the year."""
    shares = population().patients
    known = [shares.pays_at_once, shares.pays_first_statement, shares.pays_second_statement, shares.pays_part]
    return Draws(seed, "pays", patient).weighted(tuple(Habit), (*known, WHOLE - sum(known)))


@dataclass(slots=True)
class Patients:
    """Statements sent, and payments taken."""

    books: Books
    seed: int
    statements: Counter[str] = field(default_factory=Counter)
    """Statements by patient."""
    last: dict[str, date] = field(default_factory=dict)
    payments: int = 0
    paid_cents: int = 0
    held_back: Counter[str] = field(default_factory=Counter)
    """Accounts for which no statement was sent, by why."""
    _balances: dict[str, Balance] = field(default_factory=dict)
    """By patient; the age of a balance is that of the month's end at which something last changed."""
    _due: list[tuple[date, str]] = field(default_factory=list)

    def month_end(self, friday: date) -> None:
        """Send statements, and note who will pay when."""
        for patient in self.books.changed:
            self._balances[patient] = balance(self.books.account(patient), self.books.credit[patient], friday)
        self.books.changed.clear()
        for patient in self.books.patients():
            found = self._balances[patient]
            what = sending(found, friday, self.last.get(patient), small_cents=_SMALL_CENTS, every_days=_EVERY_DAYS)
            if what is not Sending.SEND:
                self.held_back[what.value] += what is not Sending.NOTHING_OWED
                continue
            self.statements[patient] += 1
            self.last[patient] = friday
            habit, count = habit_of(patient, self.seed), self.statements[patient]
            pays = {
                Habit.AT_ONCE: True, Habit.FIRST: True, Habit.SECOND: count % 2 == 0, Habit.PART: count == 1,
                Habit.NEVER: False,
            }[habit]  # fmt: skip
            if pays:
                days = Draws(self.seed, "pays after", patient, str(count)).between(*_PAYS_AFTER)
                self._due.append((friday + timedelta(days=days), patient))

    def week(self, friday: date) -> None:
        """Take the payments that have come in by a day."""
        now = sorted(one for one in self._due if one[0] <= friday)
        self._due = [one for one in self._due if one[0] > friday]
        for day, patient in now:
            self.take(patient, day)

    def take(self, patient: str, day: date) -> None:
        """A payment of all that is owed, or of half of it."""
        debts = owed(self.books.account(patient))
        whole = sum(one.cents for one in debts) - max(self.books.credit[patient], 0)
        cents = whole // 2 if habit_of(patient, self.seed) is Habit.PART else whole
        if cents <= 0:
            return
        self.payments += 1
        self.paid_cents += cents
        put = oldest_first(cents, debts)
        self.books.pay(patient, day, f"{self.payments:06d}", cents, put.lines)
