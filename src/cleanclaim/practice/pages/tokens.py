"""Tokens of programs that call the API: made by a member for themselves, shown once, ended at any time.

A token may do what its scopes and its member's role allow, whichever is less. An owner sees and ends everybody's.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.api.scopes import SAYS, Scope
from cleanclaim.practice.api.tokens import make_token, revoke
from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import ApiToken, Membership
from cleanclaim.practice.pages.setup.entering import done

_USUAL_DAYS = 365


class TokenForm(Styled, forms.Form):
    """A new token: what it is for, what it may do, until when."""

    label = forms.CharField(max_length=60, label="what it is for", help_text="The program that will hold it.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, SAYS[scope].capitalize()) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        label="it may",
        help_text="Never more than your own role may do.",
        error_messages={"required": "Expected at least one."},
    )
    ends_on = DayField(label="last day", help_text="After it the program needs another token.")

    def __init__(self, *arguments: Any, zone: ZoneInfo, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.zone = zone
        self.fields["scopes"].widget.attrs["class"] = "form-check-input"

    def clean_ends_on(self) -> datetime:
        """The end of the last day by the clinic's clock, which is not over yet."""
        ends = datetime.combine(self.cleaned_data["ends_on"] + timedelta(days=1), time(), self.zone)
        if ends <= timezone.now():
            raise forms.ValidationError("Expected today or a later day.")
        return ends


@clinic_page(Can.SET_UP, area="setup")
def tokens(request: ClinicRequest) -> HttpResponse:
    """The tokens one may end: one's own, and for an owner everybody's; what is ended stays to be seen."""
    now = timezone.now()
    rows = [(row, _state(row, now)) for row in _visible(request).order_by("revoked_at", "label")]
    return render(request, "practice/tokens/tokens.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Make a token of one's own. The answer shows it, this once; it is kept as its hash alone."""
    access = request.access
    zone = ZoneInfo(access.clinic.time_zone)
    usual = {"ends_on": timezone.now().astimezone(zone).date() + timedelta(days=_USUAL_DAYS), "scopes": ["read"]}
    form = TokenForm(request.POST or None, initial=usual, zone=zone)
    if not form.is_bound or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "practice/tokens/add.html", {"form": form}, status=status)
    entered = form.cleaned_data
    membership = Membership.objects.get(user_id=access.user.pk, clinic=access.clinic)
    scopes = [Scope(name) for name in entered["scopes"]]
    row, text = make_token(access.clinic, membership, entered["label"], scopes, expires_at=entered["ends_on"])
    access.record("create", "token", row.pk, detail=f"scopes {', '.join(row.scopes)}")
    return render(request, "practice/tokens/made.html", {"row": row, "text": text})


@require_POST
@clinic_page(Can.SET_UP, area="setup")
def end(request: ClinicRequest, key: UUID) -> HttpResponse:
    """End a token at once."""
    row = _visible(request).filter(pk=key).first()
    if row is None:
        raise Http404
    revoke(row)
    request.access.record("change", "token", row.pk, detail="ended")
    return done(request, f"{row.label} is ended: the program that holds it is shut out.", "setup_tokens")


def _visible(request: ClinicRequest) -> QuerySet[ApiToken]:
    rows: QuerySet[ApiToken] = ApiToken.objects.select_related("membership__user")
    if request.access.may(Can.MANAGE_PEOPLE):
        return rows
    return rows.filter(membership__user_id=request.access.user.pk)


def _state(row: ApiToken, now: datetime) -> str:
    if row.revoked_at is not None:
        return "ended"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "in use" if row.used_at else "new"


urlpatterns: list[URLPattern] = [
    path("setup/tokens/", tokens, name="setup_tokens"),
    path("setup/tokens/add/", add, name="setup_token_add"),
    path("setup/tokens/<uuid:key>/end/", end, name="setup_token_end"),
]
