"""Whether a one-on-one service ran while its therapist, or its patient, was elsewhere by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Reach, Stage
from cleanclaim.facts.limits.therapist_day import THERAPIST_KNOWN, clusters, therapist_settled
from cleanclaim.lines.schema import FLAG, Column
from cleanclaim.pricing.exact import Flags, Integers, as_flags, flags, integers

_SERVICE = ("service_id", "claim_id", "starts_at", "service_minutes")
_OF_THERAPIST = ("patient_id", "date_of_service", "rendering_npi", "visit_stands_apart")
_OF_PATIENT = ("patient_id", "date_of_service", "discipline")

_PATIENT_KNOWN = pl.col("discipline").is_not_null() & pl.col("date_of_service").is_not_null()
"""Whether the discipline and day of a claim are known; over `claims`."""

_AT_ONCE = 256
"""Services held against all of their cluster at a time, so that a large cluster takes no more memory than needed."""


def _therapists(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    services, claims = frames["services"], frames["claims"]
    if claims.height == 1 or not services.height:
        return pl.DataFrame([pl.Series("overlaps_other_patient", [False] * services.height, dtype=pl.Boolean)])
    keys = claims.select(
        "patient_id",
        pl.struct("rendering_npi", "date_of_service").rank("dense").cast(pl.Int64).alias("therapist"),
        THERAPIST_KNOWN.alias("known"),
        therapist_settled(context).alias("settled"),
        # Visits that do not overlap by the clock hold no services that do.
        pl.col("visit_stands_apart").fill_null(value=False).alias("apart"),
    )
    owner = services.get_column("claim_id").to_numpy()
    of = {name: keys.get_column(name).to_numpy()[owner] for name in keys.columns}
    group = _Group(of["therapist"], of["patient_id"], of["known"], of["settled"])
    met = _meets(group, services.get_column("takes_the_therapist"), _clock(services), of["apart"])
    return pl.DataFrame([met.alias("overlaps_other_patient")])


def _disciplines(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    services, claims = frames["services"], frames["claims"]
    if claims.height == 1 or not services.height:
        never = pl.Series([False] * services.height, dtype=pl.Boolean)
        return pl.DataFrame([never.alias("patient_saw_other_discipline"), never.alias("overlaps_other_discipline")])
    keys = claims.select(
        pl.struct("patient_id", "date_of_service").rank("dense").cast(pl.Int64).alias("patient"),
        pl.col("discipline").rank("dense").fill_null(0).cast(pl.Int64),
        _PATIENT_KNOWN.alias("known"),
        _PATIENT_KNOWN.all().over("patient_id").alias("settled"),
    )
    owner = services.get_column("claim_id").to_numpy()
    of = {name: keys.get_column(name).to_numpy()[owner] for name in keys.columns}
    group = _Group(of["patient"], of["discipline"], of["known"], of["settled"])
    saw = keys.select(
        pl.when("settled").then(pl.col("discipline").n_unique().over("patient") > 1).alias("saw")
    ).get_column("saw")
    return pl.DataFrame(
        [
            saw.gather(services.get_column("claim_id")).alias("patient_saw_other_discipline"),
            _meets(group, services.get_column("counts_one_on_one"), _clock(services)).alias(
                "overlaps_other_discipline"
            ),
        ]
    )


class _Clock(NamedTuple):
    """When each service ran: whether that is known, its first minute, and the one after its last."""

    timed: Flags
    first: Integers
    last: Integers


def _clock(services: pl.DataFrame) -> _Clock:
    begins, lasts = integers(services.get_column("starts_at")), integers(services.get_column("service_minutes"))
    return _Clock(begins.known & lasts.known, begins.values, begins.values + lasts.values)


class _Group(NamedTuple):
    """What each service shares with others (a day of a therapist, of a patient), and what tells them apart in it.

    `known` says whether the group is, `settled` whether besides no service of an unknown group could belong to it.
    """

    number: Integers
    kind: Integers
    known: Flags
    settled: Flags


def _meets(group: _Group, counts: pl.Series, clock: _Clock, apart: Flags | None = None) -> pl.Series:
    """Whether a service that counts overlaps one of another kind in its group; null where it cannot be told.

    It cannot be told where the group of the service is not settled, and where the service itself, or one of another
    kind in its group, may count but has no time of day; unless the visit stands `apart` from all others.
    """
    yes, no = flags(counts)
    maybe = ~no
    in_kind, kind = np.unique(np.stack([group.number, group.kind]), axis=1, return_inverse=True)
    kind = kind.reshape(-1)
    several = np.bincount(in_kind[0])[group.number] > 1
    hit = np.zeros(len(yes), np.bool_)
    rows = np.flatnonzero(yes & clock.timed & group.known & several)
    for part in clusters(group.number, clock.first, clock.last, rows):
        for some in np.array_split(part, -(-len(part) // _AT_ONCE)):
            other = group.kind[some][:, None] != group.kind[part]
            begun = clock.first[some][:, None] < clock.last[part]
            ended = clock.last[some][:, None] <= clock.first[part]
            hit[some] = (other & begun & ~ended).any(axis=1)
    vague = maybe & ~(yes & clock.timed)
    of_group = np.bincount(group.number, weights=vague.astype(np.int64)).astype(np.int64)
    of_kind = np.bincount(kind, weights=vague.astype(np.int64), minlength=in_kind.shape[1]).astype(np.int64)
    elsewhere = of_group[group.number] > of_kind[kind]
    answered = hit | ~maybe | (group.settled & ~vague & ~elsewhere)
    if apart is not None:
        answered |= apart & group.settled
    return as_flags(hit & answered, ~hit & answered)


stages = (
    Stage(
        name="therapist-overlap",
        over="services",
        needs=(*_SERVICE, "takes_the_therapist"),
        reads=tuple(("claims", name) for name in _OF_THERAPIST),
        adds=(
            Column(
                "overlaps_other_patient", FLAG, "flag", "one-on-one while the therapist was so with another patient"
            ),
        ),
        compute=_therapists,
        lacks="therapist and day of each visit, and when each service began",
        reach=Reach.THERAPIST,
    ),
    Stage(
        name="discipline-overlap",
        over="services",
        needs=(*_SERVICE, "counts_one_on_one"),
        reads=tuple(("claims", name) for name in _OF_PATIENT),
        adds=(
            Column(
                "patient_saw_other_discipline",
                FLAG,
                "flag",
                "another discipline saw the patient that day, by the visits at hand",
            ),
            Column(
                "overlaps_other_discipline", FLAG, "flag", "one-on-one while another discipline treated the patient"
            ),
        ),
        compute=_disciplines,
        lacks="discipline and day of each visit, and when each service began",
    ),
)
