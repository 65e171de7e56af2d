"""Which visits and claims the figures are about: span of days, payer and therapist, from the address and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from cleanclaim.practice.access import ClinicRequest
from cleanclaim.practice.engine.figures.figures import Chosen
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim, Provider
from cleanclaim.practice.pages.asked_days import read_day

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A span of days that one click chooses."""

    label: str
    query: str
    is_current: bool


def chosen_by(request: ClinicRequest) -> Chosen:
    """What the address asks for; without days, the twelve months that end today. Days may come the wrong way round."""
    today = today_at(request.access.clinic)
    first = read_day(request.GET.get("from")) or _months_before(today, _MONTHS)
    last = read_day(request.GET.get("through")) or today
    therapist = request.GET.get("therapist", "")
    return Chosen(
        first=min(first, last),
        last=max(first, last),
        payer=request.GET.get("payer", "")[:38],
        therapist=therapist if _is_key(therapist) else "",
    )


def query_of(chosen: Chosen, extra: Mapping[str, str] | None = None) -> str:
    """The query string that asks for the same again, with more in it; begins with `?`."""
    asked = {"from": chosen.first.isoformat(), "through": chosen.last.isoformat()}
    asked |= {"payer": chosen.payer} if chosen.payer else {}
    asked |= {"therapist": chosen.therapist} if chosen.therapist else {}
    return f"?{urlencode({**asked, **(extra or {})})}"


def spans(chosen: Chosen, today: date) -> list[Span]:
    """Spans of days that are often asked for, the one that is shown marked."""
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    offered = (
        ("This month", month, today),
        ("Last month", before, month - timedelta(days=1)),
        ("This year", today.replace(month=1, day=1), today),
        ("12 months", _months_before(today, _MONTHS), today),
    )
    return [
        Span(
            label,
            query_of(Chosen(first, last, chosen.payer, chosen.therapist)),
            (chosen.first, chosen.last) == (first, last),
        )
        for label, first, last in offered
    ]


def choices() -> dict[str, list[tuple[str, str]]]:
    """The payers and therapists that one may choose, as value and label; the clinic is in scope."""
    billed = Claim.objects.exclude(payer="").order_by("payer_name").values_list("payer", "payer_name").distinct()
    people = Provider.objects.filter(treats=True)
    return {
        "payers": sorted(dict(billed).items(), key=lambda item: (item[1] or item[0]).casefold()),
        "therapists": [(str(person.pk), str(person)) for person in people],
    }


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before the month after a day's: twelve months end with it."""
    index = day.year * 12 + day.month - months
    return date(index // 12, index % 12 + 1, 1)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
