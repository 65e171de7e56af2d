"""The price of a few lines, unfolded: every figure with the parts, the rates and the sources it was made of.

    price = price_lines("97530 97110x2 97140", date=date(2026, 3, 4))
    price.allowed_cents            # 10070
    price.explain()                # the same as text, step by step

The figures come from `line_prices.price_table`, the one implementation; this module only looks the parts up again
and lays them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date as Date  # noqa: N812 - `date` is the day of service

import polars as pl

from cleanclaim.money import Cents
from cleanclaim.pricing.fee_parts import UnitFee
from cleanclaim.pricing.line_prices import CLAIM_COLUMNS, LINE_COLUMNS, price_table
from cleanclaim.pricing.priced_visit import Price, PricedLine
from cleanclaim.pricing.quote_steps import QuotedVisit
from cleanclaim.pricing.quote_text import TOTAL_LABELS, total_text
from cleanclaim.pricing.quoted_lines import QuotedLine, QuoteError, parse_lines, parsed_line
from cleanclaim.pricing.statuses import PriceStatus, ShareStatus
from cleanclaim.reference import fee_schedule, payers
from cleanclaim.reference.fee_schedule import NATIONAL
from cleanclaim.reference.payers import Payer
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.reference.published.kinds import Kind

__all__ = [
    "TOTAL_LABELS",
    "Price",
    "PricedLine",
    "QuoteError",
    "QuotedLine",
    "parse_lines",
    "price_lines",
    "total_text",
]

_ASSISTANT = {"PT": "CQ", "OT": "CO"}


def price_lines(  # noqa: PLR0913 - each says one thing about the visit
    lines: str | Iterable[str | QuotedLine],
    *,
    date: Date,
    payer: str | Payer = "medicare_b",
    locality: str | None = NATIONAL,
    place_of_service: str | None = "11",
    discipline: str = "PT",
    assistant: Iterable[str] = (),
    deductible_met_cents: Cents | None = None,
) -> Price:
    """Price the lines of one visit with nothing else that day.

    Args:
        lines: as `parse_lines` reads them, or `QuotedLine`s.
        date: the day of service; it selects every rate.
        payer: the id of a shipped payer, or a payer file of the clinic's own.
        locality: Medicare payment locality such as "01112-05", or "national" for indices of 1.
        place_of_service: two digits.
        discipline: PT, OT or SLP.
        assistant: codes whose lines an assistant furnished; they get CQ (CO for OT).
        deductible_met_cents: Part B deductible met as of that day; unknown when absent, and then the expected
            payment has a least and a most.

    Raises:
        QuoteError: a line cannot be read, a code of `assistant` is not among the lines, or there is no such payer
            or locality.
    """
    if locality is not None and locality not in _localities():
        raise QuoteError(f"locality {locality!r}: expected {NATIONAL}, or a carrier and number such as 01112-05")
    quoted = _with_assistant(_quoted(lines), set(assistant), discipline)
    if isinstance(payer, str):
        try:
            payer = payers.get(payer)
        except payers.UnknownPayerError as error:
            raise QuoteError(str(error)) from error
    claim = _claim(payer, date, locality, place_of_service, discipline, deductible_met_cents)
    table = pl.DataFrame(
        {
            "claim_id": [0] * len(quoted),
            "code": [line.code for line in quoted],
            "modifiers": [list(line.modifiers) for line in quoted],
            "units": [line.units for line in quoted],
            "charge_cents": [line.charge_cents for line in quoted],
        },
        schema=dict(LINE_COLUMNS),
    )
    figures = price_table(claim, table, fees=payers.fees([payer]), limit_to_known_charges=True)
    asked = QuotedVisit(payer, date, locality, place_of_service)
    is_paid = figures["price_status"] != PriceStatus.BILLED_FOR_DENIAL.value
    units = [asked.unit(line) if paid else None for line, paid in zip(quoted, is_paid, strict=True)]
    places = _ranks(units)
    priced = []
    for line, unit, place, row in zip(quoted, units, places, figures.iter_rows(named=True), strict=True):
        status, share = PriceStatus(row.pop("price_status")), ShareStatus(row.pop("share_status"))
        found = PricedLine(
            code=line.code,
            units=line.units,
            modifiers=line.modifiers,
            charge_cents=line.charge_cents,
            status=status,
            share_status=share,
            unit=unit if status is PriceStatus.FOUND else None,
            rank=place,
            ranked=len([other for other in places if other is not None]),
            **row,
        )
        priced.append(replace(found, steps=tuple(asked.steps(found))))
    return Price(payer, date, locality or "unknown", place_of_service or "unknown", tuple(priced))


@by_editions(Kind.GEOGRAPHIC_INDICES)
def _localities() -> frozenset[str]:
    return frozenset(fee_schedule.gpci_table()["locality"])


def _quoted(lines: str | Iterable[str | QuotedLine]) -> tuple[QuotedLine, ...]:
    if isinstance(lines, str):
        return parse_lines(lines)
    read = tuple(line if isinstance(line, QuotedLine) else parsed_line(line) for line in lines)
    return read or parse_lines("")


def _with_assistant(lines: tuple[QuotedLine, ...], codes: set[str], discipline: str) -> tuple[QuotedLine, ...]:
    absent = codes - {line.code for line in lines}
    if absent:
        raise QuoteError(f"assistant: {min(absent)} is not among the lines")
    if codes and discipline not in _ASSISTANT:
        raise QuoteError(f"assistant: {discipline} has no assistant modifier; expected {' or '.join(_ASSISTANT)}")
    return tuple(
        replace(line, modifiers=(*line.modifiers, _ASSISTANT[discipline]))
        if line.code in codes and _ASSISTANT[discipline] not in line.modifiers
        else line
        for line in lines
    )


def _claim(
    payer: Payer, day: Date, locality: str | None, place: str | None, discipline: str, met: Cents | None
) -> pl.DataFrame:
    """The one claim of a quote: one patient, one billing provider."""
    row = payers.resolve(pl.DataFrame({"payer": [payer.id], "date": [day]}), [payer]).row(0, named=True)
    row |= {
        "patient_id": 0,
        "date_of_service": day,
        "coverage_order": "primary",
        "in_network": True,
        "discipline": discipline,
        "place_of_service": place,
        "locality": locality,
        "billing_npi": "own",
        "billing_tax_id": "own",
        "deductible_met_cents": met,
        "ytd_as_of": day,
    }
    return pl.DataFrame({name: [row[name]] for name in CLAIM_COLUMNS}, schema=dict(CLAIM_COLUMNS))


def _ranks(units: list[UnitFee | None]) -> list[int | None]:
    """The place of each line among those that share the reduction: practice expense, fee, order."""
    heights = {
        place: (-unit.practice_expense, -unit.exact(cut=False))
        for place, unit in enumerate(units)
        if unit is not None and unit.reduction is not None
    }
    ordered = sorted(heights, key=heights.__getitem__)  # equal ones stay in the order of the lines
    return [ordered.index(place) + 1 if place in heights else None for place in range(len(units))]
