"""The price of every line of a table: allowed amount, payer's and patient's shares, expected payment.

Steps for a line of a payer that pays by Medicare's fee schedule, each exact in integers:

1. fee of one unit: (work × index + practice expense × index + malpractice × index) × conversion factor, kept exact;
   the practice expense of a facility or of an office by the place of service;
2. multiple procedure reduction: of all units of always-therapy codes that a patient has on one day from one billing
   group, whatever the discipline, the one with the highest practice expense is paid in full, every other one with
   its practice expense cut. Equal practice expense: the highest fee; equal again: the first line;
3. `allowed_cents`: the sum of the line's units, rounded once to cents. It counts towards the therapy threshold;
4. `payable_cents`: the lesser of the charge and the allowed amount;
5. what is left of the yearly deductible comes off first, in order of date and line;
6. the payer's share of the rest is rounded once; the patient owes the deductible and what the payer does not;
7. `expected_payment_cents`: the payer's share times the assistant's rate (line with CQ or CO) times one less
   sequestration, multiplied exactly and rounded once.

That 4 to 7 come in this order, and that the line is what is rounded, was not read in a source (`MEMORY_STEPS`).

Other payers allow a percentage of steps 1 and 2 (rounded once, with the line), an amount by code, an amount by day, or
the charge, as their file says; a cap on the day is used up line by line.

A null is unknown, never nothing: an unknown line makes another line's price unknown only where it could change it.
A claim whose patient, date or billing provider is unknown meets no other claim: it leaves only its own prices open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.dates import LookupStatus
from cleanclaim.money import RATE_SCALE
from cleanclaim.pricing.exact import (
    Flags,
    Integers,
    Known,
    Tristate,
    absent,
    as_column,
    as_texts,
    divide,
    flags,
    has_any,
    integers,
    is_one_of,
    places_in,
    share_of,
)
from cleanclaim.pricing.schedule import (
    CENTS_PER_PRODUCT,
    Schedule,
    facility_places,
    listed_places,
    published,
)
from cleanclaim.pricing.statuses import STATUS_OF_LETTER, PriceStatus, ShareStatus
from cleanclaim.reference.lookup import attach

CLAIM_COLUMNS: Mapping[str, type[pl.DataType]] = {
    "patient_id": pl.Int64,
    "date_of_service": pl.Date,
    "payer": pl.String,
    "coverage_order": pl.String,
    "in_network": pl.Boolean,
    "discipline": pl.String,
    "place_of_service": pl.String,
    "locality": pl.String,
    "billing_npi": pl.String,
    "billing_tax_id": pl.String,
    "deductible_met_cents": pl.Int64,
    "ytd_as_of": pl.Date,
    "payer_is_known": pl.Boolean,
    "payer_kind": pl.String,
    "payer_price_basis_kind": pl.String,
    "payer_price_basis_percent": pl.Int64,
    "payer_price_basis_amount": pl.Int64,
    "payer_price_basis_cap": pl.Int64,
    "payer_multiple_procedure_reduction": pl.Boolean,
    "payer_multiple_procedure_reduction_scope": pl.String,
    "payer_assistant_payment_reduction": pl.Int64,
    "payer_sequestration_applies": pl.Boolean,
}
"""Columns that `price_table` reads of claims; `claim_id` is the row number."""

LINE_COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "claim_id": pl.Int64,
    "code": pl.String,
    "modifiers": pl.List(pl.String),
    "units": pl.Int64,
    "charge_cents": pl.Int64,
}
"""Columns that `price_table` reads of lines."""

PRICE_COLUMNS: Mapping[str, tuple[type[pl.DataType], str, str]] = {
    "price_status": (pl.String, "status", "whether the line has a price, or why it has none"),
    "fee_cents": (pl.Int64, "cents", "fee of all units before the multiple procedure reduction"),
    "full_units": (pl.Int64, "units", "units paid in full; the others have their practice expense cut"),
    "allowed_cents": (pl.Int64, "cents", "allowed amount: after the reduction, before charge, shares and assistant"),
    "payable_cents": (pl.Int64, "cents", "the lesser of the charge and the allowed amount"),
    "share_status": (pl.String, "status", "whether payer's and patient's shares are known, or why they are not"),
    "deductible_cents": (pl.Int64, "cents", "part of the payable amount that goes to the yearly deductible"),
    "payer_share_cents": (pl.Int64, "cents", "the payer's part before assistant's rate and sequestration"),
    "patient_share_cents": (pl.Int64, "cents", "the patient's part: deductible and coinsurance"),
    "expected_payment_cents": (pl.Int64, "cents", "what the payer should pay"),
    "expected_payment_at_least_cents": (pl.Int64, "cents", "the same, at least: all of the deductible still open"),
    "expected_payment_at_most_cents": (pl.Int64, "cents", "the same, at most: none of the deductible still open"),
}
"""Columns that `price_table` adds: type, unit, meaning."""

MOST_UNITS = 99_999
"""More units than any claim line holds; beyond it a price is not worked out."""

# Up to this many claims a dictionary is quicker than a query engine.
_FEW_CLAIMS = 200

_UNIT = CENTS_PER_PRODUCT * RATE_SCALE
"""Exact fees of a unit are whole numbers of cents divided by this."""
_MOST_PERCENT = 10 * RATE_SCALE
"""A thousand percent of Medicare, beyond which a rate is not credible and products not exact."""
_MOST_FEE = 50_000_000
"""Cents of a unit in a fee table, for the same reasons."""

_STATUSES = tuple(str(status) for status in PriceStatus)
_SHARE_STATUSES = tuple(str(status) for status in ShareStatus)
_COMPONENTS = ("", "26", "TC")
_MEDICARE = ("medicare_fee_schedule", "percent_of_medicare")
_CONTRACTS = ("percent_of_medicare", "fee_table", "per_diem")
_LETTERS = {ord(letter): status for letter, status in STATUS_OF_LETTER.items()}
_LOOKUPS = {
    LookupStatus.UNKNOWN_KEY: PriceStatus.CODE_UNKNOWN,
    LookupStatus.NOT_LISTED: PriceStatus.NO_RATE,
    LookupStatus.OUTSIDE_DATES: PriceStatus.OUTSIDE_DATES,
    LookupStatus.PAST_HORIZON: PriceStatus.PAST_HORIZON,
}

_ANSWERS = tuple(status.value for status in (LookupStatus.FOUND, *_LOOKUPS))


class PriceTableError(ValueError):
    """A frame that cannot be priced: a column is absent, or a claim is not there."""


def price_table(
    claims: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    fees: pl.DataFrame | None = None,
    schedule: Schedule | None = None,
    limit_to_known_charges: bool = False,
) -> pl.DataFrame:
    """Price every line.

    Args:
        claims: the columns of `CLAIM_COLUMNS`, one row per claim, row number = `claim_id`. The `payer_…` columns
            are those of `reference.payers.resolve`.
        lines: the columns of `LINE_COLUMNS`. Lines of one patient's other claims of the day and year belong in the
            same frame: they share the reduction, the caps and the deductible.
        fees: fees by code of payers with a fee table, as `reference.payers.fees` gives them.
        schedule: rates to price by; the published ones when absent.
        limit_to_known_charges: take a line without a charge as charged no less than allowed, instead of leaving
            what is payable unknown.

    Returns:
        The columns of `PRICE_COLUMNS`, rows in the order of `lines`.

    Raises:
        PriceTableError: a column is absent, or a line names no row of `claims`.
    """
    _check(claims, CLAIM_COLUMNS, "claims")
    _check(lines, LINE_COLUMNS, "lines")
    work = _Work.of(claims, lines, schedule or published())
    fee = _fees(work, fees)
    first = _reduced(work, fee)
    allowed = _allowed(work, fee, first)
    shares = _shares(work, allowed, limit=limit_to_known_charges)
    return pl.DataFrame(
        [
            as_texts("price_status", work.status, _STATUSES),
            as_column("fee_cents", fee.line.values, fee.line.known | work.marked(PriceStatus.BUNDLED)),
            as_column("full_units", first.full_units.values, first.full_units.known),
            as_column("allowed_cents", allowed.values, allowed.known),
            *shares,
        ]
    )


def _check(frame: pl.DataFrame, columns: Mapping[str, object], name: str) -> None:
    absent = columns.keys() - set(frame.columns)
    if absent:
        raise PriceTableError(f"{name}: no column {min(absent)!r}; expected {', '.join(columns)}")


@dataclass(slots=True)
class _Work:
    """Both frames with what every step reads of them; `status` is filled by the first step that finds a reason."""

    claims: pl.DataFrame
    lines: pl.DataFrame
    schedule: Schedule
    claim: Integers
    """Row of `claims` of each line."""
    days: Known
    """Day of service by claim."""
    units: Known
    """Units billed; 0 where they are unknown or unusable."""
    usable: Flags
    charge: Known
    line_basis: npt.NDArray[np.int8]
    """Kind of price of each line's payer, as a place in `_KINDS`; −1 unknown."""
    status: npt.NDArray[np.int8]

    @classmethod
    def of(cls, claims: pl.DataFrame, lines: pl.DataFrame, schedule: Schedule) -> _Work:
        owner = integers(lines["claim_id"])
        if not owner.known.all() or (len(lines) and not 0 <= owner.values.min() <= owner.values.max() < len(claims)):
            raise PriceTableError(f"lines: claim_id must be a row number of claims, 0 to {len(claims) - 1}")
        stated = integers(lines["units"])
        usable = (stated.values >= 1) & (stated.values <= MOST_UNITS)
        work = cls(
            claims=claims,
            lines=lines,
            schedule=schedule,
            claim=owner.values,
            days=integers(claims["date_of_service"]),
            units=Known(np.where(usable, stated.values, 0), stated.known),
            usable=usable,
            charge=integers(lines["charge_cents"]),
            line_basis=places_in(claims["payer_price_basis_kind"], _KINDS)[owner.values],
            status=np.zeros(len(lines), np.int8),
        )
        work._mark_what_nobody_can_price()
        return work

    def mark(self, where: Flags, status: PriceStatus) -> None:
        """Give the status to lines that have none yet."""
        self.status[where & (self.status == 0)] = _STATUSES.index(status)

    def marked(self, status: PriceStatus) -> Flags:
        """Lines that have that status."""
        found: Flags = self.status == _STATUSES.index(status)
        return found

    def of_claims(self, values: Flags) -> Flags:
        """A flag of each line's claim."""
        return values[self.claim]

    def basis_is(self, *kinds: str) -> Flags:
        """Lines whose payer pays on one of these bases."""
        wanted = np.zeros(len(_KINDS) + 1, np.bool_)
        wanted[[_KINDS.index(kind) for kind in kinds]] = True
        # An unknown basis is −1, which is the last place.
        found: Flags = wanted[self.line_basis]
        return found

    def _mark_what_nobody_can_price(self) -> None:
        known = flags(self.claims["payer_is_known"])
        outside = flags(self.claims["in_network"]).no.take(self.claim) & self.basis_is(*_CONTRACTS)
        self.mark(self.of_claims(~self.days.known), PriceStatus.DATE_UNKNOWN)
        self.mark(self.of_claims(~known.yes), PriceStatus.PAYER_UNKNOWN)
        self.mark(outside, PriceStatus.OUT_OF_NETWORK)
        self.mark(self.line_basis < 0, PriceStatus.PAYER_PRICE_UNKNOWN)
        by_unit = self.basis_is(*_MEDICARE, "fee_table")
        self.mark(by_unit & absent(self.lines["code"]), PriceStatus.CODE_UNKNOWN)
        self.mark(by_unit & ~self.units.known, PriceStatus.UNITS_UNKNOWN)
        self.mark(by_unit & ~self.usable, PriceStatus.UNITS_UNUSABLE)


_KINDS = ("medicare_fee_schedule", "percent_of_medicare", "fee_table", "per_diem", "charges")
"""The bases that can be priced; a state's own schedule is not loaded."""


# --- the fee of a unit, whole and with its practice expense cut -----------------------------------------------


@dataclass(slots=True)
class _Fees:
    """Fees of a unit, and what ranks units for the reduction."""

    whole: Integers
    """Cents of a unit times `_UNIT`, exact."""
    cut: Integers
    """The same with its practice expense cut."""
    percent: Known
    """What the payer pays of that, at 10⁻⁴; unknown where it is all of it."""
    cut_known: Flags
    line: Known
    """The fee of all units."""
    expense: Known
    """Practice expense of a unit, at 10⁻²."""
    rank_fee: Known
    """Medicare's fee of a unit, which breaks ties."""
    is_reduced: Tristate
    """Whether the code is one whose units share the reduction."""


@dataclass(slots=True)
class _Rates:
    """What the fee schedule says of each line."""

    row: Integers
    listed: Flags
    letter: Integers
    work: Integers
    expense: Known
    mp: Integers
    gpci: Mapping[str, Integers]
    located: Flags
    factor: Known
    cut: Known


def _rates(work: _Work) -> _Rates:
    """Look every line up, and every claim's locality; say why where there is none, for payers that need it."""
    schedule = work.schedule
    needs = work.basis_is(*_MEDICARE)
    day = work.claims["date_of_service"][pl.Series(work.claim)]
    part = np.zeros(len(work.lines), np.int8)
    for place, text in enumerate(_COMPONENTS):
        part[has_any(work.lines["modifiers"], (text,)).yes] = place
    answered = attach(
        pl.DataFrame([work.lines["code"], as_texts("modifier", part, _COMPONENTS), day.alias("day")]),
        schedule.rvu_keys,
        by={"code": "code", "modifier": "modifier"},
        day="day",
        take={"row": "row"},
        status="found",
        known_through=schedule.known_through,
    )
    answer = places_in(answered["found"], _ANSWERS)
    for place, status in enumerate(_LOOKUPS.values(), start=1):
        work.mark(needs & (answer == place), status)
    row, listed = integers(answered["row"])
    unlisted = (answer == _ANSWERS.index("not listed")) | (answer == _ANSWERS.index("outside dates"))
    arrays = schedule.rvu_arrays
    letter = np.where(listed, arrays["status"][row], 0)
    priced = np.zeros(len(row), np.bool_)
    for place in np.unique(letter[listed]).tolist():
        status = _LETTERS.get(place, PriceStatus.NO_RATE)
        if status is PriceStatus.FOUND:
            priced |= letter == place
        elif status is PriceStatus.BUNDLED:
            work.mark(work.basis_is("percent_of_medicare") & (letter == place), PriceStatus.NO_RATE)
            work.mark(needs & (letter == place), status)
        else:
            work.mark(needs & (letter == place), status)
    office, facility = arrays["pe_nonfacility"][row], arrays["pe_facility"][row]
    in_facility, placed = _places(work)
    expense = Known(np.where(in_facility, facility, office), listed & (placed | (office == facility)))
    work.mark(needs & listed & ~expense.known, PriceStatus.PLACE_UNKNOWN)
    nothing = arrays["work"][row] + expense.values + arrays["mp"][row] == 0
    work.mark(needs & priced & nothing, PriceStatus.NO_RATE)
    indices, located = _indices(work, needs)
    factor = schedule.steps["conversion_factor"].on(work.days).take(work.claim)
    work.mark(needs & ~factor.known, PriceStatus.PAST_HORIZON)
    return _Rates(
        row=np.where(priced, row, -1),
        listed=listed | unlisted,
        letter=letter,
        work=np.where(priced, arrays["work"][row], 0),
        expense=Known(np.where(priced, expense.values, 0), expense.known & priced),
        mp=np.where(priced, arrays["mp"][row], 0),
        gpci=indices,
        located=located,
        factor=factor,
        cut=schedule.steps["reduction"].on(work.days).take(work.claim),
    )


def _places(work: _Work) -> tuple[Flags, Flags]:
    """Whether each line is furnished in a facility, and whether that is known."""
    place = work.claims["place_of_service"]
    return work.of_claims(is_one_of(place, facility_places())), work.of_claims(is_one_of(place, listed_places()))


def _indices(work: _Work, needs: Flags) -> tuple[Mapping[str, Integers], Flags]:
    """The geographic indices of each line, and whether they are known."""
    answered = attach(
        pl.DataFrame([work.claims["locality"], work.claims["date_of_service"]]),
        work.schedule.gpci_keys,
        by={"locality": "locality"},
        day="date_of_service",
        take={"row": "row"},
        status="found",
        known_through=work.schedule.known_through,
    )
    row, located = integers(answered["row"])
    work.mark(needs & work.of_claims(is_one_of(answered["found"], ("unknown key",))), PriceStatus.LOCALITY_UNKNOWN)
    work.mark(needs & work.of_claims(~located), PriceStatus.LOCALITY_NOT_LISTED)
    arrays = {name: np.where(located, values[row], 0)[work.claim] for name, values in work.schedule.gpci_arrays.items()}
    return arrays, work.of_claims(located)


def _fees(work: _Work, fees: pl.DataFrame | None) -> _Fees:
    """The fee of one unit on each payer's basis."""
    rates = _rates(work)
    other = rates.work * rates.gpci["work"] + rates.mp * rates.gpci["mp"]
    expense = rates.expense.values * rates.gpci["pe"]
    factor = rates.factor.values
    medicare_known = rates.expense.known & rates.located & rates.factor.known
    whole = (other + expense) * factor * RATE_SCALE
    cut = (other * RATE_SCALE + expense * (RATE_SCALE - rates.cut.values)) * factor
    rank_fee = Known(whole, medicare_known)

    by_medicare = work.basis_is(*_MEDICARE)
    known = medicare_known & by_medicare
    cut_known = known & rates.cut.known
    percent = Known(np.zeros(len(known), np.int64), np.zeros(len(known), np.bool_))
    by_percent = work.basis_is("percent_of_medicare")
    if by_percent.any():
        stated = integers(work.claims["payer_price_basis_percent"]).take(work.claim)
        usable = stated.known & (stated.values <= _MOST_PERCENT)
        work.mark(by_percent & ~usable, PriceStatus.PAYER_PRICE_UNKNOWN)
        percent = Known(np.where(usable, stated.values, 0), by_percent & usable)
        known &= ~by_percent | usable
        cut_known &= known
    by_table = work.basis_is("fee_table")
    if by_table.any():
        amount = _table_fees(work, fees, by_table)
        whole = np.where(by_table, amount.values * _UNIT, whole)
        known |= by_table & amount.known
        work.mark(by_table & ~amount.known, PriceStatus.NOT_IN_FEE_TABLE)
    charge = work.charge
    by_charge = work.basis_is("charges")
    work.mark(by_charge & ~charge.known, PriceStatus.CHARGE_UNKNOWN)

    priced = work.status == 0
    full = np.where(priced & known, work.units.values, 0)
    line = np.where(by_charge, charge.values, _times(whole, full, cut, np.zeros_like(full), percent))
    line_known = priced & (known | (by_charge & charge.known))
    reduced_code = np.where(rates.row >= 0, work.schedule.rvu_arrays["is_reduced"][rates.row], 0) > 0
    return _Fees(
        whole=whole,
        cut=cut,
        percent=percent,
        cut_known=cut_known,
        line=Known(np.where(line_known, line, 0), line_known),
        expense=rates.expense,
        rank_fee=rank_fee,
        is_reduced=Tristate(reduced_code, rates.listed & ~reduced_code),
    )


def _times(whole: Integers, full: Integers, cut: Integers, less: Integers, percent: Known) -> Integers:
    """Cents of `full` whole units and `less` cut ones, times the percentage where there is one, rounded once.

    Whole cents and the exact rest go separately, so that nothing leaves 64 bits.
    """
    whole_cents, whole_rest = np.divmod(whole, _UNIT)
    cut_cents, cut_rest = np.divmod(cut, _UNIT)
    carried, rest = np.divmod(full * whole_rest + less * cut_rest, _UNIT)
    amount = full * whole_cents + less * cut_cents + carried
    if not percent.known.any():
        return amount + divide(rest, _UNIT)
    rate = np.where(percent.known, percent.values, RATE_SCALE)
    amount, part = np.divmod(amount * rate, RATE_SCALE)
    return amount + divide(part * _UNIT + rest * rate, _UNIT * RATE_SCALE)


def _table_fees(work: _Work, fees: pl.DataFrame | None, where: Flags) -> Known:
    """The payer's own fee for each line's code on its date."""
    nothing = Known(np.zeros(len(where), np.int64), np.zeros(len(where), np.bool_))
    if fees is None or not fees.height:
        return nothing
    asked = work.claims.select("payer", "date_of_service")[work.claim].with_columns(work.lines["code"])
    answered = attach(
        asked,
        fees,
        by={"payer": "payer", "code": "code"},
        day="date_of_service",
        take={"amount": "amount"},
        status="found",
    )
    amount = integers(answered["amount"])
    usable = amount.known & (amount.values <= _MOST_FEE)
    return Known(np.where(usable, amount.values, 0), usable)


# --- the multiple procedure reduction ---------------------------------------------------------------------------


@dataclass(slots=True)
class _Reduction:
    """How many units of each line are paid in full, and on which lines some are not."""

    full_units: Known
    some_cut: Flags


def _reduced(work: _Work, fee: _Fees) -> _Reduction:
    """Find the one unit of each group that is paid in full."""
    setting = flags(work.claims["payer_multiple_procedure_reduction"]).take(work.claim)
    takes_part = fee.is_reduced.yes & ~setting.no & (work.usable | ~work.units.known)
    may_take_part = ~fee.is_reduced.yes & ~fee.is_reduced.no & ~setting.no
    leads, lead_open = _leads(work, fee, takes_part, may_take_part)
    units = work.units.values
    full = np.where(takes_part, np.where(leads, 1, 0), units)
    unsure_setting = takes_part & ~setting.yes & (full != units)
    no_difference = fee.cut_known & (fee.cut == fee.whole)
    unknown = (lead_open | unsure_setting) & ~no_difference
    unknown |= may_take_part & (work.status == 0)
    some_cut = takes_part & (full < units)
    cut_missing = some_cut & ~fee.cut_known
    work.mark((unknown | cut_missing) & ~work.basis_is("charges", "per_diem"), PriceStatus.REDUCTION_UNKNOWN)
    settled = work.status == 0
    return _Reduction(Known(np.where(settled, full, 0), settled & work.basis_is(*_MEDICARE, "fee_table")), some_cut)


def _leads(work: _Work, fee: _Fees, takes_part: Flags, may_take_part: Flags) -> tuple[Flags, Flags]:
    """Which lines hold the unit paid in full, and for which that cannot be told.

    A line of unknown rank, or one that may or may not take part, leaves the first place of its group open: the
    line that leads without it may be cut. A line that does not lead is cut whatever the unknown line is.
    """
    scope = work.claims["payer_multiple_procedure_reduction_scope"]
    by_tax_id, by_npi = is_one_of(scope, ("tax_id",)), is_one_of(scope, ("billing_npi",))
    keys = ("patient_id", "date_of_service", "payer", "coverage_order")
    # A claim of unknown order among the payers may belong with those to the same payer, but need not.
    order = work.claims["coverage_order"]
    some_order = work.of_claims(~absent(order))
    claims = work.claims.with_columns(order.fill_null("primary")) if order.null_count() else work.claims
    npi = _group_numbers(claims, (*keys, "billing_npi"))
    tax_id = npi if by_npi.all() else _group_numbers(claims, (*keys, "billing_tax_id"))
    ranked = takes_part & fee.rank_fee.known & some_order
    doubtful = may_take_part | (takes_part & ~ranked)

    def lead(groups: Integers) -> tuple[Flags, Flags]:
        known = groups >= 0
        leads = _first_of_groups(groups, fee.expense.values, fee.rank_fee.values, ranked & known)
        open_group = np.isin(groups, groups[doubtful & known]) if doubtful.any() else np.zeros(len(groups), np.bool_)
        return leads, takes_part & (~known | ~ranked | (leads & open_group))

    leads, lead_open = lead(np.where(by_tax_id, tax_id, npi)[work.claim])
    no_scope = work.of_claims(~by_tax_id & ~by_npi)
    if (no_scope & takes_part).any():
        # Whichever scope the payer means, the answer has to be the same.
        other, other_open = lead(np.where(by_npi, npi, tax_id)[work.claim])
        lead_open |= other_open | (takes_part & (leads != other))
    return leads, lead_open


def _group_numbers(claims: pl.DataFrame, keys: tuple[str, ...]) -> Integers:
    """The first row with the same keys; −1 where a key is null or an identifier empty."""
    if claims.height <= _FEW_CLAIMS:
        first: dict[tuple[object, ...], int] = {}
        rows = zip(*(claims[name].to_list() for name in keys), strict=True)
        numbers = [-1 if None in key or "" in key else first.setdefault(key, row) for row, key in enumerate(rows)]
        return np.array(numbers, np.int64)
    known = pl.all_horizontal(*((pl.col(name).is_not_null() & (pl.col(name).cast(pl.String) != "")) for name in keys))
    numbered = claims.select(known.alias("known"), *keys).with_row_index("row")
    first_row = pl.col("row").first().over(keys).cast(pl.Int64)
    return numbered.select(pl.when("known").then(first_row).otherwise(-1)).to_series().to_numpy()


def _first_of_groups(groups: Integers, expense: Integers, fee: Integers, where: Flags) -> Flags:
    """The line of each group with the highest practice expense, then the highest fee, then the first."""
    leads = np.zeros(len(groups), np.bool_)
    rows = np.flatnonzero(where)
    if not len(rows):
        return leads
    order = np.lexsort((rows, -fee[rows], -expense[rows], groups[rows]))
    sorted_groups = groups[rows][order]
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = sorted_groups[1:] != sorted_groups[:-1]
    leads[rows[order[starts]]] = True
    return leads


# --- the allowed amount -----------------------------------------------------------------------------------------


def _allowed(work: _Work, fee: _Fees, reduction: _Reduction) -> Known:
    """What the payer allows for each line."""
    settled = work.status == 0
    units = np.where(settled, work.units.values, 0)
    full = np.where(settled, reduction.full_units.values, 0)
    full = np.where(reduction.some_cut, full, units)
    amount = _times(fee.whole, full, fee.cut, units - full, fee.percent)
    amount = np.where(work.basis_is("charges"), fee.line.values, amount)
    daily = work.basis_is("per_diem")
    known = settled & ~daily & fee.line.known
    amount = np.where(known, amount, 0)
    if daily.any():
        amount, known = _per_diem(work, daily, amount, known)
    cap = integers(work.claims["payer_price_basis_cap"]).take(work.claim)
    if cap.known.any():
        keys = ("patient_id", "date_of_service", "payer", "coverage_order", "billing_npi")
        capped = _spread(_group_numbers(work.claims, keys)[work.claim], cap, Known(amount, known))
        work.mark(cap.known & ~capped.known & known, PriceStatus.CAP_UNKNOWN)
        amount, known = np.where(cap.known, capped.values, amount), known & (~cap.known | capped.known)
    bundled = work.marked(PriceStatus.BUNDLED)
    return Known(np.where(bundled | ~known, 0, amount), known | bundled)


def _per_diem(work: _Work, daily: Flags, amount: Integers, known: Flags) -> tuple[Integers, Flags]:
    """An amount by day and discipline: lines take up to their charge of it, in order, until it is used up.

    A line without a charge takes all that is left.
    """
    day = integers(work.claims["payer_price_basis_amount"]).take(work.claim)
    work.mark(daily & ~day.known, PriceStatus.PAYER_PRICE_UNKNOWN)
    keys = ("patient_id", "date_of_service", "payer", "coverage_order", "billing_npi", "discipline")
    groups = _group_numbers(work.claims, keys)[work.claim]
    charge = work.charge
    asked = Known(np.where(charge.known, charge.values, day.values), work.status == 0)
    taken = _spread(groups, day, asked)
    work.mark(daily & ~taken.known, PriceStatus.CAP_UNKNOWN)
    return np.where(daily, taken.values, amount), np.where(daily, taken.known & (work.status == 0), known)


def _spread(groups: Integers, limit: Known, asked: Known) -> Known:
    """Give each line what it asks for until the limit of its group is used up.

    A line that asks for an unknown amount leaves those after it unknown, unless the known ones before them have
    used the limit up. Lines of an unknown group get nothing known.
    """
    taking = np.where(asked.known, asked.values, 0)
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    begins = np.ones(len(groups), np.bool_)
    begins[1:] = sorted_groups[1:] != sorted_groups[:-1]
    before = _running_before(taking[order], begins)
    doubts = _running_before((~asked.known).astype(np.int64)[order], begins)
    left = np.maximum(limit.values[order] - before, 0)
    known = limit.known[order] & (sorted_groups >= 0) & asked.known[order] & ((doubts == 0) | (left == 0))
    values = np.empty(len(groups), np.int64)
    flags_ = np.empty(len(groups), np.bool_)
    values[order] = np.where(known, np.minimum(left, taking[order]), 0)
    flags_[order] = known
    return Known(values, flags_)


def _running_before(values: Integers, begins: Flags) -> Integers:
    """The sum of the rows before each row, from where its group begins."""
    total = np.cumsum(values) - values
    base: Integers = np.maximum.accumulate(np.where(begins, total, 0))
    return total - base


# --- who pays it ------------------------------------------------------------------------------------------------


def _shares(work: _Work, allowed: Known, *, limit: bool) -> list[pl.Series]:
    """Split what is payable between payer and patient."""
    status = np.zeros(len(work.lines), np.int8)

    def mark(where: Flags, reason: ShareStatus) -> None:
        status[where & (status == 0)] = _SHARE_STATUSES.index(reason)

    charge = work.charge
    payable_known = allowed.known & (charge.known | limit | (allowed.values == 0))
    capped = np.where(charge.known, np.minimum(allowed.values, np.maximum(charge.values, 0)), allowed.values)
    payable = Known(np.where(payable_known, capped, 0), payable_known)
    mark(~allowed.known, ShareStatus.NO_PRICE)
    mark(~payable.known, ShareStatus.CHARGE_UNKNOWN)

    kind, order = work.claims["payer_kind"], work.claims["coverage_order"]
    medicare, cash = work.of_claims(is_one_of(kind, ("medicare_b",))), work.of_claims(is_one_of(kind, ("cash",)))
    primary = work.of_claims(is_one_of(order, ("primary",)))
    mark(~medicare & ~cash, ShareStatus.PLAN_TERMS_UNKNOWN)
    mark(medicare & ~primary, ShareStatus.ANOTHER_PAYER_FIRST)

    part_b = medicare & primary
    may_be = (medicare | work.of_claims(absent(kind))) & (primary | work.of_claims(absent(order)))
    least, most = _deductible(work, payable, part_b, may_be)
    coinsurance = work.schedule.steps["coinsurance"].on(work.days).take(work.claim)
    assistant = _assistant_rate(work)
    kept = _kept_of_sequestration(work)
    rates_known = coinsurance.known & assistant.known & kept.known
    paying = RATE_SCALE - coinsurance.values
    mark(part_b & ~rates_known, ShareStatus.RATE_UNKNOWN)
    bounded = part_b & payable.known & rates_known
    mark(part_b & (least != most), ShareStatus.DEDUCTIBLE_UNKNOWN)
    found = status == 0

    payer = np.where(part_b, share_of(payable.values - most, (paying,)), 0)
    at_least = np.where(part_b, share_of(payable.values - most, (paying, assistant.values, kept.values)), 0)
    at_most = np.where(part_b, share_of(payable.values - least, (paying, assistant.values, kept.values)), 0)
    bounded |= found
    return [
        as_column("payable_cents", payable.values, payable.known),
        as_texts("share_status", status, _SHARE_STATUSES),
        as_column("deductible_cents", most, found),
        as_column("payer_share_cents", payer, found),
        as_column("patient_share_cents", payable.values - payer, found),
        as_column("expected_payment_cents", at_least, found),
        as_column("expected_payment_at_least_cents", at_least, bounded),
        as_column("expected_payment_at_most_cents", at_most, bounded),
    ]


def _assistant_rate(work: _Work) -> Known:
    """What is left of the payer's share for a line with CQ or CO, at 10⁻⁴; all of it for other lines."""
    by_assistant = has_any(work.lines["modifiers"], ("CQ", "CO"))
    cut = integers(work.claims["payer_assistant_payment_reduction"]).take(work.claim)
    rate = np.where(by_assistant.yes, RATE_SCALE - cut.values, RATE_SCALE)
    return Known(rate, by_assistant.no | cut.known)


def _kept_of_sequestration(work: _Work) -> Known:
    """What sequestration leaves of the payment, at 10⁻⁴."""
    applies = flags(work.claims["payer_sequestration_applies"])
    rate = work.schedule.steps["sequestration"].on(work.days)
    kept = np.where(applies.yes, RATE_SCALE - rate.values, RATE_SCALE)
    return Known(kept, applies.no | (applies.yes & rate.known)).take(work.claim)


def _deductible(work: _Work, payable: Known, part_b: Flags, may_be: Flags) -> tuple[Integers, Integers]:
    """How much of each payable amount goes to the yearly deductible: at least, and at most.

    Lines of `part_b` take from it; those that only `may_be` of Part B leave open how much is left after them.

    What was met by a day before the date of service may have grown since, through other providers, so it says
    only how much can be left at most; stated for the date itself or later, it says how much is left. Of that, our
    own lines since then have taken theirs first.
    """
    yearly = work.schedule.steps["deductible"].on(work.days)
    met, as_of = integers(work.claims["deductible_met_cents"]), integers(work.claims["ytd_as_of"])
    stated = met.known & as_of.known & work.days.known & (_years(as_of.values) == _years(work.days.values))
    current = stated & (as_of.values >= work.days.values)
    open_at_most = np.maximum(yearly.values - np.where(stated, met.values, 0), 0)
    since = np.where(stated, np.minimum(as_of.values, work.days.values - 1), -(2**40))
    taking = Known(np.where(part_b, payable.values, 0), payable.known & part_b)
    taken, doubtful = _taken_since(work, taking, may_be, since)
    left = np.maximum(open_at_most[work.claim] - taken, 0)
    at_most = np.where(yearly.known[work.claim], np.minimum(left, payable.values), payable.values)
    exact = (current & yearly.known)[work.claim] & ~doubtful
    at_least = np.where(exact, at_most, 0)
    return np.where(part_b, at_least, 0), np.where(part_b, at_most, 0)


def _taken_since(work: _Work, taking: Known, counts: Flags, since: Integers) -> tuple[Integers, Flags]:
    """What a patient's earlier lines of the year take that came after a day given by claim, and any doubt of it."""
    rows = np.flatnonzero(counts & work.days.known[work.claim])
    taken, doubtful = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.bool_)
    if not len(rows):
        return taken, doubtful
    year = _years(work.days.values)
    patient = integers(work.claims["patient_id"])
    alone = -1 - np.arange(len(year))
    person = np.where(patient.known, patient.values, alone)
    _, group = np.unique(np.stack([person, year]), axis=1, return_inverse=True)
    packed = (group.reshape(-1).astype(np.int64) << 24) + np.clip(work.days.values + (1 << 22), 0, (1 << 24) - 1)
    opens = (group.reshape(-1).astype(np.int64) << 24) + np.clip(since + 1 + (1 << 22), 0, (1 << 24) - 1)
    key = packed[work.claim[rows]]
    order = np.argsort(key, kind="stable")
    sorted_rows = rows[order]
    place = np.searchsorted(key[order], opens[work.claim[sorted_rows]], side="left")
    for values, out in ((taking.values, taken), ((~taking.known).astype(np.int64), doubtful)):
        running = np.concatenate([[0], np.cumsum(values[sorted_rows])])
        out[sorted_rows] = running[:-1] - running[place]
    return taken, doubtful


def _years(days: Integers) -> Integers:
    """The calendar year of days since 1970, counted from 1970."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


MEMORY_STEPS = (
    "each line is rounded to cents once, after the reduction",
    "the lesser of charge and allowed amount is taken after the reduction",
    "deductible, then coinsurance, then the assistant's rate, then sequestration, rounded once at the end",
    "the deductible is used up in order of date of service",
)
"""What in the order of steps was not read in a source."""
