"""What a payer that comes earlier decided on a claim: paid and adjusted, by line, as its remittance tells.

The claim to the next payer repeats it. Every cent charged is either paid or adjusted, with a group code that says who
bears it and a reason from the published list (CARC).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.model import Modifier, NonNegative, ProcedureCode, Record

ReasonCode = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{1,5}$")]
"""A claim adjustment reason code; whether it is on the list is not asked here."""


class AdjustmentGroup(StrEnum):
    """Who bears what a payer did not pay."""

    CONTRACTUAL = "CO"
    PATIENT = "PR"
    OTHER = "OA"
    PAYER = "PI"


class Adjustment(Record):
    """One amount that a payer did not pay, in cents: negative where it paid more than was charged.

    `units` is how many units the reason took away, where the payer says so.
    """

    group: AdjustmentGroup
    reason: ReasonCode
    amount_cents: int
    units: int | None = None


class AdjudicatedLine(Record):
    """What a payer decided on one line: paid, in cents, and adjusted.

    `line` is the line's number on the claim. `code`, `modifiers` and `units` are those that the payer paid, where it
    changed them; `None` is as billed.
    """

    line: Annotated[int, Field(ge=1)]
    paid_cents: NonNegative
    adjustments: tuple[Adjustment, ...] = ()
    code: ProcedureCode | None = None
    modifiers: tuple[Modifier, ...] | None = None
    units: NonNegative | None = None

    @property
    def answered_cents(self) -> int:
        """What was paid and adjusted: the line's charge, where the answer balances."""
        return self.paid_cents + sum(item.amount_cents for item in self.adjustments)


class Adjudication(Record):
    """What one payer decided on the whole claim, and on which day.

    `paid_cents` is what it paid for the claim. `adjustments` are those of the claim as a whole; `lines` is empty where
    the payer decided on the claim alone. `claim_number` is the payer's own number of the claim.
    """

    order: CoverageOrder
    adjudicated_on: date
    paid_cents: NonNegative
    claim_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[AdjudicatedLine, ...] = ()

    @property
    def adjusted_cents(self) -> int:
        """Everything that was adjusted, on the claim and on its lines."""
        on_lines = (item for line in self.lines for item in line.adjustments)
        return sum(item.amount_cents for item in (*self.adjustments, *on_lines))
