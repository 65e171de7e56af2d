"""Two ways to one answer: row by row in Python for few claims, by columns for many.

A query costs the same few milliseconds whatever its height; up to `FEW` rows Python is done before it has begun. The
tests hold the two ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from cleanclaim.facts.kit import Context, FrameFunction
from cleanclaim.facts.spread import Repeated

FEW = 200
"""Up to this many rows Python is quicker than a query."""

Few = Callable[[pl.DataFrame], pl.DataFrame]
Many = Callable[[pl.DataFrame], pl.DataFrame | Repeated]


def few_or_many(few: Few, many: Many) -> FrameFunction:
    """What a stage over `claims` computes: by `few` up to `FEW` claims, by `many` beyond."""

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:  # noqa: ARG001
        claims = frames["claims"]
        return few(claims) if claims.height <= FEW else many(claims)

    return compute
