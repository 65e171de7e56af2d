"""The day on which a payer received a claim: by the strongest word there is, and interest counted from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from cleanclaim.practice.engine.exchange.receipt_days import Received, Word, received, write_down
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.payments.remitting import unpost
from cleanclaim.practice.models import (
    Batch,
    BatchAnswer,
    Claim,
    ClaimAnswer,
    ClaimReport,
    Clinic,
    OutgoingKind,
    ReceivedFile,
    Remittance,
    Role,
    TrailEntry,
    Transmission,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.reference.claim_status import Standing
from cleanclaim.submission.transmission import State
from tests.practice.conftest import DAY
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Decision, Said

As = Callable[[Role], Client]
FILED = datetime(2026, 8, 3, 12, tzinfo=UTC)


@pytest.fixture
def filed(medicare: list[Claim]) -> Claim:
    """A claim that was filed on August 3."""
    Batch.objects.filter(claims=medicare[0]).update(created_at=FILED)
    return _again(medicare[0])


def _again(claim: Claim) -> Claim:
    found: Claim = Claim.objects.select_related("batch", "clinic").get(pk=claim.pk)
    return found


def _came(claim: Claim, at: datetime) -> ReceivedFile:
    count = ReceivedFile.objects.count()
    row: ReceivedFile = ReceivedFile.objects.create(
        clinic=claim.clinic, name=f"{count}.txt", content=Plain(b"x"), sha256=f"{count:064d}", size=1
    )
    ReceivedFile.objects.filter(pk=row.pk).update(created_at=at)
    return row


def _accepted(claim: Claim, at: datetime, state: State = State.ACCEPTED) -> None:
    assert claim.batch is not None
    sent = Transmission.objects.filter(batch=claim.batch).first() or Transmission.objects.create(
        clinic=claim.clinic, kind=OutgoingKind.CLAIMS.value, batch=claim.batch, file_name="x.837",
        interchange_control="000000901", group_control="901",
    )  # fmt: skip
    Transmission.objects.filter(pk=sent.pk).update(state=state.value)
    BatchAnswer.objects.create(
        clinic=claim.clinic, file=_came(claim, at), transmission=sent, segment=1, kind="999", control_number="901",
        outcome="A",
    )  # fmt: skip


def _told(claim: Claim, on: date | None, standing: Standing = Standing.ACCEPTED, kind: str = "277CA") -> ClaimReport:
    row: ClaimReport = ClaimReport.objects.create(
        clinic=claim.clinic, file=_came(claim, FILED), claim=claim, batch=claim.batch, segment=1, kind=kind,
        standing=standing.value, reported_on=on,
    )  # fmt: skip
    return row


def test_the_strongest_word_decides(inside: Clinic, biller: User, filed: Claim) -> None:
    assert received(filed) == Received(date(2026, 8, 3), Word.FILING)
    # Half past ten in the evening at the clinic.
    _accepted(filed, datetime(2026, 8, 5, 3, 30, tzinfo=UTC))
    assert received(filed) == Received(date(2026, 8, 4), Word.FILE)
    _told(filed, date(2026, 8, 7))
    _told(filed, date(2026, 8, 6), Standing.RECEIVED)
    assert received(filed) == Received(date(2026, 8, 6), Word.CLAIM)
    write_down(inside, filed, biller, date(2026, 8, 5))
    assert received(_again(filed)) == Received(date(2026, 8, 5), Word.PORTAL)
    write_down(inside, filed, biller, None)
    assert received(_again(filed)) == Received(date(2026, 8, 6), Word.CLAIM)
    assert TrailEntry.objects.filter(detail="day of receipt").count() == 2


def test_what_says_nothing_of_a_receipt_is_no_word(filed: Claim) -> None:
    _accepted(filed, datetime(2026, 8, 4, 12, tzinfo=UTC), State.REJECTED)
    _told(filed, date(2026, 8, 4), Standing.REJECTED)
    _told(filed, date(2026, 8, 4), Standing.NOT_FOUND)
    _told(filed, date(2026, 8, 4), kind="277")
    _told(filed, None)
    _told(filed, date(2026, 8, 2))
    before = _told(filed, date(2026, 8, 4))
    ClaimReport.objects.filter(pk=before.pk).update(created_at=datetime(2026, 8, 3, 11, tzinfo=UTC))
    assert received(filed) == Received(date(2026, 8, 3), Word.FILING)
    filed.batch = None
    assert received(filed) is None


def test_a_payment_tells_the_day_and_is_believed_before_an_acknowledgment(
    inside: Clinic, biller: User, filed: Claim, answer: Answer
) -> None:
    _told(filed, date(2026, 8, 7))

    def said(day: str, sign: int = 1, order: str = "1") -> Said:
        return Said(filed, lambda _number, charge: Decision(charge), status=order, sign=sign, received_on=day)

    answer(said("20260802"))
    assert received(filed) == Received(date(2026, 8, 7), Word.CLAIM)  # the payer cannot have had it by then
    answer(said("20260802", -1, "22"), said("20260803"), trace="EFT2")
    assert received(filed) == Received(date(2026, 8, 3), Word.PAYMENT)
    write_down(inside, filed, biller, date(2026, 8, 5))
    assert received(_again(filed)) == Received(date(2026, 8, 5), Word.PORTAL)
    write_down(inside, filed, biller, None)
    unpost(inside, biller, Remittance.objects.get(trace_number="EFT2").pk)
    assert received(_again(filed)) == Received(date(2026, 8, 7), Word.CLAIM)


@pytest.mark.parametrize(
    ("column", "value"),
    [("order", "secondary"), ("state", "held"), ("created_at", datetime(2026, 8, 3, 11, tzinfo=UTC))],
    ids=("payer it was sent on to", "answer that is held", "answer before it was filed again"),
)
def test_only_what_the_claims_own_payer_says_of_it_now_counts(
    filed: Claim, answer: Answer, column: str, value: object
) -> None:
    row = answer(Said(filed, lambda _number, charge: Decision(charge), received_on="20260804")).answers.get()
    assert received(filed) == Received(date(2026, 8, 4), Word.PAYMENT)
    ClaimAnswer.objects.filter(pk=row.pk).update(**{column: value})
    assert received(filed) == Received(date(2026, 8, 3), Word.FILING)


@pytest.mark.parametrize(("on", "is_kept"), [("2026-08-02", False), ("2026-08-03", True), (DAY.isoformat(), True)])
def test_a_day_of_the_portal_lies_between_filing_and_today(
    inside: Clinic, biller: User, filed: Claim, on: str, *, is_kept: bool
) -> None:
    if is_kept:
        write_down(inside, filed, biller, date.fromisoformat(on))
    else:
        with pytest.raises(NotDoneError, match="expected 2026-08-03 to today"):
            write_down(inside, filed, biller, date.fromisoformat(on))
    assert _again(filed).received_on == (date.fromisoformat(on) if is_kept else None)


def test_interest_counts_from_the_day_of_receipt_and_says_so(filed: Claim, answer: Answer, as_role: As) -> None:
    answer(Said(filed, lambda _number, charge: Decision(charge)))
    Remittance.objects.update(paid_on="2026-09-03")
    client, case = as_role(Role.BILLER), f"/c/millrace/follow-up/claims/{filed.pk}/"
    page = client.get(case).content.decode()
    assert "paid 1 day after the day from which it owes interest" in page
    assert "Counted from Aug 3, 2026, the day of filing, as no acknowledgment is on file." in page
    assert f'action="{case}received/"' in page
    assert client.post(f"{case}received/", {"on": "2026-08-04"}).status_code == 302
    assert "owes interest" not in client.get(case).content.decode()
    assert client.post(f"{case}received/", {"on": "nonsense"}).status_code == 302
    assert _again(filed).received_on == date(2026, 8, 4)
    assert as_role(Role.OWNER).post(f"{case}received/", {"on": ""}).status_code == 302
    assert _again(filed).received_on is None
