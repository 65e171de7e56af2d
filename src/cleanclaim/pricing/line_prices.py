"""The price of every line of a table: allowed amount, payer's and patient's shares, expected payment.

Steps for a line of a payer that pays by Medicare's fee schedule, each exact in integers:

1. fee of one unit: (work × index + practice expense × index + malpractice × index) × conversion factor, kept exact;
   the practice expense of a facility or of an office by the place of service;
2. multiple procedure reduction: of all units of always-therapy codes that a patient has on one day from one billing
   group, whatever the discipline, the one with the highest practice expense is paid in full, every other one with
   its practice expense cut. Equal practice expense: the highest fee; equal again: the first line. Where services
   meet that Medicare cuts by other rules, or a modifier changes what is paid, there is no price (`other_reductions`);
3. `allowed_cents`: the sum of the line's units, rounded once to cents. It counts towards the therapy threshold;
4. `payable_cents`: the lesser of the charge and the allowed amount;
5. what is left of the yearly deductible comes off first, in order of date and line;
6. the payer's share of the rest is rounded once; the patient owes the deductible and what the payer does not;
7. `expected_payment_cents`: the payer's share, exact, times the assistant's rate (line with CQ or CO) times what
   sequestration leaves, rounded once.

What of this was read, and what is from memory: `provenance`.

Other payers allow a percentage of steps 1 and 2 (rounded once, with the line), by the schedule of the date of service
or of a day that the contract fixes; or an amount by code, by code and modifier, by day; or the charge, as their file
says. A cap on the day is used up line by line.

A null is unknown, never nothing: an unknown line makes another line's price unknown only where it could change it.
A claim whose patient, date or billing provider is unknown meets no other claim: it leaves only its own prices open.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.pricing.alike_claims import Standing
from cleanclaim.pricing.allowed_amounts import allowed_amounts
from cleanclaim.pricing.deductible import deductible_of
from cleanclaim.pricing.exact import Integers, as_column, as_texts, integers
from cleanclaim.pricing.kinds import Kinds
from cleanclaim.pricing.reduction import reduced
from cleanclaim.pricing.schedule import Schedule, published
from cleanclaim.pricing.shares import Payable, payable_of, shares_of
from cleanclaim.pricing.unit_fees import unit_fees
from cleanclaim.pricing.worksheet import STATUSES, Worksheet

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
    "payer_price_basis_schedule_date": pl.Date,
    "payer_price_basis_amount": pl.Int64,
    "payer_price_basis_cap": pl.Int64,
    "payer_multiple_procedure_reduction": pl.Boolean,
    "payer_multiple_procedure_reduction_scope": pl.String,
    "payer_assistant_payment_reduction": pl.Int64,
    "payer_sequestration_applies": pl.Boolean,
}
"""Columns that `price_table` reads of claims; `claim_id` is the row number."""

ACROSS_CLAIMS = (
    "patient_id",
    "date_of_service",
    "billing_npi",
    "billing_tax_id",
    "deductible_met_cents",
    "ytd_as_of",
)
"""Columns of a claim that say which claims meet, and what the deductible of their year leaves."""

SETTING_COLUMNS = tuple(name for name in CLAIM_COLUMNS if name not in ACROSS_CLAIMS)
"""Columns of a claim by which it is priced, beside the rates of its date."""

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
    # The frames of an archive hold a hundred columns more, which would be taken along where a few claims are priced.
    claims, lines = claims[list(CLAIM_COLUMNS)], lines[list(LINE_COLUMNS)]
    owner, schedule = _owners(claims, lines), schedule or published()
    prices, payable = _allowed(claims, lines, owner, schedule, fees, limit=limit_to_known_charges)
    least, most = deductible_of(claims, owner, payable, schedule)
    return prices.hstack(shares_of(payable, least, most))


def prices_by_kind(
    claims: pl.DataFrame,
    standing: Standing,
    few_claims: pl.DataFrame,
    few_lines: pl.DataFrame,
    *,
    fees: pl.DataFrame | None,
    schedule: Schedule,
) -> tuple[pl.DataFrame, Integers]:
    """Price every line of a tall table, what does not ask for the deductible once for claims that are alike.

    Args:
        claims: the columns of `ACROSS_CLAIMS`, one row per claim.
        standing: which claims stand for which.
        few_claims: the columns of `CLAIM_COLUMNS` of the claims that stand.
        few_lines: the columns of `LINE_COLUMNS` of their lines; `claim_id` is the row of `few_claims`.
        fees: as `price_table` takes them.
        schedule: rates to price by.

    Returns:
        The columns of `PRICE_COLUMNS` for each kind of line, and the kind of every line.
    """
    few_owner = _owners(few_claims, few_lines)
    prices, payable = _allowed(few_claims, few_lines, few_owner, schedule, fees, limit=False)
    least, most = deductible_of(claims, standing.owner, payable.take(standing.of_line), schedule)
    # Most lines leave the deductible as it is: of Part B, they are after it was met.
    asked = np.flatnonzero((least != 0) | (most != 0))
    kinds = Kinds.by([standing.of_line[asked], least[asked], most[asked]]) if len(asked) else None
    of_line, rows = standing.of_line.copy(), np.arange(len(few_lines))
    bounds = np.zeros((2, len(rows)), np.int64)
    if kinds is not None:
        of_line[asked] = len(rows) + kinds.of_row
        first = asked[kinds.rows]
        rows = np.concatenate([rows, standing.of_line[first]])
        bounds = np.concatenate([bounds, [least[first], most[first]]], axis=1)
    answers = prices[pl.Series(rows.astype(np.uint32))]
    return answers.hstack(shares_of(payable.take(rows), *bounds)), of_line


def _allowed(
    claims: pl.DataFrame,
    lines: pl.DataFrame,
    owner: Integers,
    schedule: Schedule,
    fees: pl.DataFrame | None,
    *,
    limit: bool,
) -> tuple[pl.DataFrame, Payable]:
    """What is allowed and payable, which no other day's lines have a part in."""
    work = Worksheet.of(claims, lines, owner, schedule)
    fee = unit_fees(work, fees)
    first = reduced(work, fee)
    allowed = allowed_amounts(work, fee, first)
    payable = payable_of(work, allowed, limit=limit)
    columns = [
        as_texts("price_status", work.status, STATUSES),
        as_column("fee_cents", fee.line.values, fee.line.known | work.paid_nothing()),
        as_column("full_units", first.full_units.values, first.full_units.known),
        as_column("allowed_cents", allowed.values, allowed.known),
    ]
    return pl.DataFrame(columns), payable


def _check(frame: pl.DataFrame, columns: Mapping[str, object], name: str) -> None:
    absent = columns.keys() - set(frame.columns)
    if absent:
        raise PriceTableError(f"{name}: no column {min(absent)!r}; expected {', '.join(columns)}")


def _owners(claims: pl.DataFrame, lines: pl.DataFrame) -> Integers:
    """The row of `claims` of each line."""
    owner = integers(lines["claim_id"])
    if not owner.known.all() or (len(lines) and not 0 <= owner.values.min() <= owner.values.max() < len(claims)):
        raise PriceTableError(f"lines: claim_id must be a row number of claims, 0 to {len(claims) - 1}")
    return owner.values
