"""Signed visits → claims: built once each, checked again after a change, in pieces that can be resumed.

A visit's row is locked while its claim is built, and the database allows one open original claim a visit: of two people
who build at once, the second finds the claim of the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from cleanclaim.bill.job import BilledClaim
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.jobs.job_steps import run_pieces
from cleanclaim.practice.engine.judging.checking import check, today_at
from cleanclaim.practice.engine.judging.claim_rows import Rows, fill, fill_own, ignored_of
from cleanclaim.practice.engine.judging.earlier_decisions import Decisions, decisions_on
from cleanclaim.practice.engine.judging.enrolling import Enrolled, gap_of
from cleanclaim.practice.engine.judging.setting import with_people
from cleanclaim.practice.models import (
    OPEN_STATUSES,
    Claim,
    ClaimEvent,
    ClaimFinding,
    ClaimLine,
    ClaimStatus,
    Clinic,
    Coverage,
    Job,
    User,
    Visit,
    VisitStatus,
)
from cleanclaim.records import CoverageOrder, Frequency

PIECE = 100
"""Visits that are built in one transaction: enough that what they share is read once, few enough to show progress."""

BUILD = "build"
"""The kind of a job that builds claims."""

RECHECKED = (*OPEN_STATUSES, ClaimStatus.SUPERBILL.value)
"""Statuses of claims that are checked again: nothing has left the clinic yet."""


@dataclass(frozen=True, slots=True)
class BuiltClaims:
    """What a build came to: claims made now, and claims that were there already, each by visit."""

    made: tuple[Claim, ...]
    found: tuple[Claim, ...]


def visits_to_build() -> QuerySet[Visit]:
    """Signed visits, in the scope, that have never had a claim; the oldest first.

    A visit whose claim was voided or given to the patient is not billed again unasked.
    """
    return Visit.objects.filter(status=VisitStatus.SIGNED.value, has_claim=False).order_by("date_of_service", "number")


@transaction.atomic
def build(clinic: Clinic, visits: Iterable[UUID], user: User | None, *, origin: str = "") -> BuiltClaims:
    """Build the claims of these signed visits of a clinic in scope. Safe to repeat, and beside somebody else.

    Args:
        clinic: whose visits.
        visits: keys of the visits; one that is not signed, or has a claim already, is not built.
        user: who asked; `None` for a demo that is loaded.
        origin: the address the request came from, for the audit log.
    """
    wanted = set(visits)
    locked = list(
        with_people(
            Visit.objects.select_for_update(of=("self",))
            .filter(pk__in=wanted, status=VisitStatus.SIGNED.value)
            .order_by("pk")
        )
    )
    found = tuple(Claim.objects.filter(visit__in=locked).exclude(status=ClaimStatus.CLOSED.value))
    there = {claim.visit_id for claim in found}
    missing = sorted(
        (visit for visit in locked if visit.pk not in there), key=lambda one: (one.date_of_service, one.pk)
    )
    if not missing:
        return BuiltClaims((), found)
    numbers = set(Claim.objects.filter(visit__in=missing).values_list("number", flat=True))
    claims = [
        Claim(
            clinic=clinic,
            number=_free_number(visit.number, numbers),
            visit=visit,
            patient=visit.patient,
            date_of_service=visit.date_of_service,
            status="",
            frequency=Frequency.ORIGINAL.value,
        )
        for visit in missing
    ]
    judged = _judge(clinic, claims)
    claims += [claim for claim, _rows in judged if claim.is_patients_own]
    for claim in claims:
        is_judged = claim.status != ClaimStatus.NOT_JUDGED.value
        passed = {ClaimStatus.READY.value, ClaimStatus.SUPERBILL.value}
        claim.first_passed = claim.status in passed if is_judged else None
    _save(judged, new=True)
    add_events(claims, user, "built")
    audit_trail.record(clinic.id, user, "create", "claim", detail=f"{len(claims)} claims built", origin=origin)
    return BuiltClaims(tuple(claims), found)


def _free_number(number: str, taken: set[str]) -> str:
    """The visit's number for its first claim; a letter and a count behind it for a later one."""
    count, found = 1, number
    while found in taken:
        count += 1
        found = f"{number}B{count}"
    return found


def build_beside(clinic: Clinic, claims: Sequence[Claim]) -> None:
    """Judge and save claims, not saved yet, of visits that have one already: to answer it, or for the next payer."""
    wanted = sorted({claim.visit_id for claim in claims})
    list(Visit.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
    _save(_judge(clinic, claims), new=True)


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A claim before and after it was checked again."""

    claim: Claim
    status_before: str
    findings_before: tuple[tuple[str, str], ...]
    """Rule and place of each finding that stood before."""
    findings_after: tuple[tuple[str, str], ...]

    @property
    def gone(self) -> list[tuple[str, str]]:
        """Findings that are gone."""
        return [one for one in self.findings_before if one not in self.findings_after]

    @property
    def came(self) -> list[tuple[str, str]]:
        """Findings that are new."""
        return [one for one in self.findings_after if one not in self.findings_before]


@transaction.atomic
def recheck(
    clinic: Clinic, claims: Iterable[UUID], user: User | None, *, why: str = "", release: bool = False
) -> list[Rechecked]:
    """Check open claims of a clinic in scope again, as its records stand now; others are left as they are.

    Args:
        clinic: whose claims.
        claims: their keys.
        user: who asked.
        why: what had changed, for the claim's history.
        release: take them off a person's hold, too.
    """
    wanted = set(claims)
    rows = lock(wanted | _beside(wanted))
    before = {claim.pk: (claim.status, _standing(claim.findings.all())) for claim in rows}
    for claim in rows:
        if release and claim.status == ClaimStatus.ON_HOLD.value:
            claim.status, claim.hold_reason = "", ""
    judged = _judge(clinic, rows)
    _save([one for one in judged if one[0]._state.adding], new=True)  # noqa: SLF001 - Django's public door
    _save([one for one in judged if one[0].pk in before], new=False)
    add_events(rows, user, "checked", why)
    results = []
    for claim, fresh in judged:
        if claim.pk not in before:
            add_events([claim], user, "built", "lines that the patient pays for alone, by a signed notice")
        if claim.pk not in wanted:
            continue
        status, standing = before[claim.pk]
        results.append(Rechecked(claim, status, standing, _standing(fresh.findings)))
        for decision in fresh.lapsed:
            add_events([claim], user, "not ignored", f"{decision.rule} {decision.place}: it says something else now")
    return results


def _beside(claims: Iterable[UUID]) -> set[UUID]:
    """The claims that share a visit's lines with these: a patient's own and the payer's, parted by notices."""
    visits = Claim.objects.filter(pk__in=list(claims)).values("visit")
    parted = Claim.objects.filter(visit__in=visits, is_patients_own=True).values_list("visit", flat=True)
    shared = list(parted)
    return set(Claim.objects.filter(visit__in=shared).values_list("pk", flat=True)) if shared else set()


def lock(claims: Iterable[UUID]) -> list[Claim]:
    """Open claims with their visits, locked in one order for the rest of the transaction."""
    wanted = list(claims)
    visits = Claim.objects.filter(pk__in=wanted).values("visit")
    list(Visit.objects.select_for_update().filter(pk__in=visits).order_by("pk").values_list("pk"))
    return list(
        Claim.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, status__in=RECHECKED)
        .exclude(frequency=Frequency.VOID.value)
        .select_related("visit__patient", "visit__therapist", "visit__assistant", "patient")
        .prefetch_related("visit__signatures", Prefetch("findings", _findings()))
        .order_by("date_of_service", "pk")
    )


def _findings() -> QuerySet[ClaimFinding]:
    return ClaimFinding.objects.select_related("ignored_by")


def _standing(findings: Iterable[ClaimFinding]) -> tuple[tuple[str, str], ...]:
    return tuple((row.rule, row.place) for row in findings if row.ignored_at is None and not row.was_mended)


def _judge(clinic: Clinic, claims: Sequence[Claim]) -> list[tuple[Claim, Rows]]:
    """Check the visits of these claims and write the answer into their columns; each with its rows, to be saved.

    A claim to a later payer is checked with what was decided before it. A visit with claims to several payers is
    checked for each by itself. Behind the claims come those that they call for and that are not there yet: the
    patient's own, of lines that a signed notice keeps off the payer's.
    """
    by_order: dict[CoverageOrder, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_order[CoverageOrder(claim.order)].append(claim)
    judged: dict[UUID, tuple[Claim, Rows]] = {}
    for order, own in by_order.items():
        judged |= {claim.pk: (claim, rows) for claim, rows in _judge_for(clinic, order, own)}
    first = [judged.pop(claim.pk) for claim in claims]
    return [*first, *judged.values()]


def _judge_for(clinic: Clinic, order: CoverageOrder, claims: Sequence[Claim]) -> list[tuple[Claim, Rows]]:
    """Check the visits of claims to the payers of one place."""
    as_of = today_at(clinic)
    visits = {claim.visit_id: claim.visit for claim in claims}
    decided = _decided_before(order, claims)
    billed = check(clinic, list(visits.values()), as_of=as_of, decided=decided)
    items = dict(zip(visits, billed.claims, strict=True))
    coverages: dict[UUID, list[Coverage]] = defaultdict(list)
    for coverage in Coverage.objects.filter(patient__in={claim.patient_id for claim in claims}):
        coverages[coverage.patient_id].append(coverage)
    enrolled = Enrolled.read()
    judged = []
    for claim in [*claims, *_called_for(clinic, claims, items)]:
        if claim.is_patients_own:
            judged.append((claim, fill_own(claim, items[claim.visit_id], as_of=as_of)))
            continue
        ignored = [] if claim._state.adding else ignored_of(claim)  # noqa: SLF001 - Django's public door
        own = coverages[claim.patient_id]
        rows = fill(claim, items[claim.visit_id], billed, coverages=own, ignored=ignored, as_of=as_of)
        if claim.status != ClaimStatus.SUPERBILL.value:
            claim.gaps = [*claim.gaps, *gap_of(claim, enrolled)]
        if claim.visit_id in decided:
            # Of a later payer no more is expected than the one before it left.
            claim.expected_cents, claim.patient_share_cents = decided[claim.visit_id].left_cents, None
        judged.append((claim, rows))
    return judged


def _called_for(clinic: Clinic, claims: Sequence[Claim], items: Mapping[UUID, BilledClaim]) -> list[Claim]:
    """The patients' own claims, not saved yet, of visits whose lines are parted by a notice and that have none yet."""
    parted = [
        claim for claim in claims if items[claim.visit_id].withheld and claim.frequency == Frequency.ORIGINAL.value
    ]
    if not parted:
        return []
    own = Claim.objects.filter(visit__in=[claim.visit_id for claim in parted])
    told = list(own.values_list("visit", "number", "is_patients_own"))
    there = {visit for visit, _number, is_own in told if is_own}
    taken = {number for _visit, number, _is_own in told} | {claim.number for claim in claims}
    return [
        Claim(
            clinic=clinic,
            number=_free_number(f"{claim.visit.number}P", taken),
            visit=claim.visit,
            patient=claim.patient,
            date_of_service=claim.date_of_service,
            status="",
            frequency=Frequency.ORIGINAL.value,
            is_patients_own=True,
        )
        for claim in parted
        if claim.visit_id not in there
    ]


def _decided_before(order: CoverageOrder, claims: Sequence[Claim]) -> dict[UUID, Decisions]:
    """By visit, what payers before this place decided on the claims that these follow."""
    follows = {claim.follows_id: claim.visit_id for claim in claims if claim.follows_id is not None}
    if not follows:
        return {}
    found = decisions_on(Claim.objects.filter(pk__in=follows))
    return {follows[key]: decisions.before(order) for key, decisions in found.items()}


def _save(judged: Sequence[tuple[Claim, Rows]], *, new: bool) -> None:
    """Write claims with their lines and findings; those that were there before go."""
    if new:
        Claim.objects.bulk_create(claim for claim, _rows in judged)
    else:
        keys = [claim.pk for claim, _rows in judged]
        ClaimLine.objects.filter(claim__in=keys).delete()
        ClaimFinding.objects.filter(claim__in=keys).delete()
        for claim, _rows in judged:
            claim.version += 1
            claim.save()
    ClaimLine.objects.bulk_create(line for _claim, rows in judged for line in rows.lines)
    ClaimFinding.objects.bulk_create(finding for _claim, rows in judged for finding in rows.findings)


def add_events(claims: Iterable[Claim], user: User | None, action: str, detail: str = "") -> None:
    """Add one thing that happened to the history of each claim."""
    ClaimEvent.objects.bulk_create(
        ClaimEvent(clinic_id=claim.clinic_id, claim=claim, user=user, action=action, detail=detail[:300])
        for claim in claims
    )


# --- in pieces, behind the pages ----------------------------------------------------------------------------


def ask_for_build(clinic: Clinic, user: User) -> Job:
    """Write down that every visit without a claim is to be built. `run_build` does it."""
    job: Job = Job.objects.create(
        clinic=clinic, kind=BUILD, total=visits_to_build().count(), asked_by=user, place={}, result={}
    )
    return job


def run_build(job: Job) -> None:
    """Build what a job asks for, piece by piece. The job's clinic need not be in scope yet."""
    run_pieces(job, _build_piece)


def _build_piece(held: Job) -> bool:
    last = (held.place["day"], held.place["number"]) if held.place else None
    piece = _next_piece(last)
    if not piece:
        return False
    built = build(held.clinic, [visit.pk for visit in piece], held.asked_by)
    held.done += len(piece)
    held.result = _tally(held.result, built.made)
    held.place = {"day": piece[-1].date_of_service.isoformat(), "number": piece[-1].number}
    return True


def _next_piece(last: tuple[str, str] | None) -> list[Visit]:
    visits = visits_to_build().only("id", "clinic_id", "date_of_service", "number")
    if last is not None:
        day, number = date.fromisoformat(last[0]), last[1]
        visits = visits.filter(date_of_service__gte=day).exclude(date_of_service=day, number__lte=number)
    return list(visits[:PIECE])


def _tally(result: dict[str, int], made: Iterable[Claim]) -> dict[str, int]:
    counts = dict(result)
    for claim in made:
        counts[claim.status] = counts.get(claim.status, 0) + 1
    return counts
