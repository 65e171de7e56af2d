"""A file validated in one pass, of any size, in memory that does not grow with its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from cleanclaim.x12.columnar.cutting import blocks
from cleanclaim.x12.delimiters import BLANKS, Delimiters
from cleanclaim.x12.validation.envelopes import EnvelopeJudge
from cleanclaim.x12.validation.faults import Fault, FaultKind
from cleanclaim.x12.validation.verdicts import FaultList, Validation

LIMIT = 1000
"""How many faults are listed of each transaction, group and interchange; beyond, they are counted."""

_LONGEST = 1 << 16
"""Characters of a segment beyond which its terminator must be lost: no guide here has a tenth of that."""


def validate(data: bytes | BinaryIO, *, limit: int = LIMIT) -> Validation:
    """Judge bytes, or what can be read from an open file: syntax (1), the guides (2), sums (3).

    Damaged input never raises: what can be read is judged, the rest reported. `limit` faults are listed of each part;
    all are counted.
    """
    return _validated(BytesIO(data) if isinstance(data, bytes) else data, limit)


def validate_file(path: Path, *, limit: int = LIMIT) -> Validation:
    """Judge a file on disk, of any size, without holding it in memory. Raises `OSError` where it cannot be read."""
    with path.open("rb") as file:
        return _validated(file, limit)


def _validated(file: BinaryIO, limit: int) -> Validation:
    validation = Validation([], FaultList(limit))
    judge = EnvelopeJudge(limit, validation)
    for block in blocks(file):
        text = block.raw.decode("latin-1").removeprefix("\xef\xbb\xbf")
        if block.delimiters is not None:
            _judge_block(judge, text, block.delimiters, is_torn=block.is_torn)
        elif text.strip(BLANKS):
            words = (f"{len(text)} bytes before any interchange", "a file that begins with ISA")
            _report(judge, FaultKind.NO_INTERCHANGE, words)
    judge.finish()
    validation.segments = judge.number
    if not validation.interchanges and not validation.faults.count:
        _report(judge, FaultKind.NO_INTERCHANGE, ("no interchange header", "a file that begins with ISA"))
    return validation


def _judge_block(judge: EnvelopeJudge, text: str, delimiters: Delimiters, *, is_torn: bool) -> None:
    """The segments of one block, one character per byte."""
    pieces = text.split(delimiters.segment)
    last = pieces.pop().lstrip(delimiters.blanks)
    judge.take_all(_segments(judge, pieces, delimiters.blanks), delimiters)
    if is_torn or len(last) > _LONGEST:
        _too_long(judge, last)
    elif last:
        # Only the end of a file leaves a segment without its terminator.
        judge.take(last, delimiters)
        words = ("a segment without its terminator", "the terminator that ISA declares")
        _report(judge, FaultKind.ENDS_TOO_EARLY, words)


def _segments(judge: EnvelopeJudge, pieces: list[str], blanks: str) -> Iterator[str]:
    """Pieces between terminators that are segments, without the blanks before them."""
    for piece in pieces:
        raw = piece if piece[:1] > " " else piece.lstrip(blanks)
        if len(raw) > _LONGEST:
            _too_long(judge, raw)
        elif raw:
            yield raw


def _too_long(judge: EnvelopeJudge, raw: str) -> None:
    words = (f"{len(raw)} characters without a terminator", f"segments of at most {_LONGEST}")
    _report(judge, FaultKind.SEGMENT_TOO_LONG, words)


def _report(judge: EnvelopeJudge, kind: FaultKind, words: tuple[str, str]) -> None:
    """A fault of the file's shape, where the reading has come to."""
    interchanges = judge.validation.interchanges
    faults = interchanges[-1].faults if interchanges else judge.validation.faults
    faults.add(
        Fault(kind, judge.number, 0, "", "ISA" if kind is FaultKind.NO_INTERCHANGE else "segment", 0, 0, 0, *words)
    )
