"""The two ways of judging a segment say the same, whatever stands in it; and no damage stops the whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.x12 import STANDARD, Delimiters
from cleanclaim.x12.validation import validate
from cleanclaim.x12.validation.elements import judge_segment
from cleanclaim.x12.validation.notation import ElementUse, SegmentUse
from cleanclaim.x12.validation.patterns import pattern_of
from cleanclaim.x12.validation.structure import structures
from tests.x12.validation.building import GOOD_CLAIMS, SAMPLES

OTHERS = Delimiters("|", ">", "!", "\n")


def distinct_uses() -> list[SegmentUse]:
    """Every way in which any guide uses a segment, once: many loops use the same address or name alike."""
    met = {
        (use.tag, use.elements, use.rules): use
        for structure in sorted(set(structures().values()), key=lambda one: (one.transaction, one.version))
        for loop in structure.loops.values()
        for use in (loop.trigger, *(entry.use for entry in loop.entries if entry.child is None))
    }
    return list(met.values())


USES = distinct_uses()
GOOD = {"N0": "7", "R": "1.5", "money": "12.34", "DT": "20261121", "TM": "0905", "AN": "A", "ID": "A"}
PERIODS = {"D8": "20261121", "RD8": "20261101-20261130", "DT": "202611210905", "TM": "0905"}
ODD = (
    "",
    " ",
    "?",
    "-1",
    "1.005",
    "20260230",
    "2400",
    "A:B",
    "A^B",
    "A>B",
    "\t",
    "é",
    "9" * 90,
    "A ",
    " A",
    "20261121",
)


def value(use: ElementUse, form: str, chance: random.Random, delimiters: Delimiters) -> str:
    """A value that is mostly good, sometimes left out, sometimes odd."""
    if chance.random() < 0.08:
        return chance.choice(ODD)
    if use.parts:
        return parts(use.parts, delimiters.component, chance, delimiters)
    if use.codes:
        return chance.choice(use.codes)
    if use.kind == "period":
        return PERIODS.get(form, "A")
    text = GOOD[use.kind]
    if use.kind == "DT" and use.longest == 6:
        return "261121"
    return text * use.shortest if use.kind in {"AN", "ID"} else text


def parts(uses: tuple[ElementUse | None, ...], sign: str, chance: random.Random, delimiters: Delimiters) -> str:
    values: list[str] = []
    for use in uses:
        form = values[-1] if values else ""
        if use is None:
            values.append("X" if chance.random() < 0.03 else "")
        elif not use.required and chance.random() < 0.5:
            values.append("")
        else:
            values.append(value(use, form, chance, delimiters))
    if chance.random() < 0.05:
        values.append(chance.choice(("X", "")))
    elif chance.random() < 0.9:
        while values and not values[-1]:
            values.pop()
    return sign.join(values)


def segment(use: SegmentUse, chance: random.Random, delimiters: Delimiters) -> str:
    body = parts(use.elements, delimiters.element, chance, delimiters)
    return f"{use.tag}{delimiters.element}{body}" if body else use.tag


@pytest.mark.slow
@pytest.mark.parametrize("delimiters", [STANDARD, OTHERS], ids=["usual", "other"])
def test_an_expression_matches_exactly_what_has_no_fault(delimiters: Delimiters) -> None:
    chance = random.Random(20261121)
    sound = 0
    for use in USES:
        pattern = pattern_of(use, delimiters)
        for _ in range(30):
            raw = segment(use, chance, delimiters)
            is_sound = pattern.fullmatch(raw) is not None
            assert is_sound == (judge_segment(use, raw, delimiters) == []), (use.tag, raw)
            sound += is_sound
    # Both kinds must have been met often for this to say anything.
    assert 0.3 < sound / (30 * len(USES)) < 0.8


FILES = [GOOD_CLAIMS.read_bytes(), *(path.read_bytes() for path in sorted(SAMPLES.glob("*.txt")))]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["put", "cut", "copy", "swap", "end"])):
            case "put":
                data[at : at + 1] = draw(st.binary(min_size=0, max_size=3))
            case "cut":
                del data[at : at + draw(st.integers(1, 60))]
            case "copy":
                piece = data[at : at + draw(st.integers(1, 200))]
                to = draw(st.integers(0, len(data)))
                data[to:to] = piece
            case "swap":
                to = draw(st.integers(0, len(data) - 1))
                data[at], data[to] = data[to], data[at]
            case _:
                del data[at:]
        if not data:
            return b""
    return bytes(data)


@settings(max_examples=60, deadline=None)
@given(damaged())
def test_damage_is_reported_and_stops_nothing(data: bytes) -> None:
    validation = validate(data)
    for fault in validation.all_faults():
        assert 0 <= fault.segment <= validation.segments
        assert str(fault)
    if data not in FILES:
        again = validate(data)
        assert [str(fault) for fault in again.all_faults()] == [str(fault) for fault in validation.all_faults()]


@pytest.mark.parametrize("signs", ["[:^~", "][\\|", "\\][|", "^\\|]", "|^]["])
def test_signs_that_expressions_are_written_with_are_delimiters_like_others(signs: str) -> None:
    for data in (GOOD_CLAIMS.read_bytes(), (SAMPLES / "payment_advice.txt").read_bytes()):
        written = data.replace(b"\n", b"").translate(bytes.maketrans(b"*:^~", signs.encode("ascii")))
        assert validate(written).all_faults() == []


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_file_are_no_crash(data: bytes) -> None:
    validate(data)
    validate(FILES[0][:400] + data + FILES[0][400:])


@pytest.mark.slow
def test_people_are_not_named_in_messages_on_damage() -> None:
    chance = random.Random(7)
    people = {b"ASHDOWN", b"BELAND", b"H100200300", b"X555000111", b"19580412", b"ELM"}
    for _ in range(80):
        data = bytearray(chance.choice(FILES))
        for _ in range(3):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.choice((b"~", b"*", b":", b"^", b"", b"Q", b"9", b"\xe9"))
        for fault in validate(bytes(data)).all_faults():
            text = f"{fault} {fault.code}".encode()
            assert not any(one in text for one in people), str(fault)


def test_memory_does_not_grow_with_segments_that_have_no_place() -> None:
    text = Path(GOOD_CLAIMS).read_text("ascii")
    begin, end = text.index("LX*1~"), text.index("SE*71")
    for piece in ("NM1*85*2*CLINIC~\n", "NM1*QQ*2*CLINIC~\n", "ZZ9*1~\n", "HL*9*1*20*1~\n", "N3*1 ELM~\n"):
        data = (text[:begin] + piece * 3_000 + text[end:]).encode("ascii")
        validation = validate(data, limit=10)
        assert len(validation.all_faults()) <= 13
        assert validation.unlisted > 2_900


@pytest.mark.slow
def test_a_long_composite_that_fails_at_its_end_fails_at_once() -> None:
    for use in USES:
        pattern, full = pattern_of(use, STANDARD), segment_of_all(use)
        for odd in ("*?:?*", ":X*", "^^", "\t"):
            # Were there two ways to match what is left out, this would take years.
            assert pattern.fullmatch(full + odd) is None


def segment_of_all(use: SegmentUse) -> str:
    """A segment with everything in it that the guide has, and nothing where it has nothing."""
    chance = random.Random(1)

    def all_of(uses: tuple[ElementUse | None, ...], sign: str) -> str:
        values: list[str] = []
        for one in uses:
            form = values[-1] if values else ""
            if one is None:
                values.append("")
            elif one.parts:
                values.append(all_of(one.parts, ":"))
            elif one.codes:
                values.append(chance.choice(one.codes))
            elif one.kind == "period":
                values.append(PERIODS.get(form, "A"))
            else:
                values.append(GOOD[one.kind] * (one.shortest if one.kind in {"AN", "ID"} else 1))
        return sign.join(values)

    return f"{use.tag}*{all_of(use.elements, '*')}"
