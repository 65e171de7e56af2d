"""What people do about a claim's findings and questions: apply a fix, answer, set aside, hold; checked again at once.

A fix is the engine's: its changes are made in the visit's billed lines and diagnoses, by the engine's own applier, and
are refused where what they change has moved since.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.bill.job import Billed, BilledClaim
from cleanclaim.check.apply_visits import apply_to_visits
from cleanclaim.check.findings import Change, Finding, place_of
from cleanclaim.check.rewriting import Rewritten
from cleanclaim.money import dollars
from cleanclaim.practice.engine.claims.building import Rechecked, add_events, lock, recheck
from cleanclaim.practice.engine.judging.attesting import withheld_last
from cleanclaim.practice.engine.judging.checking import check, today_at
from cleanclaim.practice.engine.judging.claim_rows import kept_changes
from cleanclaim.practice.engine.judging.setting import gather
from cleanclaim.practice.models import Claim, ClaimFinding, ClaimStatus, Clinic, User, Visit
from cleanclaim.rules.kit import Safety

NO_LONGER_OPEN = "the claim is no longer open: it was filed or closed meanwhile"
MOVED = "what the fix would change is no longer what was checked; the claim was checked again, look at it anew"
NEEDS_REASON = "a fix that states something about the visit needs a reason"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action: what was changed in words, why something was not, and the claim before and after."""

    changed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    rechecked: Rechecked | None = None


@dataclass(slots=True)
class _Work:
    """One claim that is being changed: what the engine says of it now, and the visit as a document."""

    claim: Claim
    item: BilledClaim
    billed: Billed
    keys: list[str]
    charges: dict[str, int]
    document: dict[str, Any]
    has_adopted: bool = field(default=False)
    """The lines as they were proposed, or mended at once, were written into the visit."""


def apply_fix(clinic: Clinic, claim_id: UUID, finding_id: UUID, user: User, *, stated: str = "") -> Outcome:
    """Apply the fix of one finding, as a named person where it states something about the visit, and check again.

    Args:
        clinic: in scope.
        claim_id: the claim.
        finding_id: its finding.
        user: who applies it.
        stated: their reason; needed for a fix that only a named person may apply.
    """
    with transaction.atomic():
        rows = lock([claim_id])
        if not rows:
            return Outcome(refused=(NO_LONGER_OPEN,))
        finding = next((row for row in rows[0].findings.all() if row.pk == finding_id and row.changes), None)
        if finding is None:
            return Outcome(refused=("the finding is no longer there: the claim was checked again meanwhile",))
        if finding.fix_safety == Safety.ATTEST.value and not stated.strip():
            return Outcome(refused=(NEEDS_REASON,))
        work = _begin(clinic, rows[0])
        wanted = _still_stands(work, finding)
        if wanted is None:
            return Outcome(refused=(MOVED,), rechecked=_again(clinic, work.claim, user, "a fix was out of date"))
        rewritten = _rewrite(work, wanted.changes)
        if rewritten.refused:
            return Outcome(refused=tuple(refusal.why for refusal in rewritten.refused))
        words = tuple(change_words(change, work.billed) for change in rewritten.made)
        words += tuple(change_words(one.change, work.billed) for one in rewritten.followed)
        _store(work)
        name = f"; stated by {user.name}: {stated.strip()}" if finding.fix_safety == Safety.ATTEST.value else ""
        detail = f"{finding.rule} {finding.place}: {'; '.join(words)}{name}"
        add_events([work.claim], user, "fixed", detail)
        return Outcome(changed=words, rechecked=_again(clinic, work.claim, user, f"after the fix of {finding.rule}"))


def apply_safe(clinic: Clinic, claim_ids: Iterable[UUID], user: User) -> list[Outcome]:
    """Apply every safe fix of these claims, and write into the visits what was mended at once when they were checked.

    Claims without any are left as they are, and have no outcome.
    """
    outcomes = []
    with transaction.atomic():
        for claim in lock(claim_ids):
            if not any(row.fix_safety == Safety.SAFE.value for row in claim.findings.all()):
                continue
            work = _begin(clinic, claim)
            safe = [one for one in work.item.findings if one.fix_safety == Safety.SAFE.value]
            rewritten = _rewrite(work, [change for finding in safe for change in finding.changes])
            words = tuple(f"{finding.place}: {finding.fix_title}" for finding in work.item.mended)
            words += tuple(change_words(change, work.billed) for change in rewritten.made)
            if not words:
                continue
            _store(work)
            add_events([claim], user, "fixed", "safe: " + "; ".join(words))
            refused = tuple(refusal.why for refusal in rewritten.refused)
            outcomes.append(Outcome(words, refused, _again(clinic, claim, user, "after safe fixes")))
    return outcomes


def _begin(clinic: Clinic, claim: Claim) -> _Work:
    """Check the claim's visit as things stand, and lay the visit out as a document with the lines of the claim."""
    visit, today = claim.visit, today_at(clinic)
    setting = gather(clinic, [visit], as_of=today)
    billed = check(clinic, [visit], as_of=today, setting=setting)
    [item] = billed.claims
    record = item.prepared.case.visit
    document = record.model_dump(mode="json")
    work = _Work(
        claim=claim,
        item=item,
        billed=billed,
        keys=[record.id, *(other.id for other in setting.history)],
        charges=dict(setting.clinic.charges),
        document=document,
    )
    if record.billed is None or item.mended:
        document["billed"] = [_billed_line(line) for line in (*item.lines, *item.withheld)]
        work.has_adopted = True
    document["billed"] = withheld_last(document["billed"], item.withheld)
    return work


def _billed_line(line: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table of lines
    return {
        "code": line["code"],
        "modifiers": list(line["modifiers"]),
        "units": line["units"],
        "charge_cents": line["charge_cents"],
        "pointers": None if line["pointers"] is None else list(line["pointers"]),
    }


def _still_stands(work: _Work, row: ClaimFinding) -> Finding | None:
    """The engine's finding of now that is the row's, with the same fix; `None` where there is none any more."""
    for finding in work.item.findings:
        if (finding.code, finding.place) == (row.rule, row.place):
            changes = kept_changes(finding, work.billed.tables)
            if changes == row.changes and all(change["is_own"] for change in changes):
                return finding
    return None


def _rewrite(work: _Work, changes: Sequence[Change]) -> Rewritten:
    data = json.dumps(work.document, ensure_ascii=False).encode()
    rewritten = apply_to_visits(data, ".json", work.keys, work.billed.tables, changes, work.charges)
    work.document = json.loads(rewritten.data)
    return rewritten


def _store(work: _Work) -> None:
    """Write the lines and diagnoses back into the visit's row, which is locked."""
    visit: Visit = work.claim.visit
    visit.billed, visit.diagnoses = work.document["billed"], work.document["diagnoses"]
    visit.save_if_unchanged(visit.version, "billed", "diagnoses")


def _again(clinic: Clinic, claim: Claim, user: User, why: str) -> Rechecked | None:
    return next(iter(recheck(clinic, [claim.pk], user, why=why)), None)


def change_words(change: Change, billed: Billed) -> str:
    """A change as a person reads it: where, what, from what to what."""
    place = place_of(change.table, billed.tables.frame(change.table).row(change.key, named=True))
    if not change.field:
        return f"{place} removed"
    if change.field.endswith("_cents"):
        return f"{place}: {change.field.removesuffix('_cents')} {_dollars(change.old)} → {_dollars(change.new)}"
    return f"{place}: {change.field} {_shown(change.old)} → {_shown(change.new)}"


def _dollars(cents: int | None) -> str:
    return "unknown" if cents is None else dollars(cents)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "none"
    return "unknown" if value is None else str(value)


# --- setting findings aside ---------------------------------------------------------------------------------


def ignore(
    clinic: Clinic,
    claim_ids: Iterable[UUID],
    user: User,
    *,
    because: str,
    rule: str = "",
    finding_id: UUID | None = None,
) -> list[Rechecked]:
    """Set findings of open claims aside, by rule or one alone, with a reason; the claims are checked again.

    A finding that is set aside holds its claim back no more. It comes back when the rule says something else there.
    """
    if not because.strip():
        raise ValueError("setting a finding aside needs a reason")
    with transaction.atomic():
        claims = lock(claim_ids)
        rows = ClaimFinding.objects.filter(claim__in=claims, ignored_at=None, was_mended=False)
        rows = rows.filter(pk=finding_id) if finding_id is not None else rows.filter(rule=rule)
        met = {row.claim_id: row for row in rows}
        rows.update(ignored_by=user, ignored_at=timezone.now(), ignored_because=because.strip()[:200])
        own = [claim for claim in claims if claim.pk in met]
        for claim in own:
            found = met[claim.pk]
            add_events([claim], user, "ignored", f"{found.rule} {found.place}: {because.strip()}")
        return recheck(clinic, [claim.pk for claim in own], user, why="after a finding was set aside")


def stop_ignoring(clinic: Clinic, claim_id: UUID, finding_id: UUID, user: User) -> list[Rechecked]:
    """Let a finding that was set aside stand again, and check the claim again."""
    with transaction.atomic():
        claims = lock([claim_id])
        row = ClaimFinding.objects.filter(claim__in=claims, pk=finding_id).exclude(ignored_at=None).first()
        if row is None:
            return []
        row.ignored_by = row.ignored_at = None
        row.ignored_because = ""
        row.save(update_fields=["ignored_by", "ignored_at", "ignored_because", "changed_at"])
        add_events(claims, user, "not ignored", f"{row.rule} {row.place}")
        return recheck(clinic, [claim_id], user, why="after a finding stands again")


# --- holding --------------------------------------------------------------------------------------------------


def hold(claim_ids: Iterable[UUID], user: User, because: str) -> list[Claim]:
    """Hold open claims back with a reason; returns those that were not held by a person before."""
    if not because.strip():
        raise ValueError("holding a claim needs a reason")
    with transaction.atomic():
        held = [claim for claim in lock(claim_ids) if claim.status != ClaimStatus.ON_HOLD.value]
        for claim in held:
            claim.status, claim.hold_reason = ClaimStatus.ON_HOLD.value, because.strip()[:200]
            claim.save_if_unchanged(claim.version, "status", "hold_reason")
        add_events(held, user, "held", because.strip())
        return held


def stop_holding(clinic: Clinic, claim_ids: Iterable[UUID], user: User) -> list[Rechecked]:
    """Take claims off a person's hold; what the engine says of them now decides where they stand."""
    with transaction.atomic():
        held = [claim.pk for claim in lock(claim_ids) if claim.status == ClaimStatus.ON_HOLD.value]
        return recheck(clinic, held, user, why="taken off hold", release=True)
