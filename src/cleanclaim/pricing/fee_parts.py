"""Medicare's fee of one unit with the parts that it was made of, to show them."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.dates import Dated
from cleanclaim.money import RATE_SCALE, Cents, divide
from cleanclaim.pricing.schedule import CENTS_PER_PRODUCT
from cleanclaim.reference.fee_schedule import Indices, RelativeValues


@dataclass(frozen=True, slots=True)
class UnitFee:
    """Medicare's fee of one unit and its parts."""

    relative_values: Dated[RelativeValues]
    indices: Dated[Indices]
    conversion_factor: Dated[int]
    in_facility: bool
    reduction: Dated[int] | None
    """Cut of practice expense at 10⁻⁴, for the codes whose units share the reduction."""
    percent: int | None
    """What the payer pays of a line at Medicare's fees, at 10⁻⁴; null for Medicare itself."""

    @property
    def practice_expense(self) -> int:
        """The practice expense paid at this place, at 10⁻²."""
        found = self.relative_values.value
        return found.pe_facility if self.in_facility else found.pe_nonfacility

    @property
    def whole_cents(self) -> Cents:
        """The fee of a unit paid in full."""
        return self._rounded(RATE_SCALE)

    @property
    def cut_cents(self) -> Cents:
        """The fee of a unit with its practice expense cut; the whole fee of a code that takes no part in that."""
        return self._rounded(RATE_SCALE - (self.reduction.value if self.reduction else 0))

    def _rounded(self, kept: int) -> Cents:
        """The fee with that much of its practice expense, at 10⁻⁴, rounded once to cents."""
        found, index = self.relative_values.value, self.indices.value
        other = (found.work * index.work + found.mp * index.mp) * RATE_SCALE
        product = (other + self.practice_expense * index.pe * kept) * self.conversion_factor.value
        return divide(product, CENTS_PER_PRODUCT * RATE_SCALE)
