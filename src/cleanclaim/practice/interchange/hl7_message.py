"""HL7 v2 messages, read strictly: segments, fields, repetitions, components; and the acknowledgment sent back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{4}(\d{2}(\.\d{1,4})?)?([+-]\d{4})?)?")
_ESCAPES = {"F": 0, "S": 1, "R": 2, "E": 3, "T": 4}
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")


class Hl7Error(ValueError):
    """A message that cannot be taken: segment, which of its kind, field, and what was expected. Never the value."""

    def __init__(self, segment: str, number: int, field: int, expected: str, *, is_refusal: bool = False) -> None:
        self.segment, self.number, self.field, self.expected = segment, number, field, expected
        self.is_refusal = is_refusal
        """The message is of a kind that is not taken at all (AR), not one with an error in it (AE)."""
        place = f"{segment}-{field}" if field else segment
        super().__init__(f"segment {segment} {number}, {place}: expected {expected}")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its kind, which of its kind it is (from 1), and its fields, unread."""

    kind: str
    number: int
    fields: tuple[str, ...]
    delimiters: str
    """Field, component, repetition, escape and subcomponent separator."""

    def refuse(self, field: int, expected: str) -> Hl7Error:
        """The error of a field."""
        return Hl7Error(self.kind, self.number, field, expected)

    def raw(self, field: int) -> str:
        """A field as it stands; empty where there is none. `""` in the message, a deletion, is empty here."""
        found = self.fields[field - 1] if field <= len(self.fields) else ""
        return "" if found == '""' else found

    def repetitions(self, field: int) -> list[list[str]]:
        """A field's repetitions, each as its components without their escapes."""
        found = self.raw(field)
        if not found:
            return []
        return [
            [self._plain(part, field) for part in item.split(self.delimiters[1])]
            for item in found.split(self.delimiters[2])
        ]

    def text(self, field: int, component: int = 1, *, required: bool = False) -> str:
        """A component of a field's first repetition; empty where there is none. Raises `Hl7Error`."""
        found = self.repetitions(field)
        text = found[0][component - 1].strip() if found and component <= len(found[0]) else ""
        if required and not text:
            raise self.refuse(field, "a value; it is required")
        return text

    def day(self, field: int, *, required: bool = False) -> date | None:
        """The day of a date or a moment. Raises `Hl7Error`."""
        text = self.text(field, required=required)
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            if found is not None:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        raise self.refuse(field, "a day as 20260925, with or without a time")

    def whole(self, field: int) -> int | None:
        """A whole number; `None` where there is none. Raises `Hl7Error`."""
        text = self.text(field)
        if not text:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > len("9999"):
            raise self.refuse(field, "a whole number")
        return int(text)

    def _plain(self, text: str, field: int) -> str:
        escape = self.delimiters[3]
        if escape not in text:
            return text
        pieces = text.split(escape)
        if len(pieces) % 2 == 0:
            raise self.refuse(field, "escapes that are closed")
        result = [pieces[0]]
        for code, after in zip(pieces[1::2], pieces[2::2], strict=True):
            if code not in _ESCAPES:
                raise self.refuse(field, "only the escapes F, S, T, R and E")
            result += [self.delimiters[_ESCAPES[code]], after]
        return "".join(result)


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its segments in order; the first is MSH."""

    segments: tuple[Segment, ...]

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def all(self, kind: str) -> list[Segment]:
        """The segments of a kind."""
        return [item for item in self.segments if item.kind == kind]

    def one(self, kind: str) -> Segment:
        """The one segment of a kind. Raises `Hl7Error` where there is none, or more."""
        found = self.all(kind)
        if len(found) != 1:
            raise Hl7Error(kind, 1, 0, f"one segment {kind}")
        return found[0]


def read_message(text: str) -> Message:
    """Read a message; segments end with a carriage return (a new line after it, or instead, is taken too).

    Raises `Hl7Error`.
    """
    lines = [line for line in re.split(r"\r\n?|\n", text.strip("\x0b\x1c\r\n")) if line]
    if not lines or not lines[0].startswith("MSH") or len(lines[0]) < len("MSH|^~\\&|"):
        raise Hl7Error("MSH", 1, 0, "a message that begins with MSH", is_refusal=True)
    field, encoding = lines[0][3], lines[0][4:8]
    delimiters = field + encoding
    if len(set(delimiters)) != len(delimiters) or any(sign.isalnum() or sign.isspace() for sign in delimiters):
        raise Hl7Error("MSH", 1, 2, "four different separators", is_refusal=True)
    if lines[0][8] != field:
        raise Hl7Error("MSH", 1, 2, "four separators and no more", is_refusal=True)
    counts: dict[str, int] = {}
    segments: list[Segment] = []
    for line in lines:
        kind, *fields = line.split(field)
        if _SEGMENT.fullmatch(kind) is None:
            raise Hl7Error("MSH", 1, 0, f"a segment's name at the beginning of line {len(segments) + 1}")
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "MSH":
            fields = [field, *fields]
            if counts[kind] > 1:
                raise Hl7Error("MSH", counts[kind], 0, "one message at a time")
        segments.append(Segment(kind, counts[kind], tuple(fields), delimiters))
    return Message(tuple(segments))


def acknowledge(message: Message | None, code: str, *, at: datetime, problems: Sequence[Hl7Error] = ()) -> str:
    """The acknowledgment of a message: `AA` taken, `AE` an error in it, `AR` not taken at all.

    What was wrong stands in ERR, by segment and field. Nothing of the message is repeated but its control id.
    """
    header = message.header if message is not None else None
    control = _safe(header.raw(10)) if header is not None else ""
    event = _safe(header.text(9, 2)) if header is not None and _is_plain_type(header) else "P03"
    sender = [_safe(header.raw(field)) if header is not None else "" for field in (5, 6, 3, 4)]
    processing = _safe(header.raw(11)) if header is not None else "P"
    stamp = at.strftime("%Y%m%d%H%M%S")
    lines = [
        "|".join(
            [
                "MSH",
                "^~\\&",
                *sender,
                stamp,
                "",
                f"ACK^{event}^ACK",
                f"{stamp}{control}"[:20],
                processing or "P",
                "2.5.1",
            ]
        ),
        f"MSA|{code}|{control}",
    ]
    lines += [
        f"ERR||{item.segment}^{item.number}^{item.field or ''}|{'200' if item.is_refusal else '102'}|E||||{_said(item)}"
        for item in problems
    ]
    return "\r".join(lines) + "\r"


def _is_plain_type(header: Segment) -> bool:
    try:
        return bool(header.text(9, 2))
    except Hl7Error:
        return False


def _safe(text: str) -> str:
    """A value of the sender's that goes back: short, and no separator of ours."""
    return re.sub(r"[^A-Za-z0-9 ._-]", "", text)[:40]


def _said(problem: Hl7Error) -> str:
    return re.sub(r"[|^~\\&]", " ", f"expected {problem.expected}")
