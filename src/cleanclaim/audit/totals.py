"""What an audit's findings come to: by severity, rule, payer, clinic, therapist and month, counted in columns.

An archive has millions of findings, so nothing here turns them into Python objects: each table is one aggregation, and
only its few rows are read. What needs claims and findings side by side is added up by stretches of the archive, so that
no more than one is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from cleanclaim.audit.places import AS_NUMBER
from cleanclaim.audit.stretches import Stretches
from cleanclaim.check.summary import BLOCKING, OUTCOMES, at_most

CLAIM = ("file", "row")
"""Columns by which a claim is known: where its first line stands in the archive."""

MONTH = pl.col("date_of_service").dt.month_start()
"""The month of service of a claim, by its first day."""

_GRAVITY = {severity: place for place, severity in enumerate(OUTCOMES)}
_IS_BLOCKING = pl.col("severity").is_in(sorted(BLOCKING))


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures on top of the report; amounts in cents, each with the claims on which it is not known."""

    claims: int
    lines: int
    first_day: str
    last_day: str
    findings: int
    claims_with_findings: int
    charge_cents: int
    claims_without_charge: int
    allowed_cents: int
    claims_without_allowed: int
    paid_cents: int
    """By the payment files of the archive, or else its tables."""
    claims_without_paid: int
    lost_cents: int
    left_cents: int
    findings_without_price: int
    judged: int
    """Verdicts of finding or pass."""
    not_judged: int
    """Verdicts of no data."""

    @property
    def has_prices(self) -> bool:
        """Whether dollars at risk and left are known at all: some are, or nothing lacks a price."""
        is_some_known = self.claims_without_allowed < self.claims or self.lost_cents > 0 or self.left_cents > 0
        return is_some_known or not self.findings_without_price


def overview(found: Stretches, verdicts: pl.DataFrame) -> Overview:
    """The figures on top.

    Args:
        found: claims and findings.
        verdicts: counted by rule, with the columns of `cleanclaim.audit.block.FRAMES`.
    """
    claims = found.claims.select(
        pl.len().cast(pl.Int64).alias("claims"),
        pl.col("lines").sum(),
        pl.col("date_of_service").min().cast(pl.String).fill_null("").alias("first_day"),
        pl.col("date_of_service").max().cast(pl.String).fill_null("").alias("last_day"),
        (pl.col("findings") > 0).sum().cast(pl.Int64).alias("claims_with_findings"),
        pl.col("charge_cents").sum(),
        pl.col("charge_cents").null_count().cast(pl.Int64).alias("claims_without_charge"),
        pl.col("allowed_cents").sum(),
        pl.col("allowed_cents").null_count().cast(pl.Int64).alias("claims_without_allowed"),
        pl.col("paid_cents").sum(),
        pl.col("paid_cents").null_count().cast(pl.Int64).alias("claims_without_paid"),
        pl.col("lost_cents").sum(),
        pl.col("left_cents").sum(),
    )
    findings = found.findings.select(
        pl.len().cast(pl.Int64).alias("findings"),
        pl.col("cents").null_count().cast(pl.Int64).alias("findings_without_price"),
    )
    judged = verdicts.select(pl.col("passed").sum() + pl.col("found").sum()).item()
    return Overview(
        **_few(claims).row(0, named=True),
        **_few(findings).row(0, named=True),
        judged=judged,
        not_judged=int(verdicts.get_column("no_data").sum()),
    )


def _few(rows: pl.LazyFrame) -> pl.DataFrame:
    """The few rows that many come to, which are taken in as they are read."""
    return rows.collect(engine="streaming")


@dataclass(frozen=True, slots=True)
class Totals:
    """What an audit came to, told in its report, on the terminal and as JSON."""

    overview: Overview
    outcomes: pl.DataFrame
    """As `by_severity` has them."""
    rules: pl.DataFrame
    """As `by_rule` has them."""
    missing: pl.DataFrame
    """As `missing_inputs` has them."""


def totals_of(found: Stretches, frames: Mapping[str, pl.DataFrame]) -> Totals:
    """The totals of an audit.

    Args:
        found: claims and findings.
        frames: `verdicts` and `gaps`, with the columns of `cleanclaim.audit.block.FRAMES`.
    """
    outcomes, rules = [], []
    for claims, findings in found.each(
        (*CLAIM, "allowed_cents", "charge_cents"), (*CLAIM, "rule", "severity", "cents")
    ):
        numbered = _numbered(findings, claims)
        outcomes.append(_counted(numbered, "severity"))
        rules.append(_counted(numbered, "rule"))
    return Totals(
        overview(found, frames["verdicts"]),
        _by_severity(outcomes),
        _by_rule(rules, frames["verdicts"]),
        missing_inputs(frames["gaps"]),
    )


def _numbered(findings: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The findings with a number for their claim, and whether each is the first of its rule on the claim.

    Claims are in the order of the archive, and findings are sorted by claim and rule: claims are met by their place,
    and what is first is read off the row before.
    """
    place, sought = (rows.select(AS_NUMBER).to_series() for rows in (claims, findings))
    number = place.search_sorted(sought).alias("number")
    is_next = (pl.col("number") != pl.col("number").shift(1)).fill_null(value=True)
    return findings.select(
        "rule",
        "severity",
        "cents",
        *(claims.get_column(name).gather(number) for name in ("allowed_cents", "charge_cents")),
        number,
    ).with_columns((is_next | pl.col("rule").ne_missing(pl.col("rule").shift(1))).alias("is_first"))


def _dollars(numbered: pl.DataFrame, by: str) -> pl.DataFrame:
    """The amounts at stake by severity or rule: what holds a claim back costs no more than it can lose."""
    per_claim = (
        numbered.filter(pl.col("cents").is_not_null())
        .group_by("number", by)
        .agg(
            pl.col("cents").sum(),
            pl.col("allowed_cents", "charge_cents").first(),
            _IS_BLOCKING.first().alias("is_blocking"),
        )
    )
    capped = pl.when("is_blocking").then(at_most(pl.col("cents"))).otherwise("cents")
    return per_claim.group_by(by).agg(capped.sum().alias("cents"))


def _counted(numbered: pl.DataFrame, by: str) -> pl.DataFrame:
    """What the findings of a stretch come to by severity or rule, as both are shown: each counts once on a claim."""
    claims = pl.col("is_first").sum() if by == "rule" else pl.col("number").n_unique()
    counts = numbered.group_by(by).agg(
        *([pl.col("severity").first()] if by == "rule" else []),
        pl.len().cast(pl.Int64).alias("findings"),
        claims.cast(pl.Int64).alias("claims"),
        pl.col("cents").null_count().cast(pl.Int64).alias("without_price"),
    )
    return counts.join(_dollars(numbered, by), on=by, how="left").with_columns(pl.col("cents").fill_null(0))


def _added_up(parts: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    return pl.concat(parts).group_by(by).agg(pl.col("findings", "claims", "cents", "without_price").sum())


def by_severity(findings: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Findings by what would happen, the worst first.

    Columns: `severity`, `findings`, `claims`, `cents` (a claim counts at most what it can lose), `without_price`.

    Args:
        findings: sorted by claim and rule.
        claims: theirs, sorted by place.
    """
    return _by_severity([_counted(_numbered(findings, claims), "severity")])


def _by_severity(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return _added_up(parts, ["severity"]).sort(pl.col("severity").replace_strict(_GRAVITY, return_dtype=pl.Int64))


def by_rule(findings: pl.DataFrame, verdicts: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The rules that found something, the gravest and costliest first.

    Columns: `rule`, `severity`, `findings`, `claims`, `cents` (no more of a claim than it can lose), `without_price`,
    and of all verdicts `judged` and `no_data`. Rules may object to the same line, so their amounts do not add up.

    Args:
        findings: sorted by claim and rule.
        verdicts: counted by rule.
        claims: those of the findings, sorted by place.
    """
    return _by_rule([_counted(_numbered(findings, claims), "rule")], verdicts)


def _by_rule(parts: Sequence[pl.DataFrame], verdicts: pl.DataFrame) -> pl.DataFrame:
    judged = verdicts.select("rule", (pl.col("passed") + pl.col("found")).alias("judged"), "no_data")
    return (
        _added_up(parts, ["rule", "severity"])
        .join(judged, on="rule", how="left")
        .sort(
            pl.col("severity").replace_strict(_GRAVITY, return_dtype=pl.Int64),
            "cents",
            "findings",
            "rule",
            descending=[False, True, True, False],
        )
    )


def by_part(claims: pl.LazyFrame, part: pl.Expr) -> pl.DataFrame:
    """The claims by payer, clinic, therapist or month; the most at risk first, what is not known as null.

    Columns: `part`, `claims`, `lines`, `flagged` (claims with a finding), `findings`, `priced` (claims whose allowed
    amount is known), `charge_cents` and `allowed_cents` where known, `lost_cents`, `left_cents`.
    """
    return _few(
        claims.group_by(part.alias("part"))
        .agg(
            pl.len().cast(pl.Int64).alias("claims"),
            pl.col("lines").sum(),
            (pl.col("findings") > 0).sum().cast(pl.Int64).alias("flagged"),
            pl.col("findings").sum(),
            pl.col("allowed_cents").count().cast(pl.Int64).alias("priced"),
            *(pl.col(name).sum() for name in ("charge_cents", "allowed_cents", "lost_cents", "left_cents")),
        )
        .sort(
            "lost_cents",
            "left_cents",
            "findings",
            "claims",
            "part",
            descending=[True, True, True, True, False],
            nulls_last=True,
        )
    )


def missing_inputs(gaps: pl.DataFrame) -> pl.DataFrame:
    """The inputs that are missing, the one that most rules wait for first: `missing`, `rules`, `checks`.

    A check that lacks several inputs counts for each of them.
    """
    return (
        gaps.with_columns(pl.col("missing").str.split("; "))
        .explode("missing")
        .group_by("missing")
        .agg(
            pl.col("rule").n_unique().cast(pl.Int64).alias("rules"),
            pl.col("rows").sum().alias("checks"),
        )
        .sort("rules", "checks", "missing", descending=[True, True, False])
    )


def claims_by_day(claims: pl.LazyFrame) -> dict[date, int]:
    """How many claims have each date of service."""
    return dict(_few(claims.group_by("date_of_service").len().drop_nulls("date_of_service")).rows())


def claims_outside(by_day: Mapping[date, int], periods: Iterable[tuple[date | None, date | None]]) -> int:
    """How many claims have a date of service in none of the periods, both ends inclusive and `None` open."""
    known = list(periods)

    def is_inside(day: date) -> bool:
        return any((first is None or first <= day) and (last is None or day <= last) for first, last in known)

    return sum(count for day, count in by_day.items() if not is_inside(day))


def leading_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """The gravest finding of each claim that has one: the columns of `CLAIM`, `severity` and `rule`.

    Of equally grave ones it is the costliest, then the first by code.
    """
    ranked = findings.select(
        *CLAIM,
        "severity",
        "rule",
        pl.col("severity").replace_strict(_GRAVITY, return_dtype=pl.Int64).alias("__gravity"),
        pl.col("cents").fill_null(0).alias("__cents"),
    ).sort("__gravity", "__cents", "rule", descending=[False, True, False], maintain_order=True)
    return ranked.unique(CLAIM, keep="first", maintain_order=True).select(*CLAIM, "severity", "rule")


_SHOWN, _LOOKED_AT = 3, 24


def examples(found: Stretches) -> pl.DataFrame:
    """Three findings of each rule on three claims, the costliest first, then the earliest: the columns of findings."""
    few = pl.concat([_of_rows(findings, _candidates(findings)) for _, findings in found.parts])
    of_a_claim = few[_candidates(few.lazy())].unique(("rule", *CLAIM), keep="first", maintain_order=True)
    return of_a_claim.group_by("rule", maintain_order=True).head(_SHOWN)


def _of_rows(rows: pl.LazyFrame, numbers: pl.Series) -> pl.DataFrame:
    """The rows with these numbers, as they stand."""
    asked = numbers.to_frame("__row").lazy()
    return _few(rows.with_row_index("__row").join(asked, on="__row", how="semi").sort("__row").drop("__row"))


def _candidates(findings: pl.LazyFrame) -> pl.Series:
    """The rows, by rule, of its costliest finding and then of its earliest."""
    return (
        findings.select("rule", "cents")
        .collect()
        .with_row_index("__row")
        .group_by("rule")
        .agg(
            pl.col("__row").get(pl.col("cents").fill_null(-1).arg_max()).alias("best"), pl.col("__row").head(_LOOKED_AT)
        )
        .with_columns(pl.concat_list("best", "__row").alias("__row"))
        .explode("__row")
        .with_row_index("order")
        .select("rule", "__row", "order")
        .unique("__row", keep="first")
        .sort("rule", "order")
        .get_column("__row")
    )
