"""The price of a few lines, unfolded: every figure with the parts, the rates and the sources it was made of.

    price = price_lines("97530 97110x2 97140", date=date(2026, 3, 4))
    price.allowed_cents            # 10070
    price.explain()                # the same as text, step by step

The figures come from `line_prices.price_table`, the one implementation; this module only looks the parts up again
and lays them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date as Date  # noqa: N812 - `date` is the day of service
from functools import cache
from typing import Any

import polars as pl

from cleanclaim.dates import Dated
from cleanclaim.money import RATE_SCALE, AmountError, Cents, divide, dollars, parse_cents
from cleanclaim.pricing.line_prices import CLAIM_COLUMNS, LINE_COLUMNS, MEMORY_STEPS, price_table
from cleanclaim.pricing.schedule import CENTS_PER_PRODUCT, facility_places
from cleanclaim.pricing.statuses import PriceStatus, ShareStatus
from cleanclaim.reference import fee_schedule, payers, values
from cleanclaim.reference.fee_schedule import NATIONAL, Indices, RelativeValues
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Confidence, Source

_LINE = re.compile(
    r"(?P<code>[0-9A-Z][0-9]{3}[0-9A-Z])(?P<modifiers>(?:-[0-9A-Z]{2})*)(?:X(?P<units>[0-9]{1,5}))?"
    r"(?:[=@]\$?(?P<charge>[0-9.]+))?"
)
_ASSISTANT = {"PT": "CQ", "OT": "CO"}


class QuoteError(ValueError):
    """Lines, payer or place that cannot be priced as written; says what was expected."""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line to price; a charge that is not given is taken as no less than what is allowed."""

    code: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    charge_cents: Cents | None = None


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


_PER_E4 = CENTS_PER_PRODUCT * RATE_SCALE * RATE_SCALE // 100


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


_TOTALS = (
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
        return "\n".join(_explained(self))

    def to_dict(self) -> dict[str, Any]:
        """The price as plain values for JSON; amounts in cents, dates as text."""
        return {
            "payer": self.payer.id,
            "date": self.date.isoformat(),
            "locality": self.locality,
            "place_of_service": self.place_of_service,
            "lines": [_plain(line) for line in self.lines],
            "totals": {name: self.total(name) for name in _TOTALS},
            "sources": [source.cite() for source in self.sources()],
            "from_memory": list(MEMORY_STEPS) if self.is_by_medicare else [],
        }


def parse_lines(text: str | Iterable[str]) -> tuple[QuotedLine, ...]:
    """Read lines such as `97530 97110x2 97140-59 97112-CQx2=80.00`: code, modifiers, units, charge of the line.

    Raises:
        QuoteError: a word that is no such line, or no word at all.
    """
    words = text.split() if isinstance(text, str) else list(text)
    if not words:
        raise QuoteError("no lines; expected procedure codes such as 97110x2")
    return tuple(_parsed(word) for word in words)


def _parsed(word: str) -> QuotedLine:
    match = _LINE.fullmatch(word.strip().upper().replace("×", "X"))
    expected = "expected a procedure code with modifiers, units and charge as wanted, such as 97110-CQx2=80.00"
    if match is None:
        raise QuoteError(f"{word!r}: {expected}")
    try:
        charge = parse_cents(match["charge"]) if match["charge"] else None
    except AmountError as error:
        raise QuoteError(f"{word!r}: {expected}; {error}") from error
    modifiers = tuple(match["modifiers"].split("-")[1:])
    return QuotedLine(match["code"], int(match["units"] or 1), modifiers, charge)


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
    asked = _Asked(payer, date, locality, place_of_service)
    units = [asked.unit(line) for line in quoted]
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


@cache
def _localities() -> frozenset[str]:
    return frozenset(fee_schedule.gpci_table()["locality"])


def _quoted(lines: str | Iterable[str | QuotedLine]) -> tuple[QuotedLine, ...]:
    if isinstance(lines, str):
        return parse_lines(lines)
    read = tuple(line if isinstance(line, QuotedLine) else _parsed(line) for line in lines)
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
        place: (-unit.practice_expense, -unit.exact(cut=False), place)
        for place, unit in enumerate(units)
        if unit is not None and unit.reduction is not None
    }
    ordered = sorted(heights, key=heights.__getitem__)
    return [ordered.index(place) + 1 if place in heights else None for place in range(len(units))]


@dataclass(frozen=True, slots=True)
class _Asked:
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
        component = next((text for text in ("TC", "26") if text in line.modifiers), "")
        found = fee_schedule.rvu(line.code, self.day, component).dated
        indices = fee_schedule.gpci(self.locality, self.day).dated
        factor = values.on("conversion_factor", self.day).dated
        if found is None or indices is None or factor is None or found.value.status not in ("A", "R", "T"):
            return None
        reduces = self.setting("multiple_procedure_reduction")
        shares = found.value.multiple_procedure == "5" and (reduces is None or reduces.value)
        stated = self.setting("price_basis")
        percent = stated.value.get("percent") if stated is not None else None
        return UnitFee(
            relative_values=found,
            indices=indices,
            conversion_factor=factor,
            in_facility=self.place in facility_places(),
            reduction=values.on("mppr_reduction_office", self.day).dated if shares else None,
            percent=percent,
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
        confidence = Confidence.MEMORY if line.unit is not None else Confidence.SEEN
        yield Step("allowed", _why(line), line.allowed_cents, confidence)
        if line.charge_cents is not None and line.payable_cents is not None:
            yield Step(
                "payable",
                f"the lesser of the charge of {dollars(line.charge_cents)} and the allowed amount",
                line.payable_cents,
                Confidence.MEMORY,
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
        share = "" if unit.percent is None else f" × {_scaled(unit.percent, 2)} %"
        yield Step(
            "unit fee",
            f"× conversion factor {_scaled(factor.value, 4)}{share} = {_e4(unit.whole_e4)}",
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
                f"{cut} with {percent} % off practice expense",
                None,
                unit.reduction.source.confidence,
                unit.reduction.source,
            )

    def _share_steps(self, line: PricedLine) -> Iterator[Step]:
        if line.share_status is ShareStatus.FOUND:
            yield Step("deductible", "what is left of the yearly deductible", line.deductible_cents, Confidence.MEMORY)
        rate = values.on("part_b_coinsurance", self.day).dated
        if rate is not None and line.share_status is ShareStatus.FOUND:
            yield Step(
                "payer's share",
                f"{_scaled(RATE_SCALE - rate.value, 2)} % after the deductible",
                line.payer_share_cents,
                rate.source.confidence,
                rate.source,
            )
            yield Step("patient's share", "the rest", line.patient_share_cents, rate.source.confidence, rate.source)
        cut = self.setting("assistant_payment_reduction")
        if cut is not None and cut.value and {"CQ", "CO"} & set(line.modifiers):
            how = f"{_scaled(RATE_SCALE - cut.value, 2)} % of the payer's share for an assistant"
            yield Step("assistant", how, None, cut.source.confidence, cut.source)
        taken = values.on("sequestration", self.day).dated
        if taken is not None:
            how = f"{_scaled(taken.value, 2)} % off the payment"
            yield Step("sequestration", how, None, taken.source.confidence, taken.source)
        least, most = line.expected_payment_at_least_cents, line.expected_payment_at_most_cents
        how = "all rates multiplied, rounded once"
        if line.expected_payment_cents is None and least is not None and most is not None:
            how += f": {dollars(least)} to {dollars(most)}, by what is left of the deductible"
        yield Step("expected payment", how, line.expected_payment_cents, Confidence.MEMORY)


def _scaled(value: int, digits: int) -> str:
    """An integer at 10^−digits as decimal text without trailing zeros beyond a whole number."""
    text = f"{value // 10**digits}.{value % 10**digits:0{digits}d}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _why(line: PricedLine) -> str:
    """How the allowed amount came of the units."""
    if line.status is PriceStatus.BUNDLED:
        return "bundled: paid within other services"
    if line.unit is None or line.full_units is None:
        return "as the payer's file says"
    cut = line.units - line.full_units
    terms = [(line.full_units, line.unit.whole_e4), (cut, line.unit.cut_e4)]
    return " + ".join(f"{count} × {_e4(fee)}" for count, fee in terms if count)


def _e4(value: int) -> str:
    """Dollars at 10⁻⁴ as text with all four digits."""
    return f"${value // RATE_SCALE}.{value % RATE_SCALE:04d}"


def _plain(line: PricedLine) -> dict[str, Any]:
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
        **{name: getattr(line, name) for name in _TOTALS},
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


def _explained(price: Price) -> Iterator[str]:
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


TOTAL_LABELS = {
    "fee_cents": "fees before the reduction",
    "allowed_cents": "allowed",
    "patient_share_cents": "patient's share",
    "expected_payment_cents": "expected payment",
}
"""The totals that people are shown."""


def total_text(price: Price, name: str) -> str:
    """A total in words: the amount, a span where only bounds are known, or unknown."""
    cents = price.total(name)
    if cents is not None or name != "expected_payment_cents":
        return _amount(cents)
    least, most = price.total("expected_payment_at_least_cents"), price.total("expected_payment_at_most_cents")
    return "unknown" if least is None or most is None else f"{dollars(least)} to {dollars(most)} (by the deductible)"


def _amount(cents: Cents | None) -> str:
    return "unknown" if cents is None else dollars(cents)
