"""What a payer is known never to pay is proposed on no claim: it is told as not billed, and stays what was done."""

from __future__ import annotations

from typing import Any

import pytest

from cleanclaim.bill.job import BilledClaim, ClaimState
from tests.bill.conftest import PATIENT, billed, patient, visit

EXERCISE = {"what": "exercise", "code": "97110", "minutes": 30, "by": "PT"}
PACKS = {"what": "hot pack", "minutes": 10, "by": "unattended", "attended": False}


def with_packs(payer: str, *done: dict[str, Any], **more: Any) -> BilledClaim:
    who = patient(coverages=[PATIENT["coverages"][0] | {"payer": payer}])
    (item,) = billed(visit(**{"interventions": list(done)} | more), who=who).claims
    return item


@pytest.mark.parametrize("named", [{}, {"code": "97010"}], ids=["in words", "by its code"])
def test_medicare_is_billed_for_the_rest(named: dict[str, str]) -> None:
    item = with_packs("medicare_b", EXERCISE, PACKS | named)

    lines: tuple[Any, ...] = item.lines
    assert ([line["code"] for line in lines], item.state) == (["97110"], ClaimState.READY)
    assert [(one.what, one.reason) for one in item.prepared.not_billed] == [
        (
            "97010 Heat or ice packs",
            "This payer counts packs as part of the other services and pays nothing for them. The note keeps them.",
        )
    ]
    assert [service.code for service in item.prepared.case.services or ()] == ["97110", "97010"]


def test_a_payer_whose_rule_nobody_has_read_is_billed() -> None:
    item = with_packs("larkspur_unheard_of", EXERCISE, PACKS)

    lines: tuple[Any, ...] = item.lines
    assert [line["code"] for line in lines] == ["97110", "97010"]
    assert item.prepared.not_billed == ()


def test_a_line_that_somebody_has_billed_stands_and_is_found() -> None:
    given = [
        {"code": "97110", "modifiers": ["GP", "KX"], "units": 2, "charge_cents": 12000},
        {"code": "97010", "modifiers": ["GP", "KX"], "units": 1, "charge_cents": 1500},
    ]
    item = with_packs("medicare_b", EXERCISE, PACKS, billed=given)

    assert [one.place for one in item.findings if one.code == "CD106"] == ["line 2"]
    assert (item.state, item.prepared.not_billed) == (ClaimState.HELD, ())
