"""What a billing company asks of a clinic: a share of what was collected in a span, by the rate of each day.

Collected is cash posted to claims and patients' accounts, less what was given back. Interest, provider adjustments and
money that is not placed yet are no collections: they become so when they are placed, or never.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import RATE_SCALE, divide


class InvoiceError(ValueError):
    """An invoice that cannot be made: says of which day no rate is known."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in ten-thousandths, and the days it holds for; open where a day is missing."""

    rate_e4: int
    valid_from: date
    valid_through: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_through is None or day <= self.valid_through)


@dataclass(frozen=True, slots=True)
class Collected:
    """Cash of one day, in cents: what came in, and what was given back (a positive number)."""

    on: date
    posted_cents: int
    refunded_cents: int


@dataclass(frozen=True, slots=True)
class InvoicePart:
    """What was collected while one rate held, and the share of it, in cents. Rounded once, half away from zero."""

    begins_on: date
    ends_on: date
    posted_cents: int
    refunded_cents: int
    rate_e4: int

    @property
    def collected_cents(self) -> int:
        """What came in less what was given back."""
        return self.posted_cents - self.refunded_cents

    @property
    def fee_cents(self) -> int:
        """The company's share; below zero where more was given back than came in."""
        return divide(self.collected_cents * self.rate_e4, RATE_SCALE)


def parts(collected: Iterable[Collected], rates: Sequence[Rate], first: date, last: date) -> list[InvoicePart]:
    """The parts of an invoice over a span, one for each rate that held in it.

    Raises:
        InvoiceError: no rate, or more than one, holds on a day of the span.
    """
    spans: list[tuple[date, date, Rate]] = []
    day = first
    while day <= last:
        held = [rate for rate in rates if rate.holds_on(day)]
        if len(held) != 1:
            told = f"{len(held)} rates hold" if held else "no rate is agreed"
            raise InvoiceError(f"{told} on {day}; expected one")
        (rate,) = held
        starts = [other.valid_from for other in rates if other.valid_from > day]
        ends = min([last, *([rate.valid_through] if rate.valid_through else []), *(_before(start) for start in starts)])
        spans.append((day, ends, rate))
        day = date.fromordinal(ends.toordinal() + 1)
    own = list(collected)
    return [
        InvoicePart(
            begins,
            ends,
            sum(one.posted_cents for one in own if begins <= one.on <= ends),
            sum(one.refunded_cents for one in own if begins <= one.on <= ends),
            rate.rate_e4,
        )
        for begins, ends, rate in spans
    ]


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
