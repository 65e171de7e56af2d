"""What the payment files of an archive paid for its claims, each payment once.

A remittance may lie in an archive twice, under two names or in two envelopes; it is known by who pays, its trace
number, its day and its amount. Numbers of claims are a clinic's own, so a payment to a known payee is for claims of
that billing provider alone; of several claims with one number (a claim and its replacement) the first has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from cleanclaim.x12.columnar.reader import Block

PAYMENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim": pl.String,
    "payee_npi": pl.String,
    "paid_cents": pl.Int64,
    "remittance": pl.String,
    "place": pl.String,
}
"""Columns of what was paid: the number that the clinic gave the claim, to whom it was paid, a payment or, negative,
what was taken back; what the remittance is known by (null: nothing), and where it stands."""

_KNOWN_BY = ("payer_tax_id", "trace_number", "payment_on", "payment_cents", "credit_or_debit")


def payments_of(block: Block, file: int) -> pl.DataFrame:
    """What a block of payment advice paid, with the columns of `PAYMENTS`; empty for claims.

    Args:
        block: one block of a file, from `read_blocks`.
        file: the file's number.
    """
    claims = block.tables.get("claims", pl.DataFrame())
    if "paid_cents" not in claims.columns or "status" not in claims.columns:
        return pl.DataFrame(schema=PAYMENTS)
    advice = block.table("transactions").select(
        "transaction_key",
        pl.when(pl.col("trace_number") != "")
        .then(pl.concat_str(*(pl.col(name).cast(pl.String).fill_null("") for name in _KNOWN_BY), separator="\x1f"))
        .alias("remittance"),
    )
    payees = block.table("parties").select(
        pl.col("party_key").alias("payee_party_key"),
        pl.when(pl.col("identifier_kind") == "XX").then("identifier").alias("payee_npi"),
    )
    return (
        claims.join(advice, on="transaction_key", how="left", maintain_order="left")
        .join(payees, on="payee_party_key", how="left", maintain_order="left")
        .select(
            pl.col("claim_id").alias("claim"),
            "payee_npi",
            "paid_cents",
            "remittance",
            pl.format("{} {}", pl.lit(file), pl.col("transaction_key")).alias("place"),
        )
        .drop_nulls(["claim", "paid_cents"])
    )


STATED: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim": pl.String,
    "payee_npi": pl.String,
    "paid_cents": pl.Int64,
}
"""Columns of what a table itself says was paid for its lines; null where it does not say."""


def with_stated(claims: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """The claims with what tables say was paid, where no payment file says it and every line of the claim has it.

    Args:
        claims: columns of `cleanclaim.audit.block.CLAIMS`.
        stated: lines of the whole archive, with the columns of `STATED`.
    """
    every = pl.col("paid_cents").null_count() == 0
    summed = stated.group_by("claim", "payee_npi").agg(pl.when(every).then(pl.col("paid_cents").sum()))
    known = summed.drop_nulls(["claim", "paid_cents"])
    once = known.with_columns(pl.lit(None, pl.String).alias(name) for name in ("remittance", "place"))
    told = with_paid(claims, once.select(list(PAYMENTS))).get_column("paid_cents")
    return claims.with_columns(pl.coalesce("paid_cents", told).alias("paid_cents"))


def with_paid(claims: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """The claims with `paid_cents`, null where no payment speaks of them.

    Args:
        claims: columns of `cleanclaim.audit.block.CLAIMS`; numbers, billing providers and places are read.
        payments: those of the whole archive, in its order; columns of `PAYMENTS`.
    """
    once = pl.col("remittance").is_null() | (pl.col("place") == pl.col("place").first().over("remittance"))
    paid = payments.filter(once).group_by("claim", "payee_npi").agg(pl.col("paid_cents").sum())
    first = claims.select("file", "row", "claim", "billing_npi").sort("file", "row")
    first = first.unique(["claim", "billing_npi"], keep="first", maintain_order=True)
    providers = first.group_by("claim").len("providers")
    met = first.join(paid, on="claim").join(providers, on="claim")
    is_named = pl.col("payee_npi").is_not_null() & (pl.col("billing_npi").fill_null("") != "")
    is_its_own = (
        pl.when(is_named).then(pl.col("payee_npi") == pl.col("billing_npi")).otherwise(pl.col("providers") == 1)
    )
    own = met.filter(is_its_own).group_by("file", "row").agg(pl.col("paid_cents").sum())
    told = claims.select("file", "row").join(own, on=["file", "row"], how="left", maintain_order="left")
    return claims.with_columns(told.get_column("paid_cents"))
