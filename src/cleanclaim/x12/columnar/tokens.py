r"""Bytes of one interchange into segments, elements and components, as arrays of offsets: nothing is copied.

The bytes are searched once for the three delimiters. What lies between two of them is a *part*; parts make up
elements, elements make up segments:

    CLM*A1*90***11:B:1~      element 5 of the segment is the parts "11", "B", "1"

A segment is a number from 0 in all arrays of `Tokens`; its name is a `tag`, three bytes packed into a number, so that
`tokens.tags == tag("CLM")` finds all claims. Line breaks and blanks around a segment, doubled terminators and a byte
order mark belong to no segment, as in `cleanclaim.x12.interchange`, whose numbers of segments these are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.cells import FRONT, Cells, Extents, cells
from cleanclaim.x12.delimiters import Delimiters

Offsets = NDArray[np.integer[Any]]
Codes = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANKS = b" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x00"
_LONGEST_TAG = 3
_STEPS = 16
"""Blanks in a row that are passed one by one for all texts at once."""
_WORD = 8
_NO_ROWS = np.zeros(0, dtype=np.int64)
_ONES = np.uint32(0x01010101)
_HIGH_BITS = np.uint32(0x80808080)


@cache
def tag(name: str) -> int:
    """The number that stands for a segment's name of two or three characters; case does not count."""
    packed = 0
    for place, character in enumerate(name.upper().encode("ascii")):
        packed |= character << (8 * place)
    return packed


def tag_name(number: int) -> str:
    """The name that `tag` packed; "" for what is no name."""
    return number.to_bytes(4, "little").rstrip(b"\x00").decode("latin-1")


@cache
def _blank_bytes() -> Flags:
    table = np.zeros(256, dtype=np.bool_)
    table[list(_BLANKS)] = True
    return table


@cache
def byte_masks() -> Words:
    """By length: the bits of a word that so many bytes take."""
    return np.array([(1 << (8 * length)) - 1 for length in range(_WORD + 1)], dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The segments of a stretch of bytes in which one set of delimiters holds.

    Attributes:
        raw: the bytes, untouched.
        delimiters: what parts them.
        codes: the bytes as an array, one number each.
        words: the eight bytes from each byte on as one number, the first lowest; zeros follow the last.
        starts: first byte of each segment, past any blanks before it.
        ends: one past its last byte, before its terminator.
        tags: the packed name; 0 where it is no name of two or three letters and digits.
        first: index in `elements` of each segment's element 0, its name.
        widths: how many elements each segment has, its name included.
        elements: index in `cuts` of the delimiter before each element; one more at the end.
        bounds: offset of the delimiter before each element; one more at the end.
        cuts: offsets of all delimiters, after a -1 that stands before the first byte.
        cells: the texts between them, made ready for columns.
        is_tidy: no element begins or ends with a blank, save those of interchange headers.
        is_open: the last segment has no terminator.
    """

    raw: bytes
    delimiters: Delimiters
    codes: Bytes
    words: Words
    starts: Offsets
    ends: Offsets
    tags: Codes
    first: Offsets
    widths: Offsets
    elements: Codes
    bounds: Codes
    cuts: Codes
    cells: Cells
    is_tidy: bool
    is_open: bool

    def __len__(self) -> int:
        """How many segments there are."""
        return len(self.starts)

    def element(self, segments: Offsets, position: int) -> tuple[Offsets, Offsets]:
        """First byte and one past the last of element `position` of these segments, without blanks around it.

        Where a segment ends before that element the two are equal, as they are for an empty element and for segment -1.
        """
        if not position:
            # A name begins past the line break before its segment.
            there = segments >= 0
            rows = np.where(there, segments, 0)
            begins = np.where(there, self.starts[rows], 0)
            ends = np.where(there, self.bounds[self.first[rows] + 1], 0)
            return _trim(self.codes, begins, np.maximum(begins, ends))
        return self.element_at(self.extents(segments), position)

    def component(self, segments: Offsets, position: int, place: int) -> tuple[Offsets, Offsets]:
        """The same of one component of the element, `place` from 0."""
        return self.component_at(self.extents(segments), position, place)

    def extents(self, segments: Offsets) -> tuple[Offsets, Offsets]:
        """Index in `bounds` of each segment's element 0 and of its end; 0 and 0 for segment -1."""
        # Indices of 64 bits and `take` are several times as fast as what numpy does with others.
        if len(segments) and int(segments.min()) < 0:
            there = segments >= 0
            rows = np.where(there, segments, 0)
            first = np.where(there, self.first.take(rows), 0).astype(np.int64)
            return first, np.where(there, first + self.widths.take(rows), 0)
        first = self.first.take(segments).astype(np.int64)
        return first, first + self.widths.take(segments)

    def spread(self, segments: Offsets) -> Extents:
        """Where these segments have their elements in `cells`; segment -1 has none."""
        if not len(self):
            return Extents(np.zeros_like(segments), np.zeros_like(segments), 0, 0)
        first, widths = self.first.take(segments), self.widths.take(segments)
        if len(segments) and int(segments.min()) < 0:
            widths[segments < 0] = 0
        if not len(segments):
            return Extents(first, widths, 0, 0)
        return Extents(first, widths, int(widths.min()), int(widths.max()))

    def element_at(self, extents: tuple[Offsets, Offsets], position: int | Offsets) -> tuple[Offsets, Offsets]:
        """`element`, of segments whose extents are known, at one position or at one for each."""
        first, limit = extents
        at = first + position
        before = self.bounds.take(np.minimum(at, limit))
        return self._trimmed(before, self.bounds.take(np.minimum(at + 1, limit)))

    def component_at(
        self, extents: tuple[Offsets, Offsets], position: int | Offsets, place: int
    ) -> tuple[Offsets, Offsets]:
        """`component`, of segments whose extents are known, at one position or at one for each."""
        first, limit = extents
        at = first + position
        part = self.elements.take(np.minimum(at, limit)).astype(np.int64) + place
        end = self.elements.take(np.minimum(at + 1, limit)).astype(np.int64)
        return self._trimmed(self.cuts.take(np.minimum(part, end)), self.cuts.take(np.minimum(part + 1, end)))

    def text(self, segment: int, position: int) -> str:
        """One element as text: UTF-8 where it is valid, else Latin-1."""
        begin, end = self.element(np.array([segment]), position)
        return readable(self.raw[begin[0] : end[0]].strip(_BLANKS))

    def segment(self, index: int) -> bytes:
        """The bytes of one segment, without its terminator and what stands around it."""
        return self.raw[self.starts[index] : self.ends[index]]

    def split(self) -> Iterator[list[str]]:
        """Each segment as a list of its elements, one character per byte: for whoever goes through them one by one."""
        sign = self.delimiters.element
        text = self.raw.decode("latin-1")
        for begin, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield text[begin:end].split(sign)

    def packed(self, begins: Offsets, ends: Offsets) -> Words:
        """Up to eight bytes of each text as one number, the first byte lowest; longer ones are 0."""
        lengths = ends - begins
        found: Words = self.words[begins] & byte_masks().take(np.where(lengths > _WORD, 0, lengths))
        return found

    def between(self, begin: int, end: int) -> Tokens:
        """The segments from `begin` up to `end`, over the same bytes."""
        return Tokens(
            self.raw,
            self.delimiters,
            self.codes,
            self.words,
            self.starts[begin:end],
            self.ends[begin:end],
            self.tags[begin:end],
            self.first[begin:end],
            self.widths[begin:end],
            self.elements,
            self.bounds,
            self.cuts,
            self.cells,
            self.is_tidy,
            self.is_open and end == len(self),
        )

    def _trimmed(self, before: Offsets, after: Offsets) -> tuple[Offsets, Offsets]:
        begins = before + 1
        ends = np.maximum(begins, after)
        return (begins, ends) if self.is_tidy else _trim(self.codes, begins, ends)


def readable(data: bytes) -> str:
    """Bytes as people wrote them: UTF-8 where it is valid, else Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def tokenize(raw: bytes, delimiters: Delimiters) -> Tokens:
    """Find all segments, elements and components in bytes in which these delimiters hold from the first on.

    It never raises: bytes that are no X12 give segments without a name.
    """
    padded = np.frombuffer(b"".join((bytes(FRONT), raw, bytes(FRONT))), dtype=np.uint8)
    codes = padded[FRONT : FRONT + len(raw)]
    words = np.ndarray(len(raw) + _WORD, dtype="<u8", buffer=padded.data, offset=FRONT, strides=(1,))
    terminator, sign = ord(delimiters.segment), ord(delimiters.element)
    is_cut = codes == terminator
    is_cut |= codes == sign
    if delimiters.component:
        is_cut |= codes == ord(delimiters.component)
    found = np.flatnonzero(is_cut)
    kinds = codes.take(found)
    is_open = not len(found) or bool(kinds[-1] != terminator) or int(found[-1]) + 1 < len(codes)
    # A -1 stands before the first byte; what follows the last terminator ends where the bytes do.
    cuts = np.empty(len(found) + 1 + is_open, dtype=np.int32)
    cuts[0], cuts[-1] = -1, len(codes)
    cuts[1 : len(found) + 1] = found
    if is_open:
        kinds = np.append(kinds, np.uint8(terminator))
    # Every delimiter but a component's ends an element; the one before it is where the element begins.
    closes = np.flatnonzero((kinds == terminator) | (kinds == sign))
    elements = np.empty(len(closes) + 1, dtype=np.int32)
    elements[0] = 0
    np.add(closes, 1, out=elements[1:], casting="same_kind")
    last = np.flatnonzero(kinds.take(closes) == terminator)
    first = np.zeros_like(last)
    np.add(last[:-1], 1, out=first[1:])
    bounds = cuts.take(elements)
    starts: Offsets = bounds.take(first) + np.int32(1)
    ends: Offsets = bounds.take(last + 1)
    name_ends: Offsets = bounds.take(first + 1)
    if raw.startswith(_BYTE_ORDER_MARK) and len(starts):
        starts[0] = min(len(_BYTE_ORDER_MARK), int(ends[0]))
    starts = _leading(codes, starts, ends)
    there = starts < ends
    is_open = is_open and len(there) > 0 and bool(there[-1])
    if not there.all():
        starts, ends, name_ends = starts[there], ends[there], name_ends[there]
        first, last = first[there], last[there]
    begins = cuts[:-1] + np.int32(1)
    # A name begins past the line break before its segment.
    begins[elements.take(first)] = starts
    name_ends = _trailing(codes, starts, np.maximum(starts, name_ends))
    tags = _tags(words, starts, name_ends)
    is_tidy = _is_tidy(codes, is_cut, starts, ends, tags)
    trim = None if is_tidy else partial(_trim, codes)
    until = np.maximum(begins, cuts[1:])
    made = cells(padded, begins, until, elements, trim=trim, is_utf8=_is_utf8(raw, delimiters))
    return Tokens(
        raw=raw,
        delimiters=delimiters,
        codes=codes,
        words=words,
        starts=starts,
        ends=ends,
        tags=tags,
        first=first,
        widths=last - first + 1,
        elements=elements,
        bounds=bounds,
        cuts=cuts,
        cells=made,
        is_tidy=is_tidy,
        is_open=is_open,
    )


def _is_utf8(raw: bytes, delimiters: Delimiters) -> bool:
    """Whether every element is valid UTF-8 as it stands."""
    if raw.isascii():
        return True
    if not all(one.isascii() for one in (delimiters.element, delimiters.component, delimiters.segment)):
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_tidy(codes: Bytes, is_cut: Flags, starts: Offsets, ends: Offsets, tags: Codes) -> bool:
    """Whether blanks stand beside delimiters only between segments and in interchange headers."""
    blanks = np.flatnonzero(codes <= ord(" "))
    # Blanks are few. A zero beyond either end is no delimiter.
    blanks = blanks[~is_cut.take(blanks)]
    after = blanks[(blanks > 0) & is_cut.take(blanks - 1, mode="clip")]
    before = blanks[(blanks + 1 < len(codes)) & is_cut.take(blanks + 1, mode="clip")]
    rows = np.concatenate((after - 1, before))
    if not len(rows) or not len(starts):
        return True
    # Of the two bytes looked at, one lies within the segment where the pair does.
    segment = np.searchsorted(starts, rows + 1, side="right") - 1
    inside = (segment >= 0) & (rows < ends[segment])
    return bool(np.all(~inside | (tags[segment] == tag("ISA"))))


def _tags(words: Words, starts: Offsets, ends: Offsets) -> Codes:
    """Two or three letters and digits of each name as one number."""
    lengths = ends - starts
    lengths[(lengths < 2) | (lengths > _LONGEST_TAG)] = 0  # noqa: PLR2004 - the shortest name
    packed = (words[starts] & byte_masks().take(lengths)).astype(np.uint32)
    # All four bytes at once: the high bit of each says whether it is at least some letter or digit.
    is_small = _at_least(packed, "a") & ~_at_least(packed, "{")
    folded = packed - (is_small >> np.uint32(2))
    good = (_at_least(folded, "0") & ~_at_least(folded, ":")) | (_at_least(folded, "A") & ~_at_least(folded, "["))
    good |= ~_at_least(folded, "\x01")
    folded[((good & ~packed) & _HIGH_BITS) != _HIGH_BITS] = 0
    return folded.view(np.int32)


def _at_least(words: NDArray[np.uint32], character: str) -> NDArray[np.uint32]:
    """The high bit of each byte below 128 that is at least this character; no byte carries into the next."""
    return ((words & ~_HIGH_BITS) + _ONES * np.uint32(0x80 - ord(character))) & _HIGH_BITS


def _leading(codes: Bytes, begins: Offsets, ends: Offsets) -> Offsets:
    """The first byte of each that is no blank, or its end."""
    blank = _blank_bytes()
    rows = np.flatnonzero(blank.take(codes.take(begins, mode="clip")) & (begins < ends)) if len(codes) else _NO_ROWS
    begins = begins.copy()
    for _ in range(_STEPS):
        rows = rows[blank[codes[begins[rows]]]]
        if not len(rows):
            return begins
        begins[rows] += 1
        rows = rows[begins[rows] < ends[rows]]
    for row in rows.tolist():
        # Pages of blanks: one look at each, not one for every blank.
        text = codes[begins[row] : ends[row]].tobytes()
        begins[row] = ends[row] - len(text.lstrip(_BLANKS))
    return begins


def _trailing(codes: Bytes, begins: Offsets, ends: Offsets) -> Offsets:
    """One past the last byte of each that is no blank, or its beginning."""
    blank = _blank_bytes()
    rows = np.flatnonzero(blank.take(codes.take(ends - 1, mode="clip")) & (begins < ends)) if len(codes) else _NO_ROWS
    ends = ends.copy()
    for _ in range(_STEPS):
        rows = rows[blank[codes[ends[rows] - 1]]]
        if not len(rows):
            return ends
        ends[rows] -= 1
        rows = rows[begins[rows] < ends[rows]]
    for row in rows.tolist():
        text = codes[begins[row] : ends[row]].tobytes()
        ends[row] = begins[row] + len(text.rstrip(_BLANKS))
    return ends


def _trim(codes: Bytes, begins: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
    """Both ends moved past blanks."""
    begins = _leading(codes, begins, ends)
    return begins, _trailing(codes, begins, ends)
