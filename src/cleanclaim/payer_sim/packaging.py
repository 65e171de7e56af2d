"""Lines of one day that are paid as one: the first carries the rate of the visit, the others are in it.

All of them are answered under the code of the package, each with the code that was billed beside it. A rate above the
charge of the line that carries it is told as such (CO-94), so that every line still adds up to its charge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import Cents
from cleanclaim.payer_sim.denials import Case, service_day
from cleanclaim.payer_sim.pack import Package


@dataclass(frozen=True, slots=True)
class Packaged:
    """A line's part in a package: the code that is paid, and whether this line carries the rate."""

    code: str
    carries: bool
    rate: Cents


def packaged(case: Case, names: Sequence[str]) -> Mapping[int, Packaged]:
    """By its place, the part of each line that is paid in a package; denied lines (`names`) are in none.

    A package wants two of its codes on a day, and pays no more than its lines charge. Only a first payer's claim is
    packaged: behind another payer what that one has paid is told line by line.
    """
    if case.is_secondary:
        return {}
    found: dict[int, Packaged] = {}
    for package in case.pack.edits.packages:
        if case.plan.id not in package.plans:
            continue
        for places in _by_day(case, names, package).values():
            lines = [case.claim.lines[place] for place in places]
            if len({line.code for line in lines}) < package.least_codes:
                continue
            rate = min(package.cents, sum(line.charge_cents or 0 for line in lines))
            for place in places:
                found[place] = Packaged(package.paid, place == places[0], rate if place == places[0] else 0)
    return found


def _by_day(case: Case, names: Sequence[str], package: Package) -> dict[date, list[int]]:
    """The places of the lines that a package takes in, by day."""
    found: dict[date, list[int]] = {}
    for place, (line, name) in enumerate(zip(case.claim.lines, names, strict=True)):
        if not name and line.code in package.codes:
            found.setdefault(service_day(line), []).append(place)
    return found
