"""Whether the place of service is one of telehealth."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, Column
from cleanclaim.reference import places_of_service


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    known = {place.code: place.is_telehealth for place in places_of_service.all_places()}
    place = frames["claims"].get_column("place_of_service")
    answer = place.replace_strict(known, default=None, return_dtype=pl.Boolean)
    return pl.DataFrame({"place_is_telehealth": answer})


stage = Stage(
    name="telehealth-place",
    over="claims",
    needs=("place_of_service",),
    adds=(Column("place_is_telehealth", FLAG, "flag", "the patient was reached by video, at home or elsewhere"),),
    compute=_compute,
    lacks="a listed place of service",
    is_lookup=True,
)
