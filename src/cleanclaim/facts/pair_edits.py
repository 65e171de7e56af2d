"""Which pair edits hold between two codes for a payer on a day.

A payer's own pairs stand before Medicare's. Where nobody has read whether the payer applies Medicare's list, or
where its own list was not read, Medicare's edit is given all the same, so that the pair is told as not judged
(see the fact `pair_applies`) instead of passing in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from cleanclaim.dates import LookupStatus
from cleanclaim.facts.kit import Context
from cleanclaim.pricing.exact import Flags
from cleanclaim.reference import ncci, payers
from cleanclaim.reference.lookup import attach
from cleanclaim.reference.payers import NONE, Payer, UnknownPayerError

OWN_LIST = "own"
"""`pair_edition` of a pair that the payer's file lists."""
MEDICARE_LIST = "ncci_practitioner"
"""`payer_pair_edits` of a payer that applies Medicare's list."""

_PAIR = ("column_1", "column_2")

_FEW = 200
"""Up to this many rows Python is done before a query has begun."""


def edits_for(asked: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The edit, if any, of each asked pair.

    Args:
        asked: rows of `payer`, `date_of_service`, `column_1`, `column_2`.
        context: the clinic's own payer files.

    Returns:
        The same number of rows: `bypass_allowed`, `pair_is_confirmed` (Boolean), `pair_edition` (String: the name
        of Medicare's edition, or `OWN_LIST`; null where no edit is listed, or the payer applies no list).
    """
    if asked.is_empty():
        return _answer(asked.with_columns(pl.lit(None, pl.Boolean).alias("own_bypass"), *_NO_EDIT))
    edits = _own_pairs(_medicare_pairs(asked), context)
    if edits.get_column("indicator").null_count() == edits.height:
        return _answer(edits)
    not_used = medicare_list_is_not_used(edits.select("payer", "date_of_service"), context)
    return _answer(edits.with_columns(pl.when(not_used.not_()).then("indicator").alias("indicator")))


def may_be_edited(codes: Sequence[str | None], ids: pl.Series, context: Context) -> Flags:
    """Whether any list has an edit of two of these codes on some day: by code in column 1, then by code in column 2.

    Args:
        codes: the codes that meet, each once.
        ids: the payers whose own lists are asked besides Medicare's.
        context: the clinic's own payer files.
    """
    count = len(codes)
    found = ncci.stand([code for code in codes for _ in codes], [*codes] * count).reshape(count, count)
    own = payers.own_pairs(_packs(ids, context))
    places = {code: place for place, code in enumerate(codes) if code is not None}
    for first, second in own.select(_PAIR).unique().iter_rows():
        if first in places and second in places:
            found[places[first], places[second]] = True
    return found


_NO_EDIT = (pl.lit(None, pl.Int64).alias("indicator"),)


def _medicare_pairs(asked: pl.DataFrame) -> pl.DataFrame:
    """Add `indicator`: Medicare's, where the pair stands in its list in this order on that day."""
    return asked.hstack([ncci.indicators(*(asked.get_column(name) for name in (*_PAIR, "date_of_service")))])


def _own_pairs(edits: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add `own_bypass`: whether a modifier separates a pair of the payer's own list; null for other pairs."""
    own = payers.own_pairs(_packs(edits.get_column("payer"), context))
    if own.is_empty():
        return edits.with_columns(pl.lit(None, pl.Boolean).alias("own_bypass"))
    own = own.unique(["payer", *_PAIR, "valid_from"], keep="first", maintain_order=True)
    return attach(
        edits,
        own,
        by={name: name for name in ("payer", *_PAIR)},
        day="date_of_service",
        take={"bypass_allowed": "own_bypass"},
        status="own_listing",
    )


def _packs(ids: pl.Series, context: Context) -> list[Payer]:
    """The files of the payers named; an id without a file has no pairs."""
    found = []
    met = ids if len(ids) <= _FEW else ids.unique()
    for payer_id in sorted({payer_id for payer_id in met.to_list() if payer_id is not None}):
        try:
            found.append(context.payers.get(payer_id) or payers.get(payer_id))
        except UnknownPayerError:
            continue
    return found


def medicare_list_is_not_used(asked: pl.DataFrame, context: Context) -> pl.Series:
    """Whether each row's payer is known not to apply Medicare's list on that day; false where that was not read."""
    if asked.height <= _FEW:
        rows = asked.rows()
        met = {(payer, day): _applies_other_list(payer, day, context) for payer, day in dict.fromkeys(rows)}
        return pl.Series("not_used", [met[row] for row in rows], dtype=pl.Boolean)
    may_be = [payer for payer in asked.get_column("payer").unique().to_list() if _may_apply_other_list(payer, context)]
    keys = asked.filter(pl.col("payer").is_in(may_be)).unique()
    answers = [_applies_other_list(payer, day, context) for payer, day in keys.iter_rows()]
    known = keys.with_columns(pl.Series("not_used", answers, dtype=pl.Boolean))
    found = asked.join(known, on=["payer", "date_of_service"], how="left", nulls_equal=True, maintain_order="left")
    return found.get_column("not_used").fill_null(value=False)


def _may_apply_other_list(payer: str | None, context: Context) -> bool:
    """Whether the payer's file says of any day that it applies no list, or only its own."""
    if payer is None:
        return False
    try:
        file = context.payers.get(payer) or payers.get(payer)
    except UnknownPayerError:
        return False
    series = file.settings.get("pair_edits")
    return series is not None and any(dated.value in (OWN_LIST, NONE) for dated in series.values)


def _applies_other_list(payer: str | None, day: date | None, context: Context) -> bool:
    """Whether the payer is known to apply no list, or only its own, which is at hand."""
    extra = tuple(context.payers.values())
    applied = payers.setting(payer, "pair_edits", day, extra).value
    if applied == OWN_LIST:
        return payers.setting(payer, "own_pairs", day, extra).status is LookupStatus.FOUND
    return bool(applied == NONE)


def _answer(edits: pl.DataFrame) -> pl.DataFrame:
    """The three columns, the payer's own pair before Medicare's."""
    edition = ncci.edition()
    is_own, is_listed = pl.col("own_bypass").is_not_null(), pl.col("indicator").is_not_null()
    confirmed = pl.col("date_of_service").is_between(edition.confirmed_from, edition.confirmed_through)
    return edits.select(
        pl.when(is_own).then("own_bypass").otherwise(pl.col("indicator") == ncci.WITH_MODIFIER).alias("bypass_allowed"),
        pl.when(is_own).then(pl.lit(value=True)).when(is_listed).then(confirmed).alias("pair_is_confirmed"),
        pl.when(is_own).then(pl.lit(OWN_LIST)).when(is_listed).then(pl.lit(edition.name)).alias("pair_edition"),
    )
