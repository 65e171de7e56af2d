"""What the sample clinic's job writes: 837P files that outside validators accept, documents, a page; all private."""

from __future__ import annotations

import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cleanclaim.bill.output import Written, write_claim_files, write_documents
from cleanclaim.bill.report import render_report
from cleanclaim.records.reading import read_folder
from cleanclaim.x12 import read, read_837p
from tests.bill.test_answer_key import CLINIC, KEY, billed
from tests.x12.peers import pyx12_errors, x12sdk_claims


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out")
    clinic = read_folder(CLINIC).clinic
    assert clinic is not None
    written = Written()
    write_claim_files(billed(), clinic, target, created=datetime(2026, 11, 16, 9, 0, tzinfo=UTC), written=written)
    write_documents(billed(), [], target, written)
    assert written.gaps == []
    return target


@pytest.mark.slow
def test_every_claim_file_passes_outside_validators_and_comes_back_unchanged(folder: Path) -> None:
    files = sorted((folder / "claims").glob("*.837"))
    assert len(files) >= 5

    for path in files:
        data = path.read_bytes()
        claims, problems = read_837p(data)
        assert pyx12_errors(data) == []
        assert x12sdk_claims(data) == len(claims)
        assert problems == []
        assert read(data).write() == data


def test_ready_claims_and_only_they_are_filed(folder: Path) -> None:
    filed = {claim.id for path in (folder / "claims").glob("*.837") for claim in read_837p(path.read_bytes())[0]}

    assert filed == {item.key for item in billed().claims if item.state.value == "ready"}


def test_control_numbers_never_repeat(folder: Path) -> None:
    numbers = [path.read_bytes().split(b"*")[13] for path in sorted((folder / "claims").glob("*.837"))]

    assert len(set(numbers)) == len(numbers)


def test_files_are_for_their_owner_only(folder: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}

    assert modes == {0o600}


def test_findings_and_claims_agree(folder: Path) -> None:
    claims = json.loads((folder / "claims.json").read_text())["claims"]
    findings = json.loads((folder / "findings.json").read_text())

    assert len(claims) == len(billed().claims)
    assert sum(len(claim["findings"]) for claim in claims) == len(findings["findings"])
    assert sum(findings["summary"]["claims"].values()) == len(claims)


def test_the_report_holds_no_patient_and_asks_for_nothing_outside() -> None:
    page = render_report(billed(), clinic_name="Example", as_of=date(2026, 11, 16))
    people = read_folder(CLINIC).patients.values()

    assert "http" not in page.replace("http-equiv", "")
    assert not [person.id for person in people if person.name.family_name in page.split()]
    assert all(entry["visit"] in page for entry in KEY["mistake"])


@pytest.mark.parametrize("kind", ["claims", "findings", "rejected"])
def test_documents_are_what_their_schemas_say(folder: Path, kind: str) -> None:
    schema = json.loads((CLINIC.parents[1] / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))

    Draft202012Validator(schema).validate(json.loads((folder / f"{kind}.json").read_text(encoding="utf-8")))
