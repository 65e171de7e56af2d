"""What an answer says of itself: decided or not, and whether the payer sent the claim on."""

from __future__ import annotations

import pytest

from cleanclaim.records.remittance import RemittedClaim


def said(status: str, **more: object) -> RemittedClaim:
    fields = {"segment": 9, "control_number": "V001", "charge_cents": 100, "paid_cents": 80} | more
    return RemittedClaim.model_validate({"status": status, **fields})


@pytest.mark.parametrize("status", ["19", "20", "21", "23"])
def test_a_status_says_that_the_claim_was_sent_on(status: str) -> None:
    assert said(status).is_forwarded


@pytest.mark.parametrize("remark", ["MA18", "MA07", "N89"])
def test_so_does_a_remark_of_the_claim_and_the_name_of_another_payer(remark: str) -> None:
    assert said("1", remarks=("MA01", remark)).is_forwarded
    assert said("1", forwarded_to="A SUPPLEMENT").is_forwarded


@pytest.mark.parametrize("status", ["1", "2", "3", "4", "22", "25"])
def test_otherwise_it_was_not(status: str) -> None:
    assert not said(status, remarks=("MA01", "N782")).is_forwarded
