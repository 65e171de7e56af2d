"""The start: which clinics a person works in, and, in a demo, whom to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.practice.access import CAPABILITIES, Can
from cleanclaim.practice.models import Membership, Role, User

_FIRST_PAGES = ((Can.WRITE_NOTES, "today"), (Can.WORK_CLAIMS, "claims"), (Can.EDIT_PATIENTS, "calendar"))
"""Where a person begins, by what they may do; who may do everything begins with the figures."""

_DEMO_ROLES: Mapping[Role, str] = {
    Role.THERAPIST: "writes today’s notes",
    Role.ASSISTANT: "writes notes, signs no evaluation",
    Role.BILLER: "works claims, payments and denials",
    Role.OWNER: "sees everything",
    Role.FRONT_DESK: "registers, books, takes payments",
    Role.AUDITOR: "reads everything, changes nothing",
}
"""The roles in the order in which a demo offers them, each with what there is to do."""


def start(request: HttpRequest) -> HttpResponse:
    """The clinics of the person; straight into the only one there is. A demo asks whom to be first."""
    if not request.user.is_authenticated:
        return (
            render(
                request,
                "practice/demo_sign_in.html",
                {"people": [(item, _DEMO_ROLES[Role(item.role)]) for item in _demo_people()]},
            )
            if settings.IS_DEMO
            else redirect(settings.LOGIN_URL)
        )
    return _clinics(request)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether the app and its database answer; for a proxy or a container's supervisor. Tells nothing else."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@login_required
def _clinics(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    memberships = list(Membership.objects.select_related("clinic", "clinic__company").filter(user_id=user.pk))
    if len(memberships) == 1:
        return redirect(first_page(Role(memberships[0].role)), memberships[0].clinic.slug)
    places = [(item, first_page(Role(item.role))) for item in sorted(memberships, key=lambda one: one.clinic.name)]
    return render(request, "practice/clinics.html", {"places": places})


def first_page(role: Role) -> str:
    """The name of the address at which a role begins its day."""
    if role is Role.OWNER:
        return "figures"
    can = CAPABILITIES[role]
    return next((name for what, name in _FIRST_PAGES if what in can), "patients")


def _demo_people() -> list[Membership]:
    """Whom one can be, by clinic: the one with the most people, which has notes to write on this day, first."""
    there = list(Membership.objects.select_related("user", "clinic").order_by("clinic__name", "user__name"))
    people = Counter(item.clinic_id for item in there)
    order = list(_DEMO_ROLES)
    return sorted(there, key=lambda item: (-people[item.clinic_id], item.clinic.name, order.index(Role(item.role))))


@require_POST
def be(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, at one of their clinics. There is no such door outside a demo."""
    if not settings.IS_DEMO:
        raise Http404
    user = get_object_or_404(User, pk=request.POST.get("user"), is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    at = Membership.objects.select_related("clinic").filter(user=user, clinic__slug=request.POST.get("clinic")).first()
    return redirect("start") if at is None else redirect(first_page(Role(at.role)), at.clinic.slug)
