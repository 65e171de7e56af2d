"""The sample clinic's own claims before the simulated payer: exact counts for a fixed seed, and the command itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cleanclaim.bill.job import bill
from cleanclaim.bill.output import Written, write_claim_files
from cleanclaim.records.reading import read_folder
from cleanclaim.reference.payers import load_folder
from cleanclaim.x12.reader_835 import read_835
from cleanclaim.x12.validation import Outcome, validate
from tests.cli.running import run, run_json

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-day"
DAY = date(2026, 11, 16)


# Counted in the files written with these seeds and held here; a change of the payer's data is meant to show.
NONE = {
    "CO-197": 2, "CO-236": 1, "CO-253": 8, "CO-29": 10, "CO-45": 100, "CO-59": 43,
    "PR-1": 52, "PR-2": 6, "PR-204": 2, "PR-3": 21,
}  # fmt: skip
ROUGH = {
    "CO-197": 4, "CO-252": 6, "CO-253": 36, "CO-29": 11, "CO-45": 83, "CO-50": 2, "CO-59": 37, "OA-23": 4,
    "PR-1": 1, "PR-2": 50, "PR-204": 2, "PR-3": 18,
}  # fmt: skip
ROUGH_PAID_CENTS = 236_536


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The claim files that the clinic sends, one for each payer."""
    folder = tmp_path_factory.mktemp("clinic")
    loaded = read_folder(CLINIC)
    assert loaded.clinic is not None
    packs = {payer.id: payer for payer in load_folder(CLINIC / "payers")}
    billed = bill(loaded.clinic, loaded.patients, loaded.visits, as_of=DAY, packs=packs)
    created = datetime(2026, 11, 16, 9, tzinfo=UTC)
    write_claim_files(billed, loaded.clinic, folder, created=created, written=Written())
    return folder / "claims"


def answered(claims: Path, out: Path, *words: str) -> dict[str, object]:
    code, document = run_json("payer-sim", claims, out, "--today", DAY.isoformat(), *words)
    assert code == 0
    return document


def counts(document: dict[str, object]) -> dict[str, int]:
    reasons = document["reasons"]
    assert isinstance(reasons, list)
    return {f"{one['group']}-{one['reason']}": one["count"] for one in reasons}


def test_what_a_calm_payer_denies_of_the_clinic(claims: Path, tmp_path: Path) -> None:
    document = answered(claims, tmp_path, "--scenario", "none", "--settle")
    assert (document["read"], document["claims"], document["taken"], document["waiting"]) == (7, 57, 57, 0)
    assert counts(document) == NONE


def test_what_a_rough_payer_denies_of_the_clinic(claims: Path, tmp_path: Path) -> None:
    document = answered(claims, tmp_path, "--scenario", "rough", "--seed", "7", "--settle")
    assert counts(document) == ROUGH
    paid = 0
    for path in sorted(tmp_path.glob("*.835")):
        assert validate(path.read_bytes()).outcome is Outcome.ACCEPTED
        (payment,) = read_835(path.read_bytes()).remittances
        assert payment.gap_cents == 0
        paid += payment.amount_cents
    payments = document["payments"]
    assert isinstance(payments, list)
    assert paid == sum(one["amount_cents"] for one in payments) == ROUGH_PAID_CENTS


def test_the_command_keeps_what_waits_and_pays_it_on_its_day(claims: Path, tmp_path: Path) -> None:
    first = answered(claims, tmp_path, "--scenario", "none")
    # Five claims are sent on to the next payer, and wait there too.
    assert (first["waiting"], first["next_day"], first["payments"]) == (62, "2026-11-30", [])
    files = first["files"]
    assert isinstance(files, list)
    assert sorted({Path(name).suffix for name in files}) == [".277", ".999"]
    ran = run("payer-sim", claims, tmp_path, "--scenario", "none", "--today", "2026-12-31")
    assert ran.code == 0
    assert "In: 7 files (7 answered before), 0 claims: 0 taken, 0 returned" in ran.words
    assert "Out: 8 files in" in ran.words
    assert "Colewood" not in ran.text + ran.errors


def test_answers_are_for_their_owner_only(claims: Path, tmp_path: Path) -> None:
    answered(claims, tmp_path, "--settle")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--scenario", "wild"), "scenario wild: expected one of none, calm, rough"),
        (("--seed", "2"), ".payer-sim.json: begun with seed 1 and scenario calm: expected the same again"),
    ],
)
def test_what_cannot_be_used_is_said(claims: Path, tmp_path: Path, words: tuple[str, ...], expected: str) -> None:
    answered(claims, tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    ran = run("payer-sim", claims, tmp_path, *words)
    assert (ran.code, expected in " ".join(ran.errors.split())) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_folder_without_claims_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("hello")
    assert run("payer-sim", tmp_path / "in", tmp_path / "out").code == 2
    assert run("payer-sim", tmp_path / "none", tmp_path / "out").code == 2


def test_a_letter_lies_in_the_same_folder(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "appeal.json").write_text('{"letter": "appeal", "claim": "263200000001", "level": 1}')
    (folder / "check.json").write_text('{"letter": "refund", "reference": "R1", "cents": 100}')
    (folder / "notes.json").write_text('{"letter": "thanks"}')
    document = answered(folder, out)
    assert document["letters"] == [
        {"letter": "appeal", "count": 1},
        {"letter": "dismissed", "count": 1},
        {"letter": "refund", "count": 1},
        {"letter": "returned", "count": 1},
    ]
    assert document["unreadable"] == ["notes"]
    assert document["files"] == ["2026-11-16.263200000001.1.json"]
    assert '"why": "no decision in force has this number"' in (out / "2026-11-16.263200000001.1.json").read_text()
    told = run("payer-sim", folder, tmp_path / "again", "--today", DAY.isoformat())
    assert "neither X12 nor a letter: notes" in told.words
    assert "checks returned: no overpayment was announced by their reference" in told.words
