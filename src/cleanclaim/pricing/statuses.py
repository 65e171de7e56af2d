"""Why a line has a price, or has none; and why it is known who pays it, or is not."""

from __future__ import annotations

from enum import StrEnum


class PriceStatus(StrEnum):
    """What became of a line's price. Only the first three have an allowed amount, two of them 0."""

    FOUND = "found"
    BUNDLED = "bundled"
    """Medicare's status B: paid within other services, so nothing is allowed for the line itself."""
    BILLED_FOR_DENIAL = "billed for denial"
    """The line says with GY or GZ that Medicare is to deny it, so nothing is allowed."""
    DATE_UNKNOWN = "date unknown"
    PAYER_UNKNOWN = "payer unknown"
    """No payer is named, or there is no file for it."""
    PAYER_PRICE_UNKNOWN = "payer price unknown"
    """The payer's file does not say what it allows, or names a schedule that is not loaded."""
    OUT_OF_NETWORK = "out of network"
    """Contract prices do not hold for a clinic without one, nor Medicare's fee for one that does not participate."""
    CODE_UNKNOWN = "code unknown"
    UNITS_UNKNOWN = "units unknown"
    UNITS_UNUSABLE = "units unusable"
    """Fewer than one unit, or more than a claim line can hold."""
    CHARGE_UNKNOWN = "charge unknown"
    """The payer allows the charge, which is not known."""
    PAST_HORIZON = "past horizon"
    """The date lies beyond the rates that have been published."""
    NO_RATE = "no rate"
    """The fee schedule does not list the code, or has no amount for it."""
    OUTSIDE_DATES = "outside dates"
    """The fee schedule lists the code for other dates."""
    NOT_COVERED = "not covered"
    """Medicare's status N."""
    NOT_VALID = "not valid for Medicare"
    """Medicare's status I: another code is used instead."""
    EXCLUDED = "excluded"
    """Medicare's status X or E: not a service of this fee schedule."""
    CARRIER_PRICED = "carrier priced"
    """Medicare's status C: the contractor sets the amount."""
    NOT_IN_FEE_TABLE = "not in the fee table"
    """The payer's own fee table has no amount for the code and date."""
    PLACE_UNKNOWN = "place unknown"
    """Facility and office amounts differ, and the place of service is unknown or not listed."""
    LOCALITY_UNKNOWN = "locality unknown"
    LOCALITY_NOT_LISTED = "locality not listed"
    """No such payment locality on that date."""
    REDUCTION_UNKNOWN = "reduction unknown"
    """Whether, or on which unit, a multiple procedure reduction falls cannot be told, or its rule is not worked out."""
    MODIFIER_NOT_PRICED = "modifier not priced"
    """A modifier of the line changes what is paid for it, by a rule that is not worked out here."""
    CAP_UNKNOWN = "cap unknown"
    """How much of the day's amount or cap is left cannot be told."""


class ShareStatus(StrEnum):
    """What became of the split between payer and patient."""

    FOUND = "found"
    NO_PRICE = "no price"
    """The line has no allowed amount."""
    CHARGE_UNKNOWN = "charge unknown"
    """The lesser of charge and allowed amount is paid, and the charge is not known."""
    DEDUCTIBLE_UNKNOWN = "deductible unknown"
    """How much of the deductible is left cannot be told, and it matters."""
    PLAN_TERMS_UNKNOWN = "plan terms unknown"
    """The patient's copayment or coinsurance under the plan is not on file."""
    ANOTHER_PAYER_FIRST = "another payer first"
    """What this payer owes depends on what the one before it paid, or the order of payers is unknown."""
    RATE_UNKNOWN = "rate unknown"
    """Coinsurance, sequestration or the assistant's rate is not known for the payer and date."""


STATUS_OF_LETTER: dict[str, PriceStatus] = {
    "A": PriceStatus.FOUND,
    "R": PriceStatus.FOUND,
    "T": PriceStatus.FOUND,
    "B": PriceStatus.BUNDLED,
    "P": PriceStatus.BUNDLED,
    "N": PriceStatus.NOT_COVERED,
    "I": PriceStatus.NOT_VALID,
    "C": PriceStatus.CARRIER_PRICED,
    "X": PriceStatus.EXCLUDED,
    "E": PriceStatus.EXCLUDED,
}
"""Medicare status letter → what it means for the price; any other letter has no rate."""
