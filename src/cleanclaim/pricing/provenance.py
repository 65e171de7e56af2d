"""Where the steps of a price were read, and what of their order and rounding is from memory.

What is rounded: the amount of a line, once, and each figure made from it, once, from the exact product of its rates.
No source that was read says so. CMS's payment amount file holds the fee of a unit, whole and with half its practice
expense, in whole cents, which suggests that contractors multiply cents: a line of several units could differ from ours
by a cent. Decision 9 gives the figures on both sides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.sources import Source, page, statute

_READ_ON = date(2026, 11, 21)

LESSER_OF_CHARGE: Source = statute("42 USC 1395m", "(k)(1)(B)", read_on=_READ_ON)
"""Eighty percent of the lesser of the actual charge and the fee schedule amount."""

DEDUCTIBLE_FIRST: Source = statute("42 USC 1395l", "(b)", read_on=_READ_ON)
"""The deductible comes off before the eighty percent."""

SEQUESTRATION_LAST: Source = page(
    "First Coast Service Options",
    "Federal sequestration payment reductions",
    "reductions calculated on the claims: of the payment after deductible and coinsurance, shown by line",
    read_on=_READ_ON,
    url="https://medicare-prod.fcso.com/fee-schedules/federal-sequestration-payment-reductions",
)
"""A share of the calculated payment, after deductible and coinsurance, is not paid."""

MEMORY_STEPS = (
    "a line is rounded to cents once, after the reduction and a contract's percentage",
    "the charge is compared with the amount after the reduction",
    "the payer's share times the assistant's rate times what sequestration leaves is rounded once",
    "the deductible is used up in order of date of service",
)
"""What in the order and rounding of steps was not read in a source."""
