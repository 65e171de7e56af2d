"""A warehouse's table of claims in the shape of Tuva's `medical_claim` (a row a line), as lines of the dictionary.

Tuva is an open data model for health care; its claims table names a claim `claim_id`, a person `person_id` or
`patient_id`, up to five modifiers and up to 25 diagnoses in columns of their own. What it has no column for (minutes,
authorizations, the plan of care) stays unknown. `paid_amount` is told apart, for it is no part of what was billed;
`allowed_amount` is not read: it is what was allowed when the claim was decided, nothing for a line that was denied, and
no price of the line as billed. Source: the Tuva Project's documentation of its input layer.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from cleanclaim.audit.packing import NUMBER

_MARKS = frozenset({"claim_id", "claim_line_number", "hcpcs_code"})
_MODIFIERS = tuple(f"hcpcs_modifier_{number}" for number in range(1, 6))
_DIAGNOSES = tuple(f"diagnosis_code_{number}" for number in range(1, 13))
_PLAIN = {
    "claim_id": "claim",
    "hcpcs_code": "code",
    "claim_line_start_date": "date",
    "place_of_service_code": "place",
    "billing_npi": "billing_npi",
    "rendering_npi": "rendering_npi",
    "billing_tin": "billing_tax_id",
}
_HUNDRED = 100

PAID = "audit_paid_cents"
"""Column of what the table says was paid for a line, in cents, beside the dictionary's."""


def is_medical_claim(names: Collection[str]) -> bool:
    """Whether a table's columns are those of Tuva's `medical_claim`."""
    return set(names) >= _MARKS


def as_lines(table: pl.LazyFrame) -> pl.LazyFrame:
    """Its professional lines under the dictionary's names; `payer` is the table's own and must be a payer file's id.

    `NUMBER` stays, where it is there. Amounts in dollars become cents by their decimal text, never by a binary
    fraction.
    """
    names = set(table.collect_schema().names())
    person = next((name for name in ("person_id", "patient_id", "member_id") if name in names), None)
    columns = [pl.col(old).cast(pl.String).alias(new) for old, new in _PLAIN.items() if old in names]
    if NUMBER in names:
        columns.append(pl.col(NUMBER))
    if "claim_line_start_date" not in names and "claim_start_date" in names:
        columns.append(pl.col("claim_start_date").cast(pl.String).alias("date"))
    if person is not None:
        columns.append(pl.col(person).cast(pl.String).alias("patient"))
    if "payer" in names:
        columns.append(pl.col("payer").cast(pl.String))
    if "service_unit_quantity" in names:
        whole = pl.col("service_unit_quantity").cast(pl.Float64)
        columns.append(pl.when(whole == whole.round()).then(whole.cast(pl.Int64)).alias("units"))
    if "charge_amount" in names:
        columns.append(_cents(pl.col("charge_amount")).alias("charge_cents"))
    if "paid_amount" in names:
        columns.append(_cents(pl.col("paid_amount")).alias(PAID))
    modifiers = [pl.col(name).cast(pl.String) for name in _MODIFIERS if name in names]
    columns.append(pl.concat_str(*(modifiers or [pl.lit("")]), separator=" ", ignore_nulls=True).alias("modifiers"))
    diagnoses = [pl.col(name).cast(pl.String) for name in _DIAGNOSES if name in names]
    if diagnoses:
        columns.append(pl.concat_str(*diagnoses, separator=" ", ignore_nulls=True).alias("diagnoses"))
    rows = table.filter(pl.col("claim_type") == "professional") if "claim_type" in names else table
    return rows.select(columns)


def _cents(amount: pl.Expr) -> pl.Expr:
    """Dollars as the decimal text that a number is shown by, in cents; null for what has more than two decimals."""
    parts = amount.cast(pl.String).str.extract_groups(r"^(-?)(\d+)(?:\.(\d{1,2})0*)?$")
    sign = pl.when(parts.struct.field("1") == "-").then(-1).otherwise(1)
    cents = parts.struct.field("3").fill_null("").str.pad_end(2, "0").cast(pl.Int64)
    return sign * (parts.struct.field("2").cast(pl.Int64) * _HUNDRED + cents)
