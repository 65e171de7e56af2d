"""Lines that Medicare is not billed for, because the patient chose so on the signed notice that names them.

They stand on no claim of a payer; the patient has a superbill of them. Where a notice names only some of a visit's
services, the rest is billed as though the visit had been the rest: the minutes of what is withheld support no unit of
it, and units of what is withheld are counted over its own minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cleanclaim.bill.drafts import Draft
from cleanclaim.lines.cases import LineDraft, ServiceDraft
from cleanclaim.records import NoticeChoice
from cleanclaim.reference import payers, procedures


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a visit for the payer: what was done, and columns of the claim that differ from the note's."""

    services: list[ServiceDraft] | None
    extra: dict[str, Any]


def has_notices(draft: Draft) -> bool:
    """Whether the visit tells of signed notices, and the payer billed is one whose patients get them."""
    if not draft.visit.advance_notices:
        return False
    used = payers.setting(draft.payer, "abn_used", draft.visit.date_of_service, draft.packs).value
    return used is True


def withheld_codes(draft: Draft, codes: Iterable[str | None]) -> frozenset[str]:
    """The codes of these that the patient pays for alone. What a payer has decided on was billed, whatever is said."""
    if draft.visit.adjudications or not has_notices(draft):
        return frozenset()
    told = ((code, draft.visit.notice_for(code)) for code in codes if code)
    return frozenset(code for code, notice in told if notice and notice.choice is NoticeChoice.DO_NOT_BILL)


def withheld_lines(draft: Draft, lines: Sequence[LineDraft]) -> tuple[LineDraft, ...]:
    """The lines of these that the patient pays for alone."""
    codes = withheld_codes(draft, (line.code for line in lines))
    return tuple(line for line in lines if line.code in codes)


def rest_of(draft: Draft, withheld: Iterable[LineDraft]) -> Rest:
    """What was done at a visit without what is withheld; the totals that its note states, without those minutes."""
    found, codes = draft.found, {line.code for line in withheld}
    if not codes or found.services is None:
        return Rest(found.services, dict(found.extra))
    own = [one for one in found.services if one.code in codes]
    services = [replace(one, is_billable=False) if one.code in codes else one for one in found.services]
    timed = [one for one in own if (known := procedures.get(one.code or "")) is not None and known.is_timed]
    totals = {
        "total_timed_minutes_noted": _without(
            _first(draft.visit.total_timed_minutes, found.total_timed_minutes), timed
        ),
        "total_treatment_minutes_noted": _without(
            _first(draft.visit.total_treatment_minutes, found.total_treatment_minutes), own
        ),
    }
    return Rest(services, found.extra | totals)


def _first(stated: int | None, read: int | None) -> int | None:
    return read if stated is None else stated


def _without(total: int | None, services: Iterable[ServiceDraft]) -> int | None:
    """A total less the minutes of these services; unknown where one of them is."""
    minutes = [one.minutes for one in services]
    known = [one for one in minutes if one is not None]
    return None if total is None or len(known) != len(minutes) else total - sum(known)
