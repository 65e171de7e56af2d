"""Denials are never given up by their group code; the patient owes what is theirs."""

from __future__ import annotations

import pytest

from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.reference import adjustments, contractual_adjustments
from cleanclaim.remittance.effects import Effect, effect_of


def of(group: str, reason: str) -> Effect:
    return effect_of(Adjustment(group=AdjustmentGroup(group), reason=reason, amount_cents=100))


@pytest.mark.parametrize("reason", ["45", "59", "144", "237", "253", "303", "P12", "P23"])
def test_what_a_contract_or_the_law_gives_up_is_contractual(reason: str) -> None:
    assert of("CO", reason) is Effect.CONTRACTUAL
    # The same reason under another group says something else.
    assert (of("PI", reason), of("OA", reason), of("PR", reason)) == (Effect.OPEN, Effect.OPEN, Effect.PATIENT)


@pytest.mark.parametrize(
    "reason", ["4", "11", "16", "18", "22", "29", "50", "96", "97", "119", "151", "197", "222", "999"]
)
def test_every_other_reason_stays_open(reason: str) -> None:
    assert [of(group, reason) for group in ("CO", "OA", "PI")] == [Effect.OPEN] * 3
    assert of("PR", reason) is Effect.PATIENT


def test_what_a_contract_pays_above_the_charge_is_the_contracts() -> None:
    def above(group: str, cents: int, *, is_reversal: bool = False) -> Effect:
        told = Adjustment(group=AdjustmentGroup(group), reason="94", amount_cents=cents)
        return effect_of(told, is_reversal=is_reversal)

    assert (above("CO", -1), above("CO", 1, is_reversal=True)) == (Effect.CONTRACTUAL, Effect.CONTRACTUAL)
    # An amount that is withheld under it is a cut like any other.
    assert (above("CO", 1), above("CO", -1, is_reversal=True)) == (Effect.OPEN, Effect.OPEN)
    assert (above("OA", -1), above("PI", -1)) == (Effect.OPEN, Effect.OPEN)


def test_what_repeats_an_earlier_payer_is_settled() -> None:
    assert of("OA", "23") is Effect.SETTLED
    # Under another group it says something else.
    assert (of("CO", "23"), of("PI", "23"), of("PR", "23")) == (Effect.OPEN, Effect.OPEN, Effect.PATIENT)


def test_what_is_given_up_is_known_to_the_list_of_reasons_as_only_posted() -> None:
    assert contractual_adjustments.codes() == ("45", "59", "253", "144", "237", "303", "P12", "P23")
    for code in contractual_adjustments.codes():
        described = adjustments.carc(code)
        assert described is not None
        assert described.action is adjustments.Action.POST
        assert contractual_adjustments.find(code.lower()) is not None
    assert contractual_adjustments.find("18") is None
