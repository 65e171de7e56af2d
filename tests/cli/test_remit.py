"""`cleanclaim remit` says what was paid, what was not and why, and never a patient."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import run, run_json
from tests.x12.test_reader_835 import CLAIM, file_of, payment


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "era.835"
    path.write_bytes(file_of(payment(CLAIM + "PLB*1999000007*20261231*WO:V0009*20.5*L6*-1.25~", "68.95")))
    return path


def test_a_payment_that_balances_is_clean(good: Path) -> None:
    ran = run("remit", good)
    assert ran.code == 0
    assert "SYNTHETIC HEALTH, payment T1 of 2026-10-04: $68.95, balances" in ran.words
    assert "1 claim: 1 paid, 0 not paid, 0 taken back, 1 sent on to another payer" in ran.words
    assert "provider’s adjustment WO takes $20.50" in ran.words
    assert "provider’s adjustment L6 adds $1.25" in ran.words
    assert "$22.05 PR-2" in ran.words
    assert "DOE" not in ran.text + ran.errors


def test_what_becomes_of_each_amount(good: Path) -> None:
    code, document = run_json("remit", good)
    assert code == 0
    (item,) = document["files"][0]["payments"]
    assert (item["amount_cents"], item["gap_cents"]) == (6_895, 0)
    assert [
        (one["group"], one["reason"], one["remarks"], one["becomes"], one["cents"]) for one in item["not_paid"]
    ] == [
        ("CO", "45", ["MA01", "N130", "N782"], "contractual", 5_795),
        ("CO", "45", ["MA01", "N130"], "contractual", 4_000),
        ("PR", "2", ["MA01", "N130", "N782"], "patient", 2_205),
        ("OA", "253", ["MA01", "N130"], "open", 180),
        ("CO", "97", ["MA01", "N130"], "open", 0),
    ]


def test_a_claim_that_does_not_add_up_is_named(tmp_path: Path) -> None:
    path = tmp_path / "era.835"
    path.write_bytes(file_of(payment(CLAIM.replace("*210*88.2*", "*210*89.2*"), "88.2")))
    ran = run("remit", path)
    assert ran.code == 1
    assert "differs by -$1.00" in ran.words
    assert "segment 14: the claim does not add up by -$1.00" in ran.words


def test_what_cannot_be_read_is_named_and_the_rest_shown(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "odd.835"
    path.write_bytes(file_of(payment(CLAIM.replace("CAS*CO*45*57.95", "CAS*CR*45*57.95"), "88.2")))
    ran = run("remit", path, good)
    assert ran.code == 1
    assert "odd.835, segment 27, loop 2110, CAS01: found a group that no payer may use" in " ".join(ran.errors.split())
    assert "payment T1 of 2026-10-04: $68.95, balances" in ran.words


def test_files_without_a_payment_are_unusable(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("no remittance")
    assert run("remit", path).code == 2
    assert run("remit", tmp_path / "missing.835").code == 2
