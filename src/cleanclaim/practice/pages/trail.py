"""The audit log: who read and changed what, whether the chain is whole, and the patient or person it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.practice import audit_anchor, audit_trail
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import Membership, Patient, TrailEntry, TrailHead

PAGE = 50


@require_safe
@clinic_page(Can.SEE_TRAIL)
def trail(request: ClinicRequest) -> HttpResponse:
    """Entries, newest first; `?who=`, `?what=` (the kind of row), `?did=`, `?key=` (one row) and `?from=&through=`."""
    access = request.access
    asked = request.GET
    found = _filtered(access.clinic.id, asked.dict(), ZoneInfo(access.clinic.time_zone))
    page = window(found, (By("sequence", descending=True),), asked.dict(), PAGE)
    people = Membership.objects.filter(clinic=access.clinic).select_related("user").order_by("user__name")
    is_filtered = any(asked.get(name) for name in ("who", "what", "did", "key", "from", "through"))
    head = TrailHead.objects.filter(clinic=access.clinic).first()
    access.record("list", "audit log", detail=f"{len(page)} entries")
    return render(
        request,
        "practice/trail/trail.html",
        {
            "page": page,
            "count": None if is_filtered else 0 if head is None else head.sequence,
            "rows": _with_patients(page.rows),
            "people": [item.user for item in people],
            "subjects": audit_trail.subjects_of(access.clinic.id),
            "actions": audit_trail.ACTIONS,
            "asked": asked,
            "is_filtered": is_filtered,
            "head": head,
        },
    )


@require_POST
@clinic_page(Can.SEE_TRAIL, area="trail")
def verify(request: ClinicRequest) -> HttpResponse:
    """Recompute the chain, and hold it against the anchor; a part of the page, or a notice on it."""
    access = request.access
    broken = list(audit_trail.verify(access.clinic.id))
    anchors, problem = 0, ""
    try:
        everything = audit_anchor.read_anchors(audit_anchor.anchor_path())
        remembered = [one for one in everything if one.clinic == str(access.clinic.id)]
        broken += audit_anchor.against(access.clinic.id, remembered)
        anchors = len(remembered)
    except audit_anchor.AnchorError:
        problem = "The anchor outside the database cannot be read: the administrator should look at it."
    access.record("read", "audit log", detail=f"verified: {len(broken)} breaks")
    entries = TrailEntry.objects.count()
    if not getattr(request, "htmx", False):
        said = f"The chain is broken in {len(broken)} places." if broken else f"All {entries} entries are as written."
        messages.add_message(request, messages.ERROR if broken else messages.SUCCESS, said)
        return redirect("trail", access.clinic.slug)
    context = {"broken": broken[:20], "count": len(broken), "entries": entries, "anchors": anchors, "problem": problem}
    return render(request, "practice/trail/verified.html", context)


def _filtered(clinic: UUID, asked: dict[str, str], zone: ZoneInfo) -> QuerySet[TrailEntry]:
    found: QuerySet[TrailEntry] = TrailEntry.objects.filter(clinic_id=clinic).select_related("user")
    for name, column in (("what", "subject"), ("did", "action"), ("key", "subject_id")):
        if asked.get(name):
            found = found.filter(**{column: asked[name]})
    who = asked.get("who", "")
    if who == "nobody":
        found = found.filter(user=None)
    elif who:
        found = found.filter(user_id=_key(who))
    if (first := _day(asked.get("from"))) is not None:
        found = found.filter(at__gte=datetime.combine(first, time.min, zone))
    if (last := _day(asked.get("through"))) is not None:
        found = found.filter(at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return found


def _key(text: str) -> UUID:
    """The key that a text names; one that no row has where it names none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _with_patients(entries: Sequence[TrailEntry]) -> list[tuple[TrailEntry, Patient | None]]:
    """Each entry with the patient that it is about, if it is."""
    keys = [_key(entry.subject_id) for entry in entries if entry.subject == "patient"]
    patients = {str(patient.pk): patient for patient in Patient.objects.filter(pk__in=keys)}
    return [(entry, patients.get(entry.subject_id)) for entry in entries]


urlpatterns: list[URLPattern] = [
    path("trail/", trail, name="trail"),
    path("trail/verify/", verify, name="trail_verify"),
]
