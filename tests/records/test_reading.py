"""Reading folders and files: what cannot be read is set aside by file, row, field and expectation; the rest goes on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.records import Credential
from cleanclaim.records.reading import FolderError, Loaded, Rejection, read_folder, read_visits

VISIT = {"id": "V1", "patient_id": "P1", "date_of_service": "2026-03-04", "therapist": "t1"}
NOTE = """Visit: V9
Patient: P1
Date: 2026-03-04
Therapist: t1
Diagnoses: M54.50, M25.561
Signed: PT 2026-03-04 t1; PTA 2026-03-05
Progress report: no
Good faith estimate on file: yes
Outcome measure: Oswestry 42%
Reason for re-evaluation: None

S: Better today.
O: Bridges 15 min.
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(*files: Path) -> Loaded:
    loaded = Loaded()
    read_visits(files, loaded)
    return loaded


def test_a_note_with_headings_is_a_visit(tmp_path: Path) -> None:
    (visit,) = read(write(tmp_path, "v9.txt", NOTE)).visits

    assert (visit.id, visit.date_of_service) == ("V9", date(2026, 3, 4))
    assert visit.diagnoses == ("M54.50", "M25.561")
    assert visit.note is not None
    assert visit.note.text == "S: Better today.\nO: Bridges 15 min."
    assert visit.signatures is not None
    assert [item.credential for item in visit.signatures] == [Credential.PT, Credential.PTA]
    assert visit.progress_report is False
    assert visit.good_faith_estimate_on_file is True
    assert visit.outcome_measure == "Oswestry 42%"
    assert visit.reevaluation_reason == ""


def test_what_a_file_does_not_say_is_unknown(tmp_path: Path) -> None:
    (visit,) = read(write(tmp_path, "v.json", json.dumps(VISIT))).visits

    assert visit.diagnoses is None
    assert visit.interventions is None
    assert visit.billed is None
    assert visit.signatures is None
    assert visit.good_faith_estimate_on_file is None
    assert visit.outcome_measure is None
    assert visit.reevaluation_reason is None


def test_a_bad_row_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    rows = [
        VISIT,
        VISIT | {"id": "V2", "date_of_service": "2026-13-04"},
        VISIT | {"id": "V3", "shoe_size": 44},
        {"id": "V4"},
        VISIT | {"id": "V5"},
    ]
    path = write(tmp_path, "v.jsonl", "\n".join(map(json.dumps, rows)) + "\n{broken\n")

    loaded = read(path)

    assert [visit.id for visit in loaded.visits] == ["V1", "V5"]
    assert loaded.rejections == [
        Rejection("v.jsonl", 2, "V2", "date_of_service", "a day as YYYY-MM-DD"),
        Rejection("v.jsonl", 3, "V3", "shoe_size", "no such field; look at the field's spelling"),
        Rejection("v.jsonl", 4, "V4", "patient_id", "a value; none is given"),
        Rejection("v.jsonl", 4, "V4", "date_of_service", "a value; none is given"),
        Rejection("v.jsonl", 4, "V4", "therapist", "a value; none is given"),
        Rejection("v.jsonl", 6, "", "column 2", "JSON (expecting property name enclosed in double quotes)"),
    ]


def test_a_rejection_never_repeats_the_value(tmp_path: Path) -> None:
    path = write(tmp_path, "v.json", json.dumps(VISIT | {"place_of_service": 11, "kind": "Doe, Jane"}))

    said = " ".join(map(str, read(path).rejections))

    assert "Doe" not in said
    assert "v.json, row 1 (V1): kind: one of 'evaluation', 'treatment', 'reevaluation' or 'discharge'" in said


def test_a_visit_id_is_used_once(tmp_path: Path) -> None:
    first, second = (write(tmp_path, f"{name}.json", json.dumps(VISIT)) for name in "ab")

    loaded = read(first, second)

    assert len(loaded.visits) == 1
    assert loaded.rejections == [Rejection("b.json", 1, "V1", "id", "a key of its own; a.json has it too")]


@pytest.mark.parametrize(
    ("text", "row", "field", "expected"),
    [
        ("Vist: V1\n\nnote", 1, "heading", "one of Visit"),
        ("Visit: V1\nPatient: P1\nSigned: PT\n\nnote", 3, "signed", "credential and day"),
        ("Visit: V1\nSigned: PT yesterday\n\nnote", 2, "signed", "a day as YYYY-MM-DD"),
        ("Visit: V1\nProgress report: maybe\n\nnote", 2, "progress_report", "yes or no"),
    ],
)
def test_a_note_whose_headings_cannot_be_read(tmp_path: Path, text: str, row: int, field: str, expected: str) -> None:
    (rejection,) = read(write(tmp_path, "n.txt", text)).rejections

    assert (rejection.row, rejection.field) == (row, field)
    assert rejection.expected.startswith(expected)


def test_a_file_that_is_not_text_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_bytes(b'{"id": "\xff"}')

    assert read(path).rejections == [Rejection("v.json", 1, "", "byte 8", "text in UTF-8")]


def test_a_folder_without_its_parts_says_which(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"clinic\.json is absent"):
        read_folder(tmp_path)
    with pytest.raises(FolderError, match="no such folder"):
        read_folder(tmp_path / "nowhere")


def test_visits_come_in_order_of_date_then_id(tmp_path: Path) -> None:
    rows = [
        VISIT | {"id": key, "date_of_service": day}
        for key, day in (("b", "2026-03-05"), ("c", "2026-03-04"), ("a", "2026-03-05"))
    ]

    assert [visit.id for visit in read(write(tmp_path, "v.json", json.dumps(rows))).visits] == ["c", "a", "b"]
