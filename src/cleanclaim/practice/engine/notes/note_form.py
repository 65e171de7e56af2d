"""The note page's form and a visit's row: what was typed, as text, and what of it can be stored.

A form is read whole. What cannot be stored (a time that is none) keeps its text and gets an error that names what was
expected; everything else is stored all the same, so that a slip in one field never loses another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from django.http import QueryDict
from pydantic import TypeAdapter, ValidationError

from cleanclaim.practice.models import Provider, Visit
from cleanclaim.records import By, DecisionMaking, Intervention, Presentation, Side, VisitKind
from cleanclaim.records.model import Minutes, ProcedureCode
from cleanclaim.reference import icd10

NOTE_PARTS = ("subjective", "objective", "assessment", "plan")
"""The parts of a SOAP note, in order."""

ROW_FIELDS = (
    "what", "code", "region", "side", "minutes", "by", "group_size", "attended", "starts_at", "skilled_need",
    "response", "progress",
)  # fmt: skip
"""Fields of an intervention, as the form names them; the form repeats each once a row."""

_ANSWERS = {"": None, "yes": True, "no": False}
_COMPONENTS = ("history_factors", "elements_examined", "presentation", "decision_making")
_DETAIL = (
    "total_timed_minutes", "total_treatment_minutes", "outcome_measure", "progress_report", "reevaluation_reason",
    "abn_on_file", "therapist_on_site",
)  # fmt: skip
_PLAIN = ("kind", "place_of_service", "time_in", "time_out")


@dataclass(slots=True)
class Row:
    """One intervention as typed: its key on the page, its fields as text, and what is wrong with them."""

    key: str
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: who did it and with how many patients are chosen beforehand."""
        return not any(value for name, value in self.values.items() if name not in {"by", "group_size"})


@dataclass(slots=True)
class NoteForm:
    """The note page's fields as text, by name; its rows and diagnoses in order; errors by field."""

    values: dict[str, str]
    rows: list[Row]
    diagnoses: list[str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        """Whether anything typed could not be stored."""
        return bool(self.errors) or any(row.errors for row in self.rows)


def from_visit(visit: Visit) -> NoteForm:
    """The form as a visit's row fills it."""
    note, detail, found = visit.note or {}, visit.detail, visit.evaluation or {}
    values = {part: note.get(part, "") for part in NOTE_PARTS}
    values |= {name: _text(found.get(name)) for name in _COMPONENTS}
    values |= {name: _text(detail.get(name)) for name in _DETAIL}
    values |= {name: _text(getattr(visit, name)) for name in _PLAIN}
    values["therapist"] = str(visit.therapist_id)
    values["assistant"] = str(visit.assistant_id or "")
    rows = [
        Row(f"r{place}", {name: _text(done.get(name)) for name in ROW_FIELDS})
        for place, done in enumerate(visit.interventions or ())
    ]
    return NoteForm(values, rows, list(visit.diagnoses or ()))


def blank_row(key: str, *, by: str = "PT") -> Row:
    """A row nobody has typed into: one-on-one, by the one who writes."""
    return Row(key, dict.fromkeys(ROW_FIELDS, "") | {"by": by, "group_size": "1"})


def read(posted: QueryDict) -> NoteForm:
    """The form as it was posted."""
    names = (*NOTE_PARTS, *_COMPONENTS, *_DETAIL, *_PLAIN, "therapist", "assistant")
    values = {name: posted.get(name, "").strip() for name in names}
    columns = {name: posted.getlist(f"row_{name}") for name in ROW_FIELDS}
    rows = [
        Row(key, {name: column[place].strip() if place < len(column) else "" for name, column in columns.items()})
        for place, key in enumerate(posted.getlist("row_key"))
    ]
    diagnoses = [icd10.dotted(icd10.normalize(code)) for code in posted.getlist("diagnosis") if code.strip()]
    return NoteForm(values, rows, list(dict.fromkeys(diagnoses)))


def apply(form: NoteForm, visit: Visit, people: Mapping[str, Provider]) -> list[str]:
    """Put what can be stored into the visit's row, unsaved; note in the form what cannot. Returns the columns changed.

    Args:
        form: what was typed.
        visit: the row, a draft.
        people: who treats at the clinic, by id.
    """
    stored: dict[str, Any] = {
        "note": _note(form, visit),
        "interventions": _interventions(form, visit),
        "evaluation": _evaluation(form),
        "detail": _detail(form, visit),
        "diagnoses": form.diagnoses or (None if visit.diagnoses is None else []),
        "kind": _read(form, "kind", VisitKind, "evaluation, treatment, reevaluation or discharge", visit.kind),
        "place_of_service": form.values["place_of_service"] or visit.place_of_service,
        "time_in": _read(form, "time_in", time.fromisoformat, "a time as 14:30", visit.time_in),
        "time_out": _read(form, "time_out", time.fromisoformat, "a time as 14:30", visit.time_out),
        "therapist_id": _therapist(form, visit, people),
        "assistant_id": _assistant(form, visit, people),
    }
    changed = [name for name, value in stored.items() if getattr(visit, name) != value]
    for name in changed:
        setattr(visit, name, stored[name])
    return [name.removesuffix("_id") for name in changed]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value)


def _note(form: NoteForm, visit: Visit) -> dict[str, str] | None:
    before = visit.note or {}
    parts = {name: form.values[name] for name in NOTE_PARTS}
    if not any(parts.values()) and not before.get("text"):
        return None if visit.note is None else {**dict.fromkeys(NOTE_PARTS, ""), "text": ""}
    return {**parts, "text": before.get("text", "")}


def _interventions(form: NoteForm, visit: Visit) -> list[dict[str, Any]] | None:
    before = visit.interventions or []
    stored = []
    for row in form.rows:
        if row.is_empty:
            continue
        done = _intervention(row, _stored_before(row, before))
        if done is not None:
            stored.append(done)
    return stored or (None if visit.interventions is None else [])


def _stored_before(row: Row, before: list[dict[str, Any]]) -> dict[str, Any]:
    """What is stored of a row whose place on the page is where it was loaded; a field in error keeps that."""
    place = row.key.removeprefix("r")
    found = before[int(place)] if place.isdecimal() and int(place) < len(before) else {}
    return found if found.get("what", "") == row.values["what"] else {}


def _intervention(row: Row, before: Mapping[str, Any]) -> dict[str, Any] | None:
    readers: dict[str, tuple[Callable[[str], Any], str]] = {
        "code": (TypeAdapter(ProcedureCode).validate_python, "a code of five characters"),
        "side": (Side, "right, left, bilateral or none"),
        "minutes": (lambda text: TypeAdapter(Minutes).validate_python(int(text)), "whole minutes, 0 to 1440"),
        "by": (By, "who furnished it"),
        "group_size": (lambda text: _between(int(text), 1, 50), "1 for one-on-one, else how many patients, up to 50"),
        "attended": (_ANSWERS.__getitem__, "yes or no"),
        "starts_at": (time.fromisoformat, "a time as 14:30"),
    }
    values: dict[str, Any] = {"what": row.values["what"]}
    for name in ROW_FIELDS[1:]:
        text = row.values[name]
        if not text:
            continue
        reader, expected = readers.get(name, (str, ""))
        try:
            values[name] = reader(text)
        except (ValueError, KeyError, ValidationError):
            row.errors[name] = f"expected {expected}"
            if before.get(name) is not None:
                values[name] = before[name]
    return Intervention.model_validate(values).model_dump(mode="json")


def _between(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise ValueError
    return number


def _evaluation(form: NoteForm) -> dict[str, Any] | None:
    counted = "a whole number, 0 to 99"
    found = {
        "history_factors": _read(form, "history_factors", _count, counted, None),
        "elements_examined": _read(form, "elements_examined", _count, counted, None),
        "presentation": _read(form, "presentation", Presentation, "stable, evolving or unstable", None),
        "decision_making": _read(form, "decision_making", DecisionMaking, "low, moderate or high", None),
    }
    plain = {name: getattr(value, "value", value) for name, value in found.items()}
    return plain if any(value is not None for value in plain.values()) else None


def _count(text: str) -> int:
    return _between(int(text), 0, 99)


def _detail(form: NoteForm, visit: Visit) -> dict[str, Any]:
    def total(text: str) -> int:
        return int(TypeAdapter(Minutes).validate_python(int(text)))

    expected = "whole minutes, 0 to 1440"
    stated: dict[str, Any] = {
        "total_timed_minutes": _read(
            form, "total_timed_minutes", total, expected, visit.detail.get("total_timed_minutes")
        ),
        "total_treatment_minutes": _read(
            form, "total_treatment_minutes", total, expected, visit.detail.get("total_treatment_minutes")
        ),
        "outcome_measure": form.values["outcome_measure"] or None,
        "reevaluation_reason": form.values["reevaluation_reason"] or None,
        "progress_report": _ANSWERS.get(form.values["progress_report"]),
        "abn_on_file": _ANSWERS.get(form.values["abn_on_file"]),
        "therapist_on_site": _ANSWERS.get(form.values["therapist_on_site"]),
    }
    kept = {name: value for name, value in visit.detail.items() if name not in stated}
    # What a file stated as known to be absent stays so while its field is left empty.
    for name in ("outcome_measure", "reevaluation_reason"):
        if stated[name] is None and visit.detail.get(name) == "":
            stated[name] = ""
    return kept | {name: value for name, value in stated.items() if value is not None}


def _read(form: NoteForm, name: str, reader: Callable[[str], Any], expected: str, before: object) -> Any:  # noqa: ANN401 - a column's value
    text = form.values[name]
    if not text:
        return None
    try:
        value = reader(text)
    except (ValueError, KeyError, ValidationError):
        form.errors[name] = f"expected {expected}"
        return before
    return value.value if isinstance(value, VisitKind) else value


def _therapist(form: NoteForm, visit: Visit, people: Mapping[str, Provider]) -> object:
    chosen = people.get(form.values["therapist"])
    if not form.values["therapist"] or (chosen is not None and chosen.pk == visit.therapist_id):
        return visit.therapist_id
    if chosen is None or is_assistant(chosen):
        form.errors["therapist"] = "expected a therapist of the clinic"
        return visit.therapist_id
    return chosen.pk


def _assistant(form: NoteForm, visit: Visit, people: Mapping[str, Provider]) -> object:
    if not form.values["assistant"]:
        return None
    chosen = people.get(form.values["assistant"])
    if chosen is None or not is_assistant(chosen):
        form.errors["assistant"] = "expected an assistant of the clinic"
        return visit.assistant_id
    return chosen.pk


def is_assistant(provider: Provider) -> bool:
    """Whether a provider is a physical or occupational therapist's assistant."""
    return provider.credential in {"PTA", "OTA"}


def first_free_key(rows: Iterable[Row]) -> str:
    """A key for a new row that no row on the page has."""
    taken = {row.key for row in rows}
    return next(key for key in (f"r{number}" for number in range(len(taken) + 1)) if key not in taken)
