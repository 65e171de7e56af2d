"""A file of any size as blocks of about a megabyte, each whole claims, whose bytes laid end to end are the file.

A block ends before a claim, a level, a payment's claim or a transaction, whichever stands last in it, and wherever the
delimiters change. It is one that begins a level of the open transaction, as its guide has it: nothing of the level
before goes on behind it, so that a block can be read without the others, save for what encloses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from cleanclaim.x12.delimiters import BLANKS, Delimiters
from cleanclaim.x12.interchange import NO_HEADER, Segment, declared, header_at
from cleanclaim.x12.problems import Problem

LevelStarts = Callable[[str, str], Mapping[str, frozenset[str]] | None]
"""By kind and version of a transaction the segments that begin a level in it, as `column_map.level_starts` tells."""

BLOCK = 1 << 20
"""Bytes of an ordinary block."""
LONGEST = 8 * BLOCK
"""Bytes of a block in which nothing ends: then it is cut between two segments, or, failing that, within one."""

_HEADER = 4096
_BOUNDARIES = (b"CLM", b"CLP", b"HL", b"ST", b"ISA")
_ALWAYS = frozenset({"ST", "ISA"})
"""What ends everything that is open, whatever the transaction."""
_ISA_LENGTH = 106
_LONGEST_START = 256
"""Bytes in which a segment that begins a level or a transaction says which."""


@dataclass(frozen=True, slots=True)
class RawBlock:
    """Bytes in which one set of delimiters holds; `delimiters` is `None` where there is no interchange at all.

    `is_torn`: it ends within a segment, because no segment ended in `LONGEST` bytes. `is_last`: the file ends with it.
    """

    raw: bytes
    delimiters: Delimiters | None
    problems: tuple[Problem, ...] = ()
    is_torn: bool = False
    is_last: bool = False


def blocks(source: BinaryIO, size: int = BLOCK, starts: LevelStarts | None = None) -> Iterator[RawBlock]:
    """Cut what can be read from `source`; never more than two of the longest blocks are held.

    Without `starts` any claim, level or transaction is taken for one that begins a level.
    """
    cutter = _Cutter(source, size, starts)
    while (block := cutter.next()) is not None:
        yield block


class _Cutter:
    def __init__(self, source: BinaryIO, size: int, starts: LevelStarts | None) -> None:
        self.source = source
        self.level_starts = starts
        self.size = size
        self.longest = max(LONGEST, size)
        self.rest = b""
        self.is_over = False
        self.delimiters: Delimiters | None = None
        self.usual = b""
        self.kind: tuple[str, str] | None = None
        """ST01 and ST03 of the last transaction before what is at hand; `None` before the first."""
        self.headers: list[int] = []
        """Where transactions may begin (ST) in what is at hand."""

    def next(self) -> RawBlock | None:
        """The next block; `None` after the last."""
        self._fill(self.size)
        if not self.rest:
            return None
        problems: tuple[Problem, ...] = ()
        if self.delimiters is None or self._is_header(0):
            found, problems = _declared(self.rest[:_HEADER])
            if found is None and self.delimiters is None:
                return self._skipped()
            self.delimiters = found or self.delimiters
        limit = min(self.size, len(self.rest))
        change = self._change(limit)
        if change is not None:
            return self._take(change, problems)
        if self.is_over and len(self.rest) <= self.size:
            return self._take(len(self.rest), problems)
        while True:
            cut = self._boundary(limit)
            if cut:
                return self._take(cut, problems)
            if limit >= self.longest or (self.is_over and limit >= len(self.rest)):
                break
            limit = min(limit * 2, self.longest)
            self._fill(limit)
            limit = min(limit, len(self.rest))
            change = self._change(limit)
            if change is not None:
                return self._take(change, problems)
        if self.is_over and limit >= len(self.rest):
            return self._take(len(self.rest), problems)
        end = self.rest.rfind(self._terminator(), 0, limit) + 1
        return self._take(end or limit, problems, is_torn=not end)

    def _fill(self, wanted: int) -> None:
        pieces, held = [self.rest], len(self.rest)
        while held < wanted + _HEADER and not self.is_over:
            piece = self.source.read(wanted + _HEADER - held)
            self.is_over = not piece
            pieces.append(piece)
            held += len(piece)
        if len(pieces) > 1:
            self.rest = b"".join(pieces)

    def _take(self, end: int, problems: tuple[Problem, ...], *, is_torn: bool = False) -> RawBlock:
        self.kind = self._kind_at(end)
        raw, self.rest = self.rest[:end], self.rest[end:]
        return RawBlock(raw, self.delimiters, problems, is_torn, self.is_over and not self.rest)

    def _skipped(self) -> RawBlock:
        """Bytes before the first interchange header, or all there are; a header is looked for further on."""
        # The header itself may begin at the very end of what is at hand.
        end = len(self.rest) if self.is_over else max(1, min(self.size, len(self.rest) - _HEADER))
        at = _first_header(self.rest[: end + _HEADER])
        end = at or end
        block = RawBlock(self.rest[:end], None, (NO_HEADER,) if self.is_over and at is None else ())
        self.rest = self.rest[end:]
        return block

    def _element(self) -> bytes:
        return (self.delimiters or Delimiters()).element.encode("latin-1")

    def _terminator(self) -> bytes:
        return (self.delimiters or Delimiters()).segment.encode("latin-1")

    def _blanks(self) -> bytes:
        return (self.delimiters or Delimiters()).blanks.encode("latin-1")

    def _is_header(self, at: int) -> bool:
        """Whether an interchange that may have other delimiters begins here, where a segment does."""
        begin = self.rest[at : at + _HEADER].lstrip(self._blanks())
        return begin[:3] == b"ISA" and len(begin) > 3 and not begin[3:4].isalnum()  # noqa: PLR2004

    def _change(self, limit: int) -> int | None:
        """Where an interchange with other delimiters begins, before `limit`; transactions are looked for, too."""
        signs = (b"ISA",) if self.level_starts is None else (b"ISA", b"ST" + self._element())
        interchanges, *headers = _places_of(signs, self.rest, limit)
        self.headers = headers[0] if headers else []
        for at in interchanges:
            if self._starts_segment(at) and self._is_header(at) and not self._is_alike(at):
                return at
        return None

    def _is_alike(self, at: int) -> bool:
        now = self.delimiters
        if now is None:
            return False
        head = self.rest[at : at + _ISA_LENGTH].decode("latin-1")
        same = len(head) == _ISA_LENGTH and head[3] == now.element == head[103] and head.count(now.element) == 16  # noqa: PLR2004
        if same and head[82] == now.repetition and head[104:] == now.component + now.segment:
            return True
        # A header of which something is wrong begins a block, so that it is said whatever the size of blocks.
        return _declared(self.rest[at : at + _HEADER]) == (now, ())

    def _boundary(self, limit: int) -> int:
        """Where the last claim, level or transaction before `limit` begins; 0 when none does past the first byte."""
        found = 0
        # What ended the block before is likely near the end of this one: the others are then sought only past it.
        for name in sorted(_BOUNDARIES, key=lambda one: one != self.usual):
            sign = name + self._element()
            at = limit
            while (at := self.rest.rfind(sign, found + 1, at)) > found:
                if self._starts_segment(at) and self._begins_level(at, name.decode()):
                    found, self.usual = at, name
                    break
        return found

    def _starts_segment(self, at: int) -> bool:
        """Whether only blanks stand between this byte and a terminator before it."""
        terminator = self._terminator()
        if self.rest[at - 1 : at] == terminator:
            return True
        return self.rest[max(0, at - 64) : at].rstrip(self._blanks()).endswith(terminator)

    def _begins_level(self, at: int, name: str) -> bool:
        """Whether a segment of this name begins a level of the open transaction wherever it stands."""
        if self.level_starts is None or name in _ALWAYS:
            return True
        kind = self._kind_at(at)
        starts = None if kind is None else self.level_starts(*kind)
        if starts is None:
            return True
        values = starts.get(name)
        return values is not None and (not values or self._said(at)(3) in values)

    def _kind_at(self, end: int) -> tuple[str, str] | None:
        """The kind and version of the last transaction that begins before this byte."""
        first = [0] if self.rest.startswith(b"ST" + self._element()) else []
        for at in reversed(first + self.headers):
            if at < end and (at == 0 or self._starts_segment(at)):
                said = self._said(at)
                return said(1), said(3)
        return self.kind

    def _said(self, at: int) -> Callable[[int], str]:
        """The texts of the elements of the segment that begins at this byte, by position."""
        own = self.delimiters or Delimiters()
        text = self.rest[at : at + _LONGEST_START].decode("latin-1")
        return Segment(0, text.partition(own.segment)[0], own, "", "").text


def _places_of(signs: Iterable[bytes], data: bytes, limit: int) -> Iterator[list[int]]:
    """Where each of these, of three bytes, stands past the first byte and before `limit`.

    It is several times as fast as `bytes.find`.
    """
    codes = np.frombuffer(data, dtype=np.uint8, count=limit)
    # Of every two bytes that are looked at as one number, some are the first two of the sign or its last two.
    pairs = codes[: limit & -2].view("<u2")
    for sign in signs:
        first, last = int.from_bytes(sign[:2], "little"), int.from_bytes(sign[1:], "little")
        at = np.concatenate((2 * np.flatnonzero(pairs == first), 2 * np.flatnonzero(pairs == last) - 1))
        at = at[(at > 0) & (at + len(sign) <= limit)]
        is_whole = (codes.take(at) == sign[0]) & (codes.take(at + 2) == sign[2])
        yield sorted(at[is_whole].tolist())


def _declared(head: bytes) -> tuple[Delimiters | None, tuple[Problem, ...]]:
    """The delimiters that the header at the beginning of some bytes declares, and what is wrong with it."""
    at = header_at(head)
    if at is None:
        return None, (NO_HEADER,)
    if head[:at].strip(BLANKS.encode() + b"\xef\xbb\xbf"):
        return None, ()
    found, problem = declared(head, at)
    return found, () if problem is None else (problem,)


def _first_header(data: bytes) -> int | None:
    """Where the first interchange begins in bytes that do not begin with one; `None` where none does."""
    return header_at(data) or None
