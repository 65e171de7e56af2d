"""Claim files and payment files of an archive: claims in packed rows, and what payers paid for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cleanclaim.audit.block import SET_ASIDE
from cleanclaim.audit.packing import NUMBER, pack, together
from cleanclaim.audit.payments import PAYMENTS, payments_of
from cleanclaim.lines.tables import Tables
from cleanclaim.reference.payers import Payer

if TYPE_CHECKING:
    from cleanclaim.x12.columnar.reader import Block

CLAIMS_HELD = 50_000
"""Claims of a file held at a time."""

_LINE_TAGS = (b"SV1", b"SVC")
_CHUNK = 1 << 20
_TRAILER = 400
"""Bytes at the end of a file among which its trailer stands, blanks after it included."""
_WHO = ("member_id", "patient_family_name", "patient_given_name")


@dataclass(frozen=True, slots=True)
class Part:
    """Some claims of a file, packed; what was paid by it; and what in it could not be read."""

    claims: pl.DataFrame
    payments: pl.DataFrame
    set_aside: pl.DataFrame


def count_lines(path: str) -> int:
    """About how many service lines a file has: how often the tag of one stands in it."""
    with Path(path).open("rb") as stream:
        return sum(chunk.count(tag) for chunk in iter(lambda: stream.read(_CHUNK), b"") for tag in _LINE_TAGS)


def parts(
    path: str, file: int, *, as_of: date, default_payer: str | None, packs: Mapping[str, Payer]
) -> Iterator[Part]:
    """The file's claims in its order, some at a time; of a file that breaks off, all but the last one."""
    from cleanclaim.x12.columnar.reader import read_blocks  # noqa: PLC0415 - loads slowly, and tables need none of it

    held: list[Block] = []
    count = segments = 0
    end = b""
    for block in read_blocks(Path(path)):
        if count >= CLAIMS_HELD:
            yield _part(held, file, as_of, default_payer, packs)
            held, count = [], 0
        held.append(block)
        count += block.tables.get("claims", pl.DataFrame()).height
        segments = block.first_segment + block.segments - 1
        end = (end + block.raw)[-_TRAILER:]
    if held:
        last = _part(held, file, as_of, default_payer, packs)
        yield last if b"IEA" in end else _without_last(last, file, segments)


def _without_last(part: Part, file: int, segments: int) -> Part:
    """A part at whose end the file breaks off: half a claim would be judged wrongly."""
    whole = part.claims.filter(pl.col(NUMBER) < pl.col(NUMBER).max())
    row = (file, segments - 1, "IEA", "the end of the interchange; the file breaks off and its last claim is left out")
    # The reader misses the trailer, too, and knows nothing of what is left out for it.
    others = part.set_aside.filter((pl.col("row") != segments - 1) | (pl.col("field") != "IEA"))
    return Part(whole, part.payments, others.vstack(pl.DataFrame([row], schema=SET_ASIDE, orient="row")))


def _part(blocks: list[Block], file: int, as_of: date, default_payer: str | None, packs: Mapping[str, Payer]) -> Part:
    from cleanclaim.x12.columnar.claim_tables import tables_of_block  # noqa: PLC0415 - as above

    laid = [tables_of_block(block, as_of=as_of, default_payer=default_payer, packs=packs) for block in blocks]
    tables = together([one.tables for one in laid])
    places = pl.concat([one.claims.get_column("segment") for one in laid])
    payments = pl.concat([pl.DataFrame(schema=PAYMENTS), *(payments_of(block, file) for block in blocks)])
    problems = pl.concat([block.problems for block in blocks])
    aside = problems.select(
        pl.lit(file).cast(pl.Int64).alias("file"),
        (pl.col("segment").cast(pl.Int64) - 1).alias("row"),
        pl.col("element").fill_null("").alias("field"),
        "expected",
    )
    return Part(
        pack(tables, _patients(tables, file, places), file, places - 1), payments, aside.select(list(SET_ASIDE))
    )


def _patients(tables: Tables, file: int, places: pl.Series) -> pl.Series:
    """A text for each patient, by number, name and birth date; a claim that lacks one of them stands alone."""
    claims = tables.claims
    named = np.all([claims.get_column(name).fill_null("").to_numpy() != "" for name in _WHO], axis=0)
    named &= claims.get_column("birth_date").is_not_null().to_numpy()
    who = claims.select(
        pl.concat_str(
            *(pl.col(name).str.to_uppercase().fill_null("") for name in _WHO),
            pl.col("birth_date").cast(pl.String).fill_null(""),
            separator="\x1f",
        ).hash()
    ).to_series()
    alone = pl.select(pl.format("claim at {} of file {}", pl.lit(places), pl.lit(file))).to_series()
    told = pl.select(pl.format("patient {}", pl.lit(who))).to_series()
    return alone.zip_with(pl.Series(~named), told)
