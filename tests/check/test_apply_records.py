"""Fixes in files: exact bytes, old values that moved, and what is not changed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.bill.prepare import prepare
from cleanclaim.check.apply_records import (
    Rewritten,
    apply_to_rows,
    apply_to_segments,
    apply_to_visits,
    without_position,
)
from cleanclaim.check.findings import Change
from cleanclaim.lines.from_flat import read_flat, tables_of_rows
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.records.reading import Loaded, read_visits
from cleanclaim.x12 import ControlNumbers, Envelope, claims_of, file_837p, read
from cleanclaim.x12.claim_tables import tables_of_claims
from tests.x12.claim_generator import SUBMITTER, claims

ON = date(2026, 3, 8)


@pytest.mark.parametrize(
    ("pointers", "removed", "instead", "expected"),
    [
        ([1, 2, 3], 2, None, [1, 2]),
        ([1, 2, 3], 2, 1, [1, 2]),
        ([2], 2, None, []),
        ([3, 1], 1, None, [2]),
        ([2], 1, 2, [1]),
    ],
)
def test_pointers_follow_a_diagnosis_that_goes(
    pointers: list[int], removed: int, instead: int | None, expected: list[int]
) -> None:
    assert without_position(pointers, removed, instead) == expected


# --- flat lines ------------------------------------------------------------------------------------------

HEAD = "claim,date,code,modifiers,units,diagnoses,pointers,extra\r\n"
FIRST = 'C1,2026-03-04,97110,GP;GP,3,M5450;M25.561,AB,"a, b"\r\n'
SECOND = 'C1,2026-03-04,97140,GP , 1,M5450;M25.561,A,"odd  quoting"\r\n'
OTHER = "C2,2026-03-04,97112,,1,M62.81,1,\r\n"


def _rows(tmp_path: Path, *changes: Change) -> Rewritten:
    path = tmp_path / "f.csv"
    path.write_bytes((HEAD + FIRST + SECOND + OTHER).encode())
    return apply_to_rows(path.read_bytes(), tables_of_rows(read_flat(path), as_of=ON), changes)


def test_cells_change_and_other_rows_stay_byte_for_byte(tmp_path: Path) -> None:
    done = _rows(
        tmp_path,
        Change("lines", 0, "modifiers", ("GP", "GP"), ("GP", "KX")),
        Change("lines", 0, "units", 3, 2),
        Change("lines", 0, "pointers", (1, 2), (2,)),
        Change("lines", 0, "code", "97110", "97530"),
    )
    assert done.data.decode() == HEAD + 'C1,2026-03-04,97530,GP;KX,2,M5450;M25.561,B,"a, b"\r\n' + SECOND + OTHER
    assert (len(done.made), done.refused) == (4, ())


def test_diagnosis_changes_in_every_row_of_its_claim(tmp_path: Path) -> None:
    done = _rows(tmp_path, Change("diagnoses", 0, "diagnosis", "M5450", "M54.50"))
    assert done.data.decode().count("M54.50;M25.561") == 2
    assert done.data.decode().endswith(OTHER)


def test_diagnosis_goes_with_its_pointers(tmp_path: Path) -> None:
    done = _rows(tmp_path, Change("diagnoses", 0, "", None, None))
    lines = done.data.decode().splitlines()
    assert lines[1] == 'C1,2026-03-04,97110,GP;GP,3,M25.561,A,"a, b"'
    assert lines[2].split(",")[5:7] == ["M25.561", ""]


def test_line_goes(tmp_path: Path) -> None:
    assert _rows(tmp_path, Change("lines", 1, "", None, None)).data.decode() == HEAD + FIRST + OTHER


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change("lines", 0, "units", 4, 2), "the value in the file is no longer the one that was checked"),
        (Change("lines", 0, "modifiers", ("GP",), ()), "the value in the file is no longer the one that was checked"),
        (Change("lines", 0, "minutes", 1, 2), "the file does not state this value"),
        (Change("claims", 0, "payer", "a", "b"), "this cannot be changed in a file of this kind"),
        (
            Change("diagnoses", 0, "diagnosis", "M54.51", "M54.50"),
            "the value in the file is no longer the one that was checked",
        ),
    ],
)
def test_change_is_refused_and_the_file_is_the_same(tmp_path: Path, change: Change, why: str) -> None:
    done = _rows(tmp_path, change)
    assert done.data.decode() == HEAD + FIRST + SECOND + OTHER
    assert (done.made, [one.why for one in done.refused]) == ((), [why])


def test_second_change_of_one_cell_is_refused(tmp_path: Path) -> None:
    done = _rows(
        tmp_path,
        Change("lines", 2, "modifiers", (), ("GP",)),
        Change("lines", 2, "modifiers", (), ("KX",)),
    )
    assert (len(done.made), len(done.refused)) == (1, 1)
    assert done.data.decode().splitlines()[3] == "C2,2026-03-04,97112,GP,1,M62.81,1,"


# --- visits ----------------------------------------------------------------------------------------------


def _visit(key: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": key,
        "patient_id": "P1",
        "date_of_service": "2026-03-04",
        "therapist": "t1",
        "diagnoses": ["M5450", "M25.561", "M54.50"],
        "billed": [{"code": "97110", "modifiers": ["GP", "GP"], "units": 2, "pointers": [1, 3]}, {"code": "97140"}],
    } | changes


def _visits(tmp_path: Path, text: str, suffix: str, *changes: Change) -> Rewritten:
    path = tmp_path / f"v{suffix}"
    path.write_text(text)
    loaded = Loaded()
    read_visits([path], loaded)
    cases = [item.case for item in prepare(loaded.visits, {}, None, {})]
    keys = [case.visit.id for case in cases]
    return apply_to_visits(path.read_bytes(), suffix, keys, tables_of(cases, None, ON), changes)


def test_json_lines_that_are_not_touched_stay_byte_for_byte(tmp_path: Path) -> None:
    other = '{ "id":"V2",   "patient_id":"P1","date_of_service":"2026-03-05","therapist":"t1"}'
    text = json.dumps(_visit("V1")) + "\r\n" + other + "\n"
    done = _visits(tmp_path, text, ".jsonl", Change("lines", 0, "modifiers", ("GP", "GP"), ("GP",)))
    first, second = done.data.decode().splitlines(keepends=True)
    assert second == other + "\n"
    assert first.endswith("\r\n")
    expected = _visit("V1")
    expected["billed"][0]["modifiers"] = ["GP"]
    assert json.loads(first) == expected


def test_json_keeps_its_indent_order_and_other_visits(tmp_path: Path) -> None:
    text = json.dumps([_visit("V1"), _visit("V2")], indent=4) + "\n"
    done = _visits(tmp_path, text, ".json", Change("diagnoses", 3, "diagnosis", "M5450", "M54.50"))
    assert (
        done.data.decode()
        == json.dumps([_visit("V1"), _visit("V2", diagnoses=["M54.50", "M25.561", "M54.50"])], indent=4) + "\n"
    )


def test_diagnosis_of_a_visit_goes_to_its_twin(tmp_path: Path) -> None:
    done = _visits(tmp_path, json.dumps(_visit("V1")), ".json", Change("diagnoses", 2, "", None, None))
    found = json.loads(done.data)
    assert (found["diagnoses"], found["billed"][0]["pointers"]) == (["M5450", "M25.561"], [1])


def test_line_of_a_visit_goes_after_fields_change(tmp_path: Path) -> None:
    done = _visits(
        tmp_path,
        json.dumps(_visit("V1")),
        ".json",
        Change("lines", 0, "", None, None),
        Change("lines", 1, "modifiers", (), ("GP",)),
    )
    assert json.loads(done.data)["billed"] == [{"code": "97140", "modifiers": ["GP"]}]


def test_proposed_lines_are_not_in_the_file(tmp_path: Path) -> None:
    visit = _visit("V1", billed=None, interventions=[{"what": "quad sets", "code": "97110", "minutes": 15, "by": "PT"}])
    done = _visits(tmp_path, json.dumps(visit), ".json", Change("lines", 0, "modifiers", (), ("GP",)))
    assert [one.why for one in done.refused] == ["the visit has no billed lines: they were proposed from what was done"]
    assert done.data.decode() == json.dumps(visit)


def test_units_that_the_visit_does_not_state(tmp_path: Path) -> None:
    done = _visits(tmp_path, json.dumps(_visit("V1")), ".json", Change("lines", 1, "units", None, 1))
    assert [one.why for one in done.refused] == ["the file does not state this value"]


# --- professional claims ---------------------------------------------------------------------------------


def _claims(*changes: Change) -> tuple[bytes, Rewritten]:
    made = claims(3, seed=5)
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
    data = file_837p(made, envelope=envelope, control=ControlNumbers(), created=datetime(2026, 3, 6, tzinfo=UTC)).data
    file = read(data)
    parsed, _ = claims_of(file)
    return data, apply_to_segments(file, tables_of_claims(parsed, as_of=ON), changes)


def _differences(before: bytes, after: bytes) -> list[tuple[str, str]]:
    first, second = before.decode().split("~"), after.decode().split("~")
    assert len(first) == len(second)
    return [(one, other) for one, other in zip(first, second, strict=True) if one != other]


def _line() -> dict[str, Any]:
    made = claims(3, seed=5)
    line = made[0].lines[0]
    return {"code": line.code, "modifiers": line.modifiers, "units": line.units, "pointers": line.pointers}


def test_segments_change_alone() -> None:
    line = _line()
    new = (*line["modifiers"][:1], "KX")
    data, done = _claims(
        Change("lines", 0, "modifiers", line["modifiers"], new), Change("lines", 0, "units", line["units"], 7)
    )
    [(before, after)] = _differences(data, done.data)
    assert before.startswith("SV1*HC:")
    assert after.split("*")[1] == ":".join(["HC", line["code"], *new])
    assert after.split("*")[4] == "7"
    assert before.split("*")[2:4] == after.split("*")[2:4]


def test_diagnosis_of_a_claim_changes_in_place() -> None:
    code = claims(3, seed=5)[0].diagnoses[0]
    data, done = _claims(Change("diagnoses", 0, "diagnosis", code, "M54.59"))
    [(before, after)] = _differences(data, done.data)
    assert (before.split("*")[1], after.split("*")[1]) == (f"ABK:{code.replace('.', '')}", "ABK:M5459")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change("lines", 0, "units", 99, 1), "the value in the file is no longer the one that was checked"),
        (Change("lines", 0, "", None, None), "this cannot be changed in a file of this kind"),
        (Change("diagnoses", 0, "", None, None), "this cannot be changed in a file of this kind"),
        (Change("lines", 0, "line_date", None, None), "this cannot be changed in a file of this kind"),
    ],
)
def test_change_of_a_claim_is_refused(change: Change, why: str) -> None:
    data, done = _claims(change)
    assert done.data == data
    assert [one.why for one in done.refused] == [why]


def test_five_modifiers_do_not_fit() -> None:
    data, done = _claims(Change("lines", 0, "modifiers", _line()["modifiers"], ("GP", "KX", "59", "CQ", "GA")))
    assert done.data == data
    assert [one.why for one in done.refused] == ["a claim line holds four modifiers at most"]
