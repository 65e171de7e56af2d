"""Service lines of professional claims as the rule engine's columns, with what earlier payers decided on them."""

from __future__ import annotations

import polars as pl

from cleanclaim.x12.columnar.reader import Block

_MODIFIERS = [f"modifier_{place}" for place in range(1, 5)]
_POINTERS = [f"pointer_{place}" for place in range(1, 5)]
_DRUG_CODE_KIND = "N4"
_MINUTES = "MJ"
_THOUSAND = 1000
_SOME = r"^(0*[1-9][0-9]*(\.[0-9]*)?|0*\.0*[1-9][0-9]*)$"
"""A quantity above zero: only digits other than zero say that there is some, whatever stands around them."""


def line_columns(block: Block, counts: pl.DataFrame) -> pl.DataFrame:
    """One row for each line that belongs to a claim, in order, with the rule engine's columns.

    `counts` has the number of diagnoses by `claim_key`. Besides the columns of the rule engine's table there are
    `claim_key`, `line_key`, `segment`, `place_of_service`, `prior_authorization` and `line_rendering_npi`, which is
    null where the line names nobody.
    """
    claims = block.tables["claims"].select("claim_key", pl.col("place_of_service").alias("claim_place"))
    lines = block.tables["lines"].filter(pl.col("claim_key").is_not_null())
    lines = lines.join(claims, on="claim_key", how="left", maintain_order="left")
    lines = lines.join(counts, on="claim_key", how="left", maintain_order="left")
    for more in (_drugs(block), _answers(block), _rendering(block)):
        lines = lines.join(more, on="line_key", how="left", maintain_order="left")
    # A line whose service segment is lost tells nothing but where it stands.
    here = pl.col("service_segment") != ""
    # Digits must stand before a point, as elsewhere where units are read.
    written = pl.col("quantity_text").str.contains(r"^-?[0-9]")
    whole = written & (pl.col("quantity_thousandths") % _THOUSAND == 0)
    quantity = pl.when(here & whole).then(pl.col("quantity_thousandths") // _THOUSAND)
    place = pl.col("place_of_service")
    is_minutes = pl.col("unit_kind") == _MINUTES
    return lines.select(
        "claim_key",
        "line_key",
        "segment",
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("claim_key").alias("line_number"),
        pl.when(here & (pl.col("code") != "")).then("code").alias("code"),
        pl.concat_list(_MODIFIERS).list.eval(pl.element().filter(pl.element() != "")).alias("modifiers"),
        pl.when(~is_minutes).then(quantity).alias("units"),
        pl.when(is_minutes).then(quantity).alias("minutes"),
        "charge_cents",
        _pointers(),
        *_days(),
        pl.when(~here)
        .then(pl.lit(""))
        .when(place != "")
        .then(place)
        .otherwise("claim_place")
        .alias("place_of_service"),
        pl.lit("named").alias("code_origin"),
        pl.when(here).then("prior_authorization").otherwise(pl.lit("")).alias("prior_authorization"),
        pl.when(here).then("line_rendering_npi").alias("line_rendering_npi"),
        pl.when(here).then("line_rendering_key").alias("line_rendering_key"),
        *_drug_columns(here),
        *_answer_columns(here),
    )


def _pointers() -> pl.Expr:
    """The places of diagnoses that the line points to, without those at which there is none."""
    found = pl.concat_list(
        pl.when(pl.col(name).str.contains(r"^[0-9]{1,2}$"))
        .then(pl.col(name).str.to_integer(strict=False))
        .cast(pl.Int64)
        for name in _POINTERS
    )
    # A pointer past the last diagnosis is dropped as one that is no number is.
    kept = [
        pl.when(found.list.get(place).is_between(1, pl.col("diagnoses").fill_null(0))).then(found.list.get(place))
        for place in range(len(_POINTERS))
    ]
    return pl.concat_list(kept).list.drop_nulls().alias("pointers")


def _days() -> tuple[pl.Expr, pl.Expr]:
    """First and last day; a range stands only where the segment says that it is one."""
    here = pl.col("service_segment") != ""
    is_range = pl.col("date_format") == "RD8"
    has_dash = pl.col("service_on_text").str.contains("-", literal=True)
    begins = pl.when(here & (is_range | ~has_dash)).then("service_on")
    ends = pl.when(here & (is_range == has_dash)).then("service_through")
    return begins.alias("line_date"), ends.alias("line_through")


def _drugs(block: Block) -> pl.DataFrame:
    """The first drug of each line."""
    found = block.tables["drugs"].filter(pl.col("line_key").is_not_null()).unique("line_key", keep="first")
    is_national = pl.col("code_kind") == _DRUG_CODE_KIND
    return found.select(
        "line_key",
        pl.when(is_national).then("code").otherwise(pl.lit("")).alias("drug_code"),
        pl.col("unit_kind").alias("drug_unit"),
        pl.col("quantity_text").str.contains(_SOME).alias("has_drug_quantity"),
    )


def _drug_columns(here: pl.Expr) -> tuple[pl.Expr, ...]:
    absent = {"drug_code": pl.lit(""), "drug_unit": pl.lit(""), "has_drug_quantity": pl.lit(False)}
    return tuple(
        pl.when(here & pl.col(name).is_not_null()).then(name).otherwise(value).alias(name)
        for name, value in absent.items()
    )


def _answers(block: Block) -> pl.DataFrame:
    """What the payers before decided on each line, together."""
    amount, text = pl.col("amount_cents"), pl.col("amount_text")
    made = block.tables["adjustments"].filter(
        pl.col("decision_key").is_not_null(), (pl.col("carc") != "") | (text != "")
    )
    adjusted = made.group_by("decision_key").agg(
        pl.len().alias("adjustments"),
        (text == "").sum().alias("without_amount"),
        pl.when(amount.is_not_null().all()).then(amount.sum()).alias("adjusted_cents"),
    )
    decisions = block.tables["decisions"].join(adjusted, on="decision_key", how="left")
    count = pl.col("adjustments")
    decisions = decisions.with_columns(
        pl.when(count.is_null()).then(0).otherwise("adjusted_cents").alias("adjusted_cents"),
        count.fill_null(0),
        pl.col("without_amount").fill_null(0),
    )
    paid, shifted, day = pl.col("paid_cents"), pl.col("adjusted_cents"), pl.col("decided_on")
    return decisions.group_by("line_key").agg(
        pl.col("payer_identifier").n_unique().cast(pl.Int64).alias("prior_answers"),
        pl.when(paid.is_not_null().all()).then(paid.sum()).alias("line_prior_paid_cents"),
        pl.when(shifted.is_not_null().all()).then(shifted.sum()).alias("line_prior_adjusted_cents"),
        pl.when(day.is_not_null().all()).then(day.max()).alias("prior_adjudicated_on"),
        count.sum().cast(pl.Int64).alias("prior_adjustments"),
        pl.col("without_amount").sum().cast(pl.Int64).alias("prior_adjustments_without_amount"),
        (pl.col("decided_on_text") == "").any().alias("lacks_decision_day"),
    )


def _answer_columns(here: pl.Expr) -> tuple[pl.Expr, ...]:
    answered = here & pl.col("prior_answers").is_not_null()
    absent = [
        pl.when(here & (pl.col(text) == "")).then(pl.lit(name))
        for name, text in (
            ("charge_cents", "charge_text"),
            ("units", "quantity_text"),
            ("line_date", "service_on_text"),
        )
    ]
    absent.append(pl.when(answered & pl.col("lacks_decision_day")).then(pl.lit("prior_adjudicated_on")))
    counts = ("prior_answers", "prior_adjustments", "prior_adjustments_without_amount")
    sums = ("line_prior_paid_cents", "line_prior_adjusted_cents")
    return (
        pl.concat_list(absent).list.drop_nulls().alias("line_fields_absent"),
        *(pl.when(answered).then(name).otherwise(0).alias(name) for name in (*counts, *sums)),
        pl.when(answered).then("prior_adjudicated_on").alias("prior_adjudicated_on"),
    )


def _rendering(block: Block) -> pl.DataFrame:
    """Who is named on the line itself as having furnished it."""
    named = block.tables["parties"].filter(pl.col("loop") == "2420A", pl.col("line_key").is_not_null())
    is_npi = pl.col("identifier_kind") == "XX"
    return named.unique("line_key", keep="first").select(
        "line_key",
        pl.when(is_npi).then("identifier").otherwise(pl.lit("")).alias("line_rendering_npi"),
        pl.col("party_key").alias("line_rendering_key"),
    )
