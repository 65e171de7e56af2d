"""A claim that a front end returned is opened again: it never reached the payer's books, so it goes out once more.

It stays an original (or the replacement or void that it was): nothing at the payer is to be replaced. Its charge leaves
the ledger and enters it anew when the claim is filed again. A claim that a payer has decided on cannot be opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from cleanclaim.ledger.entries import Source, reversal_of
from cleanclaim.practice import audit_trail, clock
from cleanclaim.practice.engine.claims import charging
from cleanclaim.practice.engine.claims.building import add_events, recheck
from cleanclaim.practice.engine.exchange.acknowledging import rejections
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import Claim, ClaimAnswer, ClaimReport, ClaimStatus, Clinic, User
from cleanclaim.records import Frequency

REJECTION = "rejection"
"""The kind of source of the reversal of a charge: the report by which the claim came back."""


class NotReopenedError(ValueError):
    """A claim that was not returned, or that a payer has decided on; says which."""


def reopen_rejected(clinic: Clinic, claim_ids: Iterable[UUID], user: User, *, origin: str = "") -> list[Claim]:
    """Open these returned claims of a clinic in scope again and check them as their records stand now.

    All of them, or none: raises `NotReopenedError` where one was not returned, or was answered by a payer.
    """
    wanted = set(claim_ids)
    with transaction.atomic():
        claims = list(
            Claim.objects.select_for_update(of=("self",))
            .filter(pk__in=wanted, status=ClaimStatus.SUBMITTED.value)
            .order_by("pk")
        )
        reports = {row.claim_id: row for row in rejections().filter(claim__in=wanted)}
        answered = ClaimAnswer.objects.filter(claim__in=wanted, remittance__unposted_at=None)
        if len(claims) != len(wanted) or set(reports) != wanted:
            raise NotReopenedError("only a filed claim that was rejected can be opened again")
        if answered.exists():
            raise NotReopenedError("a payer has decided on the claim: replace it, and do not send it as an original")
        for claim in claims:
            _uncharge(clinic, claim, reports[claim.pk], user)
            # A void is filed as it stands: there is nothing in it to check again.
            is_void = claim.frequency == Frequency.VOID.value
            claim.status = (ClaimStatus.READY if is_void else ClaimStatus.HELD).value
            claim.batch = None
            claim.save_if_unchanged(claim.version, "status", "batch")
        ClaimReport.objects.filter(claim__in=wanted, handled_at=None).update(
            handled_at=clock.now(), handled_by=user, handled_how="opened again"
        )
        add_events(claims, user, "opened again", "rejected; goes out again with its own number")
        recheck(clinic, wanted, user, why="returned by the payer's front end")
        detail = f"{len(claims)} returned claims opened"
        audit_trail.record(clinic.id, user, "change", "claim", detail=detail, origin=origin)
        return list(Claim.objects.filter(pk__in=wanted).order_by("date_of_service", "number"))


def set_aside(report_id: UUID, user: User, *, origin: str = "") -> ClaimReport:
    """Take a rejection off the list without sending the claim again, as where the payer took it back by telephone.

    Raises `NotReopenedError` where the rejection was dealt with before.
    """
    with transaction.atomic():
        row: ClaimReport | None = ClaimReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
        if row is None or row.handled_at is not None:
            raise NotReopenedError("the rejection was dealt with before")
        row.handled_at, row.handled_by, row.handled_how = clock.now(), user, "set aside"
        row.save_if_unchanged(row.version, "handled_at", "handled_by", "handled_how")
        if row.claim is not None:
            add_events([row.claim], user, "rejection set aside")
        audit_trail.record(row.clinic_id, user, "change", "claim report", row.pk, detail="set aside", origin=origin)
        return row


def _uncharge(clinic: Clinic, claim: Claim, report: ClaimReport, user: User) -> None:
    """Take the charge of a claim off the ledger: what was returned is owed by nobody until it is filed again."""
    source = Source(REJECTION, str(report.pk), report.file.sha256)
    rows = charging.standing_charges(clinic, [claim.pk])
    written = [
        reversal_of(item, f"{item.key}:returned", today_at(clinic), source)
        for item in ledger_rows.read(rows.select_related("reverses").prefetch_related("entries"))
    ]
    ledger_rows.write(clinic, user, written)
