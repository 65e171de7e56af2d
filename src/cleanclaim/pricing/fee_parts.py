"""Medicare's fee of one unit with the parts that it was made of, to show them."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.dates import Dated
from cleanclaim.money import RATE_SCALE, divide
from cleanclaim.pricing.schedule import FEE_SCALE
from cleanclaim.reference.fee_schedule import Indices, RelativeValues

_PER_E4 = FEE_SCALE // 100


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
    def whole_e4(self) -> int:
        """The fee of a unit paid in full, in dollars at 10⁻⁴: for display, since only a line is rounded to cents."""
        return divide(self.exact(cut=False), _PER_E4)

    @property
    def cut_e4(self) -> int:
        """The fee of a unit with its practice expense cut, in dollars at 10⁻⁴: for display.

        It is the whole fee for a code that takes no part in the reduction.
        """
        return divide(self.exact(cut=True), _PER_E4)

    def exact(self, *, cut: bool) -> int:
        """The fee of a unit in cents times `FEE_SCALE`, before any contract's percentage."""
        found, index = self.relative_values.value, self.indices.value
        kept = RATE_SCALE - (self.reduction.value if cut and self.reduction else 0)
        other = (found.work * index.work + found.mp * index.mp) * RATE_SCALE
        return (other + self.practice_expense * index.pe * kept) * self.conversion_factor.value
