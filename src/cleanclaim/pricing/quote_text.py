"""A quote as text for people and as plain values for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cleanclaim.money import Cents, dollars
from cleanclaim.pricing.provenance import MEMORY_STEPS
from cleanclaim.pricing.statuses import PriceStatus, ShareStatus
from cleanclaim.sources import Confidence

if TYPE_CHECKING:
    from cleanclaim.pricing.priced_visit import Price, PricedLine

TOTAL_LABELS = {
    "fee_cents": "fees before the reduction",
    "allowed_cents": "allowed",
    "patient_share_cents": "patient's share",
    "expected_payment_cents": "expected payment",
}
"""The totals that people are shown."""


def explained(price: Price) -> Iterator[str]:
    """The price line by line: figures with their steps, totals, sources, and what is from memory."""
    yield (
        f"{price.payer.label}, {price.date.isoformat()}, locality {price.locality}, "
        f"place of service {price.place_of_service}"
    )
    for line in price.lines:
        yield ""
        yield f"{'-'.join((line.code, *line.modifiers))} × {line.units}  {_amount(line.allowed_cents)}" + (
            "" if line.status is PriceStatus.FOUND else f"  ({line.status.value})"
        )
        for step in line.steps:
            mark = "" if step.confidence is Confidence.SEEN else f" [{step.confidence.value}]"
            cents = "" if step.cents is None else dollars(step.cents)
            yield f"  {step.label:<16} {cents:>10}  {step.how}{mark}"
        if line.allowed_cents is not None and line.share_status is not ShareStatus.FOUND:
            yield f"  shares not known: {line.share_status.value}"
    yield ""
    for name, label in TOTAL_LABELS.items():
        yield f"{label:<28} {total_text(price, name)}"
    yield ""
    yield "Sources:"
    for source in price.sources():
        yield f"  {source.cite()}"
    if price.is_by_medicare:
        yield "From memory, not read in a source: " + "; ".join(MEMORY_STEPS) + "."


def total_text(price: Price, name: str) -> str:
    """A total in words: the amount, a span where only bounds are known, or unknown."""
    cents = price.total(name)
    if cents is not None or name != "expected_payment_cents":
        return _amount(cents)
    least, most = price.total("expected_payment_at_least_cents"), price.total("expected_payment_at_most_cents")
    return "unknown" if least is None or most is None else f"{dollars(least)} to {dollars(most)} (by the deductible)"


def _amount(cents: Cents | None) -> str:
    return "unknown" if cents is None else dollars(cents)


def plain(line: PricedLine, figures: Iterable[str]) -> dict[str, Any]:
    """A line as plain values: what was asked, its statuses, the parts of its fee, these figures, its steps."""
    unit = line.unit
    return {
        "code": line.code,
        "modifiers": list(line.modifiers),
        "units": line.units,
        "charge_cents": line.charge_cents,
        "price_status": line.status.value,
        "share_status": line.share_status.value,
        "rank": line.rank,
        "full_units": line.full_units,
        "unit": None
        if unit is None
        else {
            "edition": unit.relative_values.value.edition,
            "work_e2": unit.relative_values.value.work,
            "practice_expense_e2": unit.practice_expense,
            "malpractice_e2": unit.relative_values.value.mp,
            "work_gpci_e3": unit.indices.value.work,
            "practice_expense_gpci_e3": unit.indices.value.pe,
            "malpractice_gpci_e3": unit.indices.value.mp,
            "conversion_factor_e4": unit.conversion_factor.value,
            "reduction_e4": unit.reduction.value if unit.reduction else None,
            "percent_e4": unit.percent,
            "whole_e4": unit.whole_e4,
            "cut_e4": unit.cut_e4,
        },
        **{name: getattr(line, name) for name in figures},
        "steps": [
            {
                "label": step.label,
                "how": step.how,
                "cents": step.cents,
                "confidence": step.confidence.value,
                "source": step.source.cite() if step.source else None,
            }
            for step in line.steps
        ],
    }
