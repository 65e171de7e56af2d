"""Where money can stand. Debits are positive, credits negative; amounts are whole cents."""

from __future__ import annotations

from enum import StrEnum


class Account(StrEnum):
    """An account of a clinic's ledger.

    Of a line's charge every cent stands, at every moment, in exactly one of: cash from payers, cash from the patient,
    contractual, written off, open to a payer, open to the patient.
    """

    CHARGES = "charges"
    """What was charged: income, a credit."""
    BROUGHT_FORWARD = "brought_forward"
    """What was open when the clinic came from another system: no charge of this ledger, and yet owed; a credit."""
    PAYER_OPEN = "payer_open"
    """What payers have still to answer."""
    PATIENT_OPEN = "patient_open"
    """What the patient has still to pay."""
    PAYER_CASH = "payer_cash"
    """What payers paid."""
    PATIENT_CASH = "patient_cash"
    """What patients paid."""
    CONTRACTUAL = "contractual"
    """What the clinic has agreed with a payer not to collect."""
    WRITTEN_OFF = "written_off"
    """What a person gave up, for a stated reason."""
    INTEREST = "interest"
    """What payers paid for paying late: income, a credit."""
    PATIENT_CREDIT = "patient_credit"
    """What patients paid before anything was owed, or too much: owed to them, a credit."""
    SUSPENSE = "suspense"
    """What a payer paid for something that is not placed yet: a credit."""
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    """What a payer took from, or added to, a payment for other reasons than its claims."""


LINE_ACCOUNTS = frozenset(
    {
        Account.CHARGES,
        Account.BROUGHT_FORWARD,
        Account.PAYER_OPEN,
        Account.PATIENT_OPEN,
        Account.PAYER_CASH,
        Account.PATIENT_CASH,
        Account.CONTRACTUAL,
        Account.WRITTEN_OFF,
        Account.PATIENT_CREDIT,
    }
)
"""Accounts in which an entry may speak of a line."""

CASH_ACCOUNTS = frozenset({Account.PAYER_CASH, Account.PATIENT_CASH})
"""Accounts that add up to what was received."""
