"""Medicare's fee of one unit with the parts that it was made of, to show them."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.dates import Dated
from cleanclaim.money import RATE_SCALE, divide
from cleanclaim.pricing.schedule import CENTS_PER_PRODUCT
from cleanclaim.reference.fee_schedule import Indices, RelativeValues

_PER_E4 = CENTS_PER_PRODUCT * RATE_SCALE * RATE_SCALE // 100


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
    """What the payer pays of Medicare's amount, at 10⁻⁴; null for Medicare itself."""

    @property
    def practice_expense(self) -> int:
        """The practice expense paid at this place, at 10⁻²."""
        found = self.relative_values.value
        return found.pe_facility if self.in_facility else found.pe_nonfacility

    @property
    def whole_e4(self) -> int:
        """The fee of a unit paid in full, in dollars at 10⁻⁴: for display, since only a line is rounded to cents."""
        return divide(self.exact(cut=False), _PER_E4)

    @property
    def cut_e4(self) -> int:
        """The fee of a unit with its practice expense cut, in dollars at 10⁻⁴."""
        return divide(self.exact(cut=True), _PER_E4)

    def exact(self, *, cut: bool) -> int:
        """The fee of a unit as a whole number of cents divided by 10¹⁵."""
        found, index = self.relative_values.value, self.indices.value
        share = RATE_SCALE - (self.reduction.value if cut and self.reduction else 0)
        other = (found.work * index.work + found.mp * index.mp) * RATE_SCALE
        product = (other + self.practice_expense * index.pe * share) * self.conversion_factor.value
        return product * (RATE_SCALE if self.percent is None else self.percent)
