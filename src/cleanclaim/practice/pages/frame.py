"""What every page shows around its content: the clinic, its navigation, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cleanclaim.practice.access import Access, Can


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


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: the clinic, its navigation and the person."""
    access: Access | None = getattr(request, "access", None)
    context: dict[str, Any] = {
        "is_demo": settings.IS_DEMO,
        "sends_mail": settings.SENDS_MAIL,
        "access": access,
        "entries": [],
    }
    if access is None:
        return context
    current = request.resolver_match.url_name if request.resolver_match else ""
    area = (getattr(request.resolver_match.func, "area", "") if request.resolver_match else "") or current
    context["clinic"] = access.clinic
    context["entries"] = [
        Entry(label, icon, reverse(_opens(name, access), args=[access.clinic.slug]), area == name)
        for label, icon, name, needs in _ENTRIES
        if needs is None or access.may(needs)
    ]
    return context


def _opens(name: str, access: Access) -> str:
    """The page that an entry opens: who takes payments and sees no claim begins with the patients' payments."""
    return "receipts" if name == "remittances" and not access.may(Can.SEE_CLAIMS) else name
