"""Claims by columns are the rule engine's tables to the last value, as claim by claim they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.lines.tables import Tables
from cleanclaim.reference import payers
from cleanclaim.x12 import ControlNumbers, Envelope, file_837p, read_837p
from cleanclaim.x12.claim_tables import tables_of_claims
from cleanclaim.x12.columnar.claim_tables import BlockClaims, Numbering, tables_of_block
from cleanclaim.x12.columnar.cutting import BLOCK
from cleanclaim.x12.columnar.reader import read_blocks
from tests.x12.claim_generator import SUBMITTER, claims
from tests.x12.columnar.samples import institutional, payments

ON = date(2026, 3, 8)
CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))
TABLES = ("claims", "lines", "services", "diagnoses")


def written(count: int, seed: int) -> bytes:
    made = claims(count, seed=seed)
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
    created = datetime(2026, 3, 6, tzinfo=UTC)
    return file_837p(made, envelope=envelope, control=ControlNumbers(), created=created).data


def by_columns(data: bytes, block_size: int = BLOCK) -> list[BlockClaims]:
    numbering = Numbering()
    return [tables_of_block(block, as_of=ON, numbering=numbering) for block in read_blocks(data, block_size=block_size)]


def assert_same(wanted: Tables, found: list[BlockClaims]) -> None:
    for name in TABLES:
        expected = wanted.frame(name)
        made = pl.concat([one.tables.frame(name) for one in found]) if found else expected.clear()
        assert made.schema == expected.schema, name
        assert made.height == expected.height, name
        different = [column for column in expected.columns if not made[column].equals(expected[column])]
        assert different == [], name


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_file_of_the_corpus(path: Path) -> None:
    data = path.read_bytes()
    assert_same(tables_of_claims(read_837p(data)[0], as_of=ON).tables, by_columns(data))


@pytest.mark.parametrize("path", [path for path in CORPUS if path.stem.startswith("good")], ids=lambda path: path.stem)
def test_every_good_file_cut_before_every_claim(path: Path) -> None:
    data = path.read_bytes()
    assert_same(tables_of_claims(read_837p(data)[0], as_of=ON).tables, by_columns(data, block_size=64))


@pytest.mark.slow
@pytest.mark.parametrize("block_size", [BLOCK, 40_000])
def test_a_thousand_generated_claims(block_size: int) -> None:
    data = written(1000, seed=11)
    wanted = tables_of_claims(read_837p(data)[0], as_of=ON).tables
    assert wanted.claims["claim_key"].n_unique() == 1000
    assert_same(wanted, by_columns(data, block_size))


def test_packs_default_payer_and_localities() -> None:
    data = written(12, seed=3)
    parsed = read_837p(data)[0]
    npi = next(claim.billing.npi for claim in parsed if claim.billing is not None)
    packs = {"aetna": payers.get("aetna")}
    wanted = tables_of_claims(parsed, as_of=ON, packs=packs, default_payer="cigna", localities={npi: "1610216"}).tables
    (block,) = read_blocks(data)
    found = tables_of_block(block, as_of=ON, packs=packs, default_payer="cigna", localities={npi: "1610216"})
    assert_same(wanted, [found])
    assert set(found.tables.claims["locality"].to_list()) == {None, "1610216"}


def test_rows_name_the_claims_and_lines_they_were_made_of() -> None:
    data = written(5, seed=7)
    (block,) = read_blocks(data)
    found = tables_of_block(block, as_of=ON)
    keys = found.tables.claims.select("claim_id", "claim_key").join(found.claims, on="claim_id", suffix="_of_block")
    own = block.tables["claims"].select("claim_key", "claim_id", "segment")
    joined = keys.join(own, left_on="claim_key_of_block", right_on="claim_key", suffix="_text")
    assert (joined["claim_key"] == joined["claim_id_text"]).all()
    assert found.lines.height == found.tables.lines.height
    assert sorted(found.lines["line_key"].to_list()) == block.tables["lines"]["line_key"].to_list()


@pytest.mark.parametrize("data", [payments(), institutional(), b"", b"no claim at all"])
def test_other_files_hold_no_professional_claims(data: bytes) -> None:
    for one in by_columns(data):
        assert [one.tables.frame(name).height for name in TABLES] == [0, 0, 0, 0]
        assert (one.claims.height, one.lines.height) == (0, 0)


def test_no_claim_gets_the_subscriber_of_another() -> None:
    data = (Path(__file__).parent.parent / "corpus" / "subscriber_level_and_its_terms_lost.txt").read_bytes()
    whole = (Path(__file__).parent.parent / "corpus" / "good.txt").read_bytes()
    members = {row["claim_key"]: row["member_id"] for one in by_columns(whole) for row in one.tables.claims.to_dicts()}
    found = {row["claim_key"]: row["member_id"] for one in by_columns(data) for row in one.tables.claims.to_dicts()}
    assert found.keys() == members.keys()
    assert all(found[key] in {members[key], None, ""} for key in members)
