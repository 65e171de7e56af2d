"""What a judge of transactions looks up for each segment, made once for a guide or a set of delimiters."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.validation.balancing import Balancer, Hook, Reporter
from cleanclaim.x12.validation.claim_balance import ClaimBalance
from cleanclaim.x12.validation.notation import SegmentUse
from cleanclaim.x12.validation.patterns import pattern_of
from cleanclaim.x12.validation.payment_balance import PaymentBalance
from cleanclaim.x12.validation.structure import Structure

_MOST_KNOWN = 1024
"""How many segments of one use are known at most, so that memory does not grow with the file."""
BY_ID, BY_FIRST, _BY_OTHER = range(3)
"""What tells the uses of a segment apart: nothing but its id, its first element, or another."""

Match = Callable[[str], re.Match[str] | None]
"""Whether a segment is in order."""


class Patterns(dict[SegmentUse, Match]):
    """The expression of each use for one set of delimiters, compiled when first needed."""

    def __init__(self, delimiters: Delimiters) -> None:
        super().__init__()
        self._delimiters = delimiters

    def __missing__(self, use: SegmentUse) -> Match:
        """Compile it."""
        match = self[use] = pattern_of(use, self._delimiters).fullmatch
        return match


@cache
def telling_of(structure: Structure) -> dict[str, int]:
    """For each segment id of a guide, what tells its uses apart."""
    found = {}
    for tag in structure.tags:
        place = structure.qualified.get(tag)
        found[tag] = BY_ID if place is None else BY_FIRST if place == (1, 0) else _BY_OTHER
    return found


@cache
def _uses(structure: Structure) -> dict[tuple[str, str], tuple[SegmentUse, ...]]:
    """The uses of each segment id in each loop."""
    found: dict[tuple[str, str], tuple[SegmentUse, ...]] = {}
    for loop in structure.loops.values():
        for use in (loop.trigger, *(entry.use for entry in loop.entries if entry.child is None)):
            found[loop.id, use.tag] = (*found.get((loop.id, use.tag), ()), use)
    return found


def hooks_of(structure: Structure, balancer: Balancer | None) -> dict[SegmentUse, Hook]:
    """What a balancer does with each use of a segment that counts."""
    if balancer is None:
        return {}
    uses = _uses(structure)
    return {use: hook for place, hook in balancer.hooks.items() for use in uses.get(place, ())}


class Sound(set[str]):
    """Segments of one use that were found in order, so that each is looked at once: dates, lines and parties recur.

    It belongs to one transaction and goes with it, as the segments may be about patients.
    """

    __slots__ = ("_match",)

    def __init__(self, match: Match) -> None:
        super().__init__()
        self._match = match

    def admits(self, raw: str) -> bool:
        """Whether a segment that is not known yet is in order; it is known from then on."""
        if self._match(raw) is None:
            return False
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self.add(raw)
        return True


class SoundByUse(dict[SegmentUse, Sound]):
    """What was found in order, for each use of a segment in one transaction."""

    def __init__(self, delimiters: Delimiters) -> None:
        super().__init__()
        self._patterns = patterns(delimiters)

    def __missing__(self, use: SegmentUse) -> Sound:
        """Nothing yet."""
        sound = self[use] = Sound(self._patterns[use])
        return sound


@lru_cache(maxsize=16)
def patterns(delimiters: Delimiters) -> Patterns:
    """The expressions for these delimiters; few sets are in use at a time."""
    return Patterns(delimiters)


def balancer_of(structure: Structure, report: Reporter) -> Balancer | None:
    """What keeps the sums of this kind of transaction, where it has any."""
    if structure.transaction == "835":
        return PaymentBalance(report)
    if structure.transaction == "837":
        services = {entry.tag for entry in structure.loops["2400"].entries}
        return ClaimBalance(report, "SV1", 2) if "SV1" in services else ClaimBalance(report, "SV2", 3)
    return None
