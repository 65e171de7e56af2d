"""What is entered of an appointment: when it is, how long, with whom, what for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms

from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import Provider
from cleanclaim.records import VisitKind

LONGEST = 8 * 60
"""The most minutes of an appointment."""


class AppointmentForm(Styled, forms.Form):
    """When an appointment is, how long, with whom, what for."""

    provider: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(None, label="with", empty_label="choose")
    on = DayField(label="day")
    at = forms.TimeField(
        label="time",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "300"}),
        error_messages={"invalid": "Expected a time, such as 14:30."},
    )
    minutes = forms.IntegerField(label="minutes", min_value=5, max_value=LONGEST)
    kind = forms.ChoiceField(
        label="for", choices=[(one.value, one.value.replace("reev", "re-ev")) for one in VisitKind]
    )

    fields_shown: ClassVar[tuple[str, ...]] = ("provider", "on", "at", "minutes", "kind")

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.fields["provider"].queryset = Provider.objects.filter(treats=True)  # type: ignore[attr-defined]

    def starts_at(self, zone: ZoneInfo, on: date | None = None) -> datetime:
        """The moment, in the clinic's time; on another day at the same time by the clock."""
        return datetime.combine(on or self.cleaned_data["on"], self.cleaned_data["at"], zone)
