"""The claims and lines to price, as arrays that every step reads; a line keeps the first reason why it has no price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.pricing.exact import Flags, Integers, Known, TextLists, absent, flags, integers, is_one_of, places_in
from cleanclaim.pricing.schedule import Schedule
from cleanclaim.pricing.statuses import PriceStatus

MOST_UNITS = 99_999
"""More units than any claim line holds; beyond it a price is not worked out."""

STATUSES = tuple(str(status) for status in PriceStatus)
_FOR_DENIAL = ("GY", "GZ")
"""Excluded by statute, and denial expected without a notice: Medicare denies both unseen."""
KINDS = ("medicare_fee_schedule", "percent_of_medicare", "fee_table", "per_diem", "charges")
"""The bases that can be priced; a state's own schedule is not loaded."""
MEDICARE = ("medicare_fee_schedule", "percent_of_medicare")
"""The bases made of Medicare's fees."""
BY_CONTRACT = ("medicare_fee_schedule", "percent_of_medicare", "fee_table", "per_diem")
"""The bases that hold for a clinic with a contract; with Medicare, one that participates: others are allowed less."""


@dataclass(slots=True)
class Worksheet:
    """Both frames with what every step reads of them; `status` is filled by the first step that finds a reason."""

    claims: pl.DataFrame
    lines: pl.DataFrame
    schedule: Schedule
    claim: Integers
    """Row of `claims` of each line."""
    days: Known
    """Day of service by claim."""
    rate_dates: pl.Series
    """The day by claim whose Medicare schedule holds: a contract's fixed one, else the day of service."""
    units: Known
    """Units billed; 0 where they are unknown or unusable."""
    usable: Flags
    modifiers: TextLists
    charge: Known
    """Charge of each line; what is charged under nothing is nothing."""
    line_basis: npt.NDArray[np.int8]
    """Kind of price of each line's payer, as a place in `KINDS`; −1 unknown."""
    status: npt.NDArray[np.int8]

    @classmethod
    def of(cls, claims: pl.DataFrame, lines: pl.DataFrame, claim: Integers, schedule: Schedule) -> Worksheet:
        """Read the frames; `claim` is the row of `claims` of each line."""
        stated, charge = integers(lines["units"]), integers(lines["charge_cents"])
        usable = (stated.values >= 1) & (stated.values <= MOST_UNITS)
        work = cls(
            claims=claims,
            lines=lines,
            schedule=schedule,
            claim=claim,
            days=integers(claims["date_of_service"]),
            rate_dates=_rate_dates(claims),
            units=Known(np.where(usable, stated.values, 0), stated.known),
            usable=usable,
            modifiers=TextLists.of(lines["modifiers"]),
            charge=Known(np.maximum(charge.values, 0), charge.known),
            line_basis=places_in(claims["payer_price_basis_kind"], KINDS)[claim],
            status=np.zeros(len(lines), np.int8),
        )
        work._mark_what_nobody_can_price()
        return work

    def mark(self, where: Flags, status: PriceStatus) -> None:
        """Give the status to lines that have none yet."""
        self.status[where & (self.status == 0)] = STATUSES.index(status)

    def mark_as(self, statuses: npt.NDArray[np.int8]) -> None:
        """Give each line that has no status yet its own of these."""
        np.copyto(self.status, statuses, where=self.status == 0)

    def at(self, rows: Integers) -> Worksheet:
        """Some lines, each with a claim of its own; none of them has a status yet."""
        claim = pl.Series(self.claim[rows].astype(np.uint32))
        lines = self.lines[pl.Series(rows.astype(np.uint32))]
        return Worksheet(
            claims=self.claims[claim],
            lines=lines,
            schedule=self.schedule,
            claim=np.arange(len(rows)),
            days=self.days.take(self.claim[rows]),
            rate_dates=self.rate_dates[claim],
            units=self.units.take(rows),
            usable=self.usable[rows],
            modifiers=TextLists.of(lines["modifiers"]),
            charge=self.charge.take(rows),
            line_basis=self.line_basis[rows],
            status=np.zeros(len(rows), np.int8),
        )

    def marked(self, status: PriceStatus) -> Flags:
        """Lines that have that status."""
        found: Flags = self.status == STATUSES.index(status)
        return found

    def paid_nothing(self) -> Flags:
        """Lines for which it is known that nothing is allowed."""
        return self.marked(PriceStatus.BUNDLED) | self.marked(PriceStatus.BILLED_FOR_DENIAL)

    def of_claims(self, values: Flags) -> Flags:
        """A flag of each line's claim."""
        return values[self.claim]

    def basis_is(self, *kinds: str) -> Flags:
        """Lines whose payer pays on one of these bases."""
        found = np.zeros(len(self.line_basis), np.bool_)
        for kind in kinds:
            found |= self.line_basis == KINDS.index(kind)
        return found

    def _mark_what_nobody_can_price(self) -> None:
        known = flags(self.claims["payer_is_known"])
        outside = flags(self.claims["in_network"]).no.take(self.claim) & self.basis_is(*BY_CONTRACT)
        self.mark(self.of_claims(~self.days.known), PriceStatus.DATE_UNKNOWN)
        self.mark(self.of_claims(~known.yes), PriceStatus.PAYER_UNKNOWN)
        medicare = self.of_claims(is_one_of(self.claims["payer_kind"], ("medicare_b",)))
        self.mark(medicare & self.modifiers.have_any(_FOR_DENIAL).yes, PriceStatus.BILLED_FOR_DENIAL)
        self.mark(outside, PriceStatus.OUT_OF_NETWORK)
        self.mark(self.line_basis < 0, PriceStatus.PAYER_PRICE_UNKNOWN)
        by_unit = self.basis_is(*MEDICARE, "fee_table")
        self.mark(by_unit & absent(self.lines["code"]), PriceStatus.CODE_UNKNOWN)
        self.mark(by_unit & ~self.units.known, PriceStatus.UNITS_UNKNOWN)
        self.mark(by_unit & ~self.usable, PriceStatus.UNITS_UNUSABLE)


def _rate_dates(claims: pl.DataFrame) -> pl.Series:
    """The fixed day of a contract that pays a percentage of Medicare; for other claims the day of service."""
    days, fixed = claims["date_of_service"], claims["payer_price_basis_schedule_date"]
    if fixed.null_count() == len(fixed):
        return days
    has_fixed = (claims["payer_price_basis_kind"] == "percent_of_medicare").fill_null(value=False) & fixed.is_not_null()
    return fixed.zip_with(has_fixed & days.is_not_null(), days).alias("date_of_service")
