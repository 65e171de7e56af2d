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
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.blanks import blank_bytes, leading, trailing, trim
from cleanclaim.x12.columnar.cells import FRONT, Cells, CellSource, Extents
from cleanclaim.x12.columnar.scanning import BLANK, CUT, ELEMENT, SEGMENT, Scan, scan
from cleanclaim.x12.columnar.texts import Texts
from cleanclaim.x12.delimiters import Delimiters

Offsets = NDArray[np.integer[Any]]
Codes = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_TAG = 3
_WORD = 8
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
        source: what `cells` are made of.
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
    source: CellSource
    is_tidy: bool
    is_open: bool
    signs: Bytes | None = None
    """What each byte ends (`scanning`), where kernels may go on; `None` where they may not."""

    @property
    def cells(self) -> Cells:
        """The texts between delimiters, made ready for columns when they are first asked for."""
        return self.source.cells()

    @property
    def texts(self) -> Texts:
        """Where texts stand, for kernels; only where `signs` are known."""
        if self.signs is None:
            raise ValueError("these segments were found without kernels: expected `signs`")
        return Texts(
            self.codes,
            self.signs,
            self.cuts,
            self.elements,
            self.bounds,
            self.starts,
            self.first,
            self.widths,
            self.is_tidy,
        )

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
            return trim(self.codes, begins, np.maximum(begins, ends), blank_bytes(self.delimiters))
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
        return readable(self.raw[begin[0] : end[0]].strip(self.delimiters.blanks.encode()))

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
            self.source,
            self.is_tidy,
            self.is_open and end == len(self),
            self.signs,
        )

    def _trimmed(self, before: Offsets, after: Offsets) -> tuple[Offsets, Offsets]:
        begins = before + 1
        ends = np.maximum(begins, after)
        return (begins, ends) if self.is_tidy else trim(self.codes, begins, ends, blank_bytes(self.delimiters))


def readable(data: bytes) -> str:
    """Bytes as people wrote them: UTF-8 where it is valid, else Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def tokenize(raw: bytes, delimiters: Delimiters, *, is_compiled: bool = False) -> Tokens:
    """Find all segments, elements and components in bytes in which these delimiters hold from the first on.

    It never raises: bytes that are no X12 give segments without a name. With `is_compiled` kernels find them, and the
    stages that follow use kernels, too.
    """
    padded = np.frombuffer(b"".join((bytes(FRONT), raw, bytes(FRONT))), dtype=np.uint8)
    codes = padded[FRONT : FRONT + len(raw)]
    words = np.ndarray(len(raw) + _WORD, dtype="<u8", buffer=padded.data, offset=FRONT, strides=(1,))
    signs = None
    if is_compiled:
        signs = _signs(delimiters)
        mark = len(_BYTE_ORDER_MARK) if raw.startswith(_BYTE_ORDER_MARK) else 0
        found = scan(codes, words, signs, mark)
    else:
        found = _found(raw, codes, words, delimiters)
    rows = found.doubts
    if rows is None:
        rows = _doubts(codes, (_signs(delimiters) & CUT).astype(np.bool_).take(codes), blank_bytes(delimiters))
    is_tidy = _is_tidy(rows, found.starts, found.ends, found.tags)
    is_utf8 = _is_utf8(raw, delimiters)
    return Tokens(
        raw=raw,
        delimiters=delimiters,
        codes=codes,
        words=words,
        starts=found.starts,
        ends=found.ends,
        tags=found.tags,
        first=found.first,
        widths=found.widths,
        elements=found.elements,
        bounds=found.bounds,
        cuts=found.cuts,
        source=CellSource(padded, found, None if is_tidy else blank_bytes(delimiters), is_utf8=is_utf8),
        is_tidy=is_tidy,
        is_open=found.is_open,
        signs=signs if is_utf8 else None,
    )


@cache
def _signs(delimiters: Delimiters) -> Bytes:
    """By byte: what it ends, and whether it is a blank (`scanning`)."""
    found = np.where(blank_bytes(delimiters), np.uint8(BLANK), np.uint8(0))
    if delimiters.component:
        found[ord(delimiters.component)] |= CUT
    found[ord(delimiters.element)] |= CUT | ELEMENT
    found[ord(delimiters.segment)] |= CUT | ELEMENT | SEGMENT
    return found


def _found(raw: bytes, codes: Bytes, words: Words, delimiters: Delimiters) -> Scan:
    """What `scanning.scan` finds, without kernels."""
    terminator, sign = ord(delimiters.segment), ord(delimiters.element)
    blank = blank_bytes(delimiters)
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
    starts = leading(codes, starts, ends, blank)
    there = starts < ends
    is_open = is_open and len(there) > 0 and bool(there[-1])
    if not there.all():
        starts, ends, name_ends = starts[there], ends[there], name_ends[there]
        first, last = first[there], last[there]
    name_ends = trailing(codes, starts, np.maximum(starts, name_ends), blank)
    tags = _tags(words, starts, name_ends)
    doubts = _doubts(codes, is_cut, blank)
    return Scan(cuts, elements, bounds, starts, ends, tags, first, last - first + 1, is_open, doubts)


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


def _doubts(codes: Bytes, is_cut: Flags, blank: Flags) -> Offsets:
    """Delimiters, or blanks before them, where a blank stands beside one."""
    blanks = np.flatnonzero(codes <= ord(" "))
    # Blanks are few.
    blanks = blanks[blank.take(codes.take(blanks))]
    after = blanks[(blanks > 0) & is_cut.take(blanks - 1, mode="clip")]
    # What stands past the last terminator ends where the bytes do.
    before = blanks[(blanks + 1 == len(codes)) | is_cut.take(blanks + 1, mode="clip")]
    return np.concatenate((after - 1, before))


def _is_tidy(doubts: Offsets, starts: Offsets, ends: Offsets, tags: Codes) -> bool:
    """Whether blanks stand beside delimiters only between segments and in interchange headers."""
    if not len(doubts) or not len(starts):
        return True
    # Of the two bytes looked at, one lies within the segment where the pair does.
    segment = np.searchsorted(starts, doubts + 1, side="right") - 1
    inside = (segment >= 0) & (doubts < ends[segment])
    return bool(np.all(~inside | (tags[segment] == tag("ISA"))))


def _tags(words: Words, starts: Offsets, ends: Offsets) -> Codes:
    """Two or three letters and digits of each name as one number."""
    lengths = ends - starts
    lengths[(lengths < 2) | (lengths > _LONGEST_TAG)] = 0  # noqa: PLR2004 - the shortest name
    masks = byte_masks().take(lengths)
    packed = (words[starts] & masks).astype(np.uint32)
    # All four bytes at once: the high bit of each says whether it is at least some letter or digit.
    is_small = _at_least(packed, "a") & ~_at_least(packed, "{")
    folded = packed - (is_small >> np.uint32(2))
    good = (_at_least(folded, "0") & ~_at_least(folded, ":")) | (_at_least(folded, "A") & ~_at_least(folded, "["))
    # Past the end of a name nothing stands; a zero within one is no letter.
    good |= ~masks.astype(np.uint32)
    folded[((good & ~packed) & _HIGH_BITS) != _HIGH_BITS] = 0
    return folded.view(np.int32)


def _at_least(words: NDArray[np.uint32], character: str) -> NDArray[np.uint32]:
    """The high bit of each byte below 128 that is at least this character; no byte carries into the next."""
    return ((words & ~_HIGH_BITS) + _ONES * np.uint32(0x80 - ord(character))) & _HIGH_BITS
