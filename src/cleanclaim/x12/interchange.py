r"""Any X12 file as segments, without loss: what is not touched is written back byte for byte.

Delimiters are taken from each interchange's own header, so several interchanges with different ones may stand in
one file. Line breaks, blanks between segments, a byte order mark, doubled terminators and whatever follows the last
segment are kept where they stood. Nothing here knows what a segment means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from cleanclaim.x12.delimiters import BLANKS, Delimiters
from cleanclaim.x12.problems import Problem

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[%s]*(?P<first>ISA(?=[^0-9A-Za-z\s]))" % BLANKS.encode(), re.IGNORECASE)
_LATER_HEADER = re.compile(rb"(?P<first>ISA(?P<element>[^0-9A-Za-z\s])[0-9A-Z ]{2}(?P=element))")
"""Past the beginning of a file (behind a mail's headers, say), a header must look like one."""
_HEADER_SIGN = re.compile(r"ISA(?=[^0-9A-Za-z\s])", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[0-9A-Za-z]{2,3}")
_NO_SIGN = " \t\r\n\x00"
"""What a header without a repetition delimiter may have in its place."""
_HEADER_ELEMENTS = 16
_PADDED = 103
"""Characters of a padded header before its last element, which names the component delimiter."""
_ISA11, _ISA12 = 11, 12
_FIRST_WITH_REPETITION = "00402"
"""Versions before this one have a standards identifier where later ones have the repetition delimiter."""


NO_HEADER = Problem(0, "", "ISA", "no interchange header", "a file that begins with ISA")
"""What is wrong with a file that has no interchange."""


@lru_cache(maxsize=1024)
def segment_name(text: str, blanks: str) -> str:
    """What the text before the first element delimiter names: two or three letters and digits, in capitals.

    Blanks around it (`Delimiters.blanks`) are passed, and small letters are read as capitals. "" where it is no name.
    The columnar readers tell names by the same rule (`columnar.tokens`).
    """
    name = text.strip(blanks)
    return name.upper() if _NAME.fullmatch(name) else ""


class Segment:
    """One segment: `number` counts from 1 through the file; `id` is its `segment_name`, such as `CLM`.

    `elements`, of which the first is the name as it stands, are as read, one character per byte (Latin-1), so that
    nothing is lost; `text` gives an element as people wrote it. Assigning through `put` marks the segment as changed;
    only then is it composed anew.
    """

    __slots__ = ("_raw", "delimiters", "elements", "ending", "id", "leading", "number")

    def __init__(self, number: int, raw: str, delimiters: Delimiters, leading: str, ending: str) -> None:
        self.number = number
        self.leading = leading
        self.ending = ending
        self.delimiters = delimiters
        self.elements = raw.split(delimiters.element)
        self.id = segment_name(self.elements[0], delimiters.blanks)
        self._raw: str | None = raw

    @property
    def is_changed(self) -> bool:
        """Whether `put` has been called."""
        return self._raw is None

    def text(self, position: int) -> str:
        """Element `position` (from 1) without blanks around it; "" where the segment has none."""
        elements = self.elements
        if position >= len(elements):
            return ""
        text = elements[position].strip(self.delimiters.blanks)
        return text if text.isascii() else _readable(text)

    def parts(self, position: int) -> list[str]:
        """The components of element `position`, at least one, each without blanks around it."""
        value, own = self.text(position), self.delimiters
        return [part.strip(own.blanks) for part in value.split(own.component)] if value else [""]

    def put(self, position: int, value: str) -> None:
        """Set element `position` (from 1), lengthening the segment where needed; unused ends are dropped.

        Raises `ValueError` when the value holds a delimiter that would make two elements or segments of it.
        """
        if self.delimiters.element in value or self.delimiters.segment in value:
            raise ValueError(f"segment {self.number} {self.id}{position:02d}: the value holds a delimiter of the file")
        missing = position + 1 - len(self.elements)
        self.elements.extend([""] * missing)
        self.elements[position] = value.encode("utf-8").decode("latin-1")
        while len(self.elements) > 1 and not self.elements[-1]:
            self.elements.pop()
        self._raw = None

    def raw(self) -> str:
        """The segment as it is written, one character per byte, with what stands around it."""
        body = self.delimiters.element.join(self.elements) if self._raw is None else self._raw
        return f"{self.leading}{body}{self.ending}"

    def __repr__(self) -> str:
        """Position and id only: what a segment says may be about a patient."""
        return f"Segment({self.number}, {self.id!r})"


def _readable(text: str) -> str:
    """Text in UTF-8 where it is valid, else as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text


@dataclass(slots=True)
class Interchange:
    """One interchange, from its header (ISA) through what follows its trailer (IEA), and the problems of its shape.

    `leading` is what stood before the header (a byte order mark, blanks), `trailing` what followed the last segment.
    """

    delimiters: Delimiters
    segments: list[Segment]
    leading: str = ""
    trailing: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def control_number(self) -> str:
        """ISA13, without blanks."""
        return self.segments[0].text(13)

    @property
    def is_test(self) -> bool | None:
        """Whether the header says test data; `None` when it says neither test nor production."""
        return {"T": True, "P": False}.get(self.segments[0].text(15))

    def write(self) -> bytes:
        """The interchange as bytes: identical to what was read, save for segments that were changed."""
        body = "".join([segment.raw() for segment in self.segments])
        return f"{self.leading}{body}{self.trailing}".encode("latin-1")


@dataclass(slots=True)
class X12File:
    """The interchanges of one file in order; `unread` is all of a file in which none was found."""

    interchanges: list[Interchange]
    unread: bytes = b""
    problems: list[Problem] = field(default_factory=list)

    def write(self) -> bytes:
        """The file as bytes."""
        return b"".join([interchange.write() for interchange in self.interchanges]) + self.unread

    def segments(self) -> Iterator[Segment]:
        """All segments in order."""
        for interchange in self.interchanges:
            yield from interchange.segments


def read(data: bytes) -> X12File:
    """Read any X12 file; it never raises on damaged data, but says in `problems` what could not be read.

    `read(data).write() == data` for every input.
    """
    text = data.decode("latin-1")
    found_at = header_at(data)
    if found_at is None:
        return X12File([], data, [NO_HEADER])
    interchanges: list[Interchange] = []
    begin, number = found_at, 1
    leading = text[:begin]
    delimiters, problem = _delimiters(text, begin, number)
    while begin < len(text):
        if number > 1 and text.startswith("ISA", begin):
            # A header in small letters is one, but what it declares may be as damaged: it keeps what held before.
            delimiters, problem = _delimiters(text, begin, number)
        end = _next_header(text, begin, delimiters)
        interchange = _interchange(text[begin:end], delimiters, leading, number)
        if problem is not None:
            interchange.problems.insert(0, problem)
            problem = None
        interchanges.append(interchange)
        number += len(interchange.segments)
        leading, begin = "", end
    found = [one for interchange in interchanges for one in interchange.problems]
    return X12File(interchanges, b"", found)


def header_at(data: bytes) -> int | None:
    """Where the first interchange begins: past blanks, or where what looks like a header stands; `None` nowhere."""
    start = _HEADER.match(data) or _LATER_HEADER.search(data)
    return None if start is None else start.start("first")


def declared(data: bytes, begin: int) -> tuple[Delimiters, Problem | None]:
    """The delimiters that the header at `begin` declares, and what is wrong with it; segments count from it."""
    return _delimiters(data.decode("latin-1"), begin, 1)


def _delimiters(text: str, begin: int, number: int) -> tuple[Delimiters, Problem | None]:
    """The delimiters a header declares; with a problem when the header is not whole and they had to be guessed.

    Sixteen element delimiters are counted rather than bytes, as some senders do not pad the header's elements.
    """
    element = text[begin + 3]
    place = begin + 2
    for _ in range(_HEADER_ELEMENTS):
        place = text.find(element, place + 1)
        if place < 0:
            break
    if place >= 0 and place + 2 < len(text):
        component, segment = text[place + 1], text[place + 2]
        after = text[place + 3 : place + 40].lstrip(BLANKS)
        is_followed = re.match(rf"[A-Za-z][0-9A-Za-z]{{1,2}}{re.escape(element)}", after)
        header = text[begin:place].split(element)
        # A header as wide as it should be needs nothing after it to confirm it.
        is_sure = not after or is_followed is not None or place - begin == _PADDED
        if is_sure and segment != element and not segment.isalnum():
            return Delimiters(element, component, _repetition(header), segment), None
    return _guessed(text, begin, element, number)


def _repetition(header: list[str]) -> str:
    version, sign = header[_ISA12].strip(), header[_ISA11]
    is_sign = len(sign) == 1 and not sign.isalnum() and sign not in _NO_SIGN
    return sign if is_sign and version >= _FIRST_WITH_REPETITION else ""


def _guessed(text: str, begin: int, element: str, number: int) -> tuple[Delimiters, Problem]:
    """Delimiters of a damaged header: the terminator is what stands before the group header, or the usual one."""
    match = re.compile(rf"(.)([^0-9A-Za-z\s]?)(\s{{0,40}})GS{re.escape(element)}", re.DOTALL | re.IGNORECASE).search(
        text, begin
    )
    segment = "~"
    if match is not None:
        # What stands after an element delimiter is the component delimiter, and a blank ends the segment.
        is_component = match[1] == element and match[3]
        segment = (match[3][:1] if is_component else match[2] or match[3][:1]) or "~"
    problem = Problem(
        number, "", "ISA", "a header without its sixteen elements", "ISA with 16 elements, the last naming a delimiter"
    )
    return Delimiters(element, ":", "", segment if segment != element else "~"), problem


def _next_header(text: str, begin: int, delimiters: Delimiters) -> int:
    """Where the next interchange begins, or the end of the text; a header stands only at the start of a segment."""
    for match in _HEADER_SIGN.finditer(text, begin + 3):
        # Back from the header, so that a long run of blanks is gone through once and not from each of them.
        at = match.start()
        while text[at - 1] in delimiters.blanks:
            at -= 1
        if text[at - 1] == delimiters.segment:
            return match.start()
    return len(text)


def _interchange(text: str, delimiters: Delimiters, leading: str, number: int) -> Interchange:
    terminator = delimiters.segment
    segments: list[Segment] = []
    pending = ""
    pieces = text.split(terminator)
    last = len(pieces) - 1
    for index, piece in enumerate(pieces):
        ending = terminator if index < last else ""
        body = piece.lstrip(delimiters.blanks)
        if not body:
            # Line breaks, blanks and doubled terminators go with the segment that follows.
            pending += piece + ending
            continue
        blank = piece[: len(piece) - len(body)]
        segments.append(Segment(number + len(segments), body, delimiters, pending + blank, ending))
        pending = ""
    interchange = Interchange(delimiters, segments, leading, pending)
    if segments and not segments[-1].ending:
        at = segments[-1]
        interchange.problems.append(
            Problem(at.number, "", at.id, "the file ends within a segment", f"a terminator {terminator!r}")
        )
    return interchange
