"""Where a therapist stands among the other therapists at hand: units of a visit, and patients billed with KX.

A therapist stands out who lies above more of the others than a published share of them, and whose difference from the
others together is significant by Welch's test. Below a number of therapists there is no comparison. All three figures
are data. Only therapists of whom every visit is known are compared, each within the discipline. The last judged claim
of a therapist stands for all, so that one is told once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Context, Fact, Reach, Stage, any_row, honest_sum
from cleanclaim.facts.limits.therapist_names import last_of, last_of_few
from cleanclaim.facts.peers.welch import Sample, chance_above
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, Column
from cleanclaim.reference import values

_KEY = ("discipline", "rendering_npi")
_SCALE = 10_000
NEEDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim_id": pl.Int64,
    "is_history": pl.Boolean,
    "date_of_service": pl.Date,
    "discipline": pl.String,
    "rendering_npi": pl.String,
    "patient_id": pl.Int64,
    "day_id": pl.Int64,
    "claim_timed_units": pl.Int64,
    "has_kx_line": pl.Boolean,
}
"""Columns of `claims` by which therapists are compared."""


@dataclass(frozen=True, slots=True)
class _Measure:
    """One figure of a therapist: its sum over observations, and the sum of its squares."""

    discipline: str
    rendering_npi: str
    count: int
    summed: int
    squares: int

    def sample(self) -> Sample:
        return Sample.of(self.count, self.summed, self.squares)


MEASURES: dict[str, pl.DataType | type[pl.DataType]] = {
    "measure": pl.String,
    "discipline": pl.String,
    "rendering_npi": pl.String,
    "count": pl.Int64,
    "summed": pl.Int64,
    "squares": pl.Int64,
    "last_day": pl.Date,
}
"""Columns of the frame by which therapists are compared: a row for each measure and therapist of whom all is known.

`last_day` is the last day of any claim at hand, the day whose figures of comparison hold.
"""


def measures_of(claims: pl.DataFrame) -> pl.DataFrame:
    """What the therapists of these claims are compared by; columns of `MEASURES`.

    Args:
        claims: every claim of each therapist, with the columns that the stage needs.
    """
    named = claims.filter(
        pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "") & pl.col("discipline").is_not_null()
    )
    # A day that two therapists share is a visit to each, with the units that each one's own claims bill.
    visits = named.group_by(*_KEY, "day_id").agg(honest_sum(pl.col("claim_timed_units")).alias("figure"))
    patients = named.group_by(*_KEY, "patient_id").agg(
        pl.col("has_kx_line").any(ignore_nulls=False).cast(pl.Int64).alias("figure")
    )
    last_day = claims.get_column("date_of_service").max()
    parts = [
        _summed(observed).with_columns(pl.lit(name).alias("measure"), pl.lit(last_day, pl.Date).alias("last_day"))
        for observed, name in ((visits, "units"), (patients, "kx"))
    ]
    return pl.concat(parts).select(pl.col(name).cast(dtype) for name, dtype in MEASURES.items())


def _summed(observed: pl.DataFrame) -> pl.DataFrame:
    """The sums of each therapist; `observed` has the key and a column `figure`, a row an observation."""
    return (
        observed.group_by(*_KEY)
        .agg(
            pl.len().alias("count"),
            pl.col("figure").null_count().alias("unknown"),
            pl.col("figure").sum().alias("summed"),
            (pl.col("figure") ** 2).sum().alias("squares"),
        )
        .filter(pl.col("unknown") == 0)
        .sort(*_KEY)
    )


def _standing(measures: tuple[_Measure, ...], name: str, on: date | None) -> pl.DataFrame:
    """For each therapist: others compared with, own and others' observations and sums, and whether it stands out.

    Whether it stands out is unknown where the figures of the comparison are not known on the day.
    """
    share, alpha = (
        None if on is None else values.series(series).on(on).value for series in ("peer_share_exceeded", "peer_alpha")
    )
    return _compared(measures, name, share, alpha)


# Every block of an archive asks the same of the same therapists: both measures are kept, of this archive and the last.
@lru_cache(maxsize=4)
def _compared(measures: tuple[_Measure, ...], name: str, share: int | None, alpha: int | None) -> pl.DataFrame:
    """What `_standing` answers, by all that it follows from; the frame is shared and must not be changed."""
    by_discipline: dict[str, list[_Measure]] = {}
    for one in measures:
        by_discipline.setdefault(one.discipline, []).append(one)
    rows = []
    for group in by_discipline.values():
        count, summed, squares = (sum(getattr(one, part) for one in group) for part in ("count", "summed", "squares"))
        means = sorted(one.summed / one.count for one in group)
        for one in group:
            others = len(group) - 1
            theirs = (count - one.count, summed - one.summed, squares - one.squares)
            stands_out: bool | None = False
            if share is None or alpha is None:
                stands_out = None
            elif others:
                below = _fewer(means, one.summed / one.count)
                chance = chance_above(one.sample(), Sample.of(*theirs))
                stands_out = below * _SCALE > share * others and chance * _SCALE < alpha
            rows.append(
                (one.discipline, one.rendering_npi, others, one.count, one.summed, theirs[0], theirs[1], stands_out)
            )
    named = ("peers", "own_count", "own_sum", "others_count", "others_sum", "stands_out")
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(_KEY, pl.String)
    schema |= {f"{name}_{part}": pl.Int64 for part in named[:-1]} | {f"{name}_{named[-1]}": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _fewer(ordered: Sequence[float], value: float) -> int:
    """How many of the ordered numbers lie below the value."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    claims = frames["claims"]
    if context.peers is None and claims.get_column("rendering_npi").n_unique() <= 1:
        # Without another therapist there is nobody to compare with.
        known: dict[str, Sequence[object]] = {
            "is_last_of_therapist": last_of_few(claims, "rendering_npi"),
            "units_peers": [0] * claims.height,
            "kx_peers": [0] * claims.height,
        }
        unknown: Sequence[object] = [None] * claims.height
        return pl.DataFrame(
            [pl.Series(column.name, known.get(column.name, unknown), dtype=column.dtype) for column in stage.adds]
        )
    measures = measures_of(claims) if context.peers is None else context.peers
    last_day: date | None = measures.select(pl.col("last_day").max()).item()
    joined = claims.select(*_KEY, last_of("rendering_npi").alias("is_last_of_therapist"))
    for name in ("units", "kx"):
        own = measures.filter(pl.col("measure") == name).sort(*_KEY).select(*_KEY, "count", "summed", "squares")
        standing = _standing(tuple(_Measure(*row) for row in own.iter_rows()), name, last_day)
        joined = joined.join(standing, on=list(_KEY), how="left", maintain_order="left")
    return joined.select(column.name for column in stage.adds)


def _columns(name: str, what: str, of: str) -> tuple[Column, ...]:
    return (
        Column(f"{name}_peers", COUNT, "therapists", f"other therapists at hand with whom {what} are compared"),
        Column(f"{name}_own_count", COUNT, of, f"{of} of the therapist at hand"),
        Column(f"{name}_own_sum", COUNT, "count", f"{what} of the therapist, summed"),
        Column(f"{name}_others_count", COUNT, of, f"{of} of the other therapists at hand"),
        Column(f"{name}_others_sum", COUNT, "count", f"{what} of the others, summed"),
        Column(f"{name}_stands_out", FLAG, "flag", f"{what} lie far above those of the other therapists at hand"),
    )


stages = (
    dated_values(
        "peer-group",
        over="claims",
        series={"peer_group_least": "peer_group_least"},
        lacks="how many therapists make a group of peers",
    ),
)
stage = Stage(
    name="standing-among-peers",
    over="claims",
    needs=tuple(NEEDS),
    adds=(
        Column("is_last_of_therapist", FLAG, "flag", "the last judged claim at hand of this therapist"),
        *_columns("units", "timed units of a visit", "visits"),
        *_columns("kx", "patients billed with KX", "patients"),
    ),
    compute=_compute,
    lacks="timed units and KX of every visit of the therapist and of others",
    reach=Reach.ARCHIVE,
)

facts = (
    *(
        Fact(
            name=f"has_{name}_peers",
            over="claims",
            dtype=pl.Boolean,
            unit="flag",
            meaning=f"enough therapists are at hand to compare {what}",
            lacks="timed units and KX of every visit of the therapist and of others",
            expr=pl.col(f"{name}_peers") + 1 >= col.peer_group_least,
        )
        for name, what in (("units", "timed units of a visit"), ("kx", "patients billed with KX"))
    ),
    Fact(
        name="has_kx_line",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a line of the claim carries KX",
        lacks="modifiers of each line",
        aggregate=any_row(col.modifiers.list.contains("KX"), of="lines", by=("claim_id",)),
    ),
)
