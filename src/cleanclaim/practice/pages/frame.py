"""What every page shows around its content: the clinic, its navigation, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cleanclaim.practice.access import Access, Can, works_somewhere
from cleanclaim.practice.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation."""

    label: str
    icon: str
    address: str
    is_current: bool


_ENTRIES: tuple[tuple[str, str, str, Can | None], ...] = (
    ("Today", "calendar-day", "today", Can.SEE_NOTES),
    ("Calendar", "calendar-week", "calendar", Can.SEE_PATIENTS),
    ("Patients", "people", "patients", Can.SEE_PATIENTS),
    ("Claims", "files", "claims", Can.SEE_CLAIMS),
    ("Files", "send", "batches", Can.SEE_CLAIMS),
    ("Payments", "cash-coin", "remittances", Can.SEE_ACCOUNTS),
    ("Follow-up", "telephone", "follow_up", Can.SEE_CLAIMS),
    ("Figures", "graph-up", "figures", Can.SEE_FIGURES),
    ("Code guide", "book", "guide", None),
    ("Set-up", "sliders", "setup", Can.SET_UP),
    ("Audit log", "shield-check", "trail", Can.SEE_TRAIL),
)
"""Label, icon, name of the address, and what one must be allowed to do to see it."""

_OUTSIDE: tuple[tuple[str, str, str, Can | None], ...] = (
    ("Clinics", "building", "start", None),
    ("Claims", "files", "queue", Can.WORK_CLAIMS),
    ("Follow-up", "telephone", "follow_up_everywhere", Can.WORK_CLAIMS),
)
"""The same on pages that belong to no clinic, for whoever may do it in one of theirs."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: the clinic, its navigation and the person."""
    access: Access | None = getattr(request, "access", None)
    context: dict[str, Any] = {
        "is_demo": settings.IS_DEMO,
        "sends_mail": settings.SENDS_MAIL,
        "access": access,
        "entries": [],
    }
    current = request.resolver_match.url_name if request.resolver_match else ""
    if access is None:
        user = getattr(request, "user", None)
        if current and user is not None and user.is_authenticated:
            context["entries"] = _outside(user, current)
        return context
    area = (getattr(request.resolver_match.func, "area", "") if request.resolver_match else "") or current
    context["clinic"] = access.clinic
    context["entries"] = [
        Entry(label, icon, reverse(_opens(name, access), args=[access.clinic.slug]), area == name)
        for label, icon, name, needs in _ENTRIES
        if needs is None or access.may(needs)
    ]
    return context


def _outside(user: User, current: str) -> list[Entry]:
    """What leads on from a page of no clinic. One question of the database, asked by pages that show navigation."""
    may_work = works_somewhere(user, Can.WORK_CLAIMS)
    return [
        Entry(label, icon, reverse(name), current == name)
        for label, icon, name, needs in _OUTSIDE
        if needs is None or may_work
    ]


def _opens(name: str, access: Access) -> str:
    """The page that an entry opens: who takes payments and sees no claim begins with the patients' payments."""
    return "receipts" if name == "remittances" and not access.may(Can.SEE_CLAIMS) else name
