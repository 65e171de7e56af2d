"""Damaged files cut into blocks: the same is read wherever a file is cut, and nobody's segments become somebody's."""

from __future__ import annotations

import io

import polars as pl
import pytest

from cleanclaim.x12.columnar import cutting, reader
from cleanclaim.x12.columnar.column_map import level_starts
from cleanclaim.x12.columnar.reader import Block, read_blocks
from cleanclaim.x12.reader_837p import read_837p
from tests.x12.columnar.judged_reading import assert_alike, assert_same, laid_together
from tests.x12.columnar.samples import payments
from tests.x12.columnar.small_interchanges import WRITTEN, Shape, shapes

PROFESSIONAL = [shape for shape in shapes() if shape.kind == "837P"]
CLAIMS = PROFESSIONAL[0].written(WRITTEN[0])
DECIDED = next(shape for shape in PROFESSIONAL if shape.name == "a claim decided by another payer").written(WRITTEN[0])


def _blocks(data: bytes, block_size: int = 1 << 20, *, is_compiled: bool = False) -> list[Block]:
    return list(read_blocks(data, block_size=block_size, threads=1, is_compiled=is_compiled))


def _told(found: list[Block]) -> list[tuple[int, str, str]]:
    """The problems: segment, element, and what was found."""
    return laid_together(found)["problems"].select("segment", "element", "found").rows()


def _levels(found: list[Block]) -> list[tuple[str, int | None, int | None]]:
    """The claims, each with the keys of its biller's and its subscriber's level."""
    return laid_together(found)["claims"].select("claim_id", "billing_level_key", "coverage_key").rows()


@pytest.mark.parametrize("shape", PROFESSIONAL, ids=lambda shape: shape.name)
def test_the_tree_places_a_sound_transaction_as_the_columns_do(shape: Shape, monkeypatch: pytest.MonkeyPatch) -> None:
    data = shape.written(WRITTEN[0])
    plain = _blocks(data)
    # Every transaction is taken for a damaged one.
    monkeypatch.setattr(reader, "irregular", lambda _tokens, _placed, spans, _start: list(range(len(spans))))
    assert_same(_blocks(data), plain)
    for block_size in (64, 600):
        assert_alike(_blocks(data, block_size), plain)


@pytest.mark.parametrize("block_size", [64, 300, 1 << 20])
@pytest.mark.parametrize("before", [b"CLM*C1002", b"CLM*C1003", b"HL*3", b"DTP*472*D8*20260306", b"HI*ABK:M79604"])
def test_a_segment_of_no_meaning_takes_no_claim_from_its_biller_and_subscriber(before: bytes, block_size: int) -> None:
    found = _blocks(CLAIMS.replace(before, b"XX*1~" + before, 1), block_size)
    assert _levels(found) == [("C1001", 0, 0), ("C1002", 0, 0), ("C1003", 0, 1), ("C1004", 0, 1)]
    assert [said for _, _, said in _told(found)] == ["a segment of no meaning here", "71"]


@pytest.mark.parametrize("block_size", [64, 300, 1 << 20])
def test_a_level_of_no_kind_is_counted(block_size: int) -> None:
    found = _blocks(CLAIMS.replace(b"HL*2*1*22*0", b"HL*2*1*2*0", 1), block_size)
    assert _told(found) == [
        (14, "HL", "a segment that cannot stand here"),
        (15, "HL", "a subscriber level without its beginning"),
    ]
    assert _levels(found) == [("C1001", 0, 0), ("C1002", 0, 0), ("C1003", 0, 1), ("C1004", 0, 1)]


@pytest.mark.parametrize("block_size", [64, 300, 1 << 20])
def test_what_may_be_another_payer_or_a_lost_subscriber_is_nobodys(block_size: int) -> None:
    # Between a claim and the next, its lines and the next one's level are lost; what stands there has no OI.
    cut = DECIDED[: DECIDED.index(b"LX*1~")].replace(b"OI***Y***Y~", b"")
    found = _blocks(cut + DECIDED[DECIDED.index(b"CLM*D1") :], block_size)
    assert _levels(found) == [("D1", 0, 0), ("D1", 0, 1)]
    assert _told(found) == [
        (22, "SBR", "another payer, or a subscriber whose level is lost"),
        (27, "HL", "a subscriber level without its beginning"),
        (50, "SE01", "39"),
    ]
    tables = laid_together(found)
    # What the first one said of another payer is not told of it, nor of the second one.
    assert [segment for segment in tables["parties"]["segment"].to_list() if 22 <= segment <= 26] == []
    assert tables["adjustments"]["segment"].to_list() == [32, 43, 44]


@pytest.mark.parametrize("block_size", [64, 300, 1 << 20])
@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_biller_told_of_by_what_is_nobodys_alone_is_told_of_again(block_size: int, is_compiled: bool) -> None:  # noqa: FBT001 - a parameter
    # The levels of the biller and the subscriber are lost; what is left of the latter may be another payer.
    without_levels = DECIDED[: DECIDED.index(b"HL*1*")] + DECIDED[DECIDED.index(b"SBR*S*") :].replace(
        b"SE*39", b"SE*33"
    )
    found = _blocks(without_levels, block_size, is_compiled=is_compiled)
    assert [said for said in _told(found) if said[1] in {"SBR", "HL", "CLM"}] == [
        (8, "HL", "a billing provider level without its beginning"),
        (8, "HL", "a subscriber level without its beginning"),
        (8, "CLM", "a claim without its beginning"),
        (8, "SBR", "another payer, or a subscriber whose level is lost"),
        (12, "HL", "a billing provider level without its beginning"),
        (12, "HL", "a subscriber level without its beginning"),
    ]
    assert _levels(found) == [("D1", 0, 0)]
    assert laid_together(found)["billing_levels"]["segment"].to_list() == [12]
    # The claim that it may have stood in is none, to the other reader too.
    claims, _problems = read_837p(without_levels)
    assert [claim.id for claim in claims] == ["D1"]


@pytest.mark.parametrize("behind", [b"HL*3*1*22*0~SBR*P*18~", b"SE*25*0001~"])
@pytest.mark.parametrize("is_compiled", [False, True])
def test_so_it_is_where_no_claim_follows(behind: bytes, is_compiled: bool) -> None:  # noqa: FBT001 - a parameter
    cut = DECIDED[: DECIDED.index(b"LX*1~")].replace(b"OI***Y***Y~", b"") + behind
    found = _blocks(cut, is_compiled=is_compiled)
    assert (22, "SBR", "another payer, or a subscriber whose level is lost") in _told(found)
    assert laid_together(found)["claims"]["claim_id"].to_list() == ["D1"]


@pytest.mark.parametrize(
    ("data", "stray"),
    [
        (CLAIMS, b"CLP*X9*1*10*10~"),
        (CLAIMS, b"HL*9*1*99*0~"),
        (CLAIMS, b"HL*9~"),
        (payments(), b"CLM*X9*10~"),
        (payments(), b"HL*3*1*22*0~"),
    ],
    ids=["CLP in 837", "a level of no kind", "a level that says nothing", "CLM in 835", "HL in 835"],
)
def test_no_block_begins_with_what_begins_nothing(data: bytes, stray: bytes) -> None:
    ends = [at + 1 for at, byte in enumerate(data) if byte == ord("~")]
    for end in ends[3:-3]:
        harmed = io.BytesIO(data[:end] + stray + data[end:])
        cut = list(cutting.blocks(harmed, 64, level_starts))
        assert len(cut) > 4
        assert not any(block.raw.startswith(stray) for block in cut)


def test_a_stray_claim_takes_nothing_from_the_party_it_stands_in() -> None:
    data = payments().replace(b"N3*", b"CLM*X9*10~N3*", 1)
    assert data != payments()
    whole = _blocks(data)
    for block_size in (64, 300):
        assert_alike(_blocks(data, block_size), whole)


def test_problems_name_their_interchange_and_tell_a_run_once_wherever_a_file_is_cut() -> None:
    first, second = (payments().replace(b"000000001", number) for number in (b"000000011", b"000000012"))
    stray = b"CLP*C7*1*10*10~NM1*QC*1*NOBODY~" * 9
    data = first.replace(b"GE*2*7~IEA*1*000000011~", b"") + second + stray
    for block_size in (64, 300, 1 << 20):
        problems = laid_together(_blocks(data, block_size))["problems"]
        assert problems.select("interchange", "segment", "found").rows() == [
            ("000000011", 59, "a group without its trailer"),
            ("000000011", 59, "an interchange without its trailer"),
            ("", 121, "a segment outside any transaction"),
        ]
        assert problems.schema == pl.Schema(reader.PROBLEMS)


@pytest.mark.parametrize("is_compiled", [False, True])
def test_what_follows_an_interchange_is_in_no_loop_of_its_claims(is_compiled: bool) -> None:  # noqa: FBT001 - a parameter
    begun = b"ST*837*0001*005010X222A1~"
    claim = begun + b"CLM*C1*180***11:B:1*Y*A*Y*Y~SBR*S*18*******MB~IEA*1*000000001~"
    nobodys = b"NM1*85*2*HARBOR PHYSICAL THERAPY*****XX*1000000012~"
    found = laid_together(_blocks(CLAIMS[: CLAIMS.index(b"GS*")] + claim + nobodys + begun, is_compiled=is_compiled))
    assert found["claims"].height == 1
    assert found["parties"].height == 0


@pytest.mark.parametrize("block_size", [64, 1 << 20])
@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_level_that_begins_a_transaction_is_in_none_of_the_one_before(block_size: int, is_compiled: bool) -> None:  # noqa: FBT001 - a parameter
    group = b"GS*HN*SENDER*RECEIVER*20260306*1200*7*X*005010X214~"
    biller = b"HL*3*2*19*1~NM1*85*2*HARBOR PHYSICAL THERAPY*****XX*1234567893~SE*26*0001~"
    # The next header is lost, and so is the level of its biller.
    patient = b"HL*4*3*PT~TRN*2*C1~"
    data = CLAIMS[: CLAIMS.index(b"GS*")] + group + biller + patient
    found = laid_together(_blocks(data, block_size, is_compiled=is_compiled))
    assert found["parties"]["transaction_key"].to_list() == [0]
    assert found["claims"].select("transaction_key", "billing_party_key").rows() == [(1, None)]


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("next_one", [b"ST*835*0002", b"GE*2*7~IEA*1*000000001~ISA*"])
def test_what_follows_a_lost_trailer_is_not_the_claims_before_it(next_one: bytes, is_compiled: bool) -> None:  # noqa: FBT001 - a parameter
    data = payments() + payments()
    at = data.index(next_one)
    harmed = data[: data.rindex(b"SE*", 0, at)] + data[at:]
    whole = _blocks(harmed)
    for block_size in (64, 700):
        cut = _blocks(harmed, block_size, is_compiled=is_compiled)
        assert_alike(cut, whole)
        dates = laid_together(cut)["dates"]
        # The day on which the payer wrote the payment is no claim's.
        assert dates.filter(pl.col("qualifier") == "405")["claim_key"].to_list() == [None] * 4
