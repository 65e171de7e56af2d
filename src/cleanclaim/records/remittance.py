"""A remittance: what a payer says it paid with one check or transfer, claim by claim and line by line.

It is the payer's word, kept as it was said: amounts may be negative (a reversal repeats the claim with every sign
turned), a claim may carry a number that is not ours, a line may name another code than was billed. Every amount is in
cents. Matching it to claims, and what to post, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from cleanclaim.records.adjudication import Adjustment
from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.model import Record


class ClaimStatusCode(StrEnum):
    """How a payer processed a claim, as a remittance codes it."""

    PRIMARY = "1"
    SECONDARY = "2"
    TERTIARY = "3"
    DENIED = "4"
    PRIMARY_FORWARDED = "19"
    SECONDARY_FORWARDED = "20"
    TERTIARY_FORWARDED = "21"
    REVERSAL = "22"
    NOT_OURS_FORWARDED = "23"
    PREDETERMINATION = "25"


_ORDERS: Mapping[str, CoverageOrder] = {
    ClaimStatusCode.PRIMARY: CoverageOrder.PRIMARY,
    ClaimStatusCode.SECONDARY: CoverageOrder.SECONDARY,
    ClaimStatusCode.TERTIARY: CoverageOrder.TERTIARY,
    ClaimStatusCode.PRIMARY_FORWARDED: CoverageOrder.PRIMARY,
    ClaimStatusCode.SECONDARY_FORWARDED: CoverageOrder.SECONDARY,
    ClaimStatusCode.TERTIARY_FORWARDED: CoverageOrder.TERTIARY,
}
"""The place that a payer says it had among the patient's payers; a denial, a reversal and the others do not say."""

_FORWARDED = frozenset(
    {
        ClaimStatusCode.PRIMARY_FORWARDED,
        ClaimStatusCode.SECONDARY_FORWARDED,
        ClaimStatusCode.TERTIARY_FORWARDED,
        ClaimStatusCode.NOT_OURS_FORWARDED,
    }
)
_SENT_ON = frozenset({"MA07", "MA18", "N89"})
"""Remarks (RARC) on a claim by which a payer says the same, whatever its status: to Medicaid, to one, to several."""
_SEPARATED = "MA15"
"""The remark (RARC) by which a payer says that it decides on a claim in parts, each with an answer of its own."""


class RemittedLine(Record):
    """What was decided on one line.

    `code`, `modifiers` and `units` are those that the payer decided on; `billed_code` is what was billed where the
    payer says that it changed the code. `control_number` is our own line number, where the payer returns it.
    """

    segment: int
    code: str
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    billed_code: str = ""
    billed_modifiers: tuple[str, ...] = ()
    billed_units: int | None = None
    charge_cents: int
    paid_cents: int
    date_of_service: date | None = None
    through: date | None = None
    control_number: str = ""
    allowed_cents: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def gap_cents(self) -> int:
        """What neither paid nor adjusted explains of the charge: 0 where the line balances."""
        return self.charge_cents - self.paid_cents - sum(item.amount_cents for item in self.adjustments)


class RemittedClaim(Record):
    """What was decided on one claim. `control_number` is ours, as the payer returns it."""

    segment: int
    control_number: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_cents: int | None = None
    """What the payer says the patient owes; the adjustments of group PR say it line by line."""
    filing_indicator: str = ""
    payer_control_number: str = ""
    frequency: str = ""
    family_name: str = ""
    given_name: str = ""
    member_id: str = ""
    rendering_npi: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    received_on: date | None = None
    forwarded_to: str = ""
    """The payer that this one sent the claim on to, by name."""
    forwarded_identifier: str = ""
    interest_cents: int | None = None
    patient_paid_cents: int | None = None
    """What the payer says the patient has paid. It is told, and takes no part in the balance of the claim."""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[RemittedLine, ...] = ()

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back what an earlier remittance said."""
        return self.status == ClaimStatusCode.REVERSAL

    @property
    def order(self) -> CoverageOrder | None:
        """Which of the patient's payers it says it was; `None` where its status does not tell."""
        return _ORDERS.get(self.status)

    @property
    def is_forwarded(self) -> bool:
        """Whether the payer sent the claim on to another, so that nobody else has to."""
        return bool(self.forwarded_to) or self.status in _FORWARDED or not _SENT_ON.isdisjoint(self.remarks)

    @property
    def is_separated(self) -> bool:
        """Whether the payer says that it separated the claim, and that this answers one part of it."""
        return _SEPARATED in self.remarks or any(_SEPARATED in line.remarks for line in self.lines)

    @property
    def is_decided(self) -> bool:
        """Whether the payer decided on the claim: not where it only estimates, or says that it is not its own."""
        return self.status not in {ClaimStatusCode.NOT_OURS_FORWARDED, ClaimStatusCode.PREDETERMINATION}

    @property
    def adjusted_cents(self) -> int:
        """Everything that was adjusted, on the claim and on its lines."""
        on_lines = sum(item.amount_cents for line in self.lines for item in line.adjustments)
        return on_lines + sum(item.amount_cents for item in self.adjustments)

    @property
    def gap_cents(self) -> int:
        """What neither paid nor adjusted explains of the charge: 0 where the claim balances."""
        return self.charge_cents - self.paid_cents - self.adjusted_cents

    @property
    def line_gap_cents(self) -> int:
        """By how much the charges of the lines differ from the claim's; 0 where there are no lines."""
        return self.charge_cents - sum(line.charge_cents for line in self.lines) if self.lines else 0


class ProviderAdjustment(Record):
    """Money of the remittance that belongs to no claim of it: positive takes from the payment, negative adds to it."""

    segment: int
    reason: str
    reference: str = ""
    cents: int


class Remittance(Record):
    """One payment and what it is for. `trace_number` is that of the check or transfer."""

    segment: int
    payer_name: str
    payer_identifier: str = ""
    payer_numbers: tuple[str, ...] = ()
    """By which numbers it calls itself besides: that under which claims go to it, and others."""
    trace_number: str
    amount_cents: int
    """What the payment is worth: the amount of the check or transfer; negative where the payer debits."""
    method: str = ""
    """How it was paid: `ACH`, `CHK`, `NON` (nothing was), …"""
    paid_on: date | None = None
    part: str = ""
    """Which part of the payment this is, where one check is posted in parts: the claim's number, from paper."""
    payee_npi: str = ""
    payee_tax_id: str = ""
    is_test: bool | None = None
    claims: tuple[RemittedClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def payer_called(self) -> frozenset[str]:
        """Every number by which the payer is told."""
        return frozenset(number for number in (self.payer_identifier, *self.payer_numbers) if number)

    @property
    def claims_cents(self) -> int:
        """What its claims say was paid."""
        return sum(claim.paid_cents for claim in self.claims)

    @property
    def provider_adjusted_cents(self) -> int:
        """What was taken for other reasons than these claims; negative where it was added."""
        return sum(item.cents for item in self.provider_adjustments)

    @property
    def gap_cents(self) -> int:
        """By how much the payment differs from its claims less the provider's adjustments: 0 where it balances."""
        return self.amount_cents - self.claims_cents + self.provider_adjusted_cents
