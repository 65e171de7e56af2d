"""Judge one block of an archive: all billed lines of some patients in, findings and counts out.

This is the one function that every way of running an audit calls: in this process, in processes beside it, on a
cluster. What comes out depends on the block's rows alone, never on where or in which order blocks are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from cleanclaim.check.columns import FINDINGS, GAPS, OF_CLAIM, VERDICTS, counts_of, findings_of, gaps_of
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.summary import BLOCKING
from cleanclaim.facts.kit import Context
from cleanclaim.lines.from_columns import lay_out
from cleanclaim.lines.tables import Tables
from cleanclaim.reference.payers import Payer
from cleanclaim.rules.book import active_rules

NUMBER, FILE, IS_REFUSED = "audit_row", "audit_file", "audit_is_refused"
"""Columns of a block beside the dictionary's: the row's number in its file, the file's, and a cell was unreadable."""

CLAIMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim": pl.String,
    "date_of_service": pl.Date,
    "payer": pl.String,
    "discipline": pl.String,
    "billing_npi": pl.String,
    "rendering_npi": pl.String,
    "lines": pl.Int64,
    "units": pl.Int64,
    "timed_units": pl.Int64,
    "charge_cents": pl.Int64,
    "allowed_cents": pl.Int64,
    "at_risk_cents": pl.Int64,
    "left_cents": pl.Int64,
    "findings": pl.Int64,
}
"""Columns of the frame of claims: what each bills, is allowed, and what the findings put at stake."""

SET_ASIDE: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.Int64,
    "row": pl.Int64,
    "field": pl.String,
    "expected": pl.String,
}
"""Columns of the frame of rows that could not be read; files and rows by number."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an audit is made with besides the claims; the same settings and claims give the same findings."""

    as_of: date
    default_payer: str | None = None
    payers: tuple[Payer, ...] = ()
    select: tuple[str, ...] = ()
    """Rules or families to judge; empty: all that are active."""
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one block: frames with the columns of `FINDINGS`, `VERDICTS`, `GAPS`, `CLAIMS`, `SET_ASIDE`."""

    findings: pl.DataFrame
    verdicts: pl.DataFrame
    gaps: pl.DataFrame
    claims: pl.DataFrame
    set_aside: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {name: getattr(self, name) for name in FRAMES}


FRAMES = {"findings": FINDINGS, "verdicts": VERDICTS, "gaps": GAPS, "claims": CLAIMS, "set_aside": SET_ASIDE}
"""The frames of `Judged`, with their columns."""

_EXTRA = {"claims": (*OF_CLAIM, "discipline", "claim_allowed_cents"), "lines": ("is_timed",)}


def judge_block(cells: pl.DataFrame, settings: Settings) -> Judged:
    """Judge the billed lines of some patients.

    Args:
        cells: rows as `cleanclaim.lines.from_columns.read_cells` types them, with `NUMBER`, `FILE`, `IS_REFUSED`;
            every row of each patient.
        settings: what the audit is made with.
    """
    spoiled = cells.get_column(IS_REFUSED).to_numpy().nonzero()[0]
    laid = lay_out(
        cells, spoiled, as_of=settings.as_of, default_payer=settings.default_payer, apart=("patient", "billing_npi")
    )
    places = cells.select(FILE, NUMBER)[laid.refused.get_column("row")]
    set_aside = pl.concat([places, laid.refused.drop("row")], how="horizontal")
    return judge_tables(laid.tables, settings, set_aside.rename({FILE: "file", NUMBER: "row"}).select(list(SET_ASIDE)))


def judge_tables(tables: Tables, settings: Settings, set_aside: pl.DataFrame | None = None) -> Judged:
    """Judge claims that are laid out already: every claim of each patient."""
    context = Context(payers={payer.id: payer for payer in settings.payers})
    verdicts = the_judge(settings.select, settings.ignore).judge(tables, context)
    findings = findings_of(verdicts)
    return Judged(
        findings=findings.select(list(FINDINGS)),
        verdicts=counts_of(verdicts),
        gaps=gaps_of(verdicts),
        claims=_claims(verdicts, findings),
        set_aside=pl.DataFrame(schema=SET_ASIDE) if set_aside is None else set_aside,
    )


@lru_cache(maxsize=4)
def the_judge(select: tuple[str, ...], ignore: tuple[str, ...]) -> Judge:
    """The rules of an audit, made ready once a process."""
    rules = [rule for rule in active_rules() if _is_asked(rule.code, select, ignore)]
    return Judge(rules, extra=_EXTRA)


def _is_asked(code: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether a rule is asked for, by its code or by the letters it begins with."""
    return (not select or any(code.startswith(item) for item in select)) and not any(
        code.startswith(item) for item in ignore
    )


def _claims(verdicts: Verdicts, findings: pl.DataFrame) -> pl.DataFrame:
    """What each claim bills and is allowed, and what its findings put at stake: a claim is lost once at most."""
    claims, lines = verdicts.workspace.frames["claims"], verdicts.workspace.frames["lines"]
    timed = pl.when("is_timed").then("units").when(pl.col("is_timed").not_()).then(0)
    billed = lines.group_by("claim_id").agg(
        pl.len().cast(pl.Int64).alias("lines"),
        *(_whole(pl.col(name)).alias(name) for name in ("units", "charge_cents")),
        _whole(timed).alias("timed_units"),
    )
    blocking = pl.col("severity").is_in(sorted(BLOCKING))
    cents = pl.col("cents").fill_null(0)
    staked = findings.group_by("claim_id").agg(
        pl.len().cast(pl.Int64).alias("findings"),
        cents.filter(blocking).sum().alias("lost"),
        cents.filter(blocking.not_()).sum().alias("left_cents"),
    )
    wide = (
        claims.select("claim_id", *OF_CLAIM, "discipline")
        .join(billed, on="claim_id", how="left", maintain_order="left")
        .join(staked, on="claim_id", how="left", maintain_order="left")
    )
    lost = pl.col("lost").fill_null(0)
    return wide.select(
        pl.col("claim_key").alias("claim"),
        *(pl.col(name) for name in ("date_of_service", "payer", "discipline", "billing_npi", "rendering_npi")),
        pl.col("lines").fill_null(0),
        "units",
        "timed_units",
        "charge_cents",
        pl.col("claim_allowed_cents").alias("allowed_cents"),
        pl.when(pl.col("claim_allowed_cents").is_null())
        .then(lost)
        .otherwise(pl.min_horizontal(lost, "claim_allowed_cents"))
        .alias("at_risk_cents"),
        pl.col("left_cents").fill_null(0),
        pl.col("findings").fill_null(0),
    )


def _whole(value: pl.Expr) -> pl.Expr:
    """The sum; null where a part of it is unknown."""
    return pl.when(value.null_count() == 0).then(value.sum())
