"""Damaged files: no crash, nothing lost of the bytes, and everything else still there."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.x12.columnar.reader import read_blocks
from tests.x12.columnar.damage import damaged
from tests.x12.columnar.samples import acknowledgment, claim_answers, eligibility, institutional, payments

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
