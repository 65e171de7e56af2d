"""Ready claims go into one file a payer, once; a file stays as it was made; earlier claims are replaced or voided."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from cleanclaim.practice.engine.claims.filing import (
    NotFiledError,
    Released,
    drop_answer,
    give_to_patient,
    release,
    replace_claim,
    void_claim,
)
from cleanclaim.practice.engine.claims.staleness import stale
from cleanclaim.practice.models import Batch, Claim, Clinic, ControlNumbers, Coverage, Patient, TrailEntry, Visit
from cleanclaim.x12 import claims_of, read
from tests.practice.claims.claim_rows_of import biller, claim_of
from tests.practice.conftest import DAY


def _release(clinic: Clinic, *numbers: str) -> Released:
    claims = Claim.objects.filter(number__in=numbers) if numbers else Claim.objects.filter(status="ready")
    return release(clinic, claims.values_list("pk", flat=True), biller(claim_of("V001")))


def _ids(batch: Batch) -> list[str]:
    kept = Batch.objects.get(pk=batch.pk)
    return [claim.id for claim in claims_of(read(kept.content.data))[0]]


def test_every_ready_claim_goes_into_its_payers_file(inside: Clinic) -> None:
    ready = {claim.number: claim.payer for claim in Claim.objects.filter(status="ready")}
    released = _release(inside)
    assert released.left_out == []
    assert {number: batch.payer for batch in released.batches for number in _ids(batch)} == ready
    assert not Claim.objects.filter(status="ready").exists()
    assert {claim.number for claim in Claim.objects.filter(status="submitted")} == set(ready)
    payers = [batch.payer for batch in released.batches]
    assert payers == sorted(payers)
    assert [batch.interchange_control for batch in released.batches] == [
        f"{number:09d}" for number in range(1, len(payers) + 1)
    ]
    assert {batch.file_name for batch in released.batches} >= {"larkspur_mutual-20260925-000000001.837"}
    for batch in released.batches:
        kept = Batch.objects.get(pk=batch.pk)
        assert kept.sha256 == hashlib.sha256(kept.content.data).hexdigest()
        assert kept.claims_count == kept.claims.count()
        assert kept.charge_cents == sum(claim.charge_cents for claim in kept.claims.all())
    told = TrailEntry.objects.filter(action="release", subject="batch")
    assert told.count() == len(payers)


@pytest.mark.parametrize(
    ("switched", "is_demo", "marked"), [(False, False, b"T"), (True, False, b"P"), (True, True, b"T")]
)
def test_a_file_is_a_test_until_an_owner_switches_and_always_in_a_demo(
    inside: Clinic,
    settings: Any,
    switched: bool,  # noqa: FBT001 - a case
    is_demo: bool,  # noqa: FBT001 - a case
    marked: bytes,
) -> None:
    settings.IS_DEMO = is_demo
    inside.sends_production = switched
    [batch] = _release(inside, "V001").batches
    assert batch.content.data.split(b"~")[0].split(b"*")[15] == marked
    assert batch.is_production is (marked == b"P")


def test_control_numbers_go_on_and_never_repeat(inside: Clinic) -> None:
    first = _release(inside, "V001").batches[0]
    second = _release(inside, "V002").batches[0]
    assert (first.interchange_control, second.interchange_control) == ("000000001", "000000002")
    assert ControlNumbers.objects.get().numbers == {"interchange": 3, "group": 3, "transaction": 3}


def test_what_went_out_does_not_go_out_again(inside: Clinic) -> None:
    assert len(_release(inside, "V001").batches) == 1
    again = _release(inside, "V001")
    assert again.batches == []
    assert [(claim.number, why) for claim, why in again.left_out] == [("V001", "not ready")]
    assert Batch.objects.count() == 1


def test_what_needs_a_fix_stays_and_takes_no_number(inside: Clinic) -> None:
    released = _release(inside, "V082")
    assert [(claim.number, why) for claim, why in released.left_out] == [("V082", "not ready")]
    assert not ControlNumbers.objects.exists()
    assert claim_of("V082").status == "held"


def test_a_claim_that_no_file_can_hold_stays_with_what_it_lacks(inside: Clinic) -> None:
    claim = claim_of("V001")
    record = claim.record
    record["diagnoses"] = [*record["diagnoses"], "XX"]
    claim.record = record
    claim.save(update_fields=["record"])
    released = _release(inside, "V001", "V002")
    assert [batch.claims_count for batch in released.batches] == [1]
    [(left, why)] = released.left_out
    assert left.number == "V001"
    assert why.startswith("diagnosis")
    stays = claim_of("V001")
    assert (stays.status, len(stays.gaps)) == ("ready", 1)
    assert stays.events.get(action="not filed").detail == why


def test_a_claim_is_checked_again_before_it_goes_where_a_record_has_changed(inside: Clinic) -> None:
    claim = claim_of("V001")
    coverage = Coverage.objects.get(pk=claim.coverage_id)
    coverage.member_id = "NOTANMBI"
    coverage.save()
    assert stale([claim_of("V001")], DAY) == {claim.pk}
    released = _release(inside, "V001")
    assert [(one.number, why) for one, why in released.left_out] == [
        ("V001", "checked again before filing: no longer ready")
    ]
    assert claim_of("V001").findings.filter(rule="ID202").exists()
    assert not Batch.objects.exists()


def test_a_check_is_out_of_date_from_the_next_day_on(inside: Clinic) -> None:
    claim = claim_of("V001")
    assert stale([claim], DAY) == set()
    assert stale([claim], DAY + timedelta(days=1)) == {claim.pk}
    other = Patient.objects.exclude(pk=claim.patient_id)[0]
    other.phone = "3125550101"
    other.save()
    assert stale([claim_of("V001")], DAY) == set()
    assert inside.slug == "millrace"


def test_a_long_visit_is_filed_as_several_claims_of_one_row(inside: Clinic) -> None:
    claim = claim_of("V001")
    record = claim.record
    [line, *_] = record["lines"]
    record["lines"] = [line | {"number": number, "control_number": f"V001-{number}"} for number in range(1, 53)]
    claim.record = record
    claim.save(update_fields=["record"])
    [batch] = _release(inside, "V001").batches
    assert _ids(batch) == ["V001-1", "V001-2"]
    assert (batch.claims_count, claim_of("V001").events.get(action="filed").detail) == (
        1, f"{batch.file_name}, as 2 claims",
    )  # fmt: skip


# --- replacing and voiding ------------------------------------------------------------------------------------


def test_a_replacement_is_built_from_the_visit_and_closes_what_it_replaces(inside: Clinic) -> None:
    _release(inside, "V001")
    filed = claim_of("V001")
    made = replace_claim(inside, filed.pk, biller(filed), " 1226268123456 ")
    assert (made.number, made.frequency, made.status, made.original_reference) == (
        "V001R1",
        "7",
        "ready",
        "1226268123456",
    )
    assert (made.record["id"], made.record["frequency"], made.record["original_reference"]) == (
        "V001R1", "7", "1226268123456",
    )  # fmt: skip
    assert claim_of("V001").status == "submitted"
    [batch] = _release(inside, "V001R1").batches
    text = batch.content.data.decode()
    assert "CLM*V001R1*" in text
    assert "REF*F8*1226268123456~" in text
    assert ":B:7*" in text
    assert claim_of("V001").status == "closed"
    assert claim_of("V001").events.get(action="replaced").detail == "by V001R1"
    second = replace_claim(inside, claim_of("V001R1").pk, biller(filed), "2")
    assert second.number == "V001R2"


def test_a_void_repeats_the_claim_as_it_was_filed(inside: Clinic) -> None:
    _release(inside, "V001")
    filed = claim_of("V001")
    Visit.objects.filter(pk=filed.visit_id).update(diagnoses=["R26.89"])
    made = void_claim(filed.pk, biller(filed), "1226268123456")
    assert (made.number, made.frequency, made.status) == ("V001V1", "8", "ready")
    assert made.record["diagnoses"] == filed.record["diagnoses"]
    assert [(row.code, row.units) for row in made.lines.all()] == [(row.code, row.units) for row in filed.lines.all()]
    _release(inside, "V001V1")
    assert (claim_of("V001").status, claim_of("V001V1").status) == ("closed", "submitted")
    with pytest.raises(NotFiledError, match="only a filed claim"):
        void_claim(claim_of("V001V1").pk, biller(filed), "3")


def test_only_a_filed_claim_is_answered_and_only_once(inside: Clinic) -> None:
    claim = claim_of("V001")
    with pytest.raises(NotFiledError, match="only a filed claim"):
        replace_claim(inside, claim.pk, biller(claim), "1")
    _release(inside, "V001")
    with pytest.raises(NotFiledError, match="expected 1 to 50 characters"):
        replace_claim(inside, claim.pk, biller(claim), " ")
    made = replace_claim(inside, claim.pk, biller(claim), "1")
    with pytest.raises(NotFiledError, match="begun already"):
        void_claim(claim.pk, biller(claim), "1")
    assert drop_answer(made.pk, biller(claim)).pk == claim.pk
    assert claim_of("V001R1").status == "closed"
    assert void_claim(claim.pk, biller(claim), "1").number == "V001V1"


def test_a_claim_that_the_patient_pays_is_closed_with_its_superbill(inside: Clinic) -> None:
    claim = claim_of("V029")
    assert (claim.status, claim.gaps) == ("superbill", [])
    assert give_to_patient(claim.pk, biller(claim)).status == "closed"
    with pytest.raises(NotFiledError):
        give_to_patient(claim.pk, biller(claim))
    with pytest.raises(NotFiledError):
        give_to_patient(claim_of("V001").pk, biller(claim))
    assert claim_of("V029").events.get(action="given to patient").created_at.date() >= date(2026, 1, 1)
    assert inside.slug == "millrace"
