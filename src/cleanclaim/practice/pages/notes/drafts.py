"""What the views of a note share: finding the visit, who is who, and the context of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from cleanclaim.practice.access import Can, ClinicRequest
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.row_hints import evaluation_help
from cleanclaim.practice.engine.judging.setting import with_people
from cleanclaim.practice.engine.notes import note_form
from cleanclaim.practice.engine.notes.live_check import LiveCheck, live_check
from cleanclaim.practice.engine.notes.note_form import NoteForm
from cleanclaim.practice.engine.notes.signing import hindrance
from cleanclaim.practice.models import Provider, Visit, VisitStatus
from cleanclaim.practice.models.rows import StaleRowError
from cleanclaim.records import EvaluationFindings
from cleanclaim.reference import icd10, procedures


@dataclass(frozen=True, slots=True)
class ChosenDiagnosis:
    """A diagnosis of the visit with its title; empty where the code is not known."""

    code: str
    title: str


def find_visit(key: UUID) -> Visit:
    """The visit with that key, with its people and signatures. Raises `Http404`."""
    found: Visit | None = with_people(Visit.objects.filter(pk=key)).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def lock_draft(key: UUID) -> Visit:
    """The draft with that key, its row locked. Raises `Http404` where there is none, signed ones among them."""
    locked = Visit.objects.select_for_update().filter(pk=key, status=VisitStatus.DRAFT.value).values_list("pk").first()
    if locked is None:
        raise Http404
    return find_visit(key)


def treating() -> dict[str, Provider]:
    """Who treats at the clinic, by id as text."""
    return {str(provider.pk): provider for provider in Provider.objects.filter(treats=True)}


def chosen_diagnoses(codes: list[str]) -> list[ChosenDiagnosis]:
    """Codes with their official titles."""
    found = []
    for code in codes:
        known = icd10.get(code)
        found.append(ChosenDiagnosis(code, known.label if known is not None else ""))
    return found


def checked_now(request: ClinicRequest, visit: Visit) -> LiveCheck:
    """The check of a visit as it stands in memory."""
    return live_check(request.access.clinic, visit, as_of=today_at(request.access.clinic))


def panel_context(request: ClinicRequest, visit: Visit, checked: LiveCheck, form: NoteForm) -> dict[str, Any]:
    """What the side panel and the rows' hints show."""
    found = EvaluationFindings.model_validate(visit.evaluation or {})
    keyed = [row for row in form.rows if not row.is_empty]
    return {
        "visit": visit,
        "check": checked,
        "form": form,
        "hinted": list(zip(keyed, checked.hints, strict=False)),
        "evaluation": evaluation_help(found),
        "may_attest": may_attest(request, visit),
        "why_not_sign": hindrance(request.access.provider, visit, checked),
        "grid_timed": checked.units.timed_minutes,
        "grid_total": _total(visit),
    }


def keep_typed(request: ClinicRequest, visit: Visit, form: NoteForm) -> None:
    """Put the form into the row and write what changed; raises `StaleRowError` where somebody else wrote meanwhile.

    A request that carries no form of the note (`typed`) changes nothing, but is held to the version all the same.
    """
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise StaleRowError("visit: the form names no version")
    changed = note_form.apply(form, visit, treating()) if "typed" in request.POST else []
    if changed:
        visit.save_if_unchanged(int(version), *changed)
        request.access.record("change", "visit", visit.pk, detail=", ".join(sorted(changed)))
    elif visit.version != int(version):
        raise StaleRowError("visit: changed by somebody else meanwhile")


def may_attest(request: ClinicRequest, visit: Visit) -> bool:
    """Whether this person may answer for a change of the lines: the visit's own therapist."""
    provider = request.access.provider
    return provider is not None and provider.pk == visit.therapist_id and request.access.may(Can.WRITE_NOTES)


def page_context(visit: Visit, form: NoteForm) -> dict[str, Any]:
    """What the form shows beside the panel."""
    people = list(treating().values())
    return {
        "visit": visit,
        "form": form,
        "therapists": [one for one in people if not note_form.is_assistant(one)],
        "assistants": [one for one in people if note_form.is_assistant(one)],
        "diagnoses": chosen_diagnoses(form.diagnoses),
        "phrases": phrases(),
        "blank": note_form.blank_row("__key__"),
    }


def phrases() -> tuple[str, ...]:
    """Everyday wordings of what is done at a visit, for a field's suggestions; from the reference's own examples."""
    listed = (procedures.get(code) for code in ("97110", "97112", "97116", "97140", "97530", "97535", "97150", "97032"))
    return tuple(dict.fromkeys(text for item in listed if item is not None for text in item.examples))


def _total(visit: Visit) -> int | None:
    minutes = [done.get("minutes") for done in visit.interventions or ()]
    return None if not minutes or None in minutes else sum(minutes)
