"""A clinic that is loaded into the practice is billed as the same clinic is from its folder: rows lose nothing."""

from __future__ import annotations

import pytest

from cleanclaim.bill.job import bill
from cleanclaim.practice.engine.judging.claim_rows import STATUSES, is_judged_alone
from cleanclaim.practice.models import Claim
from cleanclaim.records.reading import read_folder
from cleanclaim.reference.payers import load_folder as load_packs
from tests.practice.conftest import DAY, FOLDER


@pytest.mark.usefixtures("inside")
def test_claims_of_rows_are_those_of_the_folder() -> None:
    loaded = read_folder(FOLDER)
    assert loaded.clinic is not None
    packs = {pack.id: pack for pack in load_packs(FOLDER / "payers")}
    visits = [visit for visit in loaded.visits if visit.date_of_service < DAY]
    billed = bill(loaded.clinic, loaded.patients, visits, as_of=DAY, packs=packs)
    expected = {
        item.key: (
            STATUSES[item.state].value,
            item.filing_deadline or item.filing_deadline_earliest,
            item.charge_cents,
            [(line["code"], line["modifiers"], line["units"], line["expected_payment_cents"]) for line in item.lines],
            sorted(finding.code for finding in item.findings if is_judged_alone(finding.code)),
        )
        for item in billed.claims
    }
    found = {
        claim.number: (
            claim.status,
            claim.due_on,
            claim.charge_cents,
            [(line.code, line.modifiers, line.units, line.expected_cents) for line in claim.lines.order_by("position")],
            sorted(finding.rule for finding in claim.findings.filter(was_mended=False)),
        )
        for claim in Claim.objects.all()
    }
    assert found.keys() <= expected.keys()
    assert {key: (value, expected[key]) for key, value in found.items() if value != expected[key]} == {}
