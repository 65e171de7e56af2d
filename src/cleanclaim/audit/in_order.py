"""Claims and findings of all blocks of an archive, brought into its order.

There are millions, and memory that is had for the first time costs more than what is done with it. So columns are read
and put in order a few at a time, each into what those before took on their way, and claims are met by their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

import polars as pl

from cleanclaim.audit.block import CLAIMS, FINDINGS, at_stake
from cleanclaim.audit.decided import told_beside
from cleanclaim.audit.places import AS_NUMBER, order_of, taken
from cleanclaim.check.contents import CONTENTS

Read = Callable[[str, Sequence[str]], pl.DataFrame]
"""Reads columns of one of `cleanclaim.audit.block.FRAMES`: those of all blocks, one below the other."""

_PLACE = ("file", "row")
_COLUMNS_AT_ONCE = 4
_CLAIM_ROW = "claim_row"


def claims(read: Read) -> pl.DataFrame:
    """The claims in the order of the archive, each with its `digest` where that was told."""
    order = order_of(read("claims", _PLACE))
    return _told(_in_order(partial(read, "claims"), CLAIMS, order), read("claim_contents", ["digest"]), order)


def findings(read: Read, rules: pl.Series) -> pl.DataFrame:
    """Findings by claim, in the order of the archive, and rule, with what they are about where that was told.

    Those of one rule and claim come from one block, in order.

    Args:
        read: reads what was found.
        rules: the code of every rule that was judged, once.
    """
    rank = pl.col("rule").cast(pl.Enum(rules.sort())).to_physical().cast(pl.Int64)
    row = pl.col("row")
    # One number is sorted by far faster than three.
    place = (pl.col("file") * (row.max() + 1) + row) * rules.len() + rank
    order = order_of(read("findings", [*_PLACE, "rule"]), place)
    return _told(_in_order(partial(read, "findings"), FINDINGS, order), read("contents", list(CONTENTS)), order)


def meeting(claims: pl.DataFrame, further: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Claims with what was found of them beyond their patient's block, and these findings with what a claim is allowed.

    Blocks of patients tell what a claim is allowed, and count what they found of it themselves.

    Args:
        claims: those of blocks of patients, in the order of the archive.
        further: findings of other blocks.
    """
    if not further.height:
        return claims, further
    place, sought = (rows.select(AS_NUMBER).to_series() for rows in (claims, further))
    row = place.search_sorted(sought).alias(_CLAIM_ROW)
    allowed = claims.get_column("allowed_cents").gather(row).alias("claim_allowed_cents")
    further = further.with_columns(allowed)
    return _with_more(claims, at_stake(further.with_columns(row), [_CLAIM_ROW])), further


def _with_more(claims: pl.DataFrame, staked: pl.DataFrame) -> pl.DataFrame:
    """The claims with what more was found of those in some of their rows."""
    row = staked.get_column(_CLAIM_ROW).to_numpy()
    summed = []
    for more in staked.drop(_CLAIM_ROW).get_columns():
        values = claims.get_column(more.name).to_numpy().copy()
        values[row] += more.to_numpy()
        summed.append(pl.Series(more.name, values))
    return claims.with_columns(summed)


def _in_order(read: Callable[[Sequence[str]], pl.DataFrame], columns: Iterable[str], order: pl.Series) -> pl.DataFrame:
    """Rows by their numbers, a few columns at a time."""
    left = iter(columns)
    parts = []
    while some := list(islice(left, _COLUMNS_AT_ONCE)):
        parts.append(taken(read(some), order))
    return pl.concat(parts, how="horizontal")


def _told(frame: pl.DataFrame, contents: pl.DataFrame, order: pl.Series) -> pl.DataFrame:
    """A frame that is in order with what its rows are about, where that was told."""
    return told_beside(frame, taken(contents, order) if contents.height else contents)
