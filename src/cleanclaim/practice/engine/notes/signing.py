"""Who may sign a note, what signing stores, and what may still be added afterwards.

Signing locks the note. The lines go with it as the signer saw them, where nothing was left open; a note with an open
question is signed all the same, since it must be on time, and its lines wait for the answer (`restating`). What is said
later is an addendum, and a further person who must answer for the note adds a signature; neither changes a word of it.
"""

from __future__ import annotations

from datetime import date, datetime

from cleanclaim.practice.engine.judging.checking import now_at
from cleanclaim.practice.engine.notes.live_check import LiveCheck
from cleanclaim.practice.engine.notes.note_form import is_assistant
from cleanclaim.practice.models import (
    Addendum,
    PlanOfCare,
    ProgressReport,
    Provider,
    Signature,
    User,
    Visit,
    VisitStatus,
)
from cleanclaim.records import BilledLine


class NotForThemError(PermissionError):
    """Somebody may not sign, or may not add: says why, for the page."""


def hindrance(provider: Provider | None, visit: Visit, checked: LiveCheck | None) -> str:
    """Why a person may not sign this draft; empty where they may.

    Args:
        provider: who the person is at the clinic; `None` where they treat nobody.
        visit: the draft.
        checked: its check, which knows whether the note needs a clinician; needed of an assistant only.
    """
    if provider is None or not provider.treats:
        return "Only who treats signs a note, and this account belongs to no provider of the clinic."
    if provider.pk not in {visit.therapist_id, visit.assistant_id}:
        return f"This is {visit.therapist}'s note. Who treated signs; choose the therapist in the note if that changed."
    if not is_assistant(provider):
        return ""
    if visit.kind in {"evaluation", "reevaluation"}:
        return "An assistant does not sign an evaluation: it is the therapist's own work."
    needs_clinician = checked.fact("note_needs_clinician") if checked is not None else None
    if visit.kind == "discharge":
        return "An assistant does not sign a discharge: it takes the therapist's judgment."
    if needs_clinician:
        return "An assistant does not sign a progress report or an evaluation: it takes the therapist's judgment."
    if needs_clinician is None:
        return (
            "Say first what the visit was for and whether it holds a progress report: an assistant signs treatment "
            "notes only."
        )
    return ""


def settled_lines(checked: LiveCheck) -> list[dict[str, object]] | None:
    """The lines as they would be stored at signing; `None` while a question of what was done is open."""
    if (
        checked.questions
        or checked.crashed
        or any(line.units is None or not line.code for line in (*checked.lines, *checked.withheld))
    ):
        return None
    return [
        BilledLine.model_validate({name: line[name] for name in ("code", "modifiers", "units", "pointers")}).model_dump(
            mode="json"
        )
        for line in (*checked.claim.lines, *checked.claim.withheld)
    ]


def sign(visit: Visit, *, version: int, user: User, provider: Provider, checked: LiveCheck) -> None:
    """Sign a draft and lock it, inside the transaction of the request.

    Args:
        visit: the draft; its clinic is in scope.
        version: the version that the signer saw.
        user: who signs in.
        provider: who they are at the clinic.
        checked: the check of that version.

    Raises:
        NotForThemError: this person may not sign it.
        StaleRowError: somebody changed the note meanwhile.
    """
    why = hindrance(provider, visit, checked)
    if why:
        raise NotForThemError(why)
    now = now_at(visit.clinic)
    lines = settled_lines(checked)
    if lines is not None:
        visit.billed = _with_stated_charges(lines, visit.billed or [])
    visit.status = VisitStatus.SIGNED.value
    visit.signed_at = now
    visit.save_if_unchanged(version, "status", "signed_at", "billed")
    _add_signature(visit, user, provider, now)
    if visit.detail.get("progress_report"):
        _keep_report(visit, provider, visit.date_of_service)


def may_co_sign(provider: Provider | None, visit: Visit) -> bool:
    """Whether a person may add a signature to a signed note: its therapist or assistant, once."""
    if provider is None or visit.status != VisitStatus.SIGNED.value:
        return False
    if provider.pk not in {visit.therapist_id, visit.assistant_id}:
        return False
    return str_of(provider) not in {(item.name, item.credential) for item in visit.signatures.all()}


def co_sign(visit: Visit, *, user: User, provider: Provider) -> None:
    """Add a signature to a signed note. Raises `NotForThemError`."""
    if not may_co_sign(provider, visit):
        raise NotForThemError("Only the visit's therapist or assistant adds a signature, once, to a signed note.")
    _add_signature(visit, user, provider, now_at(visit.clinic))


def add_addendum(visit: Visit, *, user: User, text: str) -> Addendum:
    """Add to a signed note; the note itself stays. Raises `NotForThemError` for a draft, which is simply written."""
    if visit.status != VisitStatus.SIGNED.value:
        raise NotForThemError("A draft has no addenda: write into the note.")
    added: Addendum = Addendum.objects.create(clinic=visit.clinic, visit=visit, user=user, text=text)
    return added


def str_of(provider: Provider) -> tuple[str, str]:
    """Name and credential, as a signature keeps them."""
    return f"{provider.given_name} {provider.family_name}", provider.credential


def _add_signature(visit: Visit, user: User, provider: Provider, now: datetime) -> None:
    name, credential = str_of(provider)
    Signature.objects.create(
        clinic=visit.clinic, visit=visit, user=user, name=name, credential=credential, signed_at=now
    )


def _keep_report(visit: Visit, provider: Provider, day: date) -> None:
    """The progress report that the note holds, in the record of the plan in force on the day."""
    plan = PlanOfCare.objects.filter(patient_id=visit.patient_id, established_on__lte=day).first()
    if plan is not None:
        ProgressReport.objects.get_or_create(
            clinic=visit.clinic, visit=visit, defaults={"plan": plan, "on": day, "signed_by": provider.credential}
        )


def _with_stated_charges(lines: list[dict[str, object]], before: list[dict[str, object]]) -> list[dict[str, object]]:
    """Lines that came with the visit keep the charges that came with them, where their code and units are the same."""
    for line, stated in zip(lines, before, strict=False):
        if (line["code"], line["units"]) == (stated.get("code"), stated.get("units")):
            line["charge_cents"] = stated.get("charge_cents")
    return lines
