"""The calendar by week (a column a day) and by day (a column a provider)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Provider, Visit, VisitStatus
from cleanclaim.practice.pages.calendar.entries import Column, Entry, column, entries_between, hours_of

_WEEKDAYS = 5


@require_GET
@clinic_page(Can.SEE_PATIENTS)
def calendar(request: ClinicRequest) -> HttpResponse:
    """A week of one provider, or a day of all; `?view=`, `?day=` and `?with=` choose."""
    access = request.access
    today = today_at(access.clinic)
    day = _day(request.GET.get("day", ""), today)
    providers = list(Provider.objects.filter(treats=True))
    chosen = _chosen(request, providers)
    is_week = request.GET.get("view", "week" if chosen else "day") == "week"
    if is_week:
        first = day - timedelta(days=day.weekday())
        entries = entries_between(access.clinic, first, first + timedelta(days=6), chosen)
        columns = _week(entries, first, today, chosen)
        step = timedelta(days=7)
    else:
        entries = entries_between(access.clinic, day, day, chosen)
        columns = _providers(entries, day, today, [chosen] if chosen else providers)
        step = timedelta(days=1)
    access.record("list", "appointment", detail=f"{'week' if is_week else 'day'} of {day.isoformat()}")
    hours = hours_of(entries)
    context = {
        "columns": columns,
        "hours": [(hour, 1 + 4 * place, _clock(hour)) for place, hour in enumerate(hours)],
        "first_hour": hours.start,
        "is_week": is_week,
        "day": day,
        "first": columns[0].day,
        "last": columns[-1].day,
        "before": day - step,
        "after": day + step,
        "today": today,
        "providers": providers,
        "chosen": chosen,
        "total": sum(one.count for one in columns),
        "unsigned": Visit.objects.filter(status=VisitStatus.DRAFT.value, date_of_service__lt=today).count(),
        "may_edit": access.may(Can.EDIT_PATIENTS),
        "move_fields": ("provider", "on", "at", "minutes", "kind", "version", "back"),
        "may_read_notes": access.may(Can.SEE_NOTES),
    }
    return render(request, "practice/calendar/calendar.html", context)


def _week(entries: list[Entry], first: date, today: date, provider: Provider | None) -> list[Column]:
    """Monday to Friday, and the weekend where something stands on it."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.day].append(entry)
    hours = hours_of(entries)
    return [
        column(
            by_day[day], hours, label=f"{day:%a}", sub=f"{day:%b} {day.day}", day=day, provider=provider, today=today
        )
        for day in (first + timedelta(days=place) for place in range(7))
        if day.weekday() < _WEEKDAYS or by_day[day]
    ]


def _providers(entries: list[Entry], day: date, today: date, providers: list[Provider]) -> list[Column]:
    """A column for each provider, in the order of their names."""
    by_provider: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_provider[entry.provider.pk].append(entry)
    hours = hours_of(entries)
    return [
        column(
            by_provider[one.pk],
            hours,
            label=f"{one.given_name} {one.family_name}",
            sub=one.credential,
            day=day,
            provider=one,
            today=today,
        )
        for one in providers
    ]


def _chosen(request: ClinicRequest, providers: list[Provider]) -> Provider | None:
    """The provider whose calendar is asked for: the person's own where nobody is named and they treat."""
    named = request.GET.get("with")
    if named is None and request.access.provider is not None:
        return request.access.provider
    return next((one for one in providers if str(one.pk) == named), None)


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _clock(hour: int) -> str:
    return f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}"  # noqa: PLR2004 - noon


urlpatterns = [path("calendar/", calendar, name="calendar")]
