"""A visit too long for one claim is filed as several: in the claim file, on forms, in JSON and in the report alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.bill.job import Billed, ClaimState
from cleanclaim.bill.output import Written, claim_document, write_claim_files, write_forms
from cleanclaim.bill.report import render_report
from cleanclaim.forms.cms1500 import fill_form
from cleanclaim.x12 import read_837p
from tests.bill.conftest import CLINIC, billed, visit
from tests.x12.peers import pyx12_errors, x12sdk_claims

BACK = ("M54.50", "M25.551", "M25.552", "M25.561", "M25.562", "M25.511", "M25.512", "M54.2", "R26.89", "M62.81",
        "M25.571", "M25.572", "M54.6", "R29.6")  # fmt: skip
"""Fourteen diagnoses: two more than a claim holds."""
CODES = ("97110", "97112", "97140", "97530")
SIZE = {"CF103", "DX304"}


def long_visit(lines: int, **changes: Any) -> Billed:
    given = [
        {
            "code": CODES[place % 4],
            "modifiers": ["GP"],
            "units": 1,
            "charge_cents": 5_000 + place,
            "pointers": [place % len(changes.get("diagnoses", BACK[:1])) + 1],
        }
        for place in range(lines)
    ]
    return billed(visit(**{"billed": given, "diagnoses": list(BACK[:1])} | changes))


def ready(result: Billed) -> Billed:
    """As if nothing else held the claim back: the size of the visit is what is tried here."""
    return replace(result, claims=tuple(replace(item, state=ClaimState.READY) for item in result.claims))


def filed(result: Billed, folder: Path) -> bytes:
    written = Written()
    write_claim_files(result, CLINIC, folder, created=datetime(2026, 3, 6, 9, 0, tzinfo=UTC), written=written)
    assert written.gaps == []
    (path,) = written.files
    return path.read_bytes()


@pytest.mark.parametrize(("lines", "sizes"), [(50, [50]), (51, [50, 1]), (101, [50, 50, 1])])
def test_lines_beyond_fifty_are_claims_of_their_own(lines: int, sizes: list[int], tmp_path: Path) -> None:
    result = ready(long_visit(lines))
    (item,) = result.claims
    data = filed(result, tmp_path)
    claims, problems = read_837p(data)

    assert problems == []
    assert pyx12_errors(data) == []
    assert x12sdk_claims(data) == len(sizes)
    ids = ["V1"] if len(sizes) == 1 else [f"V1-{number}" for number in range(1, len(sizes) + 1)]
    assert [claim.id for claim in claims] == ids
    assert [len(claim.lines) for claim in claims] == sizes
    charges = [5_000 + place for place in range(lines)]
    assert [line.charge_cents for claim in claims for line in claim.lines] == charges
    assert sum(claim.total_charge_cents or 0 for claim in claims) == item.charge_cents == sum(charges)
    controls = [line.control_number for claim in claims for line in claim.lines]
    assert controls == [f"V1-{number}" for number in range(1, lines + 1)]
    assert [line.number for line in claims[-1].lines] == list(range(1, sizes[-1] + 1))


def test_diagnoses_go_where_their_lines_point(tmp_path: Path) -> None:
    result = ready(long_visit(14, diagnoses=list(BACK)))
    data = filed(result, tmp_path)
    first, second = read_837p(data)[0]

    assert pyx12_errors(data) == []
    assert (first.id, second.id) == ("V1-1", "V1-2")
    assert (first.diagnoses, second.diagnoses) == (BACK[:12], BACK[12:])
    assert [line.pointers for line in first.lines] == [(number,) for number in range(1, 13)]
    assert [line.pointers for line in second.lines] == [(1,), (2,)]


def test_json_form_file_and_report_tell_the_same_parts(tmp_path: Path) -> None:
    result = ready(long_visit(51))
    (item,) = result.claims
    claims, _ = read_837p(filed(result, tmp_path))
    document = claim_document(item)
    forms = [fill_form(part) for part in item.parts]
    page = render_report(result, clinic_name="Example", as_of=date(2026, 3, 6))

    assert document["parts"] == [
        {
            "id": claim.id,
            "charge_cents": claim.total_charge_cents,
            "diagnoses": list(claim.diagnoses),
            "lines": [int(line.control_number.removeprefix("V1-")) for line in claim.lines],
        }
        for claim in claims
    ]
    assert [part["lines"] for part in document["parts"]] == [list(range(1, 51)), [51]]
    for number, form in enumerate(forms, start=1):
        assert all(f"V1-{number}" in " ".join(sheet).split() for sheet in form.sheets)
    assert [len(form.sheets) for form in forms] == [9, 1]
    assert "Filed as 2 claims: V1-1, V1-2" in page
    written = Written()
    write_forms(result, tmp_path, written)
    assert (written.form_problems, [path.name for path in written.files]) == ([], ["medicare_b.cms1500.pdf"])


def test_a_visit_that_fits_has_no_parts() -> None:
    (item,) = long_visit(50).claims
    assert [part.id for part in item.parts] == ["V1"]
    assert claim_document(item)["parts"] == []
    assert not SIZE & {finding.code for finding in (*item.findings, *item.mended)}


def test_findings_point_at_the_visits_own_lines_and_what_is_settled_holds_nothing_back() -> None:
    (item,) = long_visit(51).claims
    assert {finding.claim_id for finding in item.findings} == {0}
    assert [(one.code, one.fix_title) for one in item.mended if one.code in SIZE] == [
        ("CF103", "Filed as 2 claims: V1-1, V1-2")
    ]
    assert not SIZE & {finding.code for finding in item.findings}
    (item,) = long_visit(14, diagnoses=list(BACK)).claims
    assert [one.code for one in item.mended if one.code in SIZE] == ["DX304"]


def test_a_diagnosis_that_finds_no_room_is_the_therapists_to_leave_out() -> None:
    given = [{"code": "97110", "modifiers": ["GP"], "units": 1, "charge_cents": 5_000, "pointers": [1]}]
    (item,) = billed(visit(billed=given, diagnoses=list(BACK))).claims
    assert item.state is ClaimState.HELD
    assert "DX304" in {finding.code for finding in item.findings}
    assert [len(part.diagnoses) for part in item.parts] == [12]


def test_a_superbill_is_one_whole_however_long() -> None:
    result = long_visit(51)
    (item,) = result.claims
    assert item.claim is not None
    assert (item.claim.id, len(item.claim.lines)) == ("V1", 51)
