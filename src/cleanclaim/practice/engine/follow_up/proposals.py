"""From denials that no check foresaw to lines of a payer's file: gathered, tried on past visits, switched on."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.check.difference import by_rule
from cleanclaim.denials.prediction import Foresight
from cleanclaim.denials.proposals import Seen, Suggested, suggestion_for
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.follow_up.pack_trial import try_pack
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import (
    ClaimLine,
    Clinic,
    PackFile,
    Proposal,
    ProposalState,
    User,
    WorkItem,
    WorkKind,
)
from cleanclaim.reference import payers
from cleanclaim.reference.payer_editing import NotEditableError, with_value, written
from cleanclaim.reference.payers import Payer, PayerFileError
from cleanclaim.sources import Confidence, Source

_NOT_FORESEEN = (Foresight.UNFORESEEN.value, Foresight.NO_RULE.value)
_LONGEST_VALUE = 500


@dataclass(slots=True)
class _Gathered:
    """Denials that suggest the same."""

    suggested: Suggested
    items: int = 0
    cents: int = 0
    since: date | None = None


@transaction.atomic
def gather(clinic: Clinic) -> int:
    """Propose what the clinic's unforeseen denials suggest; says how many proposals are new. The clinic is in scope.

    A proposal that was decided stays as it was; one that stands is counted anew.
    """
    rows = WorkItem.objects.filter(kind=WorkKind.DENIAL.value, foresight__in=_NOT_FORESEEN).exclude(line="")
    items = list(rows.select_related("claim").order_by("pk"))
    lines = _lines(items)
    packs = tuple(packs_of(clinic).values())
    found: dict[tuple[str, str, str, str], _Gathered] = {}
    for item in items:
        seen = _seen(item, lines.get(item.claim_id, ()))
        if seen is None or not item.payer:
            continue
        day = item.claim.date_of_service

        def stated(name: str, payer: str = item.payer, day: date = day) -> Any:  # noqa: ANN401 - the setting's own
            return payers.setting(payer, name, day, packs).value

        made = suggestion_for(seen, stated)
        value = written(made.value) if made.setting else ""
        if len(value) > _LONGEST_VALUE:
            continue
        one = found.setdefault((item.payer, made.setting, value, made.because), _Gathered(made))
        one.items += 1
        one.cents += item.first_cents
        one.since = day if one.since is None else min(one.since, day)
    held = {(row.payer, row.setting, row.value, row.because): row for row in Proposal.objects.select_for_update()}
    fresh = []
    for key, one in found.items():
        row = held.get(key)
        if row is None:
            payer, setting, value, because = key
            fresh.append(
                Proposal(
                    clinic=clinic, payer=payer, setting=setting, value=value, because=because, items=one.items,
                    cents=one.cents, valid_from=one.since,
                )
            )  # fmt: skip
        elif row.state == ProposalState.PROPOSED.value and (row.items, row.cents) != (one.items, one.cents):
            row.items, row.cents, row.valid_from, row.trial = one.items, one.cents, one.since, None
            row.save_if_unchanged(row.version, "items", "cents", "valid_from", "trial")
    Proposal.objects.bulk_create(fresh)
    return len(fresh)


def _lines(items: Iterable[WorkItem]) -> dict[UUID, list[ClaimLine]]:
    found: dict[UUID, list[ClaimLine]] = defaultdict(list)
    for line in ClaimLine.objects.filter(claim__in={item.claim_id for item in items}).order_by("claim", "position"):
        found[line.claim_id].append(line)
    return found


def _seen(item: WorkItem, lines: Iterable[ClaimLine]) -> Seen | None:
    number = item.line.rpartition(":")[2]
    own = next((line for line in lines if str(line.position) == number and line.code == item.code), None)
    if own is None:
        return None
    refused = set(WorkItem.objects.filter(claim=item.claim_id, kind=item.kind).values_list("code", flat=True))
    beside = tuple(line.code for line in lines if line.code != own.code and line.code not in refused)
    return Seen(item.reason, tuple(item.remarks), own.code, tuple(own.modifiers), own.units or 0, beside)


# --- tried, and switched on --------------------------------------------------------------------------------------


def text_with(clinic: Clinic, proposal: Proposal, user_name: str) -> str:
    """The payer's file with the proposal in it. Raises `NotDoneError` where it cannot be put in by itself."""
    if not proposal.setting or proposal.valid_from is None:
        raise NotDoneError("a payer's file cannot say this; mend the work instead")
    today = today_at(clinic)
    codes = f"{proposal.items} refused lines since {proposal.valid_from.isoformat()}"
    source = Source(proposal.payer, "Remittances to this clinic", codes, today, "", Confidence.MEMORY)
    note = f"Inferred from the payer's own refusals; switched on by {user_name} on {today.isoformat()}."
    try:
        text = with_value(
            _text_of(clinic, proposal.payer), proposal.setting, _value_of(proposal.value),
            valid_from=proposal.valid_from, source=source, note=note,
        )  # fmt: skip
        pack = payers.parse_pack(proposal.payer, text)
    except (NotEditableError, PayerFileError) as error:
        raise NotDoneError(f"the file cannot take it: {error}") from error
    if pack.id != proposal.payer:
        raise NotDoneError("the file is of another payer")
    return text


def _value_of(text: str) -> Any:  # noqa: ANN401 - as the file's format wants it
    return tomllib.loads(f"value = {text}")["value"]


def _text_of(clinic: Clinic, payer: str) -> str:
    """The file that holds for a clinic now: its own, its company's, or the shipped one."""
    own = PackFile.objects.filter(company=clinic.company_id, payer=payer)
    row = own.filter(clinic=clinic).first() or own.filter(clinic=None).first()
    if row is not None:
        return str(row.text)
    if payer not in payers.all_ids():
        raise NotDoneError("the payer has no file")
    return Path(payers.get(payer).path).read_text(encoding="utf-8")


def tried(clinic: Clinic, proposal: Proposal) -> Proposal:
    """What the proposal would have caught and disturbed on past visits; kept with it.

    Caught are denied visits with a new finding; disturbed are other visits with one, and claims that would stand
    differently. Raises `NotDoneError` as `text_with` does.
    """
    pack: Payer = payers.parse_pack(proposal.payer, text_with(clinic, proposal, "nobody yet"))
    found = try_pack(clinic, pack, as_of=today_at(clinic))
    denied = set(
        WorkItem.objects.filter(payer=proposal.payer, kind=WorkKind.DENIAL.value, foresight__in=_NOT_FORESEEN)
        .values_list("claim__visit__number", flat=True)
    )  # fmt: skip
    touched = {one.claim for one in found.difference.added}
    proposal.trial = {
        "visits": found.visits,
        "caught": len(touched & denied),
        "denied": len(denied),
        "disturbed": len(touched - denied),
        "gone": len(found.difference.removed),
        "moved": len(found.moved),
        "rules": [
            {"rule": one.rule, "added": one.added, "removed": one.removed, "cents": one.cents}
            for one in by_rule(found.difference)
        ],
    }
    proposal.save_if_unchanged(proposal.version, "trial")
    return proposal


@transaction.atomic
def switch_on(clinic: Clinic, key: UUID, user: User, because: str) -> Proposal:
    """Put the proposal into the clinic's own file of the payer, by a named person. Raises `NotDoneError`."""
    proposal = _standing(key)
    if not because.strip():
        raise NotDoneError("a reason is expected: it is kept with your name")
    text = text_with(clinic, proposal, user.name)
    row = PackFile.objects.filter(company=clinic.company_id, clinic=clinic, payer=proposal.payer).first()
    if row is None:
        row = PackFile(company_id=clinic.company_id, clinic=clinic, payer=proposal.payer)
    row.text = text
    row.save()
    return _decided(proposal, ProposalState.SWITCHED_ON, user, because)


@transaction.atomic
def decline(key: UUID, user: User, because: str) -> Proposal:
    """Leave the payer's file as it is; the proposal does not come back. Raises `NotDoneError`."""
    if not because.strip():
        raise NotDoneError("a reason is expected: it is kept with your name")
    return _decided(_standing(key), ProposalState.DECLINED, user, because)


def _standing(key: UUID) -> Proposal:
    found: Proposal | None = (
        Proposal.objects.select_for_update(of=("self",)).filter(pk=key, state=ProposalState.PROPOSED.value).first()
    )
    if found is None:
        raise NotDoneError("the proposal was decided already")
    return found


def _decided(proposal: Proposal, state: ProposalState, user: User, because: str) -> Proposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state.value, user, timezone.now()
    proposal.decided_because = because.strip()[:200]
    proposal.save_if_unchanged(proposal.version, "state", "decided_by", "decided_at", "decided_because")
    return proposal
