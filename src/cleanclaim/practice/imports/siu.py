"""Read HL7 v2 schedule messages: SIU^S12 (new), S13 (moved), S14 (changed), S15 (canceled), S26 (no-show).

Read are SCH-1 or SCH-2 (the key), SCH-9 and SCH-10 (how long), SCH-11 (from and to), PID-3, PID-5 and PID-7 (whom),
and AIP-3, AIP-6, AIP-9 and AIP-10 (who treats, from when, how long), else AIG-3. Segments that are not named here are
passed over. A file holds any number of messages; each is a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cleanclaim.practice.imports.slots import Ask, Problem, UnreadableFileError, WantedSlot, WhoIsMeant

_ASKS = {"S12": Ask.BOOK, "S13": Ask.BOOK, "S14": Ask.BOOK, "S15": Ask.CANCEL, "S26": Ask.NO_SHOW}
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?([+-]\d{4})?")
_MINUTE_UNITS = frozenset({"", "MIN", "M", "MINUTES", "MINUTE"})
_LONGEST, _SHORTEST = 8 * 60, 5
_FRAMING = "\x0b\x1c"
"""The characters that set messages apart on a line; some systems leave them in files."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its separators and its segments, each a list of fields; field 1 of MSH is the separator itself."""

    segments: tuple[tuple[str, ...], ...]
    component: str
    repetition: str
    escape: str
    subcomponent: str

    def value(self, segment: str, field: int, component: int = 1) -> str:
        """One component of the first repetition of a field of the first such segment; empty where there is none."""
        for fields in self.segments:
            if fields[0] == segment:
                text = fields[field] if field < len(fields) else ""
                first = text.split(self.repetition)[0] if self.repetition else text
                parts = first.split(self.component)
                part = parts[component - 1] if component <= len(parts) else ""
                return self._plain(part.split(self.subcomponent)[0] if self.subcomponent else part)
        return ""

    def _plain(self, text: str) -> str:
        """The text with its escapes taken back."""
        if not self.escape or self.escape not in text:
            return text.strip()
        marks = {"F": self.segments[0][1], "S": self.component, "R": self.repetition, "T": self.subcomponent}
        marks["E"] = self.escape
        pattern = re.compile(f"{re.escape(self.escape)}([FSRTE]){re.escape(self.escape)}")
        return pattern.sub(lambda match: marks[match[1]], text).strip()


def read_siu(data: bytes, zone: ZoneInfo) -> list[WantedSlot]:
    """Every message of a file, in its order; one with problems says so and the others go on.

    Raises:
        UnreadableFileError: the file holds no HL7 message.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError("expected HL7 messages in UTF-8") from error
    lines = [line.strip(_FRAMING) for line in re.split(r"\r\n|\r|\n", text)]
    groups: list[list[str]] = []
    for line in lines:
        if line.startswith("MSH"):
            groups.append([line])
        elif line.strip() and groups:
            groups[-1].append(line)
        elif line.strip() and not line.startswith(("FHS", "BHS")):
            raise UnreadableFileError("expected HL7 messages, the first segment MSH")
    if not groups:
        raise UnreadableFileError("expected HL7 messages, the first segment MSH")
    return [_slot(row, group, zone) for row, group in enumerate(groups, 1)]


def _slot(row: int, lines: Sequence[str], zone: ZoneInfo) -> WantedSlot:
    place = f"message {row}"
    message = _message(lines)
    if message is None:
        wrong = Problem("MSH-1, MSH-2", "a field separator and four encoding characters, such as |^~\\&")
        return WantedSlot(row, place, "", Ask.BOOK, problems=(wrong,))
    problems: list[Problem] = []
    event = message.value("MSH", 9, 2)
    ask = _ASKS.get(event)
    if message.value("MSH", 9) != "SIU" or ask is None:
        problems.append(Problem("MSH-9", "SIU with S12, S13, S14, S15 or S26"))
    key = (message.value("SCH", 1) or message.value("SCH", 2))[:120]
    if not key:
        problems.append(Problem("SCH-1", "the appointment's key, or one in SCH-2"))
    if problems or ask is not Ask.BOOK:
        return WantedSlot(row, place, key, ask or Ask.BOOK, problems=tuple(problems))
    starts_at, ends_at = _times(message, zone, problems)
    minutes = _minutes(message, starts_at, ends_at, problems)
    patient = WhoIsMeant(
        number=message.value("PID", 3),
        family_name=message.value("PID", 5, 1),
        given_name=message.value("PID", 5, 2),
        birth_date=_day(message.value("PID", 7), problems),
    )
    if not patient.number and not (patient.family_name and patient.given_name):
        problems.append(Problem("PID-3", "the patient's number, or the name in PID-5"))
    provider = (message.value("AIP", 3) or message.value("AIG", 3)).lower()
    return WantedSlot(row, place, key, ask, starts_at, minutes, patient, provider, problems=tuple(problems))


def _message(lines: Sequence[str]) -> Message | None:
    head = lines[0]
    separator, marks = head[3:4], head[4:8]
    if not separator or separator.isalnum() or len(set(separator + marks)) != 5 or separator in marks:  # noqa: PLR2004 - one and four
        return None
    segments: list[tuple[str, ...]] = [("MSH", separator, *head[4:].split(separator))]
    segments += [tuple(line.split(separator)) for line in lines[1:]]
    return Message(tuple(segments), *tuple(marks))


def _times(message: Message, zone: ZoneInfo, problems: list[Problem]) -> tuple[datetime | None, datetime | None]:
    begins, ends = message.value("SCH", 11, 4), message.value("SCH", 11, 5)
    field = "SCH-11.4"
    if not begins:
        begins, field = message.value("AIP", 6) or message.value("AIS", 4), "AIP-6"
    starts_at = _moment(begins, zone)
    if starts_at is None:
        problems.append(Problem(field, "a moment such as 20260928143000"))
    ends_at = _moment(ends, zone)
    if ends and ends_at is None:
        problems.append(Problem("SCH-11.5", "a moment such as 20260928151500"))
    return starts_at, ends_at


def _minutes(
    message: Message, starts_at: datetime | None, ends_at: datetime | None, problems: list[Problem]
) -> int | None:
    """Whole minutes from SCH-11, SCH-9 or AIP-9; `None` where none says, so that the clinic's usual holds."""
    if starts_at is not None and ends_at is not None:
        minutes = int((ends_at - starts_at).total_seconds() // 60)
        field = "SCH-11.5"
    else:
        lasts, unit, field = message.value("SCH", 9), message.value("SCH", 10), "SCH-9"
        if not lasts:
            lasts, unit, field = message.value("AIP", 9), message.value("AIP", 10), "AIP-9"
        if not lasts:
            return None
        if not lasts.isdecimal() or unit.upper() not in _MINUTE_UNITS:
            problems.append(Problem(field, "whole minutes"))
            return None
        minutes = int(lasts)
    if not _SHORTEST <= minutes <= _LONGEST:
        problems.append(Problem(field, "5 minutes to 8 hours"))
        return None
    return minutes


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    try:
        plain = datetime(*(int(match[place]) for place in range(1, 6)), int(match[6] or 0))  # type: ignore[call-arg, arg-type] # noqa: DTZ001 - its zone comes next
    except ValueError:
        return None
    if match[7]:
        hours, minutes = int(match[7][:3]), int(match[7][0] + match[7][3:])
        return plain.replace(tzinfo=timezone(timedelta(hours=hours, minutes=minutes))).astimezone(zone)
    return plain.replace(tzinfo=zone)


def _day(text: str, problems: list[Problem]) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        problems.append(Problem("PID-7", "a birth date such as 19480502"))
        return None
