"""A segment's name, and the blanks around what it says: one rule, whichever reader reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.x12.columnar.reader import read_tables
from cleanclaim.x12.columnar.tokens import tag_name, tokenize
from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.interchange import Segment, read, segment_name
from cleanclaim.x12.reader_835 import read_835
from tests.x12.columnar.damage import damaged
from tests.x12.columnar.samples import payments
from tests.x12.columnar.small_interchanges import WRITTEN, Shape, shapes


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(shapes()), st.sampled_from(WRITTEN), st.integers(0, 2**32), st.integers(0, 6))
def test_both_readers_tell_the_same_names_of_any_file(
    shape: Shape, delimiters: Delimiters, seed: int, times: int
) -> None:
    data = damaged(shape.written(delimiters), seed, times, delimiters)
    for interchange in read(data).interchanges:
        body = interchange.write().removeprefix(interchange.leading.encode("latin-1"))
        for is_compiled in (False, True):
            tokens = tokenize(body, interchange.delimiters, is_compiled=is_compiled)
            assert [tag_name(number) for number in tokens.tags.tolist()] == [one.id for one in interchange.segments]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CLM", "CLM"), ("clm", "CLM"), ("n1", "N1"), (" \r\nCLM\t\x0b ", "CLM"), ("\x1fHL\x00", "HL"), ("00", "00"),
        ("", ""), ("C", ""), ("CLMX", ""), ("C M", ""), ("\xa0CLM", ""), ("CLM\x85", ""), ("ÉLM", ""), ("C\u0130", ""),
    ],
)  # fmt: skip
def test_a_name_is_two_or_three_letters_and_digits_in_capitals(text: str, name: str) -> None:
    assert segment_name(text, Delimiters().blanks) == name


def test_a_delimiter_is_no_blank_in_its_file() -> None:
    control = Delimiters("\x1d", "\x1f", "\x1e", "\x1c")
    assert control.blanks == " \t\n\x0b\x0c\r\x00"
    assert Delimiters("*", ":", "", "\n").blanks == " \t\x0b\x0c\r\x1c\x1d\x1e\x1f\x00"
    # A header may have a space in the place of a delimiter.
    assert " " in Delimiters("*", " ", "^", "~").blanks
    assert Segment(1, "CAS\x1f\x1dPR", control, "", "").id == ""
    assert Segment(1, "CAS \x1dPR", control, "", "").id == "CAS"


@pytest.mark.parametrize("name", ["NYG\u00c5", "VOIL\u00e0", "\u00c5S", "N\u00a0", "\u2003X"])
def test_a_letter_whose_last_byte_others_take_for_a_blank_is_whole(name: str) -> None:
    # UTF-8 has bytes 85 and A0 within letters; Latin-1 has blanks there.
    data = payments().replace(b"*ROWAN*", f"* {name} *".encode())
    assert data != payments()
    assert name in read_tables(data)["parties"]["name"].to_list()
    texts = [segment.text(3) for segment in read(data).segments() if segment.id == "NM1"]
    assert name in texts


def test_a_file_in_small_letters_is_read_by_both_readers() -> None:
    header = payments()[:106]
    small = b"~".join(
        one[: one.find(b"*")].lower() + one[one.find(b"*") :] for one in payments()[106:].split(b"~") if one
    )
    for data in (header + small + b"~", b"isa" + header[3:] + small + b"~"):
        assert read(data).write() == data
        tables = read_tables(data)
        assert tables["problems"].height == 0
        assert tables["claims"]["claim_id"].to_list() == ["C1", "C2", "C3"]
        found = read_835(data)
        assert found.problems == []
        assert [claim.control_number for one in found.remittances for claim in one.claims] == ["C1", "C2", "C3"]


def test_a_later_header_in_small_letters_begins_an_interchange_with_the_delimiters_before() -> None:
    data = payments() + b"isa" + payments()[3:].replace(b":~GS", b">~GS")
    file = read(data)
    assert [one.segments[0].id for one in file.interchanges] == ["ISA", "ISA"]
    assert [one.delimiters.component for one in file.interchanges] == [":", ":"]
    tables = read_tables(data)
    assert tables["problems"].height == 0
    assert tables["claims"]["claim_id"].to_list() == ["C1", "C2", "C3"] * 2
