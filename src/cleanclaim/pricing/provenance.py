"""Where the steps of a price were read, and what of their order is from memory.

What is rounded: Medicare's fee of one unit. CMS publishes the amounts that its contractors pay by in whole cents for
each locality and code, and beside the full amount the one with half the practice expense; so a line is a number of
units at the one and a number at the other, and nothing finer than a cent is ever added up. A visit of 97161, 97110 and
97140 in 2025 is 98.01 + 21.83 + 20.70 = 140.54; the 140.55 that is sometimes quoted rounds the sum of the visit
(140.5455), which no payer is billed. Decision 9 says more.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.sources import Source, page, statute

_READ_ON = date(2026, 11, 21)

UNITS_IN_CENTS: Source = page(
    "CMS",
    "Annual physician fee schedule payment amount file, calendar year 2026, read in a copy",
    "record layout, columns 35 to 57 (fee) and 77 to 86 (fee with 50 percent of practice expense)",
    read_on=_READ_ON,
)
"""The fee of a unit, whole and cut, is an amount in cents."""

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
"""A share of the calculated payment is not paid, and stands as an amount of its own beside the line."""

MEMORY_STEPS = (
    "the charge is compared with the amount after the reduction",
    "the cut for an assistant is rounded to cents before sequestration is taken of the rest",
    "the deductible is used up in order of date of service",
    "a contract's percentage is taken of the line at Medicare's fees and rounded once",
)
"""What in the order of steps was not read in a source."""
