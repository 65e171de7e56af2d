"""What differs between two checks of the same claims: findings that come, go, or say something else.

Findings are held against each other by claim, rule and place, never by row. It knows nothing of why the checks differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cleanclaim.dates import with_written_days

Place = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding as another check would meet it again: file, claim by its own number, day, rule and place.

    `cents` is what is at stake where a price is known.
    """

    file: str
    claim: str
    day: date | None
    rule: str
    place: str
    message: str
    cents: int | None

    @property
    def at(self) -> Place:
        """What must agree for two findings to be the same one."""
        return (self.file, self.claim, self.day.isoformat() if self.day else "", self.rule, self.place)

    @property
    def said(self) -> str:
        """The message as people read it, its days written out."""
        return with_written_days(self.message)


@dataclass(frozen=True, slots=True)
class Changed:
    """A finding that both checks have, with other words or another amount."""

    before: Placed
    after: Placed


@dataclass(frozen=True, slots=True)
class Difference:
    """What the second check has that the first has not, and the other way round; by file, claim, rule and place."""

    added: tuple[Placed, ...]
    removed: tuple[Placed, ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        """Whether the checks say the same."""
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """One rule's part in a difference.

    `cents` is what its findings put at stake after less before, as far as prices are known; `unpriced` counts the
    findings added, removed or changed of which one side has no price.
    """

    rule: str
    added: int
    removed: int
    changed: int
    cents: int
    unpriced: int


def compare(before: Iterable[Placed], after: Iterable[Placed]) -> Difference:
    """Hold two checks of the same claims against each other.

    Where a rule objects several times at one place, equal findings are paired first, then the others in their order.
    """
    old, new = _by_place(before), _by_place(after)
    added: list[Placed] = []
    removed: list[Placed] = []
    changed: list[Changed] = []
    same = 0
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place, []), list(new.get(place, []))
        left = []
        for one in was:
            if one in now:
                now.remove(one)
                same += 1
            else:
                left.append(one)
        shared = min(len(left), len(now))
        changed += [Changed(one, other) for one, other in zip(left[:shared], now[:shared], strict=True)]
        removed += left[shared:]
        added += now[shared:]
    return Difference(tuple(added), tuple(removed), tuple(changed), same)


def _by_place(findings: Iterable[Placed]) -> dict[Place, list[Placed]]:
    found: dict[Place, list[Placed]] = defaultdict(list)
    for one in findings:
        found[one.at].append(one)
    return found


def by_rule(difference: Difference) -> list[RuleDifference]:
    """The difference rule by rule, those that change something, by code."""
    codes = {one.rule for one in (*difference.added, *difference.removed)}
    codes |= {one.after.rule for one in difference.changed}
    return [_of_rule(difference, code) for code in sorted(codes)]


def _of_rule(difference: Difference, code: str) -> RuleDifference:
    added = [one for one in difference.added if one.rule == code]
    removed = [one for one in difference.removed if one.rule == code]
    changed = [one for one in difference.changed if one.after.rule == code]
    steps = [one.cents for one in added]
    steps += [None if one.cents is None else -one.cents for one in removed]
    for pair in changed:
        before, after = pair.before.cents, pair.after.cents
        steps.append(None if before is None or after is None else after - before)
    known = [step for step in steps if step is not None]
    return RuleDifference(code, len(added), len(removed), len(changed), sum(known), len(steps) - len(known))
