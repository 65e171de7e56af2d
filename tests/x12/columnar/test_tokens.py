"""Segments, elements and components by offsets: the same as the reader that takes files apart one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cleanclaim.x12 import STANDARD, Delimiters, read
from cleanclaim.x12.columnar import Tokens, tag, tag_name, tokenize

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_segments_are_those_of_the_lossless_reader(path: Path) -> None:
    for interchange in read(path.read_bytes()).interchanges:
        tokens = tokenize(interchange.write(), interchange.delimiters)
        assert list(tokens.split()) == [segment.elements for segment in interchange.segments]
        for index, segment in enumerate(interchange.segments):
            found = [tokens.text(index, position) for position in range(len(segment.elements) + 1)]
            assert found == [segment.text(position) for position in range(len(segment.elements) + 1)]


def parts(tokens: Tokens, row: int, position: int, place: int) -> bytes:
    begins, ends = tokens.component(np.array([row]), position, place)
    return tokens.raw[begins[0] : ends[0]]


def test_components_end_with_their_element() -> None:
    tokens = tokenize(b"SV1*HC:97110: GP *90:1*UN~LX*2~", STANDARD)
    assert [parts(tokens, 0, 1, place) for place in range(4)] == [b"HC", b"97110", b"GP", b""]
    assert [parts(tokens, 0, 2, place) for place in range(3)] == [b"90", b"1", b""]
    assert (parts(tokens, 0, 3, 0), parts(tokens, 0, 4, 0), parts(tokens, 1, 1, 0)) == (b"UN", b"", b"2")
    begins, ends = tokens.element(np.array([-1, 0, 1]), 1)
    assert [tokens.raw[a:b] for a, b in zip(begins, ends, strict=True)] == [b"", b"HC:97110: GP", b"2"]


@pytest.mark.parametrize("line_break", ["", "\n", "\r\n", "\r", "  \n", "~\n", "\t \n\n"])
def test_line_breaks_blanks_and_doubled_terminators_are_in_no_segment(line_break: str) -> None:
    raw = f"{line_break}ST*837*1~{line_break}clm*A~{line_break}SE*2*1~{line_break}".encode()
    tokens = tokenize(raw, STANDARD)
    assert [tag_name(int(one)) for one in tokens.tags] == ["ST", "CLM", "SE"]
    assert [tokens.segment(row) for row in range(3)] == [b"ST*837*1", b"clm*A", b"SE*2*1"]
    assert not tokens.is_open


def test_names_are_two_or_three_letters_and_digits() -> None:
    tokens = tokenize(b"N1*A~NM1~A*B~ABCD*E~N-1*F~*G~  HL *1~\x00\x00LX*1", STANDARD)
    assert tokens.tags.tolist() == [tag("N1"), tag("NM1"), 0, 0, 0, 0, tag("HL"), tag("LX")]
    assert tokens.is_open


def test_pages_of_blanks_take_no_time() -> None:
    blanks = b" " * 300_000
    tokens = tokenize(b"N1*" + blanks + b"A" + blanks + b"~" + blanks + b"N3*B~" + blanks, STANDARD)
    assert (tokens.text(0, 1), tokens.text(1, 1), len(tokens)) == ("A", "B", 2)


@pytest.mark.parametrize("raw", [b"", b"~", b"~~~", b"*", b"\x00", b"\xef\xbb\xbf", b"abc", b"N1"])
def test_nothing_much_is_read_as_that(raw: bytes) -> None:
    bodies = {b"*": [["", ""]], b"abc": [["abc"]], b"N1": [["N1"]]}
    assert list(tokenize(raw, STANDARD).split()) == bodies.get(raw, [])


def test_any_sign_may_part_elements_and_segments() -> None:
    tokens = tokenize(b"SV1|HC>97110|90\nLX|2\n", Delimiters("|", ">", "^", "\n"))
    assert [parts(tokens, 0, 1, place) for place in range(2)] == [b"HC", b"97110"]
    assert (tokens.text(0, 2), tokens.text(1, 1)) == ("90", "2")


def test_texts_of_up_to_eight_bytes_as_numbers() -> None:
    tokens = tokenize(b"A1*12345678*123456789**B~", STANDARD)
    rows = np.array([0, 0, 0, 0])
    found = [int(tokens.packed(*tokens.element(rows[:1], position))[0]) for position in range(1, 5)]
    assert found == [int.from_bytes(b"12345678", "little"), 0, 0, ord("B")]


@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_zero_within_a_name_makes_it_none(*, is_compiled: bool) -> None:
    tokens = tokenize(b"B\x00T*1~ST*2~\x00LX*3~CLM\x00*4~", STANDARD, is_compiled=is_compiled)
    assert [tag_name(int(number)) for number in tokens.tags] == ["", "ST", "LX", "CLM"]
