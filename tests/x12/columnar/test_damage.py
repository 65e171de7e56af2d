"""Damaged files: no crash, nothing lost of the bytes, and everything else still there or reported."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.x12 import read
from cleanclaim.x12.columnar.reader import read_blocks, read_tables
from tests.x12.columnar.damage import damaged
from tests.x12.columnar.damaged_files import MUTATIONS, file_of, mutation
from tests.x12.columnar.judged_reading import assert_alike, assert_same, judge
from tests.x12.columnar.samples import acknowledgment, claim_answers, eligibility, institutional, payments
from tests.x12.columnar.small_interchanges import WRITTEN, Shape, shapes

CLAIMS = (Path(__file__).parent.parent / "corpus" / "good.txt").read_bytes()
FILES = (CLAIMS, payments(), claim_answers(), eligibility(), acknowledgment(), institutional())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.integers(1, 6), st.sampled_from((64, 1 << 20)))
def test_any_damage_is_read_past(data: bytes, seed: int, times: int, block_size: int) -> None:
    harmed = damaged(data, seed, times)
    found = list(read_blocks(harmed, block_size=block_size, threads=1))
    assert b"".join(block.raw for block in found) == harmed
    for block in found:
        for name, table in block.tables.items():
            for column in table.columns:
                if table.schema[column] == pl.String:
                    assert table[column].null_count() == 0, (name, column)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_past(data: bytes) -> None:
    for text in (data, b"ISA*" + data, CLAIMS[:120] + data):
        assert b"".join(block.raw for block in read_blocks(text, threads=1)) == text


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 8])
def test_a_file_of_damaged_interchanges_is_read_or_reported(number: int) -> None:
    file = file_of(number)
    found = list(read_blocks(file.data, threads=1))
    assert judge(file, found) > MUTATIONS


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 6])
def test_neither_blocks_nor_threads_nor_kernels_change_what_is_read_of_damage(number: int) -> None:
    few = file_of(number).few(number)
    whole = list(read_blocks(few.data, threads=1))
    judge(few, whole)
    assert_same(list(read_blocks(few.data, threads=1, is_compiled=True)), whole)
    for block_size, threads in ((64, 1), (700, 3)):
        cut = list(read_blocks(few.data, threads=threads, block_size=block_size))
        judge(few, cut)
        assert_alike(cut, whole)


def test_a_mutation_is_given_back_by_its_number() -> None:
    file = file_of(1)
    every = [piece for piece in (*file.pieces, *file.wild) if not piece.is_whole]
    assert [piece.number for piece in every] == list(range(MUTATIONS, 2 * MUTATIONS))
    for place in (0, 577, MUTATIONS - 1):
        assert mutation(MUTATIONS + place) == every[place]
    untouched = sum(piece.data == piece.shape.written(piece.delimiters, piece.place) for piece in every)
    assert untouched < MUTATIONS // 10


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.name)
def test_small_interchanges_are_whole(shape: Shape) -> None:
    assert read_tables(shape.written(WRITTEN[0], 7), threads=1)["problems"].rows() == []


def _reported(data: bytes, block_size: int = 1 << 20) -> list[tuple[int, str, str]]:
    blocks = read_blocks(data, threads=1, block_size=block_size)
    return sorted(row for block in blocks for row in block.problems.select("segment", "element", "found").rows())


@pytest.mark.parametrize("block_size", [64, 1 << 20])
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"", b"", []),
        # A segment that is lost, and one that says nothing to anybody: the trailer counts others.
        (b"CAS*PR*1*20~", b"", [(40, "SE01", "39")]),
        (b"CAS*PR*1*20~", b"CAX*PR*1*20~", [(18, "CAX", "a segment of no meaning here")]),
        (b"CLP*C2*4", b"CLX*C2*4", [(35, "CLX", "a segment of no meaning here")]),
        # Two such segments side by side are one run.
        (b"AMT*AU*150~", b"XX*1~YY*2~", [(24, "XX", "a segment of no meaning here"), (42, "SE01", "39")]),
        # What stands here is known, but not here.
        (b"LX*1~", b"NM1*ZZ*1*X~", [(15, "NM1", "a segment that cannot stand here")]),
        # A line in front of any claim is nobody's.
        (b"LX*1~", b"SVC*HC:97110*1*1~", [(15, "SVC", "a segment without the claim that it belongs to")]),
        (b"SE*39*0001~", b"", [(41, "SE", "a transaction without its trailer")]),
        (b"SE*39*0001~", b"SE*39*0009~", [(41, "SE02", "another control number")]),
        (b"SE*39*0001~", b"SE**0001~", [(41, "SE01", "no number")]),
        (b"GE*2*7~", b"", [(60, "GE", "a group without its trailer")]),
        (b"GE*2*7~", b"GE*3*7~", [(60, "GE01", "3")]),
        (b"IEA*1*000000001~", b"", [(60, "IEA", "an interchange without its trailer")]),
        (b"IEA*1*000000001~", b"IEA*1*000000002~", [(61, "IEA02", "another control number")]),
        (b"IEA*1*000000001~", b"IEA*1*000000001", [(61, "IEA", "the file ends within a segment")]),
        (b"GE*2*7~IEA*1*000000001~", b"", [(59, "GE", "a group without its trailer"), (59, "IEA", "an interchange without its trailer")]),
    ],
)  # fmt: skip
def test_what_a_file_loses_is_missed(
    old: bytes, new: bytes, expected: list[tuple[int, str, str]], block_size: int
) -> None:
    data = payments()
    assert data.count(old) >= 1
    assert _reported(data.replace(old, new, 1), block_size=block_size) == expected


def test_what_is_open_is_missed_before_the_next_interchange_begins() -> None:
    cut = payments().replace(b"GE*2*7~IEA*1*000000001~", b"")
    assert _reported(cut + payments()) == [
        (59, "GE", "a group without its trailer"),
        (59, "IEA", "an interchange without its trailer"),
    ]


def test_what_follows_without_a_header_of_its_own_has_no_sender() -> None:
    data = payments()
    found = read_tables(data + data[106:])
    assert found["problems"].select("segment", "element", "found").rows() == [
        (62, "GS", "a group outside any interchange"),
        (121, "IEA", "a trailer without its interchange"),
    ]
    assert found["transactions"]["sender"].to_list() == ["SENDER", "SENDER", "", ""]
    assert found["transactions"]["interchange_number"].to_list() == ["000000001", "000000001", "", ""]
    assert found["claims"]["claim_id"].to_list() == ["C1", "C2", "C3"] * 2


@pytest.mark.parametrize("block_size", [64, 1 << 20])
@pytest.mark.parametrize("terminator", ["\r", "\n", "~"])
def test_a_lost_group_header_takes_nothing_else_with_it(terminator: str, block_size: int) -> None:
    data = payments(element="+", terminator=terminator)
    end = terminator.encode()
    harmed = data + data.replace(b"GS+HP", b"G+HP", 1) + data
    blocks = list(read_blocks(harmed, block_size=block_size, threads=1))
    assert sum(block.segments for block in blocks) == 3 * data.count(end)
    claims = [name for block in blocks if block.tables for name in block.tables["claims"]["claim_id"].to_list()]
    assert claims == ["C1", "C2", "C3"] * 3


@pytest.mark.parametrize("lost", [b"ST*835*0001*005010X221A1~", b"SE*", b"GS*", b"N1*PR", b"LX*1~", b"ISA*00"])
def test_a_lost_segment_loses_no_claim(lost: bytes) -> None:
    harmed = payments().replace(lost, b"", 1) if lost.endswith(b"~") else payments().replace(lost, b"XX" + lost[2:], 1)
    names = [
        name
        for block in read_blocks(harmed)
        if "claims" in block.tables
        for name in block.tables["claims"]["claim_id"].to_list()
    ]
    assert names == (["C1", "C2", "C3"] if lost != b"ISA*00" else [])


def test_text_that_is_no_utf8_is_read_as_latin_1_and_the_rest_stays() -> None:
    data = payments().replace(b"*ROWAN*", b"*MUE\xd1OZ*").replace(b"*QUILL*", "*BÉLAND*".encode())
    (block,) = read_blocks(data)
    patients = block.tables["parties"].filter(pl.col("entity") == "QC")["name"].to_list()
    assert patients == ["ASHGROVE", "BÉLAND", "MUEÑOZ"]


_HEADER = CLAIMS[:106]
_CLAIMS_OF_NOBODY = b"GS*HC*1*1*1*1*1*X*005010X222A1~ST*837*1~" + b"HL*1**20~HL*1*1*22~CLM*1~HL*9*9*23~" * 5_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        _HEADER + _CLAIMS_OF_NOBODY,
        _HEADER + b"GS*HC*1*1*1*1*1*X*005010X222A1~" + b"ST*837*1~HL*3**22~CLM*1~LX*1~SE*9*1~" * 5_000,
        (_HEADER + b"ISA*x~") * 300,
        _HEADER.replace(b"~", b"\n") + b"\n" * 200_000 + b"ISA ",
    ],
    ids=["claims in doubt", "transactions without levels", "headers of no meaning", "blanks"],
)
def test_damage_everywhere_costs_what_its_length_does(data: bytes) -> None:
    begun = time.process_time()
    assert b"".join(block.raw for block in read_blocks(data, threads=1)) == data
    assert read(data).write() == data
    assert time.process_time() - begun < 15


def test_a_segment_of_the_beginning_that_comes_late_is_read_or_reported() -> None:
    trace = b"TRN*1*TRACE1*1512345678~"
    late = payments().replace(trace, b"", 1).replace(b"PLB*", trace + b"PLB*", 1)
    assert read_tables(late)["transactions"]["trace_number"].to_list() == ["TRACE1", "TRACE2"]
    assert _reported(late) == []
    assert _reported(late, block_size=64) == [(39, "TRN", "a segment behind what its transaction holds")]


def test_a_name_behind_a_blank_that_does_not_break_is_no_name() -> None:
    harmed = CLAIMS.replace(b"SBR*P*18", b"\xa0SBR*P*18", 1)
    assert _reported(harmed) == [(15, "segment", "a segment of no meaning here")]
    assert read_tables(harmed)["coverages"]["payer_order"].to_list() == ["", "P"]


def test_what_stands_behind_a_trailer_is_in_no_loop_of_the_transaction_before() -> None:
    stray = b"NM1*QC*1*NOBODY~REF*6R*X~"
    data = payments()
    for harmed in (data + stray + data, data.replace(b"~GE*2*7~", b"~" + stray + b"GE*2*7~", 1) + data):
        found = read_tables(harmed)
        assert "NOBODY" not in found["parties"]["name"].to_list()
        assert "X" not in found["references"]["value"].to_list()
        assert found["problems"]["found"].to_list() == ["a segment outside any transaction"]


def test_a_name_in_small_letters_is_read_of_a_damaged_transaction_as_of_a_sound_one() -> None:
    (shape,) = (one for one in shapes() if one.name == "a claim decided by another payer")
    sound = shape.written(WRITTEN[0]).replace(b"~PER*", b"~per*")
    for data in (sound, sound.replace(b"HL*2*1*22*0~", b"")):
        found = read_tables(data, threads=1)
        assert found["parties"]["contact"][0] == "DANA POOLE"
        assert "per" not in found["problems"]["element"].to_list()


def test_a_delimiter_that_others_take_for_a_blank_is_none_wherever_a_file_is_cut() -> None:
    control = WRITTEN[5]
    (shape,) = (one for one in shapes() if one.name == "claims of two transactions")
    data = (
        shape.written(control).replace(b"REF\x1d6R\x1d", b"REF\x1d\x1fR\x1d").replace(b"\x1dADA\x1d", b"\x1d ADA \x1d")
    )
    for block_size in (64, 1 << 20):
        blocks = [block.tables for block in read_blocks(data, block_size=block_size, threads=1)]
        found = [tables["references"] for tables in blocks if "references" in tables]
        assert "\x1fR" in pl.concat(found, how="diagonal_relaxed")["qualifier"].to_list()


def test_a_name_with_a_delimiter_behind_it_is_no_name_in_a_damaged_transaction_either() -> None:
    (shape,) = (one for one in shapes() if one.name == "a claim decided by another payer")
    data = shape.written(WRITTEN[5]).replace(b"\x1cCAS\x1dPR\x1d1\x1d20\x1cAMT", b"\x1cCAS\x1e\x1dPR\x1d1\x1d20\x1cAMT")
    for lost in (b"", b"HL\x1d2\x1d1\x1d22\x1d0\x1c"):
        damaged_one = data.replace(lost, b"")
        at = damaged_one[: damaged_one.index(b"CAS\x1e")].count(b"\x1c") + 1
        assert at in read_tables(damaged_one, threads=1)["problems"]["segment"].to_list()
