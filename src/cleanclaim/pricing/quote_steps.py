"""How the figures of a quote came about: Medicare's fee of a unit, and each step from there to the payment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is the day of service
from typing import Any

from cleanclaim.dates import Dated
from cleanclaim.money import RATE_SCALE, Cents, divide, dollars
from cleanclaim.pricing.fee_parts import UnitFee
from cleanclaim.pricing.priced_visit import PricedLine, Step
from cleanclaim.pricing.provenance import DEDUCTIBLE_FIRST, LESSER_OF_CHARGE, SEQUESTRATION_LAST
from cleanclaim.pricing.quoted_lines import QuotedLine
from cleanclaim.pricing.schedule import facility_places
from cleanclaim.pricing.statuses import PriceStatus, ShareStatus
from cleanclaim.reference import fee_schedule, values
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Confidence


@dataclass(frozen=True, slots=True)
class QuotedVisit:
    """The visit that is priced, and the rates that hold for it."""

    payer: Payer
    day: Date
    locality: str | None
    place: str | None

    def setting(self, name: str) -> Dated[Any] | None:
        """What the payer states on the day."""
        return self.payer.setting(name, self.day).dated

    def basis(self) -> str:
        """The kind of price, or the empty text where it is unknown."""
        stated = self.setting("price_basis")
        return "" if stated is None else str(stated.value["kind"])

    def unit(self, line: QuotedLine) -> UnitFee | None:
        """Medicare's fee of one unit of the line, where all its parts are known and the payer pays by it."""
        if self.basis() not in ("medicare_fee_schedule", "percent_of_medicare") or self.locality is None:
            return None
        stated = self.setting("price_basis")
        basis = {} if stated is None else stated.value
        day = basis.get("schedule_date", self.day) if self.basis() == "percent_of_medicare" else self.day
        component = next((text for text in ("TC", "26") if text in line.modifiers), "")
        found = fee_schedule.rvu(line.code, day, component).dated
        indices = fee_schedule.gpci(self.locality, day).dated
        factor = fee_schedule.conversion_factor().on(day).dated
        if found is None or indices is None or factor is None or found.value.status not in ("A", "R", "T"):
            return None
        reduces = self.setting("multiple_procedure_reduction")
        shares = found.value.multiple_procedure == "5" and (reduces is None or reduces.value)
        return UnitFee(
            relative_values=found,
            indices=indices,
            conversion_factor=factor,
            in_facility=self.place in facility_places(),
            reduction=values.on("mppr_reduction_office", self.day).dated if shares else None,
            percent=basis.get("percent"),
        )

    def steps(self, line: PricedLine) -> Iterator[Step]:
        """How the figures of a line came about, in order."""
        if line.unit is not None:
            yield from self._unit_steps(line, line.unit)
        elif line.status is PriceStatus.FOUND:
            stated = self.setting("price_basis")
            yield Step(
                "fee",
                {
                    "charges": "the charge of the line",
                    "fee_table": f"{line.units} × the payer's own fee",
                    "per_diem": "what is left of the amount of the day, up to the charge of the line",
                }.get(self.basis(), self.basis()),
                line.fee_cents if line.fee_cents is not None else line.allowed_cents,
                stated.source.confidence if stated else Confidence.UNCERTAIN,
                stated.source if stated else None,
            )
        if line.allowed_cents is None:
            return
        # Where a line of units is rounded was not read; other amounts are the payer's own.
        rounding = Confidence.SEEN if line.unit is None else Confidence.MEMORY
        yield Step("allowed", _why(line), line.allowed_cents, rounding)
        if line.charge_cents is not None and line.payable_cents is not None:
            yield Step(
                "payable",
                f"the lesser of the charge of {dollars(line.charge_cents)} and the allowed amount",
                line.payable_cents,
                Confidence.MEMORY,
                LESSER_OF_CHARGE if self.payer.kind == "medicare_b" else None,
            )
        if self.payer.kind == "medicare_b" and line.allowed_cents:
            yield from self._share_steps(line)

    def _unit_steps(self, line: PricedLine, unit: UnitFee) -> Iterator[Step]:
        found, index, factor = unit.relative_values, unit.indices.value, unit.conversion_factor
        where = "facility" if unit.in_facility else "non-facility"
        parts = (
            f"work {_scaled(found.value.work, 2)} × {_scaled(index.work, 3)}"
            f" + {where} practice expense {_scaled(unit.practice_expense, 2)} × {_scaled(index.pe, 3)}"
            f" + malpractice {_scaled(found.value.mp, 2)} × {_scaled(index.mp, 3)}"
        )
        yield Step("relative values", f"{parts} ({found.value.edition})", None, found.source.confidence, found.source)
        yield Step(
            "unit fee",
            f"× conversion factor {_scaled(factor.value, 4)} = {_e4(unit.whole_e4)}",
            None,
            factor.source.confidence,
            factor.source,
        )
        if unit.reduction is not None and line.full_units is not None:
            cut = line.units - line.full_units
            percent = _scaled(unit.reduction.value, 2)
            yield Step(
                "reduction",
                f"ranked {line.rank} of {line.ranked} by practice expense: {line.full_units} paid in full, "
                f"{cut} with {percent}% off practice expense",
                None,
                unit.reduction.source.confidence,
                unit.reduction.source,
            )

    def _share_steps(self, line: PricedLine) -> Iterator[Step]:
        if line.share_status is ShareStatus.FOUND:
            yield Step(
                "deductible",
                "what is left of the yearly deductible",
                line.deductible_cents,
                Confidence.MEMORY,
                DEDUCTIBLE_FIRST,
            )
        rate = values.on("part_b_coinsurance", self.day).dated
        if rate is not None and line.share_status is ShareStatus.FOUND:
            yield Step(
                "payer's share",
                f"{_scaled(RATE_SCALE - rate.value, 2)}% after the deductible",
                line.payer_share_cents,
                rate.source.confidence,
                rate.source,
            )
            yield Step("patient's share", "the rest", line.patient_share_cents, rate.source.confidence, rate.source)
        cut = self.setting("assistant_payment_reduction")
        if cut is not None and cut.value and {"CQ", "CO"} & set(line.modifiers):
            how = f"{_scaled(RATE_SCALE - cut.value, 2)}% of the payer's share for an assistant"
            left = None if rate is None else _left_for_assistant(line, rate.value, cut.value)
            yield Step("assistant", how, left, cut.source.confidence, cut.source)
        taken = values.on("sequestration", self.day).dated
        if taken is not None:
            how = f"{_scaled(taken.value, 2)}% off the payment"
            yield Step("sequestration", how, None, taken.source.confidence, taken.source)
        least, most = line.expected_payment_at_least_cents, line.expected_payment_at_most_cents
        how = "all rates multiplied, rounded once"
        if line.expected_payment_cents is None and least is not None and most is not None:
            how += f": {dollars(least)} to {dollars(most)}, by what is left of the deductible"
        yield Step("expected payment", how, line.expected_payment_cents, Confidence.MEMORY, SEQUESTRATION_LAST)


def _scaled(value: int, digits: int) -> str:
    """An integer at 10^−digits as decimal text without trailing zeros beyond a whole number."""
    text = f"{value // 10**digits}.{value % 10**digits:0{digits}d}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _e4(value: int) -> str:
    """Dollars at 10⁻⁴ as text with all four digits."""
    return f"${value // RATE_SCALE:,}.{value % RATE_SCALE:04d}"


def _left_for_assistant(line: PricedLine, coinsurance: int, cut: int) -> Cents | None:
    """The payer's share after the assistant's cut, from the exact share; null while the deductible is not known."""
    if line.payable_cents is None or line.deductible_cents is None:
        return None
    share = (line.payable_cents - line.deductible_cents) * (RATE_SCALE - coinsurance)
    return divide(share * (RATE_SCALE - cut), RATE_SCALE * RATE_SCALE)


def _why(line: PricedLine) -> str:
    """How the allowed amount came of the units."""
    if line.status is PriceStatus.BUNDLED:
        return "bundled: paid within other services"
    if line.status is PriceStatus.BILLED_FOR_DENIAL:
        return "GY or GZ: billed to be denied"
    if line.unit is None or line.full_units is None:
        return "as the payer's file says"
    cut = line.units - line.full_units
    counted = [(line.full_units, line.unit.whole_e4), (cut, line.unit.cut_e4)]
    terms = " + ".join(f"{count} × {_e4(fee)}" for count, fee in counted if count)
    return terms if line.unit.percent is None else f"({terms}) × {_scaled(line.unit.percent, 2)}%"
