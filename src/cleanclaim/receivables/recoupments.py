"""What a payer takes back against what was sent back to it: nothing is to be paid back twice.

An overpayment goes back in one of two ways. The payer takes it: it turns its answer, and takes the money at once or
announces that it will (PLB WO below zero) and takes it from a later payment (WO above zero). Or the clinic sends a
check, before the payer has said anything or after it has announced; then the payer acknowledges it (PLB 72 below zero)
for what it takes off its books, and nothing moves. Whoever does both has paid twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A check that went to a payer for one line, before the payer took anything back of it: its key, line, cents."""

    key: str
    line: str
    cents: int


@dataclass(frozen=True, slots=True)
class Settled:
    """How one claim stands with one payer, in cents.

    `placed` is, by check, what the payer has turned on the check's line and added to a payment in its place: it pays
    that line again. `announced_cents` is what the payer is still to take, `twice_cents` what it took although a check
    had gone for it.
    """

    placed: Mapping[str, int]
    announced_cents: int
    twice_cents: int


def settle(beside_cents: int, against_cents: int, checks: Sequence[Check], taken: Mapping[str, int]) -> Settled:
    """Set what a payer took against what was sent to it.

    Args:
        beside_cents: what its payments took beside claims for this one (PLB): above zero taken, below zero added.
        against_cents: checks that were sent for what it had announced.
        checks: checks that were sent for lines, in the order they went.
        taken: by line, what it took of the line by its answers since the first check for it.

    Returns:
        What each check's line gets back, what is still to be taken, and what was taken twice.
    """
    balance = beside_cents + against_cents
    added, twice = max(0, -balance), max(0, balance)
    left = {line: max(0, cents) for line, cents in taken.items()}
    placed = {}
    for check in checks:
        turned = min(check.cents, left.get(check.line, 0))
        left[check.line] = left.get(check.line, 0) - turned
        part = min(turned, added)
        added -= part
        twice += turned - part
        if part:
            placed[check.key] = part
    sent = against_cents + sum(check.cents for check in checks)
    return Settled(placed, added, min(twice, sent))
