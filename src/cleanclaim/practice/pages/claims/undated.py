"""What the queue says above its list: whose filing limit nobody knows, for how much, and where it is entered.

A claim without a last day is in nobody's way until it is too late. The list ranks it behind what is known to be near;
this says beside it that it is not safe there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Sum

from cleanclaim.practice.engine.claims.last_days import FilingTerms, Lack
from cleanclaim.practice.pages.claims.filters import Filters, narrowed, without_last_day, worth


@dataclass(frozen=True, slots=True)
class Undated:
    """Claims of one clinic to one payer whose last day is not known, for one reason."""

    slug: str
    clinic: str
    payer: str
    """Its name; empty where the claims have none."""
    lack: Lack
    claims: int
    cents: int
    since: date
    """The oldest service among them."""


def undated(filters: Filters, today: date, terms: Mapping[UUID, FilingTerms]) -> list[Undated]:
    """Those that pass the filters, the most dollars first. Payers without a limit are left out. One query."""
    rows = (
        narrowed(filters, today)
        .filter(without_last_day())
        .order_by()
        .values("clinic", "payer", "payer_name", "order", "coverage__in_network")
        .annotate(claims=Count("pk"), cents=Sum(worth()), since=Min("date_of_service"))
    )
    found: dict[tuple[UUID, str, Lack], Undated] = {}
    for row in rows:
        network, key = row["coverage__in_network"], row["clinic"]
        lack = terms[key].lack(row["payer"], row["since"], order=row["order"], in_network=network)
        if lack is Lack.NO_LIMIT:
            continue
        name = row["payer_name"] or row["payer"]
        before = found.get((key, name, lack))
        found[key, name, lack] = Undated(
            slug=terms[key].clinic.slug,
            clinic=terms[key].clinic.name,
            payer=name,
            lack=lack,
            claims=row["claims"] + (before.claims if before else 0),
            cents=row["cents"] + (before.cents if before else 0),
            since=min(row["since"], before.since) if before else row["since"],
        )
    return sorted(found.values(), key=lambda one: (-one.cents, one.clinic, one.payer, one.lack.name))
