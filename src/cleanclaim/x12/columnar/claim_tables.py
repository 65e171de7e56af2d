"""Columns of professional claims become rows of the rule engine's tables; what a claim file cannot tell stays null.

It is `cleanclaim.x12.claim_tables` for archives: the same rows, by joins instead of claim by claim. A claim with
several days of service, places or rendering providers is several rows of `claims`, one for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from cleanclaim.lines.tables import Tables, shaped
from cleanclaim.reference.payers import Payer
from cleanclaim.x12.claim_tables import payer_file
from cleanclaim.x12.columnar.claim_lines import line_columns
from cleanclaim.x12.columnar.claim_parties import claim_columns
from cleanclaim.x12.columnar.reader import Block
from cleanclaim.x12.parsed import ParsedPayer

_DIAGNOSIS_KINDS = ("ABK", "ABF", "BK", "BF")
_WITH_DOT = ("ABK", "ABF")
_BEFORE_DOT = 3


@dataclass(slots=True)
class Numbering:
    """Numbers of rows and patients that go on from one block to the next.

    `patients` grows with the number of patients met, and with nothing else.
    """

    claims: int = 0
    lines: int = 0
    diagnoses: int = 0
    patients: dict[object, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class BlockClaims:
    """The rule engine's tables of one block, and the keys of the claims and lines that its rows were made of.

    `claims` has `claim_id`, `claim_key` and `segment`; `lines` has `line_id`, `line_key` and `segment`.
    """

    tables: Tables
    claims: pl.DataFrame
    lines: pl.DataFrame


def tables_of_block(
    block: Block,
    *,
    as_of: date,
    packs: Mapping[str, Payer] | None = None,
    default_payer: str | None = None,
    localities: Mapping[str, str] | None = None,
    numbering: Numbering | None = None,
) -> BlockClaims:
    """Lay the professional claims of a block out as the rule engine's tables, in the order of the file.

    Args:
        block: one block of a file, from `read_blocks`; blocks of other transactions give empty tables.
        as_of: the day on which the check is made.
        packs: the clinic's own payer files, before the built-in ones.
        default_payer: payer file of claims whose payer cannot be told from the file.
        localities: Medicare locality by the NPI of the billing provider, where it is known.
        numbering: where numbers go on; one and the same for all blocks of an archive.
    """
    numbering = Numbering() if numbering is None else numbering
    if "claim_segment" not in block.tables.get("claims", pl.DataFrame()).columns:
        empty = pl.DataFrame(schema={"claim_id": pl.Int64, "claim_key": pl.Int64, "segment": pl.Int64})
        lines = pl.DataFrame(schema={"line_id": pl.Int64, "line_key": pl.Int64, "segment": pl.Int64})
        return BlockClaims(Tables.from_rows(claims=(), lines=()), empty, lines)
    diagnoses = _diagnoses(block)
    counts = diagnoses.group_by(pl.col("source_key").alias("claim_key")).len("diagnoses")
    lines = _grouped(line_columns(block, counts))
    rows = _rows(block, lines, numbering.claims)
    claims = claim_columns(block, rows, lines, as_of=as_of)
    claims = claims.with_columns(
        _patient_numbers(claims, numbering.patients),
        _payers(claims, dict(packs or {}), default_payer),
        _localities(claims, localities or {}),
    )
    placed = lines.join(rows, on="first_line", how="inner")
    placed = placed.sort("claim_id", "line_key").with_columns(_counted("line_id", numbering.lines))
    shown = rows.join(diagnoses, on="source_key", how="inner")
    shown = shown.sort("claim_id", "position").with_columns(_counted("diagnosis_id", numbering.diagnoses))
    numbering.claims += rows.height
    numbering.lines += placed.height
    numbering.diagnoses += shown.height
    tables = Tables(
        claims=shaped(claims, "claims"),
        lines=shaped(placed, "lines"),
        services=shaped(pl.DataFrame(), "services"),
        diagnoses=shaped(shown, "diagnoses"),
    )
    return BlockClaims(
        tables,
        claims.select("claim_id", pl.col("source_key").alias("claim_key"), "segment"),
        placed.select("line_id", "line_key", "segment"),
    )


def _counted(name: str, first: int) -> pl.Expr:
    return (pl.int_range(pl.len(), dtype=pl.Int64) + first).alias(name)


def _diagnoses(block: Block) -> pl.DataFrame:
    """`source_key` (of the claim), `position` from 1, `diagnosis` with its dot."""
    code = pl.col("code")
    dotted = pl.concat_str(code.str.head(_BEFORE_DOT), pl.lit("."), code.str.slice(_BEFORE_DOT))
    needs_dot = (
        pl.col("code_kind").is_in(_WITH_DOT)
        & (code.str.len_chars() > _BEFORE_DOT)
        & ~code.str.contains(".", literal=True)
    )
    found = block.tables["diagnoses"].filter(
        pl.col("code_kind").is_in(_DIAGNOSIS_KINDS), code != "", pl.col("claim_key").is_not_null()
    )
    return found.select(
        pl.col("claim_key").alias("source_key"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("claim_key").alias("position"),
        pl.when(needs_dot).then(dotted).otherwise(code).alias("diagnosis"),
    )


def _grouped(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with the first line of their day, place and therapist: together they are one row of `claims`."""
    together = ("claim_key", "line_date", "place_of_service", "line_rendering_npi")
    return lines.with_columns(pl.col("line_key").min().over(*together).alias("first_line"))


def _rows(block: Block, lines: pl.DataFrame, first: int) -> pl.DataFrame:
    """One row for each row of `claims`: `claim_id`, `source_key`, `first_line`, and whether it is the whole claim."""
    groups = lines.select(pl.col("claim_key").alias("source_key"), "first_line").unique()
    every = block.tables["claims"].select(pl.col("claim_key").alias("source_key"))
    rows = every.join(groups, on="source_key", how="left").sort("source_key", "first_line")
    return rows.with_columns(
        _counted("claim_id", first),
        (pl.len().over("source_key") == 1).alias("is_whole"),
    )


def _patient_numbers(claims: pl.DataFrame, patients: dict[object, int]) -> pl.Series:
    """Patients by the member's number, name and birth date; one who is not named so stands alone."""
    who = ("member_id", "patient_folded_name", "patient_folded_given_name", "birth_date")
    alone = claims["stands_alone"].to_list()
    places = claims.select("segment", "interchange_number").rows()
    keys = [
        place if is_alone else key
        for is_alone, place, key in zip(alone, places, claims.select(who).rows(), strict=True)
    ]
    return pl.Series("patient_id", [patients.setdefault(key, len(patients)) for key in keys], dtype=pl.Int64)


def _payers(claims: pl.DataFrame, packs: Mapping[str, Payer], default: str | None) -> pl.Series:
    """The payer file of each claim, told once for each payer that is named."""
    named = claims.select("payer_name", "filing_indicator").rows()
    files: dict[tuple[str | None, str | None], str | None] = {}
    for name, indicator in dict.fromkeys(named):
        payer = None if name is None else ParsedPayer(name=name, filing_indicator=indicator)
        files[(name, indicator)] = payer_file(payer, packs) or default
    return pl.Series("payer", [files[key] for key in named], dtype=pl.String)


def _localities(claims: pl.DataFrame, localities: Mapping[str, str]) -> pl.Series:
    found = [localities.get(npi or "") for npi in claims["billing_npi"].to_list()]
    return pl.Series("locality", found, dtype=pl.String)
