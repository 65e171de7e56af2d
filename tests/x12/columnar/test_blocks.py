"""Blocks: cut between claims, nothing lost, the same tables however small they are."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cleanclaim.x12 import read
from cleanclaim.x12.columnar import cutting
from cleanclaim.x12.columnar.reader import read_blocks, read_tables
from tests.x12.columnar.samples import claim_answers, eligibility, payments

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))
GOOD = [path for path in CORPUS if path.stem.startswith("good")]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
@pytest.mark.parametrize("block_size", [64, 700, cutting.BLOCK])
def test_blocks_laid_end_to_end_are_the_file(path: Path, block_size: int) -> None:
    data = path.read_bytes()
    found = list(read_blocks(data, block_size=block_size))
    assert b"".join(block.raw for block in found) == data
    assert sum(block.segments for block in found) == sum(len(one.segments) for one in read(data).interchanges)
    for one, two in pairwise(found):
        assert two.first_segment == one.first_segment + one.segments


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
@pytest.mark.parametrize("threads", [1, 3])
def test_tables_do_not_depend_on_the_size_of_blocks(path: Path, threads: int) -> None:
    data = path.read_bytes()
    whole = read_tables(data)
    parts: dict[str, list[pl.DataFrame]] = {}
    for block in read_blocks(data, block_size=64, threads=threads):
        for name, table in block.tables.items():
            parts.setdefault(name, []).append(table)
    assert parts.keys() | {"problems"} == whole.keys()
    for name, tables in parts.items():
        assert pl.concat(tables).equals(whole[name]), name


def test_keys_go_on_from_block_to_block() -> None:
    keys = {"claims": "claim_key", "lines": "line_key", "parties": "party_key", "transactions": "transaction_key"}
    found = list(read_blocks(payments() * 3, block_size=500))
    assert len(found) > 9
    for name, key in keys.items():
        every = [number for block in found if name in block.tables for number in block.tables[name][key].to_list()]
        assert every == list(range(len(every)))
    assert sum(block.tables["claims"].height for block in found if "claims" in block.tables) == 9


def test_what_a_block_refers_to_is_around_it() -> None:
    for block in read_blocks(payments() * 2, block_size=400):
        if not block.tables.get("claims", pl.DataFrame()).height:
            continue
        for column, name in (("transaction_key", "transactions"), ("payer_party_key", "parties")):
            there = set(block.table(name)[name[:-1].replace("partie", "party") + "_key"].to_list())
            assert set(block.tables["claims"][column].to_list()) <= there


def test_files_open_streams_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "payments.835"
    path.write_bytes(payments().replace(b"*120*60", b"*x*60"))
    named = read_tables(path)
    assert named["problems"]["file"].to_list() == ["payments.835"] * named["problems"].height
    assert named["claims"].equals(read_tables(str(path))["claims"])
    with path.open("rb") as stream:
        assert named["claims"].equals(read_tables(stream)["claims"])
        assert not stream.closed
    with pytest.raises(FileNotFoundError):
        list(read_blocks(tmp_path / "absent"))


def test_interchanges_with_other_delimiters_are_blocks_of_their_own() -> None:
    data = payments() + payments(element="|", component=">", terminator="\n") + payments()
    found = list(cutting.blocks(io.BytesIO(data)))
    assert [block.delimiters.element for block in found if block.delimiters is not None] == ["*", "|", "*"]
    assert read_tables(data)["claims"]["claim_id"].to_list() == ["C1", "C2", "C3"] * 3


def test_interchanges_with_the_same_delimiters_share_blocks() -> None:
    assert len(list(cutting.blocks(io.BytesIO(payments() * 20)))) == 1


def test_what_precedes_the_first_header_is_kept_and_passed_over() -> None:
    data = b"From: a mail\r\n\r\n" * 1000 + payments()
    found = list(read_blocks(data, block_size=1000))
    assert b"".join(block.raw for block in found) == data
    assert sum(block.tables["claims"].height for block in found if "claims" in block.tables) == 3


def test_no_interchange_at_all_is_one_problem() -> None:
    found = read_tables(b"nothing of the kind" * 1000)
    assert found["problems"].select("segment", "element", "expected").rows() == [
        (0, "ISA", "a file that begins with ISA")
    ]


@pytest.mark.parametrize("filler", [b"REF*XX*" + b"A" * 90 + b"~", b"A" * 97])
def test_what_never_ends_is_cut_in_bounded_pieces(filler: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "LONGEST", 4000)
    data = payments().replace(b"LX*1~", b"LX*1~" + filler * 1000, 1)
    found = list(cutting.blocks(io.BytesIO(data), 1000))
    assert b"".join(block.raw for block in found) == data
    assert max(len(block.raw) for block in found) <= 4000
    assert any(block.is_torn for block in found) == (b"~" not in filler)


def test_blocks_begin_with_a_claim_level_or_transaction() -> None:
    for data in (payments(line_break="\r\n"), claim_answers(), eligibility()):
        found = list(cutting.blocks(io.BytesIO(data), 200))
        assert len(found) > 2
        begins = [block.raw.lstrip()[:3] for block in found[1:]]
        assert set(begins) <= {b"CLP", b"HL*", b"ST*"}, begins


@pytest.mark.parametrize("block_size", [300, 1 << 20])
def test_some_tables_are_the_same_as_among_all(block_size: int) -> None:
    every = list(read_blocks(payments(), block_size=block_size))
    some = list(read_blocks(payments(), block_size=block_size, tables=("lines", "parties")))
    assert sum(block.tables["lines"].height for block in some if block.tables) > 0
    for wanted, block in zip(some, every, strict=True):
        assert wanted.raw == block.raw
        assert set(wanted.tables) == {"lines", "parties"} & set(block.tables)
        for name in wanted.tables:
            assert_frame_equal(wanted.tables[name], block.tables[name])
            assert_frame_equal(wanted.table(name), block.table(name))


def test_a_table_of_no_map_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^tables line, visits: expected some of adjustments, amounts,"):
        next(read_blocks(payments(), tables=("visits", "claims", "line")))
