"""Draw claims for review by hand: a simple random or a stratified sample that anybody can draw again.

The frame is every claim of the report, in the order of `claims.parquet`. Each claim of the frame is dealt one number of
64 bits: the raw output of the generator PCG64 seeded with the seed, in the order of the frame. The sample is, in each
stratum, the claims with the smallest numbers (the earlier claim where two are the same), so that a larger sample of the
same seed holds the smaller one, and claims that follow may serve as spares.

Numpy keeps the raw output of a seeded PCG64 the same from release to release; what it makes of it for whole ranges and
permutations it does not, so neither is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from cleanclaim.audit.stretches import Stretches
from cleanclaim.audit.totals import CLAIM, MONTH, leading_findings

GENERATOR = "numpy PCG64, raw output"

STRATA = ("payer", "clinic", "therapist", "discipline", "month", "severity", "rule")
"""What a sample can be stratified by; `severity` and `rule` are those of the claim's gravest finding, or none."""

SAMPLE: dict[str, pl.DataType | type[pl.DataType]] = {
    "number": pl.Int64,
    "frame_row": pl.Int64,
    "draw": pl.String,
    "stratum": pl.String,
    "claim": pl.String,
    "date_of_service": pl.Date,
    "payer": pl.String,
    "billing_npi": pl.String,
    "rendering_npi": pl.String,
    "lines": pl.Int64,
    "charge_cents": pl.Int64,
    "allowed_cents": pl.Int64,
    "paid_cents": pl.Int64,
    "rules": pl.String,
}
"""Columns of a sample, its claims by stratum and draw: `draw` as 16 hexadecimal digits, `rules` parted by blanks."""

ALL_CLAIMS = "all claims"
"""The name of the one stratum of a simple random sample."""

_LEAST = 2
"""Claims of a stratum without which its variance cannot be estimated."""
_COLUMNS = {
    "payer": pl.col("payer"),
    "clinic": pl.col("billing_npi"),
    "therapist": pl.col("rendering_npi"),
    "discipline": pl.col("discipline"),
    "month": MONTH.dt.strftime("%Y-%m"),
}


class SampleError(ValueError):
    """A sample that cannot be drawn: says what was asked for, and what was expected."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sample is drawn by. The same plan and claims give the same sample."""

    size: int
    seed: int
    strata: tuple[str, ...] = ()
    """Names of `STRATA`; none: a simple random sample."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One part of the frame, and how many of its claims are drawn."""

    name: str
    universe: int
    count: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The claims drawn, with the columns of `SAMPLE`, and the strata they are drawn from."""

    plan: Plan
    strata: tuple[Stratum, ...]
    claims: pl.DataFrame


def draw(found: Stretches, plan: Plan) -> Sample:
    """Draw the sample.

    Args:
        found: claims, which are the frame, and findings as the report has them.
        plan: size, seed and strata.

    Raises:
        SampleError: there are fewer claims than asked for, or too few are asked for so many strata.
    """
    if unknown := [name for name in plan.strata if name not in STRATA]:
        raise SampleError(f"strata: {unknown[0]!r}; expected {', '.join(STRATA)}")
    universe = int(found.claims.select(pl.len()).collect().item())
    if not 1 <= plan.size <= universe:
        raise SampleError(f"sample of {plan.size}; expected 1 to {universe:,}, the claims of the frame")
    if plan.seed < 0:
        raise SampleError(f"seed {plan.seed}; expected zero or a positive number")
    draws = np.random.PCG64(plan.seed).random_raw(universe)
    # Only what decides is sorted; the columns of the claims are taken at the end, for the few that are drawn.
    dealt = pl.DataFrame(
        [
            _strata_of(found, universe, plan.strata).alias("stratum"),
            pl.Series("draw", np.asarray(draws, np.uint64)),
            pl.Series("frame_row", np.arange(1, universe + 1)),
        ]
    )
    sizes = dict(sorted(dealt.group_by("stratum").len().cast({"stratum": pl.String}).iter_rows()))
    counts = allocate(sizes, plan.size)
    drawn = (
        dealt.sort("draw", "frame_row")
        .with_columns(pl.int_range(pl.len()).over("stratum").alias("rank"))
        .filter(pl.col("rank") < pl.col("stratum").cast(pl.String).replace_strict(counts, return_dtype=pl.Int64))
        .cast({"stratum": pl.String})
        .sort("stratum", "draw", "frame_row")
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("number"))
    )
    written = pl.Series("draw", [f"{number:016x}" for number in drawn.get_column("draw")], dtype=pl.String)
    rows = found.claims.with_row_index("frame_row", 1).cast({"frame_row": pl.Int64})
    own = rows.join(drawn.lazy().select("frame_row"), on="frame_row", how="semi").collect(engine="streaming")
    wide = drawn.drop("rank").with_columns(written).join(own, on="frame_row", maintain_order="left")
    return Sample(
        plan,
        tuple(Stratum(name, size, counts[name]) for name, size in sizes.items()),
        _with_rules(wide, found.findings).select(list(SAMPLE)),
    )


def _strata_of(found: Stretches, universe: int, strata: Sequence[str]) -> pl.Series:
    """The name of each claim's stratum; what is not known is a stratum of its own."""
    if not strata:
        return pl.Series("stratum", [ALL_CLAIMS], pl.Categorical).new_from_index(0, universe)
    parts = [
        pl.col(f"__{name}").fill_null("no finding")
        if name in {"severity", "rule"}
        else _COLUMNS[name].fill_null("unknown")
        for name in strata
    ]
    named = pl.concat_str(*parts, separator=" / ").cast(pl.Categorical).alias("stratum")
    told = []
    of_claims = (*CLAIM, *(column for one in strata if one in _COLUMNS for column in _COLUMNS[one].meta.root_names()))
    for claims, findings in found.each(of_claims, (*CLAIM, "severity", "rule", "cents")):
        if {"severity", "rule"} & set(strata):
            leading = leading_findings(findings).rename({"severity": "__severity", "rule": "__rule"})
            claims = claims.join(leading, on=list(CLAIM), how="left", maintain_order="left")  # noqa: PLW2901 - the same
        told.append(claims.select(named).to_series())
    return pl.concat(told)


def _with_rules(drawn: pl.DataFrame, findings: pl.LazyFrame) -> pl.DataFrame:
    """The claims with the rules that object to them."""
    own = findings.join(drawn.lazy().select(CLAIM), on=list(CLAIM), how="semi").collect(engine="streaming")
    rules = own.group_by(CLAIM).agg(pl.col("rule").unique().sort().str.join(" ").alias("rules"))
    return drawn.join(rules, on=list(CLAIM), how="left", maintain_order="left").with_columns(
        pl.col("rules").fill_null("")
    )


def allocate(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many claims of each stratum are drawn: in proportion to its claims, and at least two where it has them.

    Raises:
        SampleError: so many strata need a larger sample.
    """
    least = {name: min(_LEAST, universe) for name, universe in sizes.items()}
    if len(sizes) > 1 and sum(least.values()) > size:
        raise SampleError(
            f"sample of {size} for {len(sizes)} strata; expected {sum(least.values())} or more, two of each stratum"
        )
    universe = sum(sizes.values())
    fair = {name: Fraction(size * own, universe) for name, own in sizes.items()}
    counts = {name: min(sizes[name], max(least[name] if len(sizes) > 1 else 0, int(fair[name]))) for name in sizes}
    while (given := sum(counts.values())) != size:
        step = 1 if given < size else -1
        can = [name for name in sizes if (counts[name] < sizes[name] if step > 0 else counts[name] > least[name])]
        # Who is furthest from its share is next; of equals, the first by name.
        name = max(sorted(can), key=lambda one: step * (fair[one] - counts[one]))
        counts[name] += step
    return counts
