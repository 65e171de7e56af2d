"""Read a clinic's folder, or loose visit files, into records; what cannot be read is set aside, the rest goes on.

A clinic's folder holds `clinic.json`, `patients.json` and a folder `visits` of visit files. A visit file is JSON
(one visit or a list), JSON Lines (one visit a line), or a note as plain text: a few `Key: value` lines, an empty
line, and the note as it was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from cleanclaim.records.clinic import Clinic
from cleanclaim.records.model import Record
from cleanclaim.records.patient import Patient
from cleanclaim.records.visit import Visit

R = TypeVar("R", bound=Record)

VISIT_SUFFIXES = (".json", ".jsonl", ".txt")
_NOTE_KEYS = {
    "visit": "id",
    "patient": "patient_id",
    "date": "date_of_service",
    "therapist": "therapist",
    "assistant": "assistant",
    "place": "place_of_service",
    "kind": "kind",
    "diagnoses": "diagnoses",
    "time in": "time_in",
    "time out": "time_out",
    "signed": "signatures",
    "progress report": "progress_report",
    "abn on file": "abn_on_file",
    "good faith estimate on file": "good_faith_estimate_on_file",
    "outcome measure": "outcome_measure",
    "reason for re-evaluation": "reevaluation_reason",
}


_FLAGS = frozenset({"progress_report", "abn_on_file", "good_faith_estimate_on_file"})
"""Headings that say yes or no."""
_WORDS_OR_NONE = frozenset({"outcome_measure", "reevaluation_reason"})
"""Headings in words; `none` says that there is none."""


class FolderError(ValueError):
    """A folder or file that cannot be used at all: names it, and what was expected."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record set aside: file, row (from 1), record key where it could be read, field, what was expected.

    The value itself is not repeated: it may be a patient's.
    """

    file: str
    row: int
    key: str
    field: str
    expected: str

    def __str__(self) -> str:
        """File, row, key, field and what was expected, in one line."""
        named = f" ({self.key})" if self.key else ""
        return f"{self.file}, row {self.row}{named}: {self.field}: {self.expected}"


@dataclass(slots=True)
class Loaded:
    """What a folder held: records by kind, and what was set aside."""

    clinic: Clinic | None = None
    patients: dict[str, Patient] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Visit id → the file it came from."""


def read_folder(folder: Path) -> Loaded:
    """Read a clinic's folder.

    Raises:
        FolderError: the folder, `clinic.json`, `patients.json` or `visits` is absent, or the clinic itself cannot
            be read: without it no claim can be made.
    """
    if not folder.is_dir():
        raise FolderError(f"{folder}: no such folder; expected clinic.json, patients.json and a folder visits")
    for name in ("clinic.json", "patients.json", "visits"):
        if not (folder / name).exists():
            raise FolderError(f"{folder}: {name} is absent; expected clinic.json, patients.json and a folder visits")
    loaded = Loaded()
    clinics = read_records(folder / "clinic.json", Clinic, loaded.rejections)
    if not clinics:
        raise FolderError("; ".join(map(str, loaded.rejections)))
    _, loaded.clinic = clinics[0]
    for _, patient in read_records(folder / "patients.json", Patient, loaded.rejections):
        loaded.patients[patient.id] = patient
    files = sorted(path for path in (folder / "visits").rglob("*") if path.suffix in VISIT_SUFFIXES)
    read_visits(files, loaded)
    return loaded


def read_visits(files: Iterable[Path], loaded: Loaded) -> None:
    """Read visit files into `loaded`: visits in order of date and id; a repeated id is set aside."""
    for path in files:
        for row, visit in read_records(path, Visit, loaded.rejections):
            if visit.id in loaded.files:
                loaded.rejections.append(
                    Rejection(path.name, row, visit.id, "id", f"a key of its own; {loaded.files[visit.id]} has it too")
                )
                continue
            if loaded.patients and visit.patient_id not in loaded.patients:
                loaded.rejections.append(
                    Rejection(path.name, row, visit.id, "patient_id", "the key of a patient in patients.json")
                )
                continue
            loaded.files[visit.id] = path.name
            loaded.visits.append(visit)
    loaded.visits.sort(key=lambda visit: (visit.date_of_service, visit.id))


def read_records(path: Path, kind: type[R], rejections: list[Rejection]) -> list[tuple[int, R]]:
    """The records of one kind in a file, each with its row; what cannot be read is added to `rejections`."""
    found = []
    for row, raw in _rows(path, rejections):
        try:
            found.append((row, kind.model_validate_json(json.dumps(raw))))
        except ValidationError as error:
            key = str(raw.get("id", "")) if isinstance(raw, dict) else ""
            for detail in error.errors(include_input=False, include_url=False):
                place = ".".join(str(part) for part in detail["loc"]) or "record"
                rejections.append(Rejection(path.name, row, key[:40], place, _expected(detail)))
    return found


def _rows(path: Path, rejections: list[Rejection]) -> Iterator[tuple[int, Any]]:
    reader: Callable[[str], Iterable[tuple[int, Any]]] = {".jsonl": _json_lines, ".txt": _note}.get(path.suffix, _json)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        rejections.append(Rejection(path.name, 1, "", f"byte {error.start}", "text in UTF-8"))
        return
    rows = iter(reader(text))
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except _RowError as error:
            rejections.append(Rejection(path.name, error.row, "", error.place, error.expected))


class _RowError(Exception):
    def __init__(self, row: int, place: str, expected: str) -> None:
        super().__init__(f"row {row}: {place}: {expected}")
        self.row, self.place, self.expected = row, place, expected


def _json(text: str) -> Iterator[tuple[int, Any]]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise _RowError(error.lineno, f"column {error.colno}", f"JSON ({error.msg.lower()})") from error
    yield from enumerate(whole if isinstance(whole, list) else [whole], start=1)


class _json_lines:  # noqa: N801 - an iterator that goes on after a row it cannot read
    def __init__(self, text: str) -> None:
        self._lines = iter([(row, line) for row, line in enumerate(text.splitlines(), start=1) if line.strip()])

    def __iter__(self) -> _json_lines:
        return self

    def __next__(self) -> tuple[int, Any]:
        row, line = next(self._lines)
        try:
            return row, json.loads(line)
        except json.JSONDecodeError as error:
            raise _RowError(row, f"column {error.colno}", f"JSON ({error.msg.lower()})") from error


def _note(text: str) -> Iterator[tuple[int, Any]]:
    lines = text.splitlines()
    visit: dict[str, Any] = {}
    row = 0
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            break
        key, separator, value = line.partition(":")
        name = _NOTE_KEYS.get(key.strip().lower())
        if not separator or name is None:
            raise _RowError(row, "heading", f"one of {', '.join(key.capitalize() for key in _NOTE_KEYS)} and a colon")
        visit[name] = _heading(row, name, value.strip())
    visit["note"] = {"text": "\n".join(lines[row:]).strip()}
    yield 1, visit


def _heading(row: int, name: str, value: str) -> object:
    if name == "diagnoses":
        return value.replace(",", " ").split()
    if name in _FLAGS:
        if value.lower() not in {"yes", "no"}:
            raise _RowError(row, name, "yes or no")
        return value.lower() == "yes"
    if name in _WORDS_OR_NONE:
        return "" if value.lower() == "none" else value
    if name == "signatures":
        return [_signature(row, part) for part in value.split(";") if part.strip()]
    return value


def _signature(row: int, text: str) -> dict[str, str]:
    words = text.split()
    if len(words) < 2:  # noqa: PLR2004 - a credential and a day
        raise _RowError(row, "signed", "credential and day, such as PT 2026-03-04 or PT 2026-03-04 t-ruiz")
    try:
        date.fromisoformat(words[1])
    except ValueError as error:
        raise _RowError(row, "signed", "a day as YYYY-MM-DD after the credential") from error
    return {"credential": words[0], "on": words[1], "by": " ".join(words[2:])}


_WORDS = {
    "missing": "a value; none is given",
    "extra_forbidden": "no such field; look at the field's spelling",
    "date_from_datetime_parsing": "a day as YYYY-MM-DD",
    "date_parsing": "a day as YYYY-MM-DD",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "bool_parsing": "true or false",
}


def _expected(detail: Any) -> str:  # noqa: ANN401 - an error as pydantic describes it
    kind = detail["type"]
    if kind in _WORDS:
        return _WORDS[kind]
    context = detail.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return f"one of {context.get('expected')}"
    if kind == "string_pattern_mismatch":
        return f"text of the form {context.get('pattern')}"
    return str(detail["msg"]).lower()
