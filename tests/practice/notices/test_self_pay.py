"""A patient who does not use insurance: kept with the signed request; superbills and no claims; never after filing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim.practice.engine.claims.filing import give_to_patient, release
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.patients import notices, self_pay
from cleanclaim.practice.engine.patients.self_pay import SelfPayRefusedError
from cleanclaim.practice.models import (
    Appointment,
    Claim,
    ClaimStatus,
    Clinic,
    Document,
    Patient,
    Role,
    SelfPayChoice,
    SelfPayReason,
    TrailEntry,
)
from cleanclaim.practice.sealing import Plain
from tests.forms.pages import words
from tests.practice.conftest import person

DAY = date(2026, 9, 25)
PDF = b"%PDF-1.7 signed"


@pytest.fixture
def ready(inside: Clinic) -> Claim:
    """A claim that is ready to go to a plan."""
    del inside
    found: Claim = Claim.objects.select_related("patient").filter(status="ready", gaps=[]).order_by("number")[0]
    assert found.payer != "cash"
    return found


def request_of(clinic: Clinic, patient: Patient) -> Document:
    made: Document = Document.objects.create(
        clinic=clinic, patient=patient, kind="selfpay", media_type="application/pdf", size=len(PDF), content=Plain(PDF),
        stored_by=person(clinic, Role.FRONT_DESK),
    )  # fmt: skip
    return made


def kept(clinic: Clinic, claim: Claim, **changes: date) -> SelfPayChoice:
    days = {"begins_on": claim.date_of_service, "ends_on": claim.date_of_service, "signed_on": claim.date_of_service}
    return self_pay.keep(
        clinic, person(clinic, Role.FRONT_DESK), claim.patient, document=request_of(clinic, claim.patient),
        **(days | changes),
    )  # fmt: skip


def test_visits_of_its_days_make_superbills_until_it_is_withdrawn(inside: Clinic, ready: Claim) -> None:
    before = {claim.pk: claim.status for claim in Claim.objects.filter(patient=ready.patient)}

    row = kept(inside, ready)

    claim = Claim.objects.get(pk=ready.pk)
    assert (claim.status, claim.payer, claim.coverage, claim.gaps) == (ClaimStatus.SUPERBILL.value, "cash", None, [])
    assert claim.record["payer"]["pack"] == "cash"
    others = Claim.objects.filter(patient=ready.patient).exclude(pk=ready.pk)
    assert {one.pk: one.status for one in others} == {key: told for key, told in before.items() if key != ready.pk}

    self_pay.withdraw(inside, person(inside, Role.OWNER), row)
    claim = Claim.objects.get(pk=ready.pk)
    assert (claim.status, claim.payer) == ("ready", ready.payer)
    with pytest.raises(SelfPayRefusedError, match="withdrawn already"):
        self_pay.withdraw(inside, person(inside, Role.OWNER), row)


def test_the_superbill_does_not_tell_the_patient_to_bill_the_plan(
    as_role: Callable[[Role], Client], inside: Clinic, ready: Claim
) -> None:
    def told() -> str:
        paper = as_role(Role.BILLER).get(f"/c/millrace/claims/{ready.pk}/superbill.pdf").content
        return " ".join(words(paper).split())

    assert "To ask your plan to pay you back" in told()
    kept(inside, ready)
    assert "As you have chosen in writing" in told()


def test_the_queue_offers_no_claim_and_the_patient_owes_the_superbill(inside: Clinic, ready: Claim) -> None:
    biller = person(inside, Role.BILLER)
    kept(inside, ready)

    assert release(inside, [ready.pk], biller).batches == []
    give_to_patient(ready.pk, biller)

    owed = account_of(ready.patient_id).balance(DAY)
    assert owed.due_cents == ready.charge_cents


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"signed_on": DAY + timedelta(days=1)}, "not one to come"),
        ({"signed_on": DAY, "begins_on": DAY - timedelta(days=1)}, "signed by the first day of care"),
        ({"signed_on": DAY, "begins_on": DAY, "ends_on": DAY - timedelta(days=1)}, "the last day not before the first"),
    ],
)
def test_days_follow_each_other(inside: Clinic, ready: Claim, days: dict[str, date], says: str) -> None:
    with pytest.raises(SelfPayRefusedError, match=says):
        kept(inside, ready, **days)
    assert SelfPayChoice.objects.count() == 0


def test_what_a_payer_was_told_is_not_taken_back(inside: Clinic, ready: Claim) -> None:
    release(inside, [ready.pk], person(inside, Role.BILLER))

    with pytest.raises(SelfPayRefusedError, match="a claim of these days is filed"):
        kept(inside, ready)
    made = kept(inside, ready, begins_on=DAY + timedelta(days=1), ends_on=DAY + timedelta(days=1))
    assert made.begins_on == DAY + timedelta(days=1)


def test_an_estimate_is_owed_for_days_on_which_insurance_is_not_used(inside: Clinic) -> None:
    visit = Appointment.objects.select_related("patient").order_by("starts_at", "pk")[0]
    later = DAY + timedelta(days=14)
    Appointment.objects.filter(pk=visit.pk).update(
        starts_at=visit.starts_at.replace(year=later.year, month=later.month, day=later.day), status="booked"
    )
    patient = visit.patient
    before = [one.reason for one in notices.due(inside, DAY, patient.pk)]
    self_pay.keep(
        inside, person(inside, Role.OWNER), patient, begins_on=later, ends_on=later, signed_on=DAY,
        document=request_of(inside, patient),
    )  # fmt: skip

    assert (before, [one.reason for one in notices.due(inside, DAY, patient.pk)]) == ([], [SelfPayReason.NOT_USED])


# --- pages -------------------------------------------------------------------------------------------------

FORM = {"begins_on": "2026-09-25", "ends_on": "2026-10-23", "signed_on": "2026-09-25"}


def test_the_front_desk_keeps_one_with_its_request(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client, medicare = as_role(Role.FRONT_DESK), Patient.objects.get(number="P104")
    address = f"/c/millrace/patients/{medicare.pk}/self-pay/new/"
    page = client.get(address).content.decode()
    assert "Medicare must be billed for what it covers" in page
    assert client.post(address, FORM).status_code == 422  # no request
    assert (SelfPayChoice.objects.count(), Document.objects.filter(kind="selfpay").count()) == (0, 0)
    late = FORM | {"signed_on": "2026-09-26", "file": SimpleUploadedFile("request.pdf", PDF)}
    assert client.post(address, late).status_code == 422
    assert Document.objects.filter(kind="selfpay").count() == 0  # nor is its document kept

    answer = client.post(address, FORM | {"file": SimpleUploadedFile("request.pdf", PDF)})

    assert answer["Location"] == f"/c/millrace/patients/{medicare.pk}/"
    row = SelfPayChoice.objects.select_related("document").get()
    assert (row.document.kind, row.document.content.data, row.ends_on) == ("selfpay", PDF, date(2026, 10, 23))
    chart = client.get(answer["Location"]).content.decode()
    assert "Does not use insurance" in chart
    client.post(f"/c/millrace/self-pay/{row.pk}/withdraw/")
    assert SelfPayChoice.objects.get().withdrawn_on == DAY
    assert list(TrailEntry.objects.filter(subject="self-pay choice").values_list("action", flat=True)) == [
        "create", "change",
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "expected"), [(Role.BILLER, 302), (Role.AUDITOR, 403), (Role.THERAPIST, 403)])
def test_who_keeps_and_withdraws(
    as_role: Callable[[Role], Client], inside: Clinic, ready: Claim, role: Role, expected: int
) -> None:
    row = kept(inside, ready)

    assert as_role(role).post(f"/c/millrace/self-pay/{row.pk}/withdraw/").status_code == expected
    assert (SelfPayChoice.objects.get().withdrawn_on is not None) == (expected == 302)
