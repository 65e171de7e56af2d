"""Parts of other pages that tell what is to be followed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from cleanclaim.practice.access import Access, Can
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.worklist.what_waits import Waiting, what_waits
from cleanclaim.practice.models import WorkKind
from cleanclaim.practice.templatetags.practice import plural

register = template.Library()

_WORDS = {
    WorkKind.DENIAL.value: "denied",
    WorkKind.UNDERPAYMENT.value: "paid too little",
    WorkKind.REJECTION.value: "rejected",
    WorkKind.UNANSWERED.value: "without an answer",
    WorkKind.CREDIT.value: "paid too much",
    WorkKind.TAKEN_TWICE.value: "taken back twice",
}
"""What waits, behind a count of claims."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing that waits: how much of it, what it is, where it is worked, and its cents where they are known."""

    count: str
    words: str
    address: str
    cents: int | None
    tone: str = ""


@register.inclusion_tag("practice/follow_up/waits.html", takes_context=True)
def waits(context: Context) -> dict[str, Any]:
    """What waits for a person; nothing for whom claims and money are not shown to."""
    access: Access = context["access"]
    return {"tiles": tiles_of(access) if access.may(Can.SEE_CLAIMS) else []}


def tiles_of(access: Access) -> list[Tile]:
    """The tiles of a clinic in scope; what there is nothing of is left out."""
    slug = access.clinic.slug
    found = what_waits(today_at(access.clinic))
    listed = reverse("follow_up", args=[slug])

    def tile(one: Waiting, words: str, address: str, tone: str = "", what: str = "claim") -> Tile:
        return Tile(plural(one.claims, what), words, address, one.cents, tone)

    *kinds, soon = found.items
    waiting = [
        (soon, tile(soon, "due within 7 days", f"{listed}?deadline=week", "bad")),
        (found.promised, tile(found.promised, "to be looked at again by today", f"{listed}?again=due", "warn")),
        *((one, tile(one, _WORDS[one.kind], f"{listed}?kind={one.kind}")) for one in kinds),
        (found.held, tile(found.held, "held in suspense", reverse("held", args=[slug]), what="answer")),
    ]
    tiles = [shown for one, shown in waiting if one.claims]
    if found.files:
        exchange = f"{reverse('exchange', args=[slug])}#in-head"
        tiles.append(Tile(plural(found.files, "remittance file"), "to look at and post", exchange, None))
    return tiles
