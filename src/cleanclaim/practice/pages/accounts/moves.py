"""Who is asked: an open balance moved from a payer to the patient, or back, and why it may not be."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from cleanclaim.ledger.posting import PATIENT
from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.follow_up.balance_moves import Movable, NotMovedError, movable, move
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, words_of
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.pages.accounts.entering import form_page, patient_or_404, typed_cents
from cleanclaim.receivables.moving import LABELS, TO_PATIENT, TO_PAYER, Reason

_PART = "move:"


class MoveForm(Styled, forms.Form):
    """Why."""

    reason = forms.ChoiceField(
        choices=[
            ("", "choose"),
            ("Ask the patient, because", [(one.value, LABELS[one]) for one in TO_PATIENT]),
            ("Ask the payer, because", [(one.value, LABELS[one]) for one in TO_PAYER]),
        ]
    )
    because = forms.CharField(
        label="in your own words", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as who said so, when, and the reference of the call.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area="patients")
def balance_move(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Move open amounts of a patient's lines to somebody else; the page says why some may not be."""
    access = request.access
    person = patient_or_404(key)
    rows = movable(access.clinic, account_of(person.pk))
    form = MoveForm(request.POST or None)
    fields = {f"{_PART}{one.name}": one for one in rows}
    typed, problem = typed_cents(request, ((name, one.line.date_of_service) for name, one in fields.items()))
    if form.is_bound and form.is_valid() and not problem:
        cents = {(fields[name].line.key, fields[name].owed_by, fields[name].to): part for name, part in typed.items()}
        entered = form.cleaned_data
        try:
            row = move(
                access.clinic, access.user, person, cents, Reason(entered["reason"]), entered["because"],
                origin=access.origin,
            )  # fmt: skip
        except NotMovedError as error:
            problem = str(error)
        else:
            messages.success(request, f"{dollars(row.cents)} moved: {LABELS[Reason(row.reason)]}.")
            return redirect("patient_account", access.clinic.slug, person.pk)
    access.record("read", "patient", person.pk, detail="open lines")
    shown = [(name, one, _words(one), request.POST.get(name, "")) for name, one in fields.items()]
    return form_page(
        request,
        form,
        title="Move a balance",
        back=reverse("patient_account", args=[access.clinic.slug, person.pk]),
        back_label=str(person),
        submit="Move it",
        about="Who is asked next: the patient for what is theirs, or a payer. Nothing is given up by it.",
        problem=problem,
        extra="practice/accounts/lines_to_move.html",
        groups=[
            (title, to_patient, [row for row in shown if (row[1].to == PATIENT) is to_patient])
            for title, to_patient in (("Open to payers", True), ("Open to the patient", False))
        ],
    )


def _words(one: Movable) -> str:
    return words_of(one.line.code) if one.line.code else "Balance brought forward"


urlpatterns = [path("patients/<uuid:key>/account/move/", balance_move, name="balance_move")]
