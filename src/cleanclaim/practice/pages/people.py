"""Who may sign in at the clinic, and as what. Only an owner changes it, and a clinic never loses its last owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import CAPABILITIES, Can, ClinicRequest, clinic_page
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.invitations import password_link, send_password_link
from cleanclaim.practice.models import Membership, Provider, Role, User
from cleanclaim.practice.pages.setup.entering import done, form_page
from cleanclaim.records import Credential

_TREATING = {Role.THERAPIST.value, Role.ASSISTANT.value}
_ASSISTANTS = {Credential.PTA.value, Credential.OTA.value}
_ABOUT = {
    Role.OWNER: "everything, people and figures included",
    Role.THERAPIST: "notes, plans and signing; no dollars",
    Role.ASSISTANT: "notes, but not evaluations, plans, progress reports or discharges; no dollars",
    Role.FRONT_DESK: "patients, coverages, calendar",
    Role.BILLER: "claims, files, set-up, figures",
    Role.AUDITOR: "reads everything, changes nothing",
}


class PersonForm(Styled, forms.Form):
    """A person's role at the clinic, and which of its providers they are."""

    email = forms.EmailField(label="e-mail address", help_text="With which they sign in.")
    name = forms.CharField(max_length=120)
    role = forms.ChoiceField(
        choices=[
            ("", "choose"),
            *((role.value, f"{role.value.replace('_', ' ')}: {_ABOUT[role]}") for role in Role),
        ]
    )
    provider: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(
        None, required=False, empty_label="nobody of the clinic's providers", label="treats as"
    )

    def __init__(self, *arguments: Any, membership: Membership | None = None, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.fields["provider"].queryset = Provider.objects.filter(treats=True)  # type: ignore[attr-defined]
        if membership is not None:
            del self.fields["email"], self.fields["name"]

    def clean(self) -> dict[str, Any]:
        """Whoever treats is a provider of the clinic, and an assistant is one by credential, too."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        role, provider = entered.get("role"), entered.get("provider")
        if role in _TREATING and provider is None:
            self.add_error("provider", "Expected, as notes are signed with a credential.")
        elif role in _TREATING and provider is not None:
            is_assistant = provider.credential in _ASSISTANTS
            if is_assistant is not (role == Role.ASSISTANT.value):
                self.add_error("role", f"Expected the role that fits the credential {provider.credential}.")
        return entered


@clinic_page(Can.MANAGE_PEOPLE, area="setup")
def people(request: ClinicRequest) -> HttpResponse:
    """Everybody who may sign in here, with what their role may do."""
    rows = Membership.objects.filter(clinic=request.access.clinic).select_related("user", "provider")
    context = {
        "rows": rows.order_by("role", "user__name"),
        "roles": [(role.value.replace("_", " "), _ABOUT[role], sorted(CAPABILITIES[role])) for role in Role],
    }
    return render(request, "practice/people/people.html", context)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.MANAGE_PEOPLE, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Add a person; who is new to the app gets a link to choose a password, by mail where there is a mail server."""
    form = PersonForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, title="Add a person", back="people", submit="Add")
    entered, clinic = form.cleaned_data, request.access.clinic
    email = entered["email"].strip().lower()
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        is_new = user is None
        if user is None:
            user = User.objects.create_user(email, name=entered["name"], invited_at=timezone.now())
        membership, made = Membership.objects.get_or_create(
            user=user, clinic=clinic, defaults={"role": entered["role"], "provider": entered["provider"]}
        )
    if not made:
        form.add_error("email", "Expected somebody who is not here yet; change their role in the list.")
        return form_page(request, form, title="Add a person", back="people", submit="Add")
    request.access.record("create", "membership", membership.pk, detail=f"role {entered['role']}")
    if not is_new:
        return done(request, f"{user.email} may sign in here, too.", "people")
    address = request.build_absolute_uri("/")
    if send_password_link(user, address):
        return done(request, f"{user.name} is added; a link to choose a password was mailed.", "people")
    return render(
        request, "practice/people/link.html", {"person": user, "link": password_link(user, address), "is_new": True}
    )


@require_http_methods(["GET", "POST"])
@clinic_page(Can.MANAGE_PEOPLE, area="setup")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change a person's role here."""
    row = _membership(request, key)
    initial = {"role": row.role, "provider": row.provider_id}
    form = PersonForm(request.POST or None, membership=row, initial=initial)
    title = f"{row.user.name}, {row.user.email}"
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, title=title, back="people")
    entered = form.cleaned_data
    with transaction.atomic():
        if entered["role"] != Role.OWNER.value and _is_last_owner(row):
            form.add_error("role", "Expected owner: a clinic keeps at least one.")
            return form_page(request, form, title=title, back="people")
        row.role, row.provider = entered["role"], entered["provider"]
        row.save(update_fields=["role", "provider"])
    request.access.record("change", "membership", row.pk, detail=f"role {row.role}")
    return done(request, f"{row.user.name} is now {row.role.replace('_', ' ')} here.", "people")


@require_POST
@clinic_page(Can.MANAGE_PEOPLE, area="setup")
def remove(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Let a person in here no more; what they signed and did stays theirs."""
    with transaction.atomic():
        row = _membership(request, key)
        if _is_last_owner(row):
            messages.error(request, "The last owner stays: a clinic keeps at least one.")
            return redirect("people", request.access.clinic.slug)
        name = row.user.name
        row.delete()
    request.access.record("delete", "membership", key)
    return done(request, f"{name} may sign in here no more.", "people")


@require_POST
@clinic_page(Can.MANAGE_PEOPLE, area="setup")
def link(request: ClinicRequest, key: UUID) -> HttpResponse:
    """A new link for somebody who has not chosen a password yet."""
    row = _membership(request, key)
    if not row.user.is_invited:
        messages.error(request, f"{row.user.name} has a password; a forgotten one is reset at the sign-in page.")
        return redirect("people", request.access.clinic.slug)
    if row.user.memberships.exclude(clinic=request.access.clinic).exists():
        # Whoever holds the link holds the account, in every clinic that it opens.
        messages.error(request, f"{row.user.name} was added by another clinic first, which gives them their link.")
        return redirect("people", request.access.clinic.slug)
    User.objects.filter(pk=row.user_id).update(invited_at=timezone.now())
    request.access.record("change", "membership", row.pk, detail="password link")
    address = request.build_absolute_uri("/")
    if send_password_link(row.user, address):
        return done(request, f"A link was mailed to {row.user.email}.", "people")
    return render(request, "practice/people/link.html", {"person": row.user, "link": password_link(row.user, address)})


def _membership(request: ClinicRequest, key: UUID) -> Membership:
    row = Membership.objects.filter(pk=key, clinic=request.access.clinic).select_related("user").first()
    if row is None:
        raise Http404
    return row


def _is_last_owner(row: Membership) -> bool:
    """Whether nobody else owns the clinic; its owners are locked until the transaction ends."""
    owners = Membership.objects.select_for_update().filter(clinic_id=row.clinic_id, role=Role.OWNER.value)
    return [owner.pk for owner in owners] == [row.pk]


urlpatterns: list[URLPattern] = [
    path("setup/people/", people, name="people"),
    path("setup/people/add/", add, name="person_add"),
    path("setup/people/<uuid:key>/", edit, name="person"),
    path("setup/people/<uuid:key>/remove/", remove, name="person_remove"),
    path("setup/people/<uuid:key>/link/", link, name="person_link"),
]
