"""What a payer file would change on past visits of a clinic, before it is switched on. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from cleanclaim.bill.job import Billed
from cleanclaim.check.difference import Difference, Placed, compare
from cleanclaim.practice.engine.judging.checking import check
from cleanclaim.practice.engine.judging.filing_limits import with_contracts
from cleanclaim.practice.engine.judging.setting import gather, with_people
from cleanclaim.practice.models import Claim, Clinic, Visit
from cleanclaim.reference.payers import Payer

MOST_VISITS = 60
"""Visits that are tried, the latest ones: each is checked twice."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How many visits were tried, what their findings would be, and how many claims would stand differently."""

    visits: int
    difference: Difference
    moved: tuple[tuple[str, str, str], ...]
    """Number of the visit, state now, state with the file on trial; those that differ."""


def try_pack(clinic: Clinic, pack: Payer, *, as_of: date) -> Trial:
    """Check the latest visits that were billed to a pack's payer as things stand, and with the pack. In scope."""
    billed = Claim.objects.filter(payer=pack.id).values("visit")
    visits = list(
        with_people(Visit.objects.filter(pk__in=billed).order_by("-date_of_service", "number"))[:MOST_VISITS]  # type: ignore[index]
    )
    if not visits:
        return Trial(0, compare((), ()), ())
    around = gather(clinic, visits, as_of=as_of)
    before = check(clinic, visits, as_of=as_of, setting=around)
    trial = replace(around, packs={**around.packs, **with_contracts(clinic, {pack.id: pack})})
    after = check(clinic, visits, as_of=as_of, setting=trial)
    moved = [
        (old.key, old.state.value, new.state.value)
        for old, new in zip(before.claims, after.claims, strict=True)
        if old.state != new.state
    ]
    return Trial(len(visits), compare(_placed(before), _placed(after)), tuple(moved))


def _placed(billed: Billed) -> list[Placed]:
    return [
        Placed("", item.key, None, one.code, one.place, one.message, one.cents)
        for item in billed.claims
        for one in item.findings
    ]
