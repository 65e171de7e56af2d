"""Every component and element of a block as the sixteen bytes in which Arrow keeps a text, made once for all columns.

A text of up to twelve bytes is its length and its bytes; a longer one its length, its first four bytes, and the place
where it stands in the block. So a column of text is one look-up of sixteen bytes a row, and two short texts are the
same where one number of eight bytes is: the length and the first four bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.blanks import Flags, trim
from cleanclaim.x12.columnar.scanning import Scan

if TYPE_CHECKING:
    from cleanclaim.x12.columnar.tokens import Bytes, Codes, Offsets, Words

VIEW = np.dtype("V16")
INLINE = 12
"""The longest text that is kept in its view."""
FRONT = 16
"""Zeros around a block's bytes, so that the bytes before and after any text can be looked at."""
PREFIX = 4
"""Bytes of a text beside its length."""
_HIGH = 0x80
_AT_ONCE = 1 << 15
"""Texts that are made ready at once, so that what is worked on stays close to the processor."""
_NUMBERS = 4
"""Numbers of 32 bits in a view."""

Views = NDArray[np.void]


@dataclass(frozen=True, slots=True, eq=False)
class Extents:
    """Some segments: the index of each one's name in the elements of the block, and how many elements it has."""

    first: Offsets
    widths: Offsets
    narrowest: int
    widest: int

    def at(self, position: int | Offsets, missing: int) -> Offsets:
        """The index of each segment's element at this position, `missing` where it ends before."""
        places = self.first + position
        if isinstance(position, int) and position < self.narrowest:
            return places
        return np.where(self.widths > position, places, missing)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The texts of a block.

    Attributes:
        views: one for each component, in order; then an empty one; then one for each element of several components.
        heads: the first eight bytes of each view, as one number.
        begins: where each begins in the block.
        lengths: how many bytes of the block it has.
        parts: by element, and once more at the end, its first component.
        whole: by element, and once more at the end, its view.
        codes: the bytes that views of longer texts point to.
        more: the bytes of longer texts that are not UTF-8 in the block, written as UTF-8: the second buffer of views.
    """

    views: Views
    heads: Words
    begins: Offsets
    lengths: Offsets
    parts: Codes
    whole: Codes
    codes: Bytes
    more: Bytes

    @property
    def empty(self) -> int:
        """The index of the empty view."""
        return int(self.parts[-1])

    def element(self, extents: Extents, position: int | Offsets) -> Offsets:
        """The view of one element of each of some segments; the empty one where there is no such element."""
        return self.whole.take(extents.at(position, len(self.whole) - 1))

    def component(self, extents: Extents, position: int | Offsets, place: int) -> Offsets:
        """The view of one component, `place` from 0, of one element of each of some segments."""
        elements = extents.at(position, len(self.whole) - 1)
        if not place:
            return self.parts.take(elements)
        found = self.parts.take(elements) + np.int32(place)
        return np.where(found < self.parts.take(elements + 1, mode="clip"), found, np.int32(self.empty))

    def words(self, places: Offsets) -> Words:
        """The first eight bytes of each of these texts as one number, 0 for texts of more than eight."""
        pairs = self.views.take(places).view(np.uint64)
        found: Words = (pairs[0::2] >> np.uint64(32)) | (pairs[1::2] << np.uint64(32))
        found[self.lengths.take(places) > 2 * PREFIX] = 0
        return found


def head(text: str) -> int:
    """What `Cells.heads` has for a text of at most four ASCII characters."""
    data = text.encode("ascii")
    if len(data) > PREFIX:
        raise ValueError(f"{text!r} has {len(data)} characters: expected at most {PREFIX}")
    return len(data) | int.from_bytes(data, "little") << 32


class CellSource:
    """The texts of a block, made when they are first asked for: kernels do without most of the time.

    `padded` and `is_utf8` are what `cells` takes; `blank`: what a blank is, where texts have some around them.
    """

    def __init__(self, padded: Bytes, found: Scan, blank: Flags | None, *, is_utf8: bool) -> None:
        self.padded = padded
        self.found = found
        self.blank = blank
        self.is_utf8 = is_utf8
        self.made: Cells | None = None

    def cells(self) -> Cells:
        """The texts; the stages of one block follow each other, so that they are made once."""
        if self.made is None:
            found = self.found
            begins = found.cuts[:-1] + np.int32(1)
            # A name begins past the line break before its segment.
            begins[found.elements.take(found.first)] = found.starts
            until = np.maximum(begins, found.cuts[1:])
            codes = self.padded[FRONT : len(self.padded) - FRONT]
            passed = None if self.blank is None else partial(trim, codes, blank=self.blank)
            self.made = cells(self.padded, begins, until, found.elements, trim=passed, is_utf8=self.is_utf8)
        return self.made


Trim = Callable[["Offsets", "Offsets"], tuple["Offsets", "Offsets"]]


def cells(padded: Bytes, begins: Codes, ends: Codes, parts: Codes, *, trim: Trim | None, is_utf8: bool) -> Cells:
    """Make the views of a block.

    Args:
        padded: the block's bytes, `FRONT` zeros before them and as many after them.
        begins: where each component begins in the block; never past its end.
        ends: one past its last byte.
        parts: by element, and once more at the end, its first component.
        trim: what moves beginnings and ends past blanks; `None` where no text has any around it.
        is_utf8: no text holds what is not valid UTF-8.
    """
    codes = padded[FRONT:]
    count = len(begins)
    counts = np.diff(parts)
    several = np.flatnonzero(counts > 1)
    inner = parts.take(several)
    every: Offsets = np.empty(count + 1 + len(several), dtype=np.int32)
    every[:count], every[count], every[count + 1 :] = begins, 0, begins.take(inner)
    until: Offsets = np.empty_like(every)
    until[:count], until[count], until[count + 1 :] = ends, 0, ends.take(inner + counts.take(several) - 1)
    if trim is not None:
        every, until = trim(every, until)
    lengths = until - every
    whole = parts.copy()
    whole[several] = np.arange(count + 1, len(every), dtype=np.int32)
    views, heads = _views(padded, every, lengths)
    more = codes[:0]
    if not is_utf8:
        more = _written_anew(codes, every, lengths, views)
        heads = views.view(np.uint64)[0::2].copy()
    return Cells(views, heads, every, lengths, parts, whole, codes, more)


def _views(padded: Bytes, begins: Offsets, lengths: Offsets) -> tuple[Views, Words]:
    """The view of each text, and the first half of each."""
    # Numpy moves sixteen bytes at once where it takes them for a complex number, and only then.
    around = np.ndarray(len(padded) - VIEW.itemsize, dtype=np.complex128, buffer=padded.data, strides=(1,))
    views = np.empty(2 * len(begins), dtype=np.uint64)
    for first in range(0, len(begins), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        size = lengths[part].astype(np.int64)
        # Four bytes before the text are taken with it: its length is written over them.
        found = around[begins[part] + np.int64(FRONT - PREFIX)].view(np.uint64)
        np.bitwise_and(
            found, _kept().take(size, mode="clip").view(np.uint64), out=views[2 * first : 2 * first + len(found)]
        )
    views[0::2] |= lengths.view(np.uint32)
    heads = views[0::2].copy()
    rows = np.flatnonzero(lengths > INLINE)
    views[2 * rows + 1] = begins.take(rows).astype(np.uint64) << np.uint64(32)
    return views.view(VIEW), heads


@cache
def _kept() -> Views:
    """By length, thirteen for more than twelve: the bytes of a view that hold the text, all ones."""
    found = np.zeros((INLINE + 1, VIEW.itemsize), dtype=np.uint8)
    for length in range(INLINE + 1):
        found[length, PREFIX : PREFIX + length] = 0xFF
    return found.view(VIEW).ravel()


def _written_anew(codes: Bytes, begins: Offsets, lengths: Offsets, views: Views) -> Bytes:
    """Give texts that are not UTF-8, which people wrote in Latin-1, views of what they say, and those views' bytes."""
    high: NDArray[np.int64] = np.flatnonzero(codes >= _HIGH)
    rows = np.flatnonzero(np.searchsorted(high, begins) != np.searchsorted(high, begins + lengths))
    numbers: NDArray[np.uint32] = views.view(np.uint32)
    data = bytearray()
    for row in rows.tolist():
        said = codes[begins[row] : begins[row] + lengths[row]].tobytes()
        if _is_utf8(said):
            continue
        text = said.decode("latin-1").encode()
        view = len(text).to_bytes(PREFIX, "little") + text[:INLINE].ljust(INLINE, b"\x00")
        numbers[row * _NUMBERS : (row + 1) * _NUMBERS] = np.frombuffer(view, dtype="<u4")
        if len(text) > INLINE:
            numbers[row * _NUMBERS + 2] = 1
            numbers[row * _NUMBERS + 3] = len(data)
            data += text
    return np.frombuffer(bytes(data), dtype=np.uint8)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
