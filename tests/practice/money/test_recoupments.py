"""A check to a payer beside what the payer takes: acknowledged it ties, taken as well it is met with an alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from cleanclaim.ledger.accounts import Account
from cleanclaim.money import plain
from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.follow_up import appeals, refunds
from cleanclaim.practice.engine.follow_up.recoupments import NotSentError, groups, send_check
from cleanclaim.practice.engine.ledger import ledger_rows, write_offs
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import (
    Claim,
    ClaimStatus,
    Clinic,
    Letter,
    Means,
    PayerAdjustment,
    Refund,
    Remittance,
    Role,
    TrailEntry,
    User,
    WorkItem,
    WorkKind,
    WorkState,
)
from cleanclaim.receivables.giving_up import Reason
from tests.practice.conftest import DAY, person
from tests.practice.money.answers import Decision, Said, remittance

As = Callable[[Role], Client]
TOO_MUCH = 1_500
"""What the payer paid too much on the first line, in cents."""


@pytest.fixture
def filed(inside: Clinic, biller: User) -> Claim:
    """A filed claim of a patient with one payer."""
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number")
    first = next(one for one in ready if not one.record["other_payers"])
    release(inside, [first.pk], biller)
    found: Claim = Claim.objects.get(pk=first.pk)
    return found


@pytest.fixture
def claim(inside: Clinic, biller: User, filed: Claim) -> Claim:
    """The claim, paid in full."""
    _post(inside, biller, [Said(filed, _in_full)], "EFT1")
    return filed


def _in_full(_number: int, charge: int) -> Decision:
    return Decision(charge)


def _less(number: int, charge: int) -> Decision:
    """The first line was paid too much."""
    return Decision(charge - TOO_MUCH, [("CO", "197", TOO_MUCH)]) if number == 1 else Decision(charge)


def _post(clinic: Clinic, user: User, said: list[Said], trace: str, *beside: tuple[str, str, int]) -> Remittance:
    """Post one payment; `beside` are reason, reference and cents of what it takes (above 0) or adds beside claims."""
    told = "*".join(f"{reason}:{reference}*{plain(cents)}" for reason, reference, cents in beside)
    made = post(clinic, user, keep_file(clinic, user, remittance(said, trace=trace, adjustments=told)))
    (row,) = made.posted
    return row


def _turned(claim: Claim) -> list[Said]:
    """The payer takes its answer back, and pays less."""
    return [Said(claim, _in_full, status="22", sign=-1), Said(claim, _less, payer_number="PCN2")]


def _announce(clinic: Clinic, user: User, claim: Claim) -> Remittance:
    return _post(clinic, user, _turned(claim), "EFT2", ("WO", claim.number, -TOO_MUCH))


def _check(clinic: Clinic, user: User, cents: int = TOO_MUCH, **more: str) -> Refund:
    row = PayerAdjustment.objects.earliest("created_at")
    return send_check(
        clinic, user, row.pk, cents=cents, sent_on=DAY, means=Means.CHECK, reference="1042", **more
    )  # fmt: skip


def _twice() -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=WorkKind.TAKEN_TWICE.value).order_by("created_at"))


def _beside() -> int:
    return ledger_rows.totals()[Account.PROVIDER_ADJUSTMENT]


def _open(claim: Claim) -> dict[str, int]:
    lines = account_of(claim.patient_id).lines
    return {line.key: line.open_to("primary") for line in lines if line.open_to("primary")}


def _holds(clinic: Clinic) -> bool:
    return ledger_checks.verify(clinic).faults == []


def test_a_check_for_what_was_announced_is_acknowledged_and_all_is_even(
    inside: Clinic, biller: User, claim: Claim
) -> None:
    _announce(inside, biller, claim)
    assert [one.settled.announced_cents for one in groups()] == [TOO_MUCH]
    row = _check(inside, biller)
    assert (row.claim, row.owed_to, row.payer_name, row.recoupment) == (
        claim,
        "primary",
        "SYNTHETIC PAYER",
        claim.number,
    )
    assert (_beside(), [one.left_cents for one in groups()]) == (0, [0])
    assert TrailEntry.objects.filter(subject="refund", detail="for an announcement").count() == 1
    _post(inside, biller, [], "EFT3", ("WO", claim.number, TOO_MUCH), ("72", claim.number, -TOO_MUCH))
    # What the payer does not pay any more is open, as it was before the check.
    assert (_beside(), [one.left_cents for one in groups()], _twice()) == (0, [0], [])
    assert list(_open(claim).values()) == [TOO_MUCH]
    assert _holds(inside)


def test_what_is_taken_after_a_check_went_is_an_alarm_until_it_is_given_back(
    inside: Clinic, biller: User, claim: Claim
) -> None:
    _announce(inside, biller, claim)
    _check(inside, biller)
    taken = _post(inside, biller, [], "EFT3", ("WO", claim.number, TOO_MUCH))
    (item,) = _twice()
    assert (item.claim, item.cents, item.state) == (claim, TOO_MUCH, WorkState.OPEN.value)
    assert item.steps == [
        ["Announced with payment EFT2 of 10/12/2026 (WO)", -TOO_MUCH],
        ["Taken with payment EFT3 of 10/12/2026 (WO)", TOO_MUCH],
        [f"Our check 1042 of {DAY:%m/%d/%Y}", TOO_MUCH],
    ]
    assert _holds(inside)

    unpost(inside, biller, taken.pk)
    assert [one.state for one in _twice()] == [WorkState.PAID.value]
    _post(inside, biller, [], "EFT4", ("WO", claim.number, TOO_MUCH))
    _post(inside, biller, [], "EFT5", ("WO", claim.number, -TOO_MUCH + 1))
    assert [(one.state, one.cents) for one in _twice()] == [("paid", TOO_MUCH), ("open", 1)]
    _post(inside, biller, [], "EFT6", ("72", claim.number, -1))
    assert [one.state for one in _twice()] == ["paid", "paid"]
    assert _holds(inside)


@pytest.mark.parametrize("reason", ["72", "WO"])
@pytest.mark.parametrize("is_apart", [False, True])
def test_a_check_that_went_first_pays_the_line_that_the_payer_turns(
    inside: Clinic, biller: User, filed: Claim, reason: str, *, is_apart: bool
) -> None:
    claim, line = filed, _too_much(inside, biller, filed)
    added = (reason, claim.number, -TOO_MUCH)
    if is_apart:
        first = _post(inside, biller, [], "EFT4", added)
        assert (_beside(), _open(claim)) == (-TOO_MUCH, {})
        _post(inside, biller, _turned(claim), "EFT5")
    else:
        first = _post(inside, biller, _turned(claim), "EFT4", added)
    assert (_beside(), _open(claim), _twice(), [one.left_cents for one in groups()]) == (0, {}, [], [0])
    assert _holds(inside)
    # Nothing is added any more: then the payer has the money twice, or has turned nothing.
    unpost(inside, biller, first.pk)
    assert (_beside(), _open(claim)) == ((0, {line: TOO_MUCH}) if is_apart else (0, {}))
    assert [one.cents for one in _twice()] == ([TOO_MUCH] if is_apart else [])
    assert _holds(inside)


def _too_much(clinic: Clinic, user: User, claim: Claim) -> str:
    """A part of a line is given up and then paid as well: a check goes for it, before the payer says anything."""
    key = next(one.key for one in account_of(claim.patient_id).lines if one.open_to("primary"))
    owner = person(clinic, Role.OWNER)
    asked = {(key, "primary"): TOO_MUCH}
    write_offs.ask(clinic, owner, claim.patient, asked, Reason.CLINIC_ERROR, "Late.", decides_alone=True)
    _post(clinic, user, [Said(claim, _in_full)], "EFT1")
    (found,) = refunds.found_of_payers()
    assert (found.line, found.cents, found.payer_name) == (key, TOO_MUCH, claim.payer_name)
    noted = refunds.note(clinic, user, found, identified_on=DAY)
    assert [(one.kind, one.cents) for one in WorkItem.objects.filter(state="open")] == [("credit", TOO_MUCH)]
    refunds.send(clinic, user, noted.pk, sent_on=DAY, means=Means.CHECK, reference="1043")
    assert not WorkItem.objects.filter(state="open").exists()
    return key


def test_a_check_is_not_written_for_more_or_for_nothing(inside: Clinic, biller: User, claim: Claim) -> None:
    _announce(inside, biller, claim)
    for cents in (0, TOO_MUCH + 1):
        with pytest.raises(NotSentError, match=r"^15\.00 dollars are announced"):
            _check(inside, biller, cents)
    row = PayerAdjustment.objects.get()
    for sent_on, reference in ((DAY + timedelta(days=1), "1"), (DAY, " ")):
        with pytest.raises(NotSentError, match="expected"):
            send_check(
                inside, biller, row.pk, cents=1, sent_on=sent_on, means=Means.CHECK, reference=reference
            )  # fmt: skip
    assert (Refund.objects.count(), _beside()) == (0, -TOO_MUCH)
    _check(inside, biller, 1)
    _check(inside, biller, TOO_MUCH - 1)
    with pytest.raises(NotSentError, match=r"^0\.00 dollars are announced"):
        _check(inside, biller, 1)
    assert _holds(inside)


def test_a_person_names_the_claim_where_the_reference_names_none(inside: Clinic, biller: User, claim: Claim) -> None:
    _post(inside, biller, _turned(claim), "EFT2", ("WO", "LETTER77", -TOO_MUCH))
    with pytest.raises(NotSentError, match="names no claim"):
        _check(inside, biller)
    assert _check(inside, biller, claim_number=claim.number).claim == claim
    assert [(one.claim, one.left_cents) for one in groups()] == [(claim.pk, 0)]
    _post(inside, biller, [], "EFT3", ("WO", "LETTER77", TOO_MUCH))
    assert [one.cents for one in _twice()] == [TOO_MUCH]
    assert _holds(inside)


def test_the_pages_write_the_check_tell_the_alarm_and_make_the_letter(
    inside: Clinic, biller: User, claim: Claim, as_role: As
) -> None:
    _announce(inside, biller, claim)
    row = PayerAdjustment.objects.get()
    client, listed = as_role(Role.BILLER), f"/c/{inside.slug}/payments/refunds/"
    assert "Announced by payers, not taken yet" in client.get(listed).content.decode()
    form = f"{listed}announced/{row.pk}/"
    assert 'value="15.00"' in client.get(form).content.decode()
    entered = {"cents": "15.00", "sent_on": DAY.isoformat(), "means": "check", "reference": "1042"}
    assert client.post(form, {**entered, "cents": "15.01"}).status_code == 422
    assert client.post(form, entered).status_code == 302
    assert client.get(form).status_code == 404
    assert as_role(Role.AUDITOR).post(form, entered).status_code == 403

    _post(inside, biller, [], "EFT3", ("WO", claim.number, TOO_MUCH))
    client = as_role(Role.BILLER)
    shown = client.get(listed).content.decode()
    assert "Taken back twice" in shown
    assert "$15.00 taken twice" in client.get(f"/c/{inside.slug}/payments/adjustments/").content.decode()
    case = f"/c/{inside.slug}/follow-up/claims/{claim.pk}/"
    assert "taken back twice" in client.get(case).content.decode()
    letter = f"{case}letter/?step={appeals.TAKEN_TWICE}"
    proposed = client.get(letter).content.decode()
    assert "An overpayment was recovered twice" in proposed
    made = client.post(letter, {"step": appeals.TAKEN_TWICE, "argument": "As below.", "action": "keep"})
    assert made.status_code == 302
    kept = Letter.objects.get()
    assert (kept.step, kept.cents, kept.level) == (appeals.TAKEN_TWICE, TOO_MUCH, 0)
    assert [one.state for one in _twice()] == [WorkState.APPEALED.value]
