"""Excludes1: codes that may not stand together, because one note says that the other is never coded here.

The notes are those of one edition of the tabular list (`data.tabular_edition`). Notes of a chapter or block count
for every category below it. The official guidelines allow a pair when the two conditions are unrelated, so a pair is
a question for the person who knows the patient; sides that differ are told with it. Excludes2 is no conflict and is
not loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from cleanclaim.reference.icd10.data import CATEGORY, code_list, loaded_notes, path_of
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.reference.published.kinds import Kind

_FULL_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One Excludes1 note as it applies to a prefix: codes below `owner` exclude codes below `excluded`."""

    owner: str
    excluded: str
    seventh: str
    """7th characters of the excluded code that count; empty for any."""
    place: str
    """The block or code under which the note stands."""
    note: str


@dataclass(frozen=True, slots=True)
class ExcludesConflict:
    """Two codes that a note keeps apart: the note stands above `code` and names `excluded`."""

    code: str
    excluded: str
    exclusion: Exclusion
    opposite_sides: bool
    """One is right and the other left: likely unrelated, which the guidelines allow."""


@by_editions(Kind.ICD10_NOTES)
def excludes1_notes() -> pl.DataFrame:
    """The notes by prefix: owner, excluded, seventh, place, note."""
    if loaded := loaded_notes():
        return loaded.table().filter(note_kind="excludes1").drop("note_kind")
    return pl.read_parquet(path_of("excludes1.parquet").read_bytes())


@by_editions(Kind.ICD10_NOTES)
def _by_owner() -> dict[str, tuple[Exclusion, ...]]:
    """Owner prefix to its exclusions."""
    found: dict[str, list[Exclusion]] = {}
    for row in excludes1_notes().iter_rows():
        found.setdefault(row[0], []).append(Exclusion(*row))
    return {owner: tuple(rows) for owner, rows in found.items()}


def _prefixes(code: str) -> list[str]:
    """The beginnings of a code from its category on, itself last."""
    return [code[:length] for length in range(CATEGORY, len(code) + 1)]


def exclusions(code: str) -> tuple[Exclusion, ...]:
    """Every Excludes1 note above a code without its dot, its block's and chapter's among them."""
    table = _by_owner()
    return tuple(item for prefix in _prefixes(code) for item in table.get(prefix, ()))


def _opposite(first: str, second: str) -> bool:
    """Whether one code is right and the other left."""
    listed = code_list()
    sides = {listed.side[listed.position[code]] for code in (first, second) if code in listed.position}
    return sides == {"right", "left"}


def _excludes(item: Exclusion, code: str, other: str) -> bool:
    """Whether the exclusion above `code` names `other`; a code that is itself named says nothing about the pair."""
    if code == other or not other.startswith(item.excluded) or code.startswith(item.excluded):
        return False
    return not item.seventh or (len(other) == _FULL_LENGTH and other[-1] in item.seventh)


def excludes1_conflicts(codes: Sequence[str]) -> list[ExcludesConflict]:
    """The pairs among the diagnoses of one claim that a note keeps apart; codes without dots, each pair once.

    Where notes stand above both codes, the pair is given once, with the note above the earlier code. Codes repeated
    or unknown are no error.
    """
    unique = list(dict.fromkeys(codes))
    found: dict[frozenset[str], ExcludesConflict] = {}
    for code in unique:
        rows = exclusions(code)
        for other in unique:
            pair = frozenset((code, other))
            if pair in found:
                continue
            match = next((item for item in rows if _excludes(item, code, other)), None)
            if match is not None:
                found[pair] = ExcludesConflict(code, other, match, _opposite(code, other))
    return list(found.values())


def excludes1_table(codes: Iterable[str]) -> pl.DataFrame:
    """Every pair that a note keeps apart among the codes given, for a join on (code, other).

    Both directions are listed, so that a join finds a pair whichever code comes first. Columns: code, other,
    opposite_sides (Boolean), place and note (of one note that says so). Codes are written without dots.
    """
    present = pl.DataFrame({"code": sorted(set(codes))}, schema={"code": pl.String})
    beginnings = present.with_columns(
        pl.concat_list([pl.col("code").str.slice(0, n) for n in range(CATEGORY, _FULL_LENGTH + 1)])
        .list.unique(maintain_order=True)
        .alias("prefix")
    ).explode("prefix", empty_as_null=False, keep_nulls=False)
    sides = code_list().frame.select("code", "side")
    one_way = (
        excludes1_notes()
        .join(beginnings, left_on="owner", right_on="prefix", how="inner")
        .join(beginnings.rename({"code": "other"}), left_on="excluded", right_on="prefix", how="inner")
        .filter(
            (pl.col("code") != pl.col("other"))
            & ~pl.col("code").str.starts_with(pl.col("excluded"))
            & (
                (pl.col("seventh") == "")
                | (
                    (pl.col("other").str.len_chars() == _FULL_LENGTH)
                    & pl.col("seventh").str.contains(pl.col("other").str.slice(-1), literal=True)
                )
            )
        )
        .select("code", "other", "place", "note")
    )
    both = pl.concat([one_way, one_way.select(code="other", other="code", place="place", note="note")])
    return (
        both.sort("code", "other", "place", "note")
        .unique(["code", "other"], keep="first", maintain_order=True)
        .join(sides, on="code", how="left", maintain_order="left")
        .join(sides, left_on="other", right_on="code", how="left", suffix="_other", maintain_order="left")
        .select(
            "code",
            "other",
            (
                ((pl.col("side") == "right") & (pl.col("side_other") == "left"))
                | ((pl.col("side") == "left") & (pl.col("side_other") == "right"))
            )
            .fill_null(value=False)
            .alias("opposite_sides"),
            "place",
            "note",
        )
    )
