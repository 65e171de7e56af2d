"""Reading schedule messages: S12 to S15 and S26, escapes, separators, and what is said of a bad one."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from cleanclaim.practice.imports.siu import read_siu
from cleanclaim.practice.imports.slots import Ask, Problem, UnreadableFileError, WantedSlot, WhoIsMeant

_CHICAGO = ZoneInfo("America/Chicago")
_AT = datetime(2026, 9, 28, 14, 30, tzinfo=_CHICAGO)


def message(event: str = "S12", **changes: str) -> str:
    segments = {
        "MSH": f"MSH|^~\\&|EMR|MILLRACE|CC|MILLRACE|20260920||SIU^{event}|1|P|2.5",
        "SCH": "SCH|a1^EMR||||||||45|MIN|^^^20260928143000^20260928151500",
        "PID": "PID|1||P101^^^MR||Colewood^Harriet||19480502|F",
        "AIP": "AIP|1||okafor^Okafor^Adaeze",
        **changes,
    }
    return "\r".join(text for text in segments.values() if text) + "\r"


def _read(text: str) -> WantedSlot:
    (found,) = read_siu(text.encode(), _CHICAGO)
    return found


_WHO = WhoIsMeant("P101", "Colewood", "Harriet", date(1948, 5, 2))


@pytest.mark.parametrize("event", ["S12", "S13", "S14"])
def test_new_moved_and_changed_appointments_are_asked_for(event: str) -> None:
    assert _read(message(event)) == WantedSlot(1, "message 1", "a1", Ask.BOOK, _AT, 45, _WHO, "okafor")


@pytest.mark.parametrize(("event", "ask"), [("S15", Ask.CANCEL), ("S26", Ask.NO_SHOW)])
def test_canceled_and_missed_ones_need_no_more_than_their_key(event: str, ask: Ask) -> None:
    assert _read(message(event, PID="", AIP="", SCH="SCH||b2")) == WantedSlot(1, "message 1", "b2", ask)


@pytest.mark.parametrize(
    ("sch", "aip", "minutes"),
    [
        ("SCH|a1||||||||||^^^20260928143000^20260928153000", "AIP|1||okafor", 60),
        ("SCH|a1||||||||30||^^^20260928143000", "AIP|1||okafor", 30),
        ("SCH|a1|||||||||", "AIP|1||okafor|||20260928143000|||50|MIN", 50),
        ("SCH|a1|||||||||", "AIP|1||okafor|||202609281430", None),
        ("SCH|a1||||||||||^^^20260928193000+0000", "AIP|1||okafor", None),
        ("SCH|a1||||||||||^^^20260928143000.1234-0500", "AIP|1||okafor", None),
    ],
)
def test_when_and_how_long_may_stand_in_several_places(sch: str, aip: str, minutes: int | None) -> None:
    found = _read(message(SCH=sch, AIP=aip))
    assert (found.starts_at, found.minutes, found.problems) == (_AT, minutes, ())


def test_separators_and_escapes_are_the_messages_own() -> None:
    text = message(PID="PID|1||P\\T\\7||O\\S\\Hara^Ann").replace("SCH|a1^EMR", "SCH|a\\F\\1^EMR")
    found = _read(text)
    assert (found.key, found.patient) == ("a|1", WhoIsMeant("P&7", "O^Hara", "Ann"))
    other = message().replace("|", "#").replace("^", "$").replace("MSH#$~\\&", "MSH#$~\\&")
    assert _read(other).patient == _WHO


def test_the_first_of_repeated_numbers_counts() -> None:
    assert _read(message(PID="PID|1||P101^^^MR~X9^^^SS||Colewood^Harriet")).patient.number == "P101"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"MSH": "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5"}, Problem("MSH-9", "SIU with S12, S13, S14, S15 or S26")),
        ({"MSH": "MSH|^~\\&|A|B|C|D|2026||SIU^S17|1|P|2.5"}, Problem("MSH-9", "SIU with S12, S13, S14, S15 or S26")),
        (
            {"MSH": "MSH|^^\\&|A"},
            Problem("MSH-1, MSH-2", "a field separator and four encoding characters, such as |^~\\&"),
        ),
        ({"SCH": "SCH|||"}, Problem("SCH-1", "the appointment's key, or one in SCH-2")),
        ({"SCH": "SCH|a1||||||||45|MIN|^^^tomorrow"}, Problem("SCH-11.4", "a moment such as 20260928143000")),
        ({"SCH": "SCH|a1||||||||45|MIN|^^^20261328143000"}, Problem("SCH-11.4", "a moment such as 20260928143000")),
        ({"SCH": "SCH|a1"}, Problem("AIP-6", "a moment such as 20260928143000")),
        ({"SCH": "SCH|a1||||||||45|MIN|^^^20260928143000^x"}, Problem("SCH-11.5", "a moment such as 20260928151500")),
        ({"SCH": "SCH|a1||||||||1|HR|^^^20260928143000"}, Problem("SCH-9", "whole minutes")),
        ({"SCH": "SCH|a1||||||||4|MIN|^^^20260928143000"}, Problem("SCH-9", "5 minutes to 8 hours")),
        ({"PID": "PID|1||||Colewood"}, Problem("PID-3", "the patient's number, or the name in PID-5")),
        ({"PID": "PID|1||P101||||1948"}, Problem("PID-7", "a birth date such as 19480502")),
    ],
)
def test_what_a_message_lacks_is_named(changes: dict[str, str], problem: Problem) -> None:
    assert _read(message(**changes)).problems == (problem,)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_messages_are_rows_and_a_bad_one_does_not_hold_up_the_others(end: str) -> None:
    text = "FHS|^~\\&\r" + message(SCH="SCH|") + "\x0b" + message() + "\x1c\r"
    found = read_siu(text.replace("\r", end).encode(), _CHICAGO)
    assert [(one.row, one.key, bool(one.problems)) for one in found] == [(1, "", True), (2, "a1", False)]


@pytest.mark.parametrize("data", [b"", b"PID|1||P101", b"hello", b"\xff\xfe"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="expected HL7 messages"):
        read_siu(data, _CHICAGO)
