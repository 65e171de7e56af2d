"""Payers are asked by file, and their answers become the facts of a coverage and the standing of a claim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from cleanclaim.practice.engine.exchange.acknowledging import take
from cleanclaim.practice.engine.exchange.inquiring import NotAskedError, ask_benefits, ask_statuses, unanswered
from cleanclaim.practice.engine.exchange.sending import Exchanged
from cleanclaim.practice.models import (
    Batch,
    ClaimReport,
    Clinic,
    Coverage,
    EligibilityAnswer,
    ExchangeConnection,
    Inquiry,
    Patient,
    Role,
    Transmission,
    User,
)
from cleanclaim.x12.validation import Outcome, validate
from tests.practice.conftest import DAY
from tests.practice.exchange.conftest import Payer

File = Callable[..., Batch]
Run = Callable[[], Exchanged]


def test_a_clinic_without_a_connection_asks_nobody(inside: Clinic, biller: User) -> None:
    coverage = Coverage.objects.select_related("patient").order_by("pk")[0]
    with pytest.raises(NotAskedError, match="there is no connection to ask by"):
        ask_benefits(inside, [coverage], biller)
    assert Inquiry.objects.count() == 0


def test_an_answer_becomes_the_facts_of_the_coverage_that_was_asked_about(
    inside: Clinic, connected: ExchangeConnection, payer: Payer, biller: User, file_claims: File, run: Run
) -> None:
    del connected
    batch = file_claims(2)
    run()
    payer.work()
    claim = batch.claims.select_related("coverage__patient").order_by("number")[0]
    coverage = claim.coverage
    assert coverage is not None
    asked = ask_benefits(inside, [coverage], biller)
    assert (asked.questions, asked.left_out) == (1, [])
    [file] = asked.files
    assert (file.kind, file.state, file.by_hand) == ("270", "prepared", False)
    [verdict] = validate(file.content.data).interchanges[0].groups[0].transactions
    assert (verdict.outcome, verdict.guide) == (Outcome.ACCEPTED, "005010X279A1")
    before = EligibilityAnswer.objects.filter(coverage=coverage).count()

    run()
    payer.work()
    done = run()
    assert done.problem == ""
    row = Inquiry.objects.get()
    assert (row.answered_on, row.refused_because) == (DAY, "")
    assert EligibilityAnswer.objects.filter(coverage=coverage).count() == before + 1
    answer = EligibilityAnswer.objects.get(coverage=coverage, source="eligibility answer (271)")
    assert (answer.asked_on, answer.is_active) == (DAY, True)
    assert answer.details["traces"] == [row.trace]
    # Medicare's plan of the simulated payer: a deductible, 20 % coinsurance, no copay, no limit of visits.
    assert (answer.coinsurance_share, answer.copay_cents, answer.visits_allowed) == (2000, None, None)
    assert answer.deductible_cents is not None
    assert Transmission.objects.get(pk=file.pk).state == "accepted"


REFUSED = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*MILLRACE       *260925*1200*^*00501*000000009*0*T*:~"
    "GS*HB*PAYER*MILLRACE*20260925*1200*9*X*005010X279A1~ST*271*0001*005010X279A1~BHT*0022*11*1*20260925*1200~"
    "HL*1**20*1~NM1*PR*2*A PAYER*****PI*P1~HL*2*1*21*1~NM1*1P*2*MILLRACE*****XX*1999000163~HL*3*2*22*0~"
    "TRN*2*{trace}~NM1*IL*1*SYNTHETIC*PERSON****MI*X1~AAA*N**75*C~SE*11*0001~GE*1*9~IEA*1*000000009~"
)


def test_a_payer_that_does_not_find_the_member_says_why(
    inside: Clinic, connected: ExchangeConnection, biller: User
) -> None:
    del connected
    coverage = Coverage.objects.filter(payer="medicare_b", relationship="self").order_by("pk")[0]
    ask_benefits(inside, [coverage], biller)
    trace = Inquiry.objects.get().trace
    file = take(inside, biller, "answer.271", REFUSED.replace("{trace}", trace).encode())
    assert (file.kinds, file.matched, file.unmatched, file.problems) == (["271"], 1, 0, [])
    row = Inquiry.objects.get()
    assert (row.answered_on, row.refused_because) == (DAY, "The payer does not find the subscriber.")
    assert not EligibilityAnswer.objects.filter(source="eligibility answer (271)").exists()


def test_an_answer_to_nobodys_question_is_counted_and_guessed_at_by_nobody(
    inside: Clinic, connected: ExchangeConnection, biller: User
) -> None:
    del connected
    coverage = Coverage.objects.filter(payer="medicare_b", relationship="self").order_by("pk")[0]
    ask_benefits(inside, [coverage], biller)
    file = take(inside, biller, "answer.271", REFUSED.replace("{trace}", "ANOTHERS").encode())
    assert (file.kinds, file.matched, file.unmatched) == (["271"], 0, 1)
    assert Inquiry.objects.get().answered_on is None


def test_a_question_that_lacks_what_every_payer_asks_for_is_left_out_with_why(
    inside: Clinic, connected: ExchangeConnection, biller: User
) -> None:
    del connected
    coverage = Coverage.objects.filter(payer="medicare_b").order_by("pk")[0]
    coverage.member_id = None
    coverage.save()
    asked = ask_benefits(inside, [coverage], biller)
    assert (asked.files, asked.questions, Inquiry.objects.count()) == ([], 0, 0)
    [(_payer, why)] = asked.left_out
    assert why.endswith("expected a member id")
    assert Patient.objects.get(pk=coverage.patient_id).family_name not in why


def test_where_a_claim_stands_is_read_onto_it(
    inside: Clinic, connected: ExchangeConnection, payer: Payer, biller: User, file_claims: File, run: Run
) -> None:
    del connected
    batch = file_claims(1)
    run()
    payer.work()
    run()
    claim = batch.claims.get()
    asked = ask_statuses(inside, [claim], biller)
    assert asked.questions == 1
    data = asked.files[0].content.data.decode()
    number = ClaimReport.objects.get(kind="277CA").payer_control_number
    assert f"REF*1K*{number}~REF*EJ*{claim.number}~" in data
    run()
    payer.work()
    run()
    report = ClaimReport.objects.get(kind="277")
    assert (report.claim_id, report.standing, report.batch_id) == (claim.pk, "accepted", batch.pk)
    assert Inquiry.objects.get().answered_on == DAY
    assert claim.events.filter(action="accepted").count() == 2


@pytest.mark.parametrize(("days", "asked"), [(30, 0), (31, 2)])
def test_claims_are_asked_about_once_they_wait_longer_than_their_payer_usually_takes(
    connected: ExchangeConnection, as_role: Callable[[Role], Client], file_claims: File, days: int, asked: int
) -> None:
    del connected
    batch = file_claims(2)
    Batch.objects.filter(pk=batch.pk).update(created_at=batch.created_at - timedelta(days=days))
    client, page = as_role(Role.BILLER), "/c/millrace/exchange/"
    # Fewer than twenty answers of the payer are known: thirty days are waited.
    assert client.post("/c/millrace/exchange/ask/").status_code == 302
    assert Inquiry.objects.count() == asked
    assert unanswered(DAY).count() == 0
    for again, waiting in ((13, 0), (14, asked)):
        Inquiry.objects.update(asked_on=DAY - timedelta(days=again))
        assert unanswered(DAY).count() == waiting
    words = "2 claims have waited longer for an answer than their payers usually take."
    assert (words in client.get(page).content.decode()) is bool(asked)
