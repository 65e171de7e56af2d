"""What payers turned, added and were sent by check, counted beside the product: where money for a refund is to stand.

For each claim that was charged and each of its payers: what payments told beside their claims, the checks that went, and
by how much less each line was paid since the first check for it. A payer that turned a line which a check had gone for,
and added as much to a payment, has paid that line again; nothing else moves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.practice.accounts.expected_money import Change, together

Place: TypeAlias = tuple[str, str]
"""A claim that was charged, and the place of a payer."""


@dataclass(frozen=True)
class Sent:
    """A check that went to a payer: for a line, or (no line) for what was announced; `turn` is when it was noted."""

    turn: int
    key: Any
    place: Place
    line: str
    cents: int


@dataclass
class Ties:
    """All of it."""

    beside: Counter[Place] = field(default_factory=Counter)
    less: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By line and who was sent a check for it: how much less they have paid of it since."""
    checks: list[Sent] = field(default_factory=list)

    def copy(self) -> Ties:
        """The same, to go on with."""
        return Ties(Counter(self.beside), Counter(self.less), list(self.checks))

    def told(self, place: Place, cents: int) -> None:
        """A payment takes (above 0) or adds beside its claims."""
        self.beside[place] += cents

    def paid(self, change: Change) -> None:
        """Payers' answers are posted, or taken back."""
        for check in {(one.line, one.place[1]) for one in self.checks if one.line}:
            self.less[check] -= change.get(("paid", *check), 0)

    def sent(self, check: Sent) -> None:
        """A check goes."""
        self.checks.append(check)

    def left(self, place: Place) -> tuple[int, int]:
        """What the payer of a place is still to take of what it announced, and what it took though a check had gone."""
        balance, again, turned = self._balance(place), 0, 0
        for _check, part, met in self._met(place):
            again, turned = again + part, turned + met
        most = sum(one.cents for one in self.checks if one.place == place)
        return max(0, -balance) - again, min(turned - again + max(0, balance), most)

    def placed(self) -> Change:
        """What stands on lines since payers added it for what they had turned."""
        found: Counter[Any] = Counter()
        for place in sorted({one.place for one in self.checks}):
            for check, part, _met in self._met(place):
                found["paid", check.line, place[1]] += part
                found["open", check.line, place[1]] -= part
                found["adjusted", "", ""] += part
        return together(found)

    def _balance(self, place: Place) -> int:
        return self.beside[place] + sum(one.cents for one in self.checks if one.place == place and not one.line)

    def _met(self, place: Place) -> list[tuple[Sent, int, int]]:
        """Checks for lines, in the order they were noted: what was added again, of what was turned."""
        added = max(0, -self._balance(place))
        spent: Counter[str] = Counter()
        found = []
        for one in sorted((one for one in self.checks if one.place == place and one.line), key=lambda one: one.turn):
            met = min(one.cents, max(0, self.less[one.line, place[1]] - spent[one.line]))
            spent[one.line] += met
            part = min(met, added)
            added -= part
            found.append((one, part, met))
        return found
