"""Patients and visits from files of other systems: read strictly, shown row by row, then brought in.

JSON and JSON Lines have the shape of `cleanclaim.records`; CSV has the columns listed here. A row that cannot be used
is named with its field and what was expected, and the others go on.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from cleanclaim import records
from cleanclaim.practice.engine.jobs.loading import load_patient, load_visits
from cleanclaim.practice.models import Clinic, Patient, Provider, Visit
from cleanclaim.records.reading import Rejection, read_records

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read in; more comes in several files."""


class What(StrEnum):
    """What a file holds."""

    PATIENTS = "patients"
    VISITS = "visits"


PATIENT_COLUMNS = (
    "id", "family_name", "given_name", "middle_name", "birth_date", "sex", "line1", "line2", "city", "state",
    "zip_code", "phone", "payer", "payer_name", "payer_identifier", "member_id", "group_number",
)  # fmt: skip
VISIT_COLUMNS = (
    "id", "patient_id", "date_of_service", "therapist", "assistant", "kind", "place_of_service", "diagnoses",
    "time_in", "time_out", "codes", "note",
)  # fmt: skip
_COVERAGE = ("payer", "payer_name", "payer_identifier", "member_id", "group_number")
_NAME = ("family_name", "given_name", "middle_name")
_ADDRESS = ("line1", "line2", "city", "state", "zip_code")
_BILLED = re.compile(r"(?P<code>[0-9A-Z]{5})(?P<modifiers>(?:-[0-9A-Z]{2}){0,4})(?:[x×](?P<units>\d{1,2}))?")


@dataclass(slots=True)
class Draft:
    """What a file holds that can be brought in, and the rows that cannot."""

    what: What
    patients: list[tuple[int, records.Patient]] = field(default_factory=list)
    visits: list[tuple[int, records.Visit]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows can be brought in."""
        return len(self.patients) + len(self.visits)


def read(name: str, text: str, what: What) -> Draft:
    """Read a file's text and hold it against the clinic in scope; nothing is written.

    Args:
        name: the file's name; its ending says what it is: `.json`, `.jsonl` or `.csv`.
        text: its contents.
        what: patients, or visits of patients who are there already.
    """
    draft = Draft(what)
    with tempfile.TemporaryDirectory() as folder:
        path = _as_json(name, text, what, Path(folder), draft.rejections)
        if path is None:
            return draft
        if what is What.PATIENTS:
            draft.patients = _new_patients(read_records(path, records.Patient, draft.rejections), path.name, draft)
        else:
            draft.visits = _new_visits(read_records(path, records.Visit, draft.rejections), path.name, draft)
    draft.rejections = [Rejection(name, item.row, item.key, item.field, item.expected) for item in draft.rejections]
    draft.rejections.sort(key=lambda item: item.row)
    return draft


def bring_in(clinic: Clinic, draft: Draft, *, signed: bool) -> tuple[int, list[Rejection]]:
    """Write a draft's rows, each by itself; returns how many were written, and rows that the database refused.

    With `signed`, visits come in locked, as they were signed in the system they come from; else as drafts.
    """
    written, refused = 0, []
    for row, patient in draft.patients:
        found = _write(lambda patient=patient: _write_patient(clinic, patient), row, patient.id)  # type: ignore[misc]
        written += found is None
        refused += [found] if found else []
    people = _patients_by_number(visit.patient_id for _row, visit in draft.visits)
    for row, visit in draft.visits:
        found = _write(lambda visit=visit: load_visits(clinic, [visit], people, signed=signed), row, visit.id)  # type: ignore[misc]
        written += found is None
        refused += [found] if found else []
    return written, refused


def _write(write: Callable[[], Any], row: int, key: str) -> Rejection | None:
    try:
        with transaction.atomic():
            write()
    except ValidationError as error:
        fields = ", ".join(sorted(error.message_dict)) if hasattr(error, "error_dict") else "record"
        return Rejection("", row, key, fields, "values of the lengths and forms that the practice keeps")
    except DatabaseError:
        return Rejection("", row, key, "record", "a row that is not there yet, with values of the usual lengths")
    return None


def _write_patient(clinic: Clinic, patient: records.Patient) -> None:
    load_patient(clinic, patient).full_clean(exclude=["clinic"], validate_unique=False, validate_constraints=False)


# --- files -------------------------------------------------------------------------------------------------


def _as_json(name: str, text: str, what: What, folder: Path, rejections: list[Rejection]) -> Path | None:
    """The file as one that the engine reads; `None` where it is none of those that are known."""
    ending = Path(name).suffix.lower()
    path = folder / f"file{'.jsonl' if ending == '.csv' else ending}"
    if ending in {".json", ".jsonl"}:
        path.write_text(text, encoding="utf-8")
        return path
    if ending != ".csv":
        rejections.append(Rejection(name, 1, "", "name", "a file that ends in .csv, .json or .jsonl"))
        return None
    columns = PATIENT_COLUMNS if what is What.PATIENTS else VISIT_COLUMNS
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    heading = [cell.strip().lower() for cell in next(rows, [])]
    unknown = [cell for cell in heading if cell not in columns]
    if unknown or len(set(heading)) != len(heading) or not heading:
        expected = f"columns among {', '.join(columns)}, each once"
        rejections.append(Rejection(name, 1, "", ", ".join(unknown) or "heading", expected))
        return None
    make = _patient_of if what is What.PATIENTS else _visit_of
    lines = [""]  # rows are counted as in the CSV file, whose first one is the heading
    for number, cells in enumerate(rows, start=2):
        row = {column: cell.strip() for column, cell in zip(heading, cells, strict=False) if cell.strip()}
        if len(cells) > len(heading):
            rejections.append(Rejection(name, number, row.get("id", ""), "row", f"at most {len(heading)} cells"))
            row = {}
        document = make(row, number, rejections) if row else None
        lines.append("" if document is None else json.dumps(document))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _patient_of(row: Mapping[str, str], _number: int, _rejections: list[Rejection]) -> dict[str, Any]:
    parts = (*_NAME, *_ADDRESS, *_COVERAGE)
    document: dict[str, Any] = {key: value for key, value in row.items() if key not in parts}
    document["name"] = {key: row[key] for key in _NAME if key in row}
    document["address"] = {key: row[key] for key in _ADDRESS if key in row}
    coverage = {key: row[key] for key in _COVERAGE if key in row}
    document["coverages"] = [coverage] if coverage else []
    return document


def _visit_of(row: Mapping[str, str], number: int, rejections: list[Rejection]) -> dict[str, Any] | None:
    document: dict[str, Any] = {key: value for key, value in row.items() if key not in {"codes", "note", "diagnoses"}}
    if "diagnoses" in row:
        document["diagnoses"] = row["diagnoses"].replace(",", " ").split()
    if "note" in row:
        document["note"] = {"text": row["note"]}
    if "codes" in row:
        found = [_BILLED.fullmatch(word) for word in row["codes"].upper().replace("X", "x").replace(",", " ").split()]
        if None in found:
            expected = "codes with modifiers and units, such as 97110-GPx2 97140-GP"
            rejections.append(Rejection("", number, row.get("id", ""), "codes", expected))
            return None
        document["billed"] = [
            {
                "code": one["code"],
                "modifiers": one["modifiers"].split("-")[1:],
                "units": int(one["units"] or 1),
            }
            for one in found
            if one is not None
        ]
    return document


# --- held against the clinic -------------------------------------------------------------------------------


def _new_patients(
    found: Iterable[tuple[int, records.Patient]], name: str, draft: Draft
) -> list[tuple[int, records.Patient]]:
    """Patients whose number nobody has yet, here or further up in the file."""
    taken = set(Patient.objects.values_list("number", flat=True))
    kept = []
    for row, patient in found:
        if patient.id in taken:
            expected = "a number that no patient has; somebody here, or further up in the file, has it"
            draft.rejections.append(Rejection(name, row, patient.id, "id", expected))
        else:
            taken.add(patient.id)
            kept.append((row, patient))
    return kept


def _new_visits(found: Iterable[tuple[int, records.Visit]], name: str, draft: Draft) -> list[tuple[int, records.Visit]]:
    """Visits with a number of their own, of patients and by therapists who are here."""
    taken = set(Visit.objects.values_list("number", flat=True))
    people = set(Patient.objects.values_list("number", flat=True))
    therapists = set(Provider.objects.filter(treats=True).values_list("key", flat=True))
    kept = []
    for row, visit in found:
        checks = (
            ("id", visit.id not in taken, "a number that no visit has; one here, or further up in the file, has it"),
            ("patient_id", visit.patient_id in people, "the number of a patient who is here"),
            ("therapist", visit.therapist in therapists, "the short name of somebody who treats here"),
            (
                "assistant",
                not visit.assistant or visit.assistant in therapists,
                "the short name of somebody who treats here",
            ),
        )
        wrong = [Rejection(name, row, visit.id, place, expected) for place, holds, expected in checks if not holds]
        draft.rejections += wrong
        if not wrong:
            taken.add(visit.id)
            kept.append((row, visit))
    return kept


def _patients_by_number(numbers: Iterable[str]) -> dict[str, Patient]:
    return {patient.number: patient for patient in Patient.objects.filter(number__in=set(numbers))}
