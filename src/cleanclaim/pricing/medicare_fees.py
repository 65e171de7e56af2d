"""Medicare's fee of one unit of each line, whole and with its practice expense cut.

Of many lines, one is asked of each kind: a million of them have some thousand codes and days of service.
"""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.money import RATE_SCALE
from cleanclaim.pricing.exact import Flags, Integers, Known, Tristate
from cleanclaim.pricing.kinds import Kinds, from_one
from cleanclaim.pricing.medicare_rates import component_of, medicare_rates
from cleanclaim.pricing.worksheet import Worksheet

_FEW = 1_000
"""Up to this many lines each is asked."""


@dataclass(frozen=True, slots=True)
class MedicareFees:
    """Medicare's fees of a unit, also of lines whose payer does not pay by them: the fees rank their units."""

    whole: Integers
    """Cents of a unit times `FEE_SCALE`, exact."""
    cut: Integers
    """The same with its practice expense cut."""
    known: Flags
    cut_known: Flags
    """Where the share that is cut is known as well."""
    expense: Known
    """Practice expense of a unit, at 10⁻²."""
    is_reduced: Tristate
    """Whether the code is one whose units share the reduction."""
    other_family: Integers
    """The family of codes, but therapy, whose units cut each other; 0 is none."""

    def take(self, rows: Integers) -> MedicareFees:
        """The fees at these rows."""
        return MedicareFees(
            self.whole[rows],
            self.cut[rows],
            self.known[rows],
            self.cut_known[rows],
            self.expense.take(rows),
            self.is_reduced.take(rows),
            self.other_family[rows],
        )


def medicare_fees(work: Worksheet) -> MedicareFees:
    """Look every line up; say why there is no fee, for payers that need it."""
    if len(work.lines) <= _FEW:
        return _asked(work)
    kinds = _kinds(work)
    of_each = work.at(kinds.rows)
    found = _asked(of_each)
    work.mark_as(of_each.status[kinds.of_row])
    return found.take(kinds.of_row)


def _asked(work: Worksheet) -> MedicareFees:
    rates = medicare_rates(work)
    other = rates.work * rates.gpci["work"] + rates.mp * rates.gpci["mp"]
    expense = rates.expense.values * rates.gpci["pe"]
    factor = rates.factor.values
    return MedicareFees(
        whole=(other + expense) * factor * RATE_SCALE,
        cut=(other * RATE_SCALE + expense * (RATE_SCALE - rates.cut.values)) * factor,
        known=rates.expense.known & rates.located & rates.factor.known,
        cut_known=rates.cut.known,
        expense=rates.expense,
        is_reduced=rates.is_reduced,
        other_family=rates.other_family,
    )


def _kinds(work: Worksheet) -> Kinds:
    """The kinds of lines that `medicare_rates` cannot tell apart: it reads nothing else of a line or its claim."""
    columns = [work.rate_dates, *(work.claims[name] for name in ("date_of_service", "place_of_service", "locality"))]
    of_claim = Kinds.by([from_one(column) for column in columns]).of_row
    return Kinds.by([of_claim[work.claim], work.line_basis + 1, from_one(work.lines["code"]), component_of(work)])
