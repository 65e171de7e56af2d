"""The payer's front end: which claims are returned at once, before anybody decides on them."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.pack import Plan, Scenario
from cleanclaim.x12.parsed import ParsedClaim

_NPI_PREFIX = "80840"
_NPI_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Returned:
    """Why a claim is returned: category, status and whom it is about, in the codes of a claim acknowledgment."""

    category: str
    status: str
    entity: str = ""


BILLING_NPI = Returned("A7", "562", "85")
MEMBER_SHAPE = Returned("A7", "164", "IL")
UNKNOWN_SUBSCRIBER = Returned("A3", "33", "IL")
CHARGES = Returned("A7", "178")
INCOMPLETE = Returned("A6", "21")


def returned(claim: ParsedClaim, plan: Plan, scenario: Scenario, chance: Chance) -> Returned | None:
    """Why the claim is returned, or `None` where it goes on to be decided."""
    billing, subscriber = claim.billing, claim.subscriber
    if billing is None or not is_npi(billing.npi):
        return BILLING_NPI
    if subscriber is None or claim.patient is None or not claim.id:
        return INCOMPLETE
    if not plan.fits(subscriber.identifier):
        return MEMBER_SHAPE
    if chance.happens(scenario.unknown_subscribers, "unknown", plan.id, subscriber.identifier):
        return UNKNOWN_SUBSCRIBER
    charges = [line.charge_cents for line in claim.lines]
    if not charges or any(charge is None or charge < 0 for charge in charges):
        return CHARGES
    if claim.total_charge_cents != sum(charge or 0 for charge in charges):
        return CHARGES
    is_whole = all(line.code and line.date_of_service and line.units and line.units > 0 for line in claim.lines)
    return None if is_whole else INCOMPLETE


def is_npi(number: str) -> bool:
    """Whether ten digits are a provider identifier by their check digit (Luhn, with 80840 before them)."""
    if len(number) != _NPI_LENGTH or not (number.isascii() and number.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(_NPI_PREFIX + number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0
