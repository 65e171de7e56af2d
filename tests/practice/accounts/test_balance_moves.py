"""A balance moved from the payer to the patient and back: with a reason and a name, never where it may not be asked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.follow_up import balance_moves
from cleanclaim.practice.engine.follow_up.balance_moves import NotMovedError, digest_of, movable, move
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import (
    BalanceMove,
    Claim,
    ClaimStatus,
    Clinic,
    Coverage,
    LedgerTransaction,
    Role,
    TrailEntry,
    User,
    WorkItem,
)
from cleanclaim.receivables.moving import Reason
from cleanclaim.reference import patient_reasons
from tests.practice.conftest import DAY
from tests.practice.money.answers import Decision, Said, remittance

As = Callable[[Role], Client]


def refuse(clinic: Clinic, user: User, claim: Claim, group: str, carc: str) -> None:
    """The payer refuses all of a claim."""
    said = Said(claim, lambda _number, charge: Decision(0, [(group, carc, charge)]), status="4")
    post(clinic, user, keep_file(clinic, user, remittance([said], trace=f"{group}{carc}")))


def first(clinic: Clinic, claim: Claim, owed_by: str = "primary") -> balance_moves.Movable:
    """The first open amount of a claim with somebody."""
    return next(one for one in movable(clinic, account_of(claim.patient_id)) if one.owed_by == owed_by)


def ask(
    clinic: Clinic, user: User, claim: Claim, one: balance_moves.Movable, cents: int, reason: Reason
) -> BalanceMove:
    return move(
        clinic, user, claim.patient, {(one.line.key, one.owed_by, one.to): cents}, reason, "by phone, reference 77"
    )  # fmt: skip


def test_a_refused_line_goes_to_the_patient_and_back(inside: Clinic, biller: User, claim: Claim) -> None:
    refuse(inside, biller, claim, "OA", "109")
    items = WorkItem.objects.filter(claim=claim, state="open").count()
    one = first(inside, claim)
    assert (one.to, one.cents, one.bars) == (PATIENT, one.open_cents, ())
    row = ask(inside, biller, claim, one, one.cents, Reason.NOT_INSURED)
    line = account_of(claim.patient_id).line(one.line.key)
    assert line is not None
    assert (line.open_to("primary"), line.owed_cents, line.owed_since) == (0, one.cents, DAY)
    assert [share.words for share in line.shares] == ["Your plan says that it did not cover you on this day."]
    # Nobody works a refusal of which nothing is open to the payer.
    assert WorkItem.objects.filter(claim=claim, state="open").count() == items - 1
    assert (row.moved_by, row.moved_on, row.because) == (biller, DAY, "by phone, reference 77")

    back = first(inside, claim, PATIENT)
    assert (back.to, back.cents, back.payer_name) == ("primary", one.cents, claim.record["payer"]["name"])
    ask(inside, biller, claim, back, back.cents, Reason.MISTAKE)
    line = account_of(claim.patient_id).line(one.line.key)
    assert line is not None
    assert (line.open_to("primary"), line.open_cents, line.shares) == (one.cents, 0, ())
    assert WorkItem.objects.filter(claim=claim, state="open").count() == items
    assert ledger_checks.verify(inside).faults == []


@pytest.mark.parametrize(
    ("group", "carc", "bar"), [("CO", "50", "contractual"), ("PI", "204", "payer"), ("OA", "29", "late")]
)
def test_what_the_clinic_bears_is_not_asked(
    inside: Clinic, biller: User, claim: Claim, group: str, carc: str, bar: str
) -> None:
    refuse(inside, biller, claim, group, carc)
    one = first(inside, claim)
    assert (one.cents, one.bars) == (0, (patient_reasons.bar(bar),))
    before = LedgerTransaction.objects.count()
    with pytest.raises(NotMovedError, match=re.escape(patient_reasons.bar(bar).words)):
        ask(inside, biller, claim, one, 1, Reason.NOT_INSURED)
    assert (LedgerTransaction.objects.count(), BalanceMove.objects.count()) == (before, 0)


def test_medicaid_bars_on_the_days_that_it_covers(inside: Clinic, biller: User, claim: Claim) -> None:
    row = Coverage.objects.create(
        clinic=inside, patient=claim.patient, order="secondary", payer="medicaid_ny",
        valid_from=claim.date_of_service, valid_through=claim.date_of_service,
    )  # fmt: skip
    assert first(inside, claim).bars == (patient_reasons.bar("medicaid"),)
    with pytest.raises(NotMovedError, match="the patient has Medicaid"):
        ask(inside, biller, claim, first(inside, claim), 1, Reason.NOT_INSURED)
    row.valid_from = row.valid_through = DAY
    row.save()
    assert first(inside, claim).bars == ()


def test_it_is_said_why_and_nothing_goes_to_a_payer_of_no_claim(inside: Clinic, biller: User, claim: Claim) -> None:
    one = first(inside, claim)
    with pytest.raises(NotMovedError, match="why is not said"):
        move(inside, biller, claim.patient, {(one.line.key, "primary", PATIENT): 1}, Reason.NOT_INSURED, " ")
    ask(inside, biller, claim, one, 1, Reason.NOT_INSURED)
    with pytest.raises(NotMovedError, match="this payer is on no claim of the visit"):
        move(inside, biller, claim.patient, {(one.line.key, PATIENT, "tertiary"): 1}, Reason.MISTAKE, "x")
    (row,) = BalanceMove.objects.all()
    made = LedgerTransaction.objects.get(source_kind=balance_moves.SOURCE)
    assert made.source_digest == digest_of(row)
    assert list(ledger_rows.faults(inside)) == []


# --- the page ----------------------------------------------------------------------------------------------------


def path_of(claim: Claim) -> str:
    return f"/c/millrace/patients/{claim.patient_id}/account/move/"


def test_the_page_moves_what_is_typed_and_says_why_not(inside: Clinic, biller: User, claim: Claim, as_role: As) -> None:
    refuse(inside, biller, claim, "CO", "50")
    client, one = as_role(Role.BILLER), first(inside, claim)
    page = client.get(path_of(claim)).content.decode()
    assert "Not the patient's: the payer refused it under group CO" in page
    assert "42 CFR 447.15" not in page
    form = {"reason": "not_insured", "because": "by phone", f"move:{one.name}": "1.00"}
    refused = client.post(path_of(claim), form)
    assert refused.status_code == 422
    assert "Nothing was written: the payer refused it under group CO" in refused.content.decode()
    assert not BalanceMove.objects.exists()


def test_the_page_keeps_what_was_typed_and_the_account_tells_of_it(
    inside: Clinic, biller: User, claim: Claim, as_role: As
) -> None:
    refuse(inside, biller, claim, "OA", "109")
    client, one = as_role(Role.BILLER), first(inside, claim)
    field = f"move:{one.name}"
    wrong = client.post(path_of(claim), {"reason": "", "because": "by phone", field: "5.00"})
    assert (wrong.status_code, b'value="5.00"' in wrong.content) == (422, True)
    assert client.post(path_of(claim), {"reason": "not_insured", "because": "by phone", field: "5"}).status_code == 302
    account = client.get(f"/c/millrace/patients/{claim.patient_id}/account/").content.decode()
    assert "moved: the plan did not cover the patient on that day" in account
    assert "by phone" in account
    assert list(TrailEntry.objects.filter(subject="balance_move").values_list("action", "detail")) == [
        ("create", "not_insured")
    ]


@pytest.mark.parametrize("role", list(Role))
def test_only_who_works_claims_moves_balances(claim: Claim, as_role: As, role: Role) -> None:
    expected = 200 if role in {Role.OWNER, Role.BILLER} else 403
    assert as_role(role).get(path_of(claim)).status_code == expected


def test_more_lines_ask_no_more_of_the_database(inside: Clinic, biller: User, claim: Claim) -> None:
    with CaptureQueriesContext(connection) as few:
        movable(inside, account_of(claim.patient_id))
    others = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], patient=claim.patient)
    release(inside, [row.pk for row in others], biller)
    with CaptureQueriesContext(connection) as many:
        found = movable(inside, account_of(claim.patient_id))
    assert len({ledger_rows.claim_of(one.line.key) for one in found}) > 1
    assert len(many) == len(few)
