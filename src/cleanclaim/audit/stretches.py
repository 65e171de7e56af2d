"""Claims of an archive and what was found of them, in its order: stretch by stretch, or all without holding all.

A stretch is a part of that order; a claim and its findings are in one, so that the figures of stretches add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl


@dataclass(frozen=True, slots=True)
class Stretches:
    """Claims by place and their findings by claim and rule, with the columns of `cleanclaim.audit.block.FRAMES`.

    Each stretch is a pair of frames not yet read: of rows in memory, or of files.
    """

    parts: Sequence[tuple[pl.LazyFrame, pl.LazyFrame]]

    @classmethod
    def of(cls, claims: pl.DataFrame, findings: pl.DataFrame) -> Self:
        """One stretch, in memory."""
        return cls([(claims.lazy(), findings.lazy())])

    @property
    def claims(self) -> pl.LazyFrame:
        """All claims."""
        return pl.concat([claims for claims, _ in self.parts])

    @property
    def findings(self) -> pl.LazyFrame:
        """All findings."""
        return pl.concat([findings for _, findings in self.parts])

    def each(self, of_claims: Sequence[str], of_findings: Sequence[str]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """These columns of claims and of findings, of one stretch after the other, read when it is their turn."""
        for claims, findings in self.parts:
            yield claims.select(of_claims).collect(), findings.select(of_findings).collect()
