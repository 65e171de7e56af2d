"""The connection to the clearinghouse: what it is made of, whether it works, and whether its host is who it says."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.exchange.connecting import connection_of
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.models import ConnectionKind, ExchangeConnection, StaleRowError
from cleanclaim.practice.pages.setup.entering import Groups
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.practice.templatetags.practice import plural
from cleanclaim.reference.interchange_identifiers import kinds, misfit
from cleanclaim.submission.connections import ConnectionProblemError, UnknownHostKeyError

_KINDS = [(ConnectionKind.FOLDER.value, "folders of this server"), (ConnectionKind.SFTP.value, "SFTP")]
_SECRETS = ("password", "private_key")


class ConnectionForm(Styled, forms.ModelForm[ExchangeConnection]):
    """A clinic's connection. A secret that is left empty stays as it is; what is kept is never shown again."""

    kind = forms.ChoiceField(label="files travel by", choices=_KINDS)
    password = forms.CharField(required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    private_key = forms.CharField(
        label="private key",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="In OpenSSH's form, where the account signs in by key. Kept sealed.",
    )
    receiver_qualifier = forms.ChoiceField(label="kind of identifier", choices=list, required=False)
    is_active = forms.BooleanField(label="switched on: a worker sends and fetches by itself", required=False)

    groups: ClassVar[Groups] = (
        ("Clearinghouse", ("name", "kind", "is_active")),
        ("How files are addressed", ("receiver_id", "receiver_qualifier", "receiver_code")),
        ("SFTP account", ("host", "port", "user_name", "password", "private_key")),
        ("Folders at the clearinghouse", ("out_folder", "answers_folder")),
    )

    class Meta:
        model = ExchangeConnection
        fields: ClassVar[list[str]] = [
            "name", "kind", "is_active", "receiver_id", "receiver_qualifier", "receiver_code", "host", "port",
            "user_name", "out_folder", "answers_folder",
        ]  # fmt: skip
        labels: ClassVar[dict[str, str]] = {
            "out_folder": "where claims go",
            "answers_folder": "where answers lie",
            "user_name": "user name",
            "receiver_id": "receiver ID",
            "receiver_code": "receiver code of the group",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "host": "Such as sftp.clearinghouse.example.",
            "out_folder": "As the clearinghouse calls it, such as claims.",
            "answers_folder": "Such as reports.",
            "receiver_id": "As the clearinghouse's companion guide gives it (ISA08). Empty: each file is addressed to "
            "its payer.",
            "receiver_code": "Where the guide gives another one for the group (GS03).",
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*arguments, **options)
        told = [(one.qualifier, f"{one.qualifier}: {one.label}") for one in kinds().values()]
        cast("forms.ChoiceField", self.fields["receiver_qualifier"]).choices = told
        for name in ("receiver_qualifier", "is_active"):
            self.fields[name].is_plain = True  # type: ignore[attr-defined]  # its label does not say that it is optional

    def clean_receiver_id(self) -> str:
        """As envelopes write it: in capitals, without blanks around it."""
        return str(self.cleaned_data["receiver_id"]).strip().upper()

    def clean_receiver_qualifier(self) -> str:
        """The usual kind where none is chosen."""
        return str(self.cleaned_data["receiver_qualifier"]) or next(iter(kinds()))

    def clean_receiver_code(self) -> str:
        """Empty, or a code that an envelope can hold."""
        code = str(self.cleaned_data["receiver_code"]).strip().upper()
        if code and (expected := misfit(code)):
            raise forms.ValidationError(f"Expected {expected}.")
        return code

    def clean(self) -> dict[str, Any]:
        """An identifier is of its kind; an SFTP account has a host, a user name, and something to sign in by."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        identifier, kind = entered.get("receiver_id"), kinds().get(entered.get("receiver_qualifier", ""))
        if identifier and kind is not None and (expected := kind.misfit(identifier)):
            self.add_error("receiver_id", f"Expected {expected}.")
        if entered.get("receiver_code") and not identifier:
            self.add_error("receiver_id", "Expected the receiver id that the group's code goes with.")
        if entered.get("kind") != ConnectionKind.SFTP.value:
            return entered
        for name, expected in (("host", "the host's name"), ("user_name", "the account's user name")):
            if not entered.get(name):
                self.add_error(name, f"Expected {expected}.")
        kept = any(getattr(self.instance, name) for name in _SECRETS)
        if not kept and not any(entered.get(name) for name in _SECRETS):
            self.add_error("password", "Expected a password, or a private key below.")
        return entered


def _row() -> ExchangeConnection | None:
    row: ExchangeConnection | None = ExchangeConnection.objects.select_related("clinic").first()
    return row


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="batches")
def connection(request: ClinicRequest) -> HttpResponse:
    """The form of the connection; one a clinic."""
    access = request.access
    row = _row()
    # A copy: a form writes into its instance what was typed, valid or not.
    form = ConnectionForm(request.POST or None, instance=row or ExchangeConnection(clinic=access.clinic))
    is_stale = False
    if form.is_bound and form.is_valid():
        is_stale = not _keep(request, form)
        if not is_stale:
            messages.success(request, "The connection is kept. Test it before claims go out by it.")
            return redirect("connection", access.clinic.slug)
    context = {
        "form": form,
        "parts": [(legend, [form[name] for name in names]) for legend, names in ConnectionForm.groups],
        "row": _row(),
        "is_stale": is_stale,
        "folders": f"{access.clinic.slug}/out and {access.clinic.slug}/in",
    }
    status = 409 if is_stale else 422 if form.is_bound and form.errors else 200
    return render(request, "practice/exchange/connection.html", context, status=status)


def _keep(request: ClinicRequest, form: ConnectionForm) -> bool:
    """Write the connection; says whether nobody had changed it meanwhile."""
    access = request.access
    row = form.save(commit=False)
    secrets = [name for name in _SECRETS if form.cleaned_data.get(name)]
    for name in secrets:
        setattr(row, name, form.cleaned_data[name])
    changed = [*(name for name in form.changed_data if name not in _SECRETS), *secrets]
    if row._state.adding:  # noqa: SLF001 - Django's public door
        row.clinic, row.set_up_by = access.clinic, access.user
        row.save()
        access.record("create", "connection", row.pk, detail=", ".join(changed))
        return True
    if {"host", "port"} & set(changed):
        row.host_key = ""
        changed.append("host_key")
    try:
        row.save_if_unchanged(shown_version(request), *changed)
    except StaleRowError:
        return False
    access.record("change", "connection", row.pk, detail=", ".join(changed))
    return True


@require_POST
@clinic_page(Can.SET_UP, area="batches")
@transaction.non_atomic_requests  # nobody waits for a lock of the database while a far host is asked
def connection_test(request: ClinicRequest) -> HttpResponse:
    """Open the connection and look into both folders; nothing is sent, and nothing fetched."""
    access = request.access
    row = _row()
    if row is None:
        messages.error(request, "There is no connection yet.")
        return redirect("connection", access.clinic.slug)
    access.record("read", "connection", row.pk, detail="tested")
    try:
        with connection_of(row) as line:
            out, answers = line.outgoing(), line.incoming()
    except UnknownHostKeyError as error:
        context = {"row": row, "error": error}
        return render(request, "practice/exchange/trust.html", context)
    except ConnectionProblemError as error:
        messages.error(request, f"It does not work yet: {error}.")
    else:
        messages.success(
            request,
            f"It works: {plural(len(out), 'file')} where claims go, {plural(len(answers), 'file')} where answers lie.",
        )
    return redirect("connection", access.clinic.slug)


@require_POST
@clinic_page(Can.SET_UP, area="batches")
def connection_trust(request: ClinicRequest) -> HttpResponse:
    """Somebody has compared the fingerprint: from now on the host must show this key."""
    access = request.access
    row = _row()
    key = " ".join(request.POST.get("key", "").split())
    if row is None or len(key.split()) != 2:  # noqa: PLR2004 - kind and key
        messages.error(request, "Not kept: expected the key that the host has shown.")
        return redirect("connection", access.clinic.slug)
    row.host_key = key
    try:
        row.save_if_unchanged(shown_version(request), "host_key")
    except StaleRowError:
        messages.error(request, "Not kept: somebody else changed the connection meanwhile. Test it again.")
        return redirect("connection", access.clinic.slug)
    access.record("change", "connection", row.pk, detail="host_key")
    messages.success(request, "The host's key is kept. Another one will be refused.")
    return redirect("connection", access.clinic.slug)
