"""How therapists compare in timed units of a visit: counts for a picture, never a verdict.

A therapist far from the others may have other patients, or record differently; the rules that test a difference say
so with their own figures. Nobody of whom there are few visits is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

LEAST_VISITS = 30
"""Visits of a therapist below which nothing is shown."""
_SHARES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
LEAST_THERAPISTS = 3
"""Therapists below which there is no comparison: of two, each is simply the other's opposite."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The therapists of one discipline.

    `therapists` has a row for each with enough visits, the highest mean first: `rendering_npi`, `visits`, `units`,
    `mean`, and of the units of a visit the tenths `p10`, `p90`, the quartiles `p25`, `p75` and the `median`.
    """

    discipline: str
    therapists: pl.DataFrame
    left_out: int
    """Therapists with fewer visits."""
    lower_quartile: float
    """Of the therapists' means."""
    middle: float
    upper_quartile: float


def peers(claims: pl.LazyFrame) -> list[Peers]:
    """Therapists by discipline, the discipline with most of them first; a visit is a claim.

    Args:
        claims: columns of `cleanclaim.audit.block.CLAIMS`; those without therapist, discipline or timed units are not
            counted.
    """
    units = pl.col("timed_units")
    known = claims.filter((pl.col("rendering_npi") != "") & pl.col("discipline").is_not_null() & units.is_not_null())
    # A visit has one of few numbers of units, so visits are counted by them before anything is reckoned.
    counted = known.group_by("discipline", "rendering_npi", units).agg(pl.len().cast(pl.Int64).alias("visits"))
    every = (
        counted.collect(engine="streaming")
        .sort("discipline", "rendering_npi", "timed_units")
        .group_by("discipline", "rendering_npi")
        .agg(
            pl.col("visits").sum(),
            (units * pl.col("visits")).sum().alias("units"),
            *(units.get(_place_of(share)).alias(name) for name, share in _SHARES.items()),
        )
        .with_columns((pl.col("units") / pl.col("visits")).alias("mean"))
        .sort("mean", "visits", "rendering_npi", descending=[True, True, False])
    )
    found = []
    for (discipline,), own in every.partition_by("discipline", as_dict=True, maintain_order=True).items():
        shown = own.filter(pl.col("visits") >= LEAST_VISITS).drop("discipline")
        if shown.height >= LEAST_THERAPISTS:
            quartiles = [shown.get_column("mean").quantile(share, "linear") or 0.0 for share in (0.25, 0.5, 0.75)]
            found.append(Peers(str(discipline), shown, own.height - shown.height, *quartiles))
    return sorted(found, key=lambda one: (-one.therapists.height, one.discipline))


def _place_of(share: float) -> pl.Expr:
    """Where the quantile stands among the numbers of units: that of the visit nearest to this share of all."""
    visits = pl.col("visits")
    nearest = (share * (visits.sum() - 1)).round(mode="half_away_from_zero")
    return (visits.cum_sum() <= nearest).sum()
