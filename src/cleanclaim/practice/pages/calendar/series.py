"""Booking several visits of a patient at once: so many, on these days of the week, at the same time by the clock."""

from __future__ import annotations

from calendar import day_abbr, day_name
from datetime import date, timedelta
from itertools import count, islice
from typing import Any

from django import forms

from cleanclaim.practice.form_fields import Boxes
from cleanclaim.practice.pages.calendar.appointing import AppointmentForm
from cleanclaim.records import VisitKind

MOST_VISITS = 40
"""Visits that are booked at once: more than three months of three a week."""


class BookingForm(AppointmentForm):
    """A first appointment, and how many follow it on which days of the week."""

    visits = forms.IntegerField(
        label="visits in all",
        min_value=1,
        max_value=MOST_VISITS,
        required=False,
        initial=1,
        help_text="More than one: on these days of the week, at the same time.",
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="days of the week",
        required=False,
        coerce=int,
        choices=[(number, day_abbr[number]) for number in range(7)],
        widget=Boxes,
        help_text="None: once a week.",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        for name in ("visits", "weekdays"):
            self.fields[name].is_plain = True  # type: ignore[attr-defined] # there is always a first visit

    def clean(self) -> dict[str, Any]:
        """The first day is one of the days of the week, where any are chosen."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        on, weekdays = entered.get("on"), entered.get("weekdays")
        if on is not None and weekdays and on.weekday() not in weekdays:
            self.add_error("weekdays", f"Expected {day_name[on.weekday()]} among them: the first visit is on that day.")
        return entered

    def days(self) -> list[date]:
        """The days of the visits, the first one first; where no day of the week is chosen, one visit a week."""
        first: date = self.cleaned_data["on"]
        weekdays = set(self.cleaned_data["weekdays"]) or {first.weekday()}
        days = (first + timedelta(days=number) for number in count())
        return list(islice((day for day in days if day.weekday() in weekdays), self.cleaned_data["visits"] or 1))

    def kind_of(self, number: int) -> str:
        """What the visit of that number is for: what was chosen is the first one's, and treatment follows."""
        return str(self.cleaned_data["kind"]) if number == 0 else VisitKind.TREATMENT.value
