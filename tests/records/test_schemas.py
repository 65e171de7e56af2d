"""The published schemas of a clinic's files are those of the records, and the sample clinic is written by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tools.build_schemas import FOLDER, RECORDS, document

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-day"
VISIT = {"id": "V1", "patient_id": "P1", "date_of_service": "2026-03-04", "therapist": "t1"}


@cache
def validator(kind: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("kind", list(RECORDS))
def test_schema_is_the_records_own(kind: str) -> None:
    written = (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert written == document(kind), "write the schemas with: ./dev python tools/build_schemas.py"


def test_the_sample_clinic_is_written_by_the_schemas() -> None:
    validator("clinic").validate(json.loads((CLINIC / "clinic.json").read_text(encoding="utf-8")))
    patients = json.loads((CLINIC / "patients.json").read_text(encoding="utf-8"))
    for patient in patients:
        validator("patient").validate(patient)
    visits = []
    for path in sorted((CLINIC / "visits").rglob("*.json*")):
        text = path.read_text(encoding="utf-8")
        pieces = text.splitlines() if path.suffix == ".jsonl" else [text]
        for piece in filter(str.strip, pieces):
            found = json.loads(piece)
            visits += found if isinstance(found, list) else [found]
    for visit in visits:
        validator("visit").validate(visit)
    assert (bool(patients), bool(visits)) == (True, True)


@pytest.mark.parametrize(
    ("changes", "is_valid"),
    [
        ({}, True),
        ({"outcome_measure": "Oswestry 42%", "reevaluation_reason": "", "good_faith_estimate_on_file": None}, True),
        ({"good_faith_estimate_on_file": "yes"}, False),
        ({"adjudications": [{"order": "primary", "adjudicated_on": "2026-03-20", "paid_cents": 0}]}, True),
        ({"adjudications": [{"order": "first", "adjudicated_on": "2026-03-20", "paid_cents": 0}]}, False),
        ({"adjudications": [{"order": "primary", "adjudicated_on": "2026-03-20", "paid_cents": -1}]}, False),
        ({"outcome": "better"}, False),
    ],
)
def test_fields_and_their_values_are_closed(changes: dict[str, Any], *, is_valid: bool) -> None:
    assert validator("visit").is_valid(VISIT | changes) is is_valid
