"""From the coverage through to the file and the form: the injury's claim number, accident, state and employer."""

from __future__ import annotations

from datetime import date, datetime

from cleanclaim import records
from cleanclaim.forms.cms1500 import fill_form
from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.claims.claim_file_view import composed
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, User
from tests.practice.conftest import DAY


def injured(clinic: Clinic, user: User, payer: str, kind: str, state: str) -> records.Claim:
    """A claim whose patient was hurt, billed to the carrier; built anew from the coverage as it is entered."""
    claim = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b").order_by("number").first()
    assert claim is not None
    patient = claim.patient
    patient.accident_kind, patient.accident_on, patient.accident_state = kind, date(2026, 8, 5), state
    patient.save()
    coverage = patient.coverages.get(order="primary")
    patient.coverages.exclude(pk=coverage.pk).delete()
    coverage.payer, coverage.payer_name, coverage.payer_identifier = payer, "Carrier Mutual", "SYNCM01"
    coverage.claim_number, coverage.employer, coverage.member_id = "INJ-77", "Northwind Freight", "123456789"
    coverage.save()
    recheck(clinic, [claim.pk], user)
    claim.refresh_from_db()
    return records.Claim.model_validate(claim.record)


def segments(record: records.Claim, clinic: Clinic) -> list[str]:
    file = composed(record, clinic, datetime(DAY.year, DAY.month, DAY.day, 8))
    return file.data.decode().split("~")


def typed(record: records.Claim) -> str:
    """What stands on the first sheet of the form, its rows one below the other."""
    filled = fill_form(record)
    assert filled.problems == ()
    return "\n".join(filled.sheets[0])


def test_workers_compensation(inside: Clinic, biller: User) -> None:
    record = injured(inside, biller, "wc_il", "employment", "")
    found = segments(record, inside)
    assert "REF*Y4*INJ-77" in found
    assert "DTP*439*D8*20260805" in found
    (claim,) = [one for one in found if one.startswith("CLM*")]
    assert claim.endswith("**EM")
    (subscriber,) = [one for one in found if one.startswith("SBR*")]
    assert subscriber.endswith("*WC")
    form = typed(record)
    for words in ("Y4", "INJ 77", "NORTHWIND FREIGHT", "CARRIER MUTUAL"):
        assert words in form.replace("INJ77", "INJ 77"), words


def test_auto(inside: Clinic, biller: User) -> None:
    record = injured(inside, biller, "auto_mi", "auto", "MI")
    found = segments(record, inside)
    assert "REF*Y4*INJ-77" in found
    assert "DTP*439*D8*20260805" in found
    (claim,) = [one for one in found if one.startswith("CLM*")]
    assert claim.endswith("**AA:::MI")
    (subscriber,) = [one for one in found if one.startswith("SBR*")]
    assert subscriber.endswith("*AM")
    form = typed(record)
    for words in ("Y4", "INJ77", " MI", "08 05 26"):
        assert words in form.replace("INJ 77", "INJ77"), words


def test_an_auto_accident_without_its_state_is_not_filed(inside: Clinic, biller: User) -> None:
    injured(inside, biller, "auto_mi", "auto", "")
    claim = Claim.objects.get(payer="auto_mi")
    assert "accident state" in [gap["field"] for gap in claim.gaps]
