"""The clinic's own rules of following up, and whether a worker posts the payments that need nobody."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cleanclaim.money import dollars
from cleanclaim.practice import clock
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.worklist.follow_up_rules import chosen_rules, rules_of, sort_anew
from cleanclaim.practice.form_fields import MoneyField, Styled
from cleanclaim.practice.models import FollowUpRules, StaleRowError
from cleanclaim.practice.pages.setup.entering import Groups, done, form_page
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.reference import denials

_ABOUT = (
    "A worker looks every day for claims that no payer has answered. What is left empty follows the payer's own habit, "
    "or our figures, which are published with the documentation."
)
_LEAST_DAYS, _MOST_DAYS = 5, 180
_MOST_PERCENT = 100


class RulesForm(Styled, forms.ModelForm[FollowUpRules]):
    """The rules of one clinic."""

    unanswered_days = forms.IntegerField(
        label="days after filing", required=False, min_value=_LEAST_DAYS, max_value=_MOST_DAYS
    )
    small_cents = MoneyField(label="less than, in dollars", required=False)
    small_percent = forms.IntegerField(
        label="and less than, in percent of what is due", required=False, min_value=0, max_value=_MOST_PERCENT
    )
    posts_balanced = forms.BooleanField(
        label="post by itself what balances",
        required=False,
        help_text="Of the remittances that come in by the exchange from now on: payments whose every claim is found "
        "and adds up, with nothing held, taken back or adjusted beside the claims. The rest waits for you, and the "
        "audit log tells which were posted so.",
    )

    groups: ClassVar[Groups] = (
        ("When a claim counts as not answered", ("unanswered_days",)),
        ("Underpaid lines that nobody asks for", ("small_cents", "small_percent")),
        ("Payments", ("posts_balanced",)),
    )

    class Meta:
        model = FollowUpRules
        fields: ClassVar[list[str]] = ["unanswered_days", "small_cents", "small_percent", "posts_balanced"]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*arguments, **options)
        figures = denials.figures()
        told = {
            "unanswered_days": f"Empty: for each payer the days within which {figures.lag_percent} of 100 of its "
            f"answers came, or {figures.unanswered_days} days where fewer than {figures.lag_answers} are known.",
            "small_cents": f"Empty: {dollars(figures.small_cents)}. Such lines stay off the list; their sum by payer "
            "is told all the same.",
            "small_percent": f"Empty: {figures.small_percent}%. Both have to be so; 0 lists every line.",
        }
        for name, words in told.items():
            self.fields[name].help_text = words
        for field in self.fields.values():
            field.is_plain = True  # type: ignore[attr-defined]  # each says itself what it means where it is empty


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def follow_up_rules(request: ClinicRequest) -> HttpResponse:
    """The rules; a change of the threshold sorts the worklist anew."""
    access = request.access
    row = chosen_rules(access.clinic)
    form = RulesForm(request.POST or None, instance=row)
    is_stale = False
    if form.is_bound and form.is_valid():
        is_stale = not _keep(request, form)
        if not is_stale:
            return done(request, "The rules of following up are kept.", "setup")
    return form_page(
        request,
        form,
        title="Following up",
        back="setup",
        about=_ABOUT,
        row=row,
        groups=RulesForm.groups,
        is_stale=is_stale,
    )


def _keep(request: ClinicRequest, form: RulesForm) -> bool:
    """Write the rules; says whether nobody had changed them meanwhile."""
    access = request.access
    changed = list(form.changed_data)
    with transaction.atomic():
        held = rules_of(access.clinic, lock=True)
        for name in changed:
            setattr(held, name, form.cleaned_data[name])
        written = list(changed)
        if "posts_balanced" in changed and held.posts_balanced:
            held.posts_since, held.posts_for = clock.now(), access.user
            written += ["posts_since", "posts_for"]
        try:
            held.save_if_unchanged(shown_version(request), *written)
        except StaleRowError:
            return False
        sort_anew(held)
        access.record("change", "follow-up rules", held.pk, detail=", ".join(changed))
    return True
