"""Whether each billed HCPCS Level II code is listed on its date of service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, Column
from cleanclaim.reference import hcpcs_listing

_SHAPE = re.compile(r"[ABCEGHJKLMPQRSTUV][0-9]{4}")
"""A letter and four digits. Codes that begin with D are the dentists' and not in the listing."""


_FEW = 200
"""Up to this many lines Python is done before a query has begun."""


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    asked = frames["lines"].select("code", "date_of_service")
    if asked.height <= _FEW:
        return _answered(asked)
    pairs = asked.unique(maintain_order=True)
    known = pl.concat([pairs, _answered(pairs)], how="horizontal")
    joined = asked.join(known, on=["code", "date_of_service"], how="left", nulls_equal=True, maintain_order="left")
    return joined.select("code_is_hcpcs", "hcpcs_is_listed")


def _answered(asked: pl.DataFrame) -> pl.DataFrame:
    answers = [(None, None) if code is None else _answer(code, day) for code, day in asked.iter_rows()]
    return pl.DataFrame(answers, schema={"code_is_hcpcs": pl.Boolean, "hcpcs_is_listed": pl.Boolean}, orient="row")


def _answer(code: str, day: date | None) -> tuple[bool, bool | None]:
    is_hcpcs = _SHAPE.fullmatch(code) is not None
    return is_hcpcs, hcpcs_listing.is_listed(code, day) if is_hcpcs else None


stage = Stage(
    name="hcpcs-listing",
    over="lines",
    needs=("code", "date_of_service"),
    adds=(
        Column("code_is_hcpcs", FLAG, "flag", "the code has the form of a HCPCS Level II code other than a dentist's"),
        Column("hcpcs_is_listed", FLAG, "flag", "the HCPCS Level II code is in the edition of the date of service"),
    ),
    compute=_compute,
    lacks="an edition of the HCPCS Level II codes for the date of service",
    is_lookup=True,
)
