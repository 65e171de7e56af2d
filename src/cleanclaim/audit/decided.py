"""What people decided about findings before an audit: those suppressed and those known are told apart from the new.

An archive has millions of findings, so they are parted in columns, by the same definitions as `cleanclaim.check` parts
those of a visit: first what is suppressed, then of the rest what a baseline knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from cleanclaim.audit.block import CLAIMS, FINDINGS, at_stake
from cleanclaim.audit.stretches import Stretches
from cleanclaim.check.baseline import Baseline
from cleanclaim.check.contents import joined
from cleanclaim.check.summary import at_most
from cleanclaim.check.suppression import Stale, Suppression, stale

SUPPRESSED: dict[str, pl.DataType | type[pl.DataType]] = {
    **FINDINGS,
    "reason": pl.String,
    "by": pl.String,
    "on": pl.Date,
    "until": pl.Date,
    "entry": pl.Int64,
}
"""Columns of suppressed findings: the finding, and who suppressed it, why and until when; `entry` is the line of the
suppression file where that stands."""

_CLAIM = ["file", "row"]


@dataclass(frozen=True, slots=True)
class Parted:
    """An audit with the findings parted.

    `frames` has beside the audit's own `known` (columns of findings) where a baseline was given, and `suppressed`
    (columns of `SUPPRESSED`) where a suppression file was.
    """

    stretches: Stretches
    """The new findings alone, and claims at stake by those."""
    frames: dict[str, pl.DataFrame]
    not_met: int = 0
    """Known findings that have not come up."""
    stale: tuple[Stale, ...] = ()
    to_write: Baseline | None = None
    """What a baseline written anew holds: all findings that are not suppressed. `None`: none was asked for, or a rule
    crashed, and what it would have found is not known."""


def told_beside(frame: pl.DataFrame, contents: pl.DataFrame) -> pl.DataFrame:
    """A frame with what its rows are about, where that was told."""
    return frame.hstack(contents) if contents.height else frame


def with_contents(findings: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The findings with their `content`, where it was told what they and their claims are about."""
    if "row_said" not in findings.columns:
        return findings
    own = claims.select(*_CLAIM, "digest")
    met = findings.join(own, on=_CLAIM, how="left", maintain_order="left")
    return met.with_columns(joined(pl.col("digest")).alias("content")).select(*FINDINGS, "content")


def part(
    found: Parted,
    *,
    as_of: date,
    suppressions: Sequence[Suppression] | None = None,
    baseline: Baseline | None = None,
    writes: bool = False,
    salt: bytes = b"",
) -> Parted:
    """Part what was found; where nothing was decided, it is as it was.

    Args:
        found: as it was gathered; findings with `content` where a baseline is read or written.
        as_of: the day of the audit.
        suppressions: the entries of a suppression file; `None`: no file was given.
        baseline: known findings.
        writes: whether a baseline is to be written.
        salt: that of the baseline that is written anew; empty: a new one is drawn.
    """
    if suppressions is None and baseline is None and not writes:
        return found
    claims, findings, frames = found.stretches.claims.collect(), found.stretches.findings.collect(), found.frames
    parted: dict[str, pl.DataFrame] = {}
    left: tuple[Stale, ...] = ()
    if suppressions is not None:
        findings, parted["suppressed"] = _without_suppressed(findings, suppressions, as_of)
        left = _stale(claims, frames["verdicts"], suppressions, parted["suppressed"], as_of)
    has_crashed = bool(frames["verdicts"].filter(pl.col("crashed") != "").height)
    to_write = _baseline(findings, salt) if writes and not has_crashed else None
    not_met = 0
    if baseline is not None:
        known = baseline.are_known(_contents(findings))
        not_met = sum(baseline.known.values()) - int(known.sum())
        parted["known"], findings = findings.filter(known), findings.filter(~known)
    told = {name: frame.drop("content", strict=False) for name, frame in parted.items()}
    findings = findings.drop("content", strict=False)
    if any(frame.height for frame in told.values()):
        claims = _claims_with(claims, findings)
    return Parted(Stretches.of(claims, findings), {**frames, **told}, not_met, left, to_write)


def amounts(findings: pl.DataFrame, claims: pl.DataFrame) -> tuple[int, int]:
    """What findings put at risk and leave, in cents, where prices are known; no more of a claim than it can lose."""
    staked = at_stake(findings, _CLAIM).join(claims.select(*_CLAIM, "allowed_cents", "charge_cents"), on=_CLAIM)
    lost, left = staked.select(at_most(pl.col("lost_cents")).sum(), pl.col("left_cents").sum()).row(0)
    return lost, left


def _claims_with(claims: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The claims with what these findings come to in the place of what all did."""
    staked = at_stake(findings, _CLAIM)
    names = [name for name in staked.columns if name not in _CLAIM]
    return (
        claims.drop(names)
        .join(staked, on=_CLAIM, how="left", maintain_order="left")
        .with_columns(pl.col(names).fill_null(0))
        .with_columns(at_most(pl.col("lost_cents")).alias("lost_cents"))
        .select(list(CLAIMS))
    )


def _contents(findings: pl.DataFrame) -> pl.Series:
    if "content" not in findings.columns:
        return pl.Series([], dtype=pl.String)
    return findings.get_column("content")


def _baseline(findings: pl.DataFrame, salt: bytes) -> Baseline:
    return Baseline.of(_contents(findings).to_list(), findings.get_column("rule").to_list(), salt)


def _without_suppressed(
    findings: pl.DataFrame, entries: Sequence[Suppression], day: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings that are left, and those suppressed on that day, each by the first entry that speaks of it."""
    rows = [
        (one.claim, one.rule, one.place, one.reason, one.by, one.on, one.until, one.line)
        for one in entries
        if one.holds_on(day)
    ]
    names = ("reason", "by", "on", "until", "entry")
    own = {"claim": pl.String, "rule": pl.String, "meant": pl.String, **{name: SUPPRESSED[name] for name in names}}
    holding = pl.DataFrame(rows, schema=own, orient="row")
    numbered = findings.with_row_index("number")
    met = (
        numbered.join(holding, on=["claim", "rule"])
        .filter((pl.col("meant") == "") | (pl.col("meant") == pl.col("place")))
        .sort("number", "entry")
        .unique("number", keep="first", maintain_order=True)
    )
    shown = numbered.join(met.select("number"), on="number", how="anti", maintain_order="left").drop("number")
    return shown, met.select(list(SUPPRESSED))


def _stale(
    claims: pl.DataFrame,
    verdicts: pl.DataFrame,
    entries: Sequence[Suppression],
    suppressed: pl.DataFrame,
    day: date,
) -> tuple[Stale, ...]:
    """Entries that hide nothing although their claim was judged.

    Which claims a rule could not judge is not kept: where it lacked data anywhere, an entry may still be needed.
    """
    met = set(suppressed.get_column("entry"))
    named = pl.Series([entry.claim for entry in entries], dtype=pl.String)
    judged = claims.get_column("claim")
    open_rules = set(verdicts.filter(pl.col("no_data") > 0).get_column("rule"))
    return stale(
        entries,
        {entry for entry in entries if entry.line in met},
        judged=set(judged.filter(judged.is_in(named.implode()))),
        ran=set(verdicts.filter(pl.col("crashed") == "").get_column("rule")),
        unjudged={(entry.claim, entry.rule) for entry in entries if entry.rule in open_rules},
        day=day,
    )
