"""Claims leave the clinic: into a payer's file, in place of an earlier claim, as its void, or to the patient.

A file is made in one transaction with the statuses of its claims and the numbers it takes, so that no claim goes out
twice and no control number repeats. What was written is kept, sealed, for ever as it was.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from cleanclaim import records
from cleanclaim.bill.parts import filed_as
from cleanclaim.claims.splitting import void_of
from cleanclaim.claims.validity import sort_claims
from cleanclaim.ledger.entries import LedgerError
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.claims import charging
from cleanclaim.practice.engine.claims.building import add_events, build_beside, recheck
from cleanclaim.practice.engine.claims.numbering import Mark, NumberTooLongError, number_after
from cleanclaim.practice.engine.claims.outgoing import envelope_to, prepare
from cleanclaim.practice.engine.claims.staleness import stale
from cleanclaim.practice.engine.judging import enrolling
from cleanclaim.practice.engine.judging.checking import now_at, today_at
from cleanclaim.practice.engine.judging.claim_rows import gaps_of
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.worklist.work_items import sent_again, stands_again
from cleanclaim.practice.models import (
    Batch,
    Claim,
    ClaimLine,
    ClaimReport,
    ClaimStatus,
    Clinic,
    ControlNumbers,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records import Frequency
from cleanclaim.reference.claim_status import Standing
from cleanclaim.x12 import ControlNumbers as Numbers
from cleanclaim.x12 import EnvelopeError, Gap, file_837p

_KINDS = ("interchange", "group", "transaction")


@dataclass(slots=True)
class Released:
    """What a release came to: files, and claims that stay, each with why."""

    batches: list[Batch] = field(default_factory=list)
    left_out: list[tuple[Claim, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ready:
    claim: Claim
    parts: tuple[records.Claim, ...]


def release(clinic: Clinic, claim_ids: Iterable[UUID], user: User, *, origin: str = "") -> Released:
    """File the ready claims among these: one 837P a payer. The others stay as they are, and are told.

    A claim that was checked on an earlier day, or whose records have changed since, is checked again first and goes
    only if it is still ready.
    """
    released = Released()
    with transaction.atomic():
        ready = _ready(clinic, claim_ids, user, released)
        by_payer: dict[tuple[str, str], list[_Ready]] = defaultdict(list)
        for item in ready:
            payer = item.parts[0].payer
            by_payer[payer.pack, payer.identifier].append(item)
        numbers = _lock_numbers(clinic) if by_payer else None
        for key in sorted(by_payer):
            if numbers is not None:
                _file(clinic, by_payer[key], numbers, user, released)
        for batch in released.batches:
            detail = f"{batch.claims_count} claims"
            audit_trail.record(clinic.id, user, "release", "batch", batch.pk, detail=detail, origin=origin)
    return released


def _ready(clinic: Clinic, claim_ids: Iterable[UUID], user: User, released: Released) -> list[_Ready]:
    """The claims that can go, locked; the others are added to `left_out`."""
    wanted = list(claim_ids)
    old = stale(Claim.objects.filter(pk__in=wanted, status=ClaimStatus.READY.value).exclude(
        frequency=Frequency.VOID.value
    ), today_at(clinic))  # fmt: skip
    if old:
        recheck(clinic, sorted(old), user, why="before it is filed")
    claims = (
        Claim.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("date_of_service", "number", "pk")
    )
    found = []
    for claim in claims:
        if claim.status != ClaimStatus.READY.value:
            why = "checked again before filing: no longer ready" if claim.pk in old else "not ready"
            released.left_out.append((claim, why))
            continue
        parts = filed_as(records.Claim.model_validate(claim.record))
        unfit = sort_claims(parts).unfit
        not_enrolled = [Gap(claim_id=claim.number, **gap) for gap in claim.gaps if gap["field"] == enrolling.FIELD]
        if unfit or not_enrolled:
            _leave(claim, [*(gap for one in unfit for gap in one.gaps), *not_enrolled], user, released)
        else:
            found.append(_Ready(claim, parts))
    return found


def _leave(claim: Claim, gaps: Sequence[Gap], user: User, released: Released) -> None:
    """A claim that a file cannot hold stays, with what it lacks."""
    claim.gaps = [{"field": gap.field, "found": gap.found, "expected": gap.expected} for gap in gaps]
    claim.save_if_unchanged(claim.version, "gaps")
    why = "; ".join(f"{gap.field}: found {gap.found}, expected {gap.expected}" for gap in gaps)
    add_events([claim], user, "not filed", why)
    released.left_out.append((claim, why))


def is_production(clinic: Clinic) -> bool:
    """Whether a clinic's files are marked for production: as its owner has said, and in a demo never."""
    return clinic.sends_production and not settings.IS_DEMO


def _lock_numbers(clinic: Clinic) -> ControlNumbers:
    """The clinic's control numbers, locked until the files are written down."""
    ControlNumbers.objects.get_or_create(clinic=clinic, defaults={"numbers": dict.fromkeys(_KINDS, 1)})
    row: ControlNumbers = ControlNumbers.objects.select_for_update().get(clinic=clinic)
    return row


def _file(clinic: Clinic, items: Sequence[_Ready], row: ControlNumbers, user: User, released: Released) -> None:
    """One payer's file."""
    payer = items[0].parts[0].payer
    numbers = Numbers(**{kind: row.numbers[kind] for kind in _KINDS})
    envelope = envelope_to(clinic, payer.pack, payer.name, payer.identifier)
    created = now_at(clinic)
    written = [part for item in items for part in item.parts]
    try:
        file = file_837p(
            written,
            envelope=envelope,
            control=numbers,
            created=created,
            production=is_production(clinic),
        )
    except EnvelopeError as error:
        for item in items:
            add_events([item.claim], user, "not filed", str(error))
            released.left_out.append((item.claim, str(error)))
        return
    row.numbers = {kind: getattr(numbers, kind) for kind in _KINDS}
    row.save()
    batch = Batch.objects.create(
        clinic=clinic,
        payer=payer.pack,
        payer_name=payer.name[:80],
        interchange_control=file.interchange_control,
        file_name=f"{payer.pack}-{created:%Y%m%d}-{file.interchange_control}.837",
        content=Plain(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(),
        is_production=is_production(clinic),
        claims_count=len(items),
        charge_cents=sum(part.total_charge_cents for part in written),
        made_by=user,
    )
    prepare(batch, user, data=file.data)
    for item in items:
        item.claim.status, item.claim.batch, item.claim.gaps = ClaimStatus.SUBMITTED.value, batch, []
        item.claim.save_if_unchanged(item.claim.version, "status", "batch", "gaps")
        into = f"{batch.file_name}" + (f", as {len(item.parts)} claims" if len(item.parts) > 1 else "")
        add_events([item.claim], user, "filed", into)
    claims = [item.claim for item in items]
    ledger_rows.write(clinic, user, charging.charges_of_batch(clinic, batch, claims, created.date()))
    _close_answered(claims, user)
    released.batches.append(batch)


def _close_answered(claims: Sequence[Claim], user: User) -> None:
    """Earlier claims that these replace or void are closed."""
    for claim in claims:
        if claim.replaces_id is None:
            continue
        earlier = Claim.objects.select_for_update().get(pk=claim.replaces_id)
        earlier.status = ClaimStatus.CLOSED.value
        earlier.save_if_unchanged(earlier.version, "status")
        is_void = claim.frequency == Frequency.VOID.value
        add_events([earlier], user, "voided" if is_void else "replaced", f"by {claim.number}")
        sent_again(earlier, claim, user)


# --- claims that answer an earlier one ------------------------------------------------------------------------


class NotFiledError(ValueError):
    """A claim that cannot be replaced, voided or closed as asked; says why."""


def replace_claim(clinic: Clinic, claim_id: UUID, user: User, reference: str) -> Claim:
    """Begin the claim that replaces a filed one, from the visit as it stands now. It is worked like any other.

    Raises `NotFiledError` where the claim is not filed, is answered already, or no reference is given.
    """
    with transaction.atomic():
        filed = _filed(claim_id)
        claim = _answering(filed, Frequency.REPLACEMENT, reference)
        build_beside(clinic, [claim])
        add_events([claim], user, "built", f"replaces {filed.number}")
        add_events([filed], user, "replacement begun", claim.number)
        return claim


def void_claim(claim_id: UUID, user: User, reference: str) -> Claim:
    """The claim that takes a filed one back, as it was filed; ready to be released.

    Raises `NotFiledError` as `replace_claim` does.
    """
    with transaction.atomic():
        filed = _filed(claim_id)
        claim = _answering(filed, Frequency.VOID, reference)
        record = void_of(records.Claim.model_validate(filed.record), reference, claim_id=claim.number)
        claim.status, claim.record = ClaimStatus.READY.value, record.model_dump(mode="json")
        for name in (
            "coverage_id",
            "payer",
            "payer_name",
            "charge_cents",
            "billed_units",
            "due_on",
            "due_may_be_later",
            "checked_at",
            "checked_on",
        ):
            setattr(claim, name, getattr(filed, name))
        claim.gaps = gaps_of(record)
        claim.save(force_insert=True)
        ClaimLine.objects.bulk_create(_copies(filed, claim))
        add_events([claim], user, "built", f"voids {filed.number}")
        add_events([filed], user, "void begun", claim.number)
        return claim


def _copies(filed: Claim, claim: Claim) -> Iterable[ClaimLine]:
    for line in filed.lines.all():
        line.pk, line.claim = uuid4(), claim
        yield line


def drop_answer(claim_id: UUID, user: User) -> Claim:
    """Give up a replacement or void that is not filed; the claim it would have answered stands as before, and charged.

    Returns that earlier claim. Raises `NotFiledError` where the claim answers none or is filed.
    """
    with transaction.atomic():
        claim = Claim.objects.select_for_update().filter(pk=claim_id).exclude(replaces=None).first()
        if claim is None or claim.status in {ClaimStatus.SUBMITTED.value, ClaimStatus.CLOSED.value}:
            raise NotFiledError("the claim answers no earlier one, or is filed")
        claim.status = ClaimStatus.CLOSED.value
        claim.save_if_unchanged(claim.version, "status")
        add_events([claim], user, "given up")
        earlier: Claim = Claim.objects.select_for_update(of=("self",)).select_related("batch").get(pk=claim.replaces_id)
        if earlier.status == ClaimStatus.CLOSED.value:
            _stand_again(earlier, claim, user)
        return earlier


def _stand_again(earlier: Claim, answer: Claim, user: User) -> None:
    """A claim whose replacement or void left, came back unread and was given up: the payer knows none but it."""
    earlier.status = ClaimStatus.SUBMITTED.value
    earlier.save_if_unchanged(earlier.version, "status")
    on = today_at(earlier.clinic)
    ledger_rows.write(earlier.clinic, user, charging.charge_again(earlier, answer, on))
    add_events([earlier], user, "stands again", f"{answer.number} reached no payer")
    stands_again(earlier, answer, user)


def give_to_patient(claim_id: UUID, user: User) -> Claim:
    """Close a claim that is not filed: the patient has the superbill, and owes it.

    Raises `NotFiledError` for any other claim, and where the charge of a line is not known.
    """
    with transaction.atomic():
        claim = Claim.objects.select_for_update().filter(pk=claim_id, status=ClaimStatus.SUPERBILL.value).first()
        if claim is None:
            raise NotFiledError("only a claim that the patient pays is closed with a superbill")
        claim.status = ClaimStatus.CLOSED.value
        claim.save_if_unchanged(claim.version, "status")
        try:
            charge = charging.charge_to_patient(claim, today_at(claim.clinic))
        except LedgerError as error:
            raise NotFiledError(str(error)) from error
        ledger_rows.write(claim.clinic, user, [charge])
        add_events([claim], user, "given to patient", "superbill")
        found: Claim = claim
        return found


def is_returned(claim_id: UUID) -> bool:
    """Whether a claim in scope came back before it was read, and nobody has dealt with that."""
    back = ClaimReport.objects.filter(claim=claim_id, standing=Standing.REJECTED.value, handled_at=None)
    return bool(back.exists())


def _filed(claim_id: UUID) -> Claim:
    claim = Claim.objects.select_for_update().filter(pk=claim_id, status=ClaimStatus.SUBMITTED.value).first()
    if claim is None or claim.frequency == Frequency.VOID.value:
        raise NotFiledError("only a filed claim can be replaced or voided")
    if is_returned(claim.pk):
        raise NotFiledError("it was rejected, and the payer never had it: correct it and send it again")
    if Claim.objects.filter(replaces=claim).exclude(status=ClaimStatus.CLOSED.value).exists():
        raise NotFiledError("a replacement or void of this claim is begun already")
    found: Claim = claim
    return found


def _charged_for(claim: Claim) -> UUID | None:
    """The claim that is charged for what a claim to a later payer asks for; where it was replaced, what stands now."""
    head: UUID | None = claim.follows_id
    while head is not None:
        later = Claim.objects.filter(replaces=head, frequency=Frequency.REPLACEMENT.value).exclude(batch=None)
        found = later.values_list("pk", flat=True).first()
        if found is None:
            break
        head = found
    return head


def _answering(filed: Claim, frequency: Frequency, reference: str) -> Claim:
    """The row of a claim that answers a filed one, with a number of its own."""
    longest = 50
    told = reference.strip()
    if not told or len(told) > longest:
        raise NotFiledError(f"the payer's number of the claim: expected 1 to {longest} characters")
    mark = Mark.REPLACEMENT if frequency is Frequency.REPLACEMENT else Mark.VOID
    try:
        number = number_after(filed.visit.number, mark)
    except NumberTooLongError as error:
        raise NotFiledError(str(error)) from error
    return Claim(
        clinic_id=filed.clinic_id,
        number=number,
        visit=filed.visit,
        patient_id=filed.patient_id,
        date_of_service=filed.date_of_service,
        status="",
        frequency=frequency.value,
        order=filed.order,
        follows_id=_charged_for(filed),
        replaces=filed,
        original_reference=told,
    )
