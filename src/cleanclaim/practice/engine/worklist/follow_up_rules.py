"""The clinic's own rules of following up: how long answers are waited for, what is too little to be asked for."""

from __future__ import annotations

from uuid import UUID

from cleanclaim.denials.underpaid import is_small
from cleanclaim.practice.models import LIVE_STATES, Clinic, FollowUpRules, WorkItem, WorkKind
from cleanclaim.reference import denials

_PIECE = 1000
"""Rows that are changed at once: databases bound the values of a statement."""


def rules_of(clinic: Clinic, *, lock: bool = False) -> FollowUpRules:
    """The rules of a clinic in scope, made where there are none yet. `lock` holds them until the transaction ends."""
    FollowUpRules.objects.get_or_create(clinic=clinic)
    rows = FollowUpRules.objects.select_for_update(of=("self",)) if lock else FollowUpRules.objects
    found: FollowUpRules = rows.get(clinic=clinic)
    return found


def chosen_rules(clinic: Clinic) -> FollowUpRules:
    """The rules of a clinic in scope as they stand; nothing is written where nobody has chosen any."""
    found: FollowUpRules | None = FollowUpRules.objects.filter(clinic=clinic).first()
    return found or FollowUpRules(clinic=clinic)


def threshold_of(rules: FollowUpRules) -> tuple[int, int]:
    """Cents and percent below both of which an underpaid line is small: the clinic's own, or the project's."""
    figures = denials.figures()
    return (
        figures.small_cents if rules.small_cents is None else rules.small_cents,
        figures.small_percent if rules.small_percent is None else rules.small_percent,
    )


def is_below(rules: FollowUpRules, short_cents: int, expected_cents: int) -> bool:
    """Whether a line that is short by so many cents stays off the worklist."""
    cents, percent = threshold_of(rules)
    return is_small(short_cents, expected_cents, below_cents=cents, below_percent=percent)


def sort_anew(rules: FollowUpRules) -> int:
    """Sort the live underpayments in scope by rules that were changed; says how many changed sides."""
    rows = WorkItem.objects.filter(kind=WorkKind.UNDERPAYMENT.value, state__in=LIVE_STATES)
    moved: dict[bool, list[UUID]] = {True: [], False: []}
    for key, cents, expected, was in rows.values_list("pk", "cents", "expected_cents", "is_small"):
        small = is_below(rules, cents, expected or 0)
        if small is not was:
            moved[small].append(key)
    for small, keys in moved.items():
        for begun in range(0, len(keys), _PIECE):
            rows.filter(pk__in=keys[begun : begun + _PIECE]).update(is_small=small)
    return sum(map(len, moved.values()))
