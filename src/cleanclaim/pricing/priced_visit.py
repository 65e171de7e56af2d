"""The price of a visit: its lines with their figures, each with the steps that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is the day of service
from typing import Any

from cleanclaim.money import Cents
from cleanclaim.pricing.fee_parts import UnitFee
from cleanclaim.pricing.provenance import MEMORY_STEPS
from cleanclaim.pricing.quote_text import explained, plain
from cleanclaim.pricing.statuses import PriceStatus, ShareStatus
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Confidence, Source

TOTALS = (
    "fee_cents",
    "allowed_cents",
    "payable_cents",
    "deductible_cents",
    "payer_share_cents",
    "patient_share_cents",
    "expected_payment_cents",
    "expected_payment_at_least_cents",
    "expected_payment_at_most_cents",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a price: what it is, how it was worked out, what came of it and how sure the rule is."""

    label: str
    how: str
    cents: Cents | None
    confidence: Confidence
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its figures; null is unknown."""

    code: str
    units: int
    modifiers: tuple[str, ...]
    charge_cents: Cents | None
    status: PriceStatus
    share_status: ShareStatus
    unit: UnitFee | None
    rank: int | None
    """Place of the line among those that share the reduction; 1 holds the unit paid in full."""
    ranked: int
    """How many lines share the reduction."""
    full_units: int | None
    fee_cents: Cents | None
    allowed_cents: Cents | None
    payable_cents: Cents | None
    deductible_cents: Cents | None
    payer_share_cents: Cents | None
    patient_share_cents: Cents | None
    expected_payment_cents: Cents | None
    expected_payment_at_least_cents: Cents | None
    expected_payment_at_most_cents: Cents | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit of these lines is worth with one payer. A total is null when any line's figure is unknown."""

    payer: Payer
    date: Date
    locality: str
    place_of_service: str
    lines: tuple[PricedLine, ...]

    def total(self, name: str) -> Cents | None:
        """The sum of a figure of the lines, such as `total("patient_share_cents")`; null if one is unknown."""
        cents = [getattr(line, name) for line in self.lines]
        return None if None in cents else sum(cents)

    @property
    def allowed_cents(self) -> Cents | None:
        """What the payer allows for all lines."""
        return self.total("allowed_cents")

    @property
    def patient_share_cents(self) -> Cents | None:
        """What the patient owes."""
        return self.total("patient_share_cents")

    @property
    def expected_payment_cents(self) -> Cents | None:
        """What the payer should pay."""
        return self.total("expected_payment_cents")

    @property
    def is_known(self) -> bool:
        """Whether every line has an allowed amount."""
        return self.allowed_cents is not None

    @property
    def is_by_medicare(self) -> bool:
        """Whether any line is priced by Medicare's fee schedule."""
        return any(line.unit is not None for line in self.lines)

    def sources(self) -> tuple[Source, ...]:
        """Every source that a step names, each once, in order of use."""
        return tuple(dict.fromkeys(step.source for line in self.lines for step in line.steps if step.source))

    def explain(self) -> str:
        """The price as text: each line with its steps, the totals, the sources, and what is from memory."""
        return "\n".join(explained(self))

    def to_dict(self) -> dict[str, Any]:
        """The price as plain values for JSON; amounts in cents, dates as text."""
        return {
            "payer": self.payer.id,
            "date": self.date.isoformat(),
            "locality": self.locality,
            "place_of_service": self.place_of_service,
            "lines": [plain(line, TOTALS) for line in self.lines],
            "totals": {name: self.total(name) for name in TOTALS},
            "sources": [source.cite() for source in self.sources()],
            "from_memory": list(MEMORY_STEPS) if self.is_by_medicare else [],
        }
