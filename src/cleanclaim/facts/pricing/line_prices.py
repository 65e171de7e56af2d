"""Prices of every line: `allowed_cents` counts towards the therapy threshold; shares where they can be told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.frames import Part
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.facts.spread import Kinds, Repeated
from cleanclaim.lines.schema import Column
from cleanclaim.pricing.alike_claims import standing_claims
from cleanclaim.pricing.exact import integers, is_one_of
from cleanclaim.pricing.line_prices import (
    ACROSS_CLAIMS,
    CLAIM_COLUMNS,
    LINE_COLUMNS,
    PRICE_COLUMNS,
    SETTING_COLUMNS,
    price_table,
    prices_by_kind,
)
from cleanclaim.pricing.schedule import changes_of, published
from cleanclaim.reference import payers

_OF_A_LINE = tuple(name for name in LINE_COLUMNS if name != "claim_id")


def _price(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:
    if isinstance(frames, Part):
        claim_kinds = frames.kinds("claims", SETTING_COLUMNS)
        line_kinds = frames.kinds("lines", _OF_A_LINE)
        if claim_kinds is not None and line_kinds is not None:
            found = _by_kind(frames, claim_kinds, line_kinds, context)
            if found is not None:
                return found
    claims, lines = frames["claims"], frames["lines"]
    return price_table(claims, lines, fees=fees_of(claims, context))


def _by_kind(frames: Part, claim_kinds: Kinds, line_kinds: Kinds, context: Context) -> Repeated | None:
    """Prices of a tall table, worked out once for claims that are priced alike; none where they cannot be told."""
    claims = frames.taken("claims", ACROSS_CLAIMS)
    owner = integers(frames.taken("lines", ("claim_id",)).to_series()).values
    fees = fees_of(frames.taken("claims", ("payer", "payer_price_basis_kind"), claim_kinds.rows), context)
    schedule = published()
    changes = schedule.changes if fees is None else np.union1d(schedule.changes, changes_of(fees))
    standing = standing_claims(claims, owner, claim_kinds.of_row, line_kinds.of_row, changes)
    if standing is None:
        return None
    few_claims = frames.taken("claims", tuple(CLAIM_COLUMNS), standing.claims)
    few_owner = pl.Series("claim_id", np.searchsorted(standing.claims, owner[standing.lines]))
    few_lines = frames.taken("lines", _OF_A_LINE, standing.lines).with_columns(few_owner)
    answers, of_line = prices_by_kind(claims, standing, few_claims, few_lines, fees=fees, schedule=schedule)
    return Repeated(answers, of_line)


def fees_of(claims: pl.DataFrame, context: Context) -> pl.DataFrame | None:
    """The fee tables of the payers that pay by one."""
    by_table = np.flatnonzero(is_one_of(claims.get_column("payer_price_basis_kind"), ("fee_table",)))
    asked = set(claims.get_column("payer")[by_table].to_list()) if len(by_table) else ()
    if not asked:
        return None
    return payers.fees(context.payers.get(payer) or payers.get(payer) for payer in sorted(asked))


stage = Stage(
    name="line-prices",
    over="lines",
    needs=tuple(LINE_COLUMNS),
    reads=tuple(("claims", name) for name in CLAIM_COLUMNS),
    adds=tuple(Column(name, dtype, unit, meaning) for name, (dtype, unit, meaning) in PRICE_COLUMNS.items()),
    compute=_price,
    lacks="a price: fee schedule for the date and locality, or what the payer's contract pays",
)
