"""A Qualified Medicare Beneficiary by eligibility: never asked for Medicare's cost sharing, and shown on their page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.filing import give_to_patient, release
from cleanclaim.practice.engine.exchange.benefit_answers import take_benefits
from cleanclaim.practice.engine.judging.protection import is_protected, medicare_payers, write_down
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.patients import placing_out, statements
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import (
    Claim,
    ClaimLine,
    Clinic,
    Coverage,
    EligibilityAnswer,
    Inquiry,
    Patient,
    Role,
    Transmission,
    User,
)
from cleanclaim.receivables.placements import Keeps
from tests.practice.conftest import DAY
from tests.practice.money.answers import Decision, Said, remittance

MEDICARE = "P104"


def leaves(number: int, charge: int) -> Decision:
    """Pays half, and leaves a fifth as coinsurance; on the first line 10.00 of that is refused to the patient."""
    half, fifth = charge // 2, charge // 5
    other = [("PR", "50", 1_000)] if number == 1 else []
    shared = fifth - sum(cents for _group, _reason, cents in other)
    return Decision(half, [("CO", "45", charge - half - fifth), ("PR", "2", shared), *other])


@pytest.fixture
def claim(inside: Clinic, biller: User) -> Claim:
    """A claim of Medicare alone, answered; its first line says that the patient signed a notice (GA)."""
    for ready in Claim.objects.filter(payer="medicare_b", status="ready", gaps=[]).order_by("number"):
        if not ready.record["other_payers"]:
            ready.record["lines"][0]["modifiers"].append("GA")
            ready.save()
            release(inside, [ready.pk], biller)
            found: Claim = Claim.objects.select_related("patient", "coverage").get(pk=ready.pk)
            post(inside, biller, keep_file(inside, biller, remittance([Said(found, leaves)], trace="EFT1")))
            return found
    raise AssertionError("the sample clinic has no claim to Medicare alone")


def open_of(claim: Claim) -> int:
    return sum(line["charge_cents"] // 5 for line in claim.record["lines"])


def test_cost_sharing_is_not_asked_and_what_medicare_refused_to_the_patient_is(inside: Clinic, claim: Claim) -> None:
    before = account_of(claim.patient_id).balance(DAY)
    assert (before.due_cents, before.protected_cents) == (open_of(claim), 0)
    assert claim.coverage is not None
    write_down(claim.coverage, is_protected=True, seen_on=DAY)

    after = account_of(claim.patient_id).balance(DAY)

    # Group PR with reason 50 is what a signed notice lets the clinic ask for: no cost sharing.
    assert (after.due_cents, after.protected_cents) == (1_000, open_of(claim) - 1_000)
    (one,) = statements.candidates(inside, [claim.patient_id])
    assert (one.balance.due_cents, one.balance.protected_cents) == (1_000, open_of(claim) - 1_000)
    write_down(claim.coverage, is_protected=False, seen_on=DAY)
    assert account_of(claim.patient_id).balance(DAY).due_cents == open_of(claim)


def test_what_was_billed_without_a_notice_is_never_asked_for_whatever_the_payer_says(claim: Claim) -> None:
    line = ClaimLine.objects.get(claim=claim, position=1)
    line.modifiers = [*line.modifiers, "GA"]
    line.save()
    assert account_of(claim.patient_id).balance(DAY).due_cents == open_of(claim)

    line.modifiers = [*line.modifiers[:-1], "GZ"]
    line.save()

    found = account_of(claim.patient_id).balance(DAY)
    assert (found.due_cents, found.protected_cents) == (open_of(claim) - 1_000, 1_000)
    assert open_accounts([claim.patient_id])[claim.patient_id].balance(DAY) == found


def test_a_plan_that_is_not_medicares_may_ask(inside: Clinic, claim: Claim) -> None:
    assert claim.coverage is not None
    write_down(claim.coverage, is_protected=True, seen_on=DAY)

    Claim.objects.filter(pk=claim.pk).update(payer="aetna")

    assert account_of(claim.patient_id).balance(DAY).due_cents == open_of(claim)
    assert medicare_payers(inside, {"medicare_b", "uhc_medicare_advantage", "aetna", "nobodys"}) == {
        "medicare_b", "uhc_medicare_advantage",
    }  # fmt: skip


def test_of_earlier_months_nothing_is_known(claim: Claim) -> None:
    assert claim.coverage is not None
    write_down(claim.coverage, is_protected=True, seen_on=DAY)
    Claim.objects.filter(pk=claim.pk).update(date_of_service=date(2026, 8, 31))

    assert account_of(claim.patient_id).balance(DAY).due_cents == open_of(claim)
    assert (is_protected(claim.patient_id, date(2026, 8, 31)), is_protected(claim.patient_id, DAY)) == (None, True)


def test_the_balance_of_a_protected_patient_stays_with_the_clinic(inside: Clinic, claim: Claim, biller: User) -> None:
    def keeps() -> list[Keeps]:
        found = placing_out.candidates(inside, least_cents=100, statements=0)
        return [reason for one in found if one.patient.pk == claim.patient_id for reason in one.keeps]

    assert keeps() == []
    assert claim.coverage is not None
    write_down(claim.coverage, is_protected=True, seen_on=DAY)
    assert keeps() == [Keeps.QMB]
    del biller


def test_of_a_medicare_patient_whom_nobody_asked_it_is_not_known_until_it_is(inside: Clinic, biller: User) -> None:
    claim = Claim.objects.select_related("patient").get(patient__number="P133")
    give_to_patient(claim.pk, biller)
    coverage = Coverage.objects.create(clinic=inside, patient=claim.patient, payer="medicare_b", order="secondary")

    def keeps() -> tuple[Keeps, ...]:
        (one,) = placing_out.candidates(inside, least_cents=100, statements=0)
        return one.keeps

    assert keeps() == (Keeps.QMB_UNKNOWN,)
    write_down(coverage, is_protected=False, seen_on=DAY)
    assert keeps() == ()


ANSWER = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*MILLRACE       *260925*1200*^*00501*000000009*0*T*:~"
    "GS*HB*PAYER*MILLRACE*20260925*1200*9*X*005010X279A1~ST*271*0001*005010X279A1~BHT*0022*11*1*20260925*1200~"
    "HL*1**20*1~NM1*PR*2*MEDICARE*****PI*P1~HL*2*1*21*1~NM1*1P*2*MILLRACE*****XX*1999000163~HL*3*2*22*0~"
    "TRN*2*T1~NM1*IL*1*SYNTHETIC*PERSON****MI*X1~EB*1**30*MB~EB*1**30*QM~DTP*346*RD8*20260101-20261231~"
    "SE*13*0001~GE*1*9~IEA*1*000000009~"
)


def test_a_payers_answer_tells_it(inside: Clinic, biller: User) -> None:
    coverage = Coverage.objects.filter(patient__number=MEDICARE, payer="medicare_b")[0]
    asked = Transmission.objects.create(
        clinic=inside, kind="270", file_name="asked.270", interchange_control="000000001", group_control="1"
    )
    Inquiry.objects.create(
        clinic=inside, transmission=asked, coverage=coverage, trace="T1", asked_on=DAY, asked_by=biller
    )

    matched, unmatched, problems = take_benefits(inside, ANSWER.encode())

    assert (matched, unmatched, problems) == (1, 0, [])
    told = EligibilityAnswer.objects.get(coverage=coverage, qmb__isnull=False)
    assert (told.qmb, told.source) == (True, "eligibility answer (271)")
    assert is_protected(coverage.patient_id, DAY) is True


# --- pages -------------------------------------------------------------------------------------------------


def test_it_is_typed_with_the_coverage_and_the_day_it_was_seen(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    del inside
    client = as_role(Role.FRONT_DESK)
    coverage = Coverage.objects.filter(patient__number=MEDICARE, payer="medicare_b")[0]
    chart, address = f"/c/millrace/patients/{coverage.patient_id}/", f"/c/millrace/coverages/{coverage.pk}/"
    assert "Qualified Medicare Beneficiary:" not in client.get(chart).content.decode()
    form = client.get(address).context["form"]
    card = {name: form[name].value() or "" for name in form.fields} | {"version": str(coverage.version)}
    card |= {"valid_from": coverage.valid_from.isoformat() if coverage.valid_from else "", "in_network": ""}
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    for seen_on in ("", tomorrow):
        answer = client.post(address, card | {"qmb": "yes", "qmb_seen_on": seen_on})
        assert (answer.status_code, "Expected the day on which it was seen" in answer.content.decode()) == (422, True)

    for _twice in range(2):
        card["version"] = str(Coverage.objects.get(pk=coverage.pk).version)
        assert client.post(address, card | {"qmb": "yes", "qmb_seen_on": "2026-09-20"}).status_code == 302

    row = EligibilityAnswer.objects.get(coverage=coverage, qmb__isnull=False)  # the same is kept once
    assert (row.qmb, row.asked_on, row.source) == (True, date(2026, 9, 20), "card or portal, with the coverage")
    assert "Qualified Medicare Beneficiary:" in client.get(chart).content.decode()
    shown = client.get(address).context["form"].initial
    assert (shown["qmb"], shown["qmb_seen_on"]) == (True, date(2026, 9, 20))


def test_only_medicares_coverage_says_it(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    patient = Patient.objects.get(number="P101")
    sent = {
        "chosen": "aetna", "order": "tertiary", "relationship": "self", "qmb": "yes", "qmb_seen_on": "2026-09-20",
    }  # fmt: skip

    answer = as_role(Role.FRONT_DESK).post(f"/c/millrace/patients/{patient.pk}/coverages/new/", sent)

    assert (answer.status_code, "Medicare&#x27;s coverage only" in answer.content.decode()) == (422, True)
    assert EligibilityAnswer.objects.filter(qmb__isnull=False).count() == 0
