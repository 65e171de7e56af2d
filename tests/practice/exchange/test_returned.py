"""Claims that come back unread: told in plain words, charged to nobody, and sent again as what they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cleanclaim.practice.engine.claims.filing import NotFiledError, release, replace_claim, void_claim
from cleanclaim.practice.engine.exchange.acknowledging import rejections, says_of, take
from cleanclaim.practice.engine.exchange.reopening import NotReopenedError, reopen_rejected, set_aside
from cleanclaim.practice.engine.exchange.sending import Exchanged
from cleanclaim.practice.engine.exchange.undecided import take_up
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import (
    Batch,
    Claim,
    ClaimReport,
    ClaimStatus,
    Clinic,
    LedgerTransaction,
    ReceivedFile,
    Role,
    Transmission,
    User,
)
from tests.practice.exchange.conftest import Payer

File = Callable[..., Batch]
Run = Callable[[], Exchanged]
AsRole = Callable[[Role], Client]


def claim_of(row: ClaimReport) -> Claim:
    assert row.claim is not None
    return row.claim


TAKEN = b"STC*A2:20:PR*20260925*WQ"


def come_back(payer: Payer, run: Run, *codes: bytes) -> None:
    """The payer answers; the first claims of its 277CA come back with these codes."""
    run()
    for path in [payer.answers / name for name in payer.work() if name.endswith(".277")]:
        data = path.read_bytes()
        for code in codes:
            assert TAKEN in data
            data = data.replace(TAKEN, b"STC*" + code + b"*20260925*U", 1)
        path.write_bytes(data)
    run()


def test_a_returned_claim_says_why_in_plain_words_on_the_list_and_on_its_page(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, as_role: AsRole
) -> None:
    file_claims(3)
    come_back(payer, run, b"A7:562:85", b"A3:33:IL")
    found = list(rejections())
    assert [says_of(row) for row in found] == [
        ["The NPI of the billing provider is not valid."],
        ["The payer knows no subscriber with this member id."],
    ]
    claim = claim_of(found[0])
    [event] = claim.events.filter(action="rejected")
    assert (event.user, event.detail) == (None, "277CA: The NPI of the billing provider is not valid.")
    page = as_role(Role.BILLER).get(reverse("claim", args=[inside.slug, claim.pk])).content.decode()
    assert "Rejected: correct it and send it again" in page
    assert "The NPI of the billing provider is not valid." in page
    listed = as_role(Role.BILLER).get(reverse("returned", args=[inside.slug])).content.decode()
    assert listed.count("A7:562:85") == 1
    assert "Compare the ten digits with the national registry" in listed


def test_what_must_be_filed_soonest_stands_first_on_the_list_with_its_last_day(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, as_role: AsRole
) -> None:
    file_claims(3)
    come_back(payer, run, b"A7:562:85", b"A3:33:IL")
    first, second = (claim_of(row) for row in rejections())
    Claim.objects.filter(pk=first.pk).update(due_on=today_at(inside) + timedelta(days=31))
    Claim.objects.filter(pk=second.pk).update(due_on=today_at(inside) + timedelta(days=7))
    listed = as_role(Role.BILLER).get(reverse("returned", args=[inside.slug])).content.decode()
    assert listed.index(second.number) < listed.index(first.number)
    assert '<span class="small tone-bad">7 days</span>' in listed
    assert '<span class="small muted">31 days</span>' in listed
    Claim.objects.filter(pk=first.pk).update(due_on=None)
    listed = as_role(Role.BILLER).get(reverse("returned", args=[inside.slug])).content.decode()
    assert listed.index(first.number) < listed.index(second.number)
    assert listed.count('<span class="tone-warn">not known</span>') == 1


def test_a_returned_claim_goes_out_again_as_an_original_and_is_charged_once(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, biller: User
) -> None:
    first = file_claims(1)
    claim = first.claims.get()
    charge = claim.charge_cents
    number = claim.number
    come_back(payer, run, b"A7:164:IL")
    [opened] = reopen_rejected(inside, [claim.pk], biller)
    assert (opened.status, opened.batch, opened.number, opened.frequency) == ("ready", None, number, "1")
    state = ledger_rows.line_states([claim.pk])[claim.pk]
    assert {line.charge for line in state.values()} == {0}
    assert list(rejections()) == []
    assert ClaimReport.objects.get(claim=claim).handled_how == "opened again"

    [again] = release(inside, [claim.pk], biller).batches
    assert again.interchange_control != first.interchange_control
    assert f"CLM*{number}*" in again.content.data.decode()
    assert "REF*F8*" not in again.content.data.decode()
    states = ledger_rows.line_states([claim.pk])[claim.pk].values()
    assert sum(line.charge for line in states) == charge
    assert sum(line.open_to_payers for line in states) == charge
    assert set(LedgerTransaction.objects.values_list("key", flat=True)) == {
        f"charge:{claim.pk}",
        f"charge:{claim.pk}:returned",
        f"charge:{claim.pk}:{again.pk}",
    }
    assert list(ledger_rows.faults(inside)) == []

    come_back(payer, run, b"A7:164:IL")
    assert [row.claim_id for row in rejections()] == [claim.pk]
    reopen_rejected(inside, [claim.pk], biller)
    [third] = release(inside, [claim.pk], biller).batches
    assert LedgerTransaction.objects.filter(key=f"charge:{claim.pk}:{third.pk}").exists()
    assert sum(line.charge for line in ledger_rows.line_states([claim.pk])[claim.pk].values()) == charge


def test_what_the_payer_never_had_is_corrected_and_neither_replaced_nor_voided(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, as_role: AsRole, biller: User
) -> None:
    batch = file_claims(2)
    come_back(payer, run, b"A7:562:85")
    claim = claim_of(rejections().get())
    told = "rejected, and the payer never had it: correct it"
    with pytest.raises(NotFiledError, match=told):
        replace_claim(inside, claim.pk, biller, "P1")
    with pytest.raises(NotFiledError, match=told):
        void_claim(claim.pk, biller, "P1")
    client = as_role(Role.BILLER)
    page = client.get(reverse("claim", args=[inside.slug, claim.pk])).content.decode()
    assert "Correct and send again" in page
    assert "Replace or void" not in page
    assert take_up(inside, biller) == (0, 1)
    case = client.get(reverse("follow_up_case", args=[inside.slug, claim.pk]))
    text = case.content.decode()
    assert "Correct and send again" in text
    assert "The NPI of the billing provider is not valid." in text
    assert not case.context["can_correct"]

    other = batch.claims.exclude(pk=claim.pk).get()
    assert "Replace or void" in client.get(reverse("claim", args=[inside.slug, other.pk])).content.decode()
    set_aside(rejections().get().pk, biller)
    assert replace_claim(inside, claim.pk, biller, "P1").replaces_id == claim.pk


def test_a_claim_that_was_not_returned_is_not_opened(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, biller: User
) -> None:
    batch = file_claims(2)
    come_back(payer, run, b"A7:178")
    returned = claim_of(rejections().get())
    taken = batch.claims.exclude(pk=returned.pk).get()
    with pytest.raises(NotReopenedError, match="only a filed claim that was rejected"):
        reopen_rejected(inside, [returned.pk, taken.pk], biller)
    assert set(batch.claims.values_list("status", flat=True)) == {"submitted"}
    assert list(LedgerTransaction.objects.exclude(reverses=None)) == []


def test_a_rejection_is_set_aside_once(payer: Payer, file_claims: File, run: Run, biller: User) -> None:
    file_claims(1)
    come_back(payer, run, b"A7:178")
    row = rejections().get()
    assert set_aside(row.pk, biller).handled_how == "set aside"
    assert list(rejections()) == []
    assert claim_of(row).status == ClaimStatus.SUBMITTED.value
    with pytest.raises(NotReopenedError, match="dealt with before"):
        set_aside(row.pk, biller)


def refused(batch: Batch, group: str, *, taken: str = "") -> bytes:
    """A 999 that refuses a file's transactions, save those named."""
    way = Transmission.objects.get(batch=batch)
    sets = "".join(
        f"AK2*837*{number}*005010X222A1~IK3*NM1*9*2010*8~IK4*9:1*67*7~IK5*{'A' if number == taken else 'R*5'}~"
        for number in way.transaction_controls
    )
    outcome = "P" if taken else "R"
    return (
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*MILLRACE       *260925*1200*^*00501*000000005*0*T*:~"
        f"GS*FA*PAYER*MILLRACE*20260925*1200*5*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HC*{group}*005010X222A1~"
        f"{sets}AK9*{outcome}*1*1*0~SE*8*0001~GE*1*5~IEA*1*000000005~"
    ).encode()


def test_a_file_that_was_refused_returns_every_claim_in_it(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, biller: User
) -> None:
    del payer
    batch = file_claims(3)
    run()
    way = Transmission.objects.get(batch=batch)
    file = take(inside, biller, "refusal", refused(batch, way.group_control))
    way.refresh_from_db()
    assert (way.state, file.kinds, file.matched, file.unmatched) == ("rejected", ["999"], 1, 0)
    assert way.problem == "Transaction 0001: segments are at fault."
    found = list(rejections())
    assert {row.claim_id for row in found} == set(batch.claims.values_list("pk", flat=True))
    assert says_of(found[0]) == [
        "Transaction 0001: segments are at fault.",
        "Transaction 0001, segment 9 NM1 in loop 2010: elements of the segment are at fault.",
        "NM1 element 9:1: a code that is not valid.",
    ]
    assert len(reopen_rejected(inside, [claim_of(row).pk for row in found], biller)) == 3
    assert Claim.objects.filter(batch=batch).count() == 0


def test_the_same_file_twice_changes_nothing(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, biller: User
) -> None:
    del payer
    batch = file_claims(1)
    run()
    data = refused(batch, Transmission.objects.get().group_control)
    once = take(inside, biller, "refusal", data)
    assert take(inside, biller, "refusal, again", data).pk == once.pk
    assert (ReceivedFile.objects.count(), ClaimReport.objects.count()) == (1, 1)


def test_an_acknowledgment_of_nobodys_file_is_kept_and_counted(
    inside: Clinic, payer: Payer, file_claims: File, biller: User
) -> None:
    del payer
    batch = file_claims(1)
    file = take(inside, biller, "another's", refused(batch, "987654"))
    assert (file.matched, file.unmatched) == (0, 1)
    assert Transmission.objects.get().state == "prepared"
    assert ClaimReport.objects.count() == 0
