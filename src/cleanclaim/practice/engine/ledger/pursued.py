"""What stands with a patient while somebody else is asked for it: the patient's by a payer's word, and not asked yet.

A plan that takes somebody for no member, or another plan for the first one, leaves the whole charge to the patient. As
long as the item is followed up, no statement asks for it; whoever settles that the patient owes it ends the item. A
payer that sends a claim on to a plan of which the claim knows nothing leaves to the patient what that plan may pay: it
waits until that plan has answered, or somebody has looked at the claim and taken its mark off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from cleanclaim.denials.refused import Reason
from cleanclaim.denials.strategy import handling_of
from cleanclaim.practice.engine.judging.known_claims import read_lines
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import LIVE_STATES, AnswerState, ClaimAnswer, WorkItem, WorkKind
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference.denials import Route
from cleanclaim.remittance.effects import Effect

_PATIENT = AdjustmentGroup.PATIENT.value
_MEDICARE = "medicare_b"


def pursued_lines(chains: Mapping[UUID, UUID]) -> dict[str, int]:
    """Cents by line's key, of these claims and those that follow them (`chains_of`). Two queries."""
    found: dict[str, int] = defaultdict(int)
    for line, cents in [*_refused(chains), *_sent_on(chains)]:
        found[line] += cents
    return dict(found)


def _refused(chains: Mapping[UUID, UUID]) -> list[tuple[str, int]]:
    """What is told under group PR and has a way to the money that does not lead to the patient."""
    items = WorkItem.objects.filter(
        among("claim", chains), state__in=LIVE_STATES, kind=WorkKind.DENIAL.value, reasons__icontains=f'"{_PATIENT}"'
    )
    found = []
    for line, *main, route, reasons in items.order_by().values_list("line", "group", "reason", "route", "reasons"):
        for group, carc, remarks, cents in reasons:
            is_patients = route == Route.PATIENT.value if [group, carc] == main else _is_patients(carc, remarks)
            if group == _PATIENT and not is_patients:
                found.append((line, cents))
    return found


def _is_patients(carc: str, remarks: Sequence[str]) -> bool:
    """Whether a reason told beside a larger one leads to the patient, whoever the payer is."""
    found = handling_of(Reason(AdjustmentGroup.PATIENT, carc, tuple(remarks), 0), None)
    ways = () if found is None else (found, found.for_payer(_MEDICARE))
    return bool(ways) and all(one.route is Route.PATIENT for one in ways)


def _sent_on(chains: Mapping[UUID, UUID]) -> list[tuple[str, int]]:
    """What is left to patients of claims that wait to be looked at and whose last answer sent them on."""
    states = [AnswerState.POSTED.value, AnswerState.PLACED.value]
    told = ClaimAnswer.objects.filter(among("claim", chains), state__in=states, remittance__unposted_at=None)
    marked = told.exclude(claim__attention="").order_by("created_at", "segment")
    last: dict[str, tuple[str, int]] = {}
    for claim, forwarded_to, posted in marked.values_list("claim", "forwarded_to", "posted"):
        for line in read_lines(chains[claim], posted):
            last[line.line] = (forwarded_to, line.sum_of(Effect.PATIENT))
    return [(line, cents) for line, (forwarded_to, cents) in last.items() if forwarded_to]
