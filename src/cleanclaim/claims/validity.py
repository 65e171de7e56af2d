"""Which claims can be filed at all, before any thought of payment.

One bad claim does not hold up a file: what can be written goes, the rest is set aside with what each still needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleanclaim.records import Claim
from cleanclaim.x12 import CharacterSet, Gap, Readiness


@dataclass(frozen=True, slots=True)
class Unfit:
    """A claim that cannot be filed, and everything it still needs."""

    claim: Claim
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Claims by whether they can be filed; each list in the order the claims came in."""

    fit: tuple[Claim, ...]
    unfit: tuple[Unfit, ...]


def sort_claims(claims: Iterable[Claim], character_set: CharacterSet = CharacterSet.EXTENDED) -> Sorted:
    """Part claims that can be written from those that cannot; of two claims with one id the second is unfit."""
    ready = Readiness.for_file(character_set)
    fit: list[Claim] = []
    unfit: list[Unfit] = []
    seen: set[str] = set()
    for claim in claims:
        gaps = ready.gaps(claim)
        if claim.id in seen:
            gaps.append(Gap(claim.id, "claim id", "the id of another claim", "an id of its own"))
        seen.add(claim.id)
        if gaps:
            unfit.append(Unfit(claim, tuple(gaps)))
        else:
            fit.append(claim)
    return Sorted(tuple(fit), tuple(unfit))
