"""Which balances may go to a collection agency, and what of a patient an agency is told: as little as it needs.

Only what is the patient's own responsibility by the ledger; never of a patient whom Medicare's cost-sharing may not be
billed to (QMB); never while a balance or an estimate is disputed, a payment plan is kept, or help with paying was
granted; and only after so many statements as the clinic has chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Keeps(StrEnum):
    """Why a balance stays with the clinic."""

    NOTHING_OWED = "nothing is owed"
    SMALL = "below the clinic's smallest balance"
    FEW_STATEMENTS = "too few statements were sent"
    QMB = "Medicare cost-sharing that nobody may bill (QMB)"
    QMB_UNKNOWN = "whether the patient is a QMB is not known; ask eligibility first"
    DISPUTED = "the balance is disputed"
    PLAN = "a payment plan runs"
    HELP = "help with paying was granted"
    PLACED = "it is with an agency already"


@dataclass(frozen=True, slots=True)
class Balance:
    """A patient's balance as placing it is decided. `is_qmb`: `None` where a Medicare patient was never asked about."""

    cents: int
    statements: int
    is_qmb: bool | None
    is_disputed: bool
    has_plan: bool
    has_help: bool
    is_placed: bool


def kept_because(balance: Balance, *, least_cents: int, statements: int) -> tuple[Keeps, ...]:
    """Every reason why a balance stays; none where it may be placed.

    Args:
        balance: the balance.
        least_cents: the smallest that the clinic places.
        statements: how many statements must have been sent.
    """
    reasons = (
        (balance.cents <= 0, Keeps.NOTHING_OWED),
        (0 < balance.cents < least_cents, Keeps.SMALL),
        (balance.statements < statements, Keeps.FEW_STATEMENTS),
        (balance.is_qmb is True, Keeps.QMB),
        (balance.is_qmb is None, Keeps.QMB_UNKNOWN),
        (balance.is_disputed, Keeps.DISPUTED),
        (balance.has_plan, Keeps.PLAN),
        (balance.has_help, Keeps.HELP),
        (balance.is_placed, Keeps.PLACED),
    )
    return tuple(reason for holds, reason in reasons if holds)
