"""What the simulated payer pays and denies, line by line, on both sides of each of its limits.

Fees and shares are those of its own files: 97110 $30.00 (46 % practice expense), 97140 $28.00 (45 %), 97530 $35.50
(54 %); Medicare 20 % coinsurance, 2 % sequestration, 85 % for assistants, half of a further practice expense.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cleanclaim.payer_sim import Memory
from cleanclaim.payer_sim.pack import load_pack
from cleanclaim.reference import adjustments
from tests.payer_sim.claim_files import DAY, TODAY, Claim, Line, cuts, lines, remitted, run

COMMERCIAL = Claim(indicator="CI", member="LM5550101")
ADVANTAGE = Claim(indicator="16", member="UM5550101")
PERSON = "medicare|1EG4TE5MK01|1950-01-01|JAN"


def met() -> Memory:
    """A payer that knows the patient's deductible of the year to be met."""
    memory = Memory(seed=1, scenario="none")
    memory.deductibles[f"{PERSON}|2026"] = 28_300
    return memory


def test_a_line_of_medicare_is_shared_with_the_patient_and_sequestered() -> None:
    (line,) = lines(Claim(), memory=met())
    # 30.00 allowed, 6.00 coinsurance, 2 % of 24.00
    assert cuts(line) == {"CO-45": 4_800, "PR-2": 600, "CO-253": 48}
    assert (line.paid_cents, line.allowed_cents, line.remarks) == (2_352, 3_000, ())


def test_a_further_procedure_of_the_day_loses_half_of_its_practice_expense() -> None:
    first, second = lines(Claim(lines=(Line("97140", charge=7_400), Line(units=2, charge=15_600))), memory=met())
    # 97110 has the larger practice expense (13.80, against 12.60): one of its units is whole, all else is cut.
    assert cuts(first) == {"CO-45": 4_600, "CO-59": 630, "PR-2": 434, "CO-253": 35}
    assert cuts(second) == {"CO-45": 9_600, "CO-59": 690, "PR-2": 1_062, "CO-253": 85}
    assert (first.paid_cents, second.paid_cents) == (1_701, 4_163)
    assert (first.remarks, second.remarks) == (("N670",), ("N670",))


def test_a_procedure_paid_by_an_earlier_claim_was_the_whole_one() -> None:
    memory = met()
    assert cuts(lines(Claim(lines=(Line("97140", charge=7_400),)), memory=memory)[0]).get("CO-59") is None
    (later,) = lines(Claim(id="C2"), memory=memory, number=2)
    assert cuts(later)["CO-59"] == 690
    (next_day,) = lines(Claim(id="C3", lines=(Line(day=DAY + timedelta(days=1)),)), memory=memory, number=3)
    assert "CO-59" not in cuts(next_day)


def test_an_assistant_is_paid_less() -> None:
    (line,) = lines(Claim(lines=(Line(modifiers=("GP", "CQ")),)), memory=met())
    # 15 % of 24.00 is 3.60; then 2 % of 20.40
    assert cuts(line) == {"CO-45": 5_160, "PR-2": 600, "CO-253": 41}
    assert (line.paid_cents, line.remarks) == (1_999, ("N851",))


@pytest.mark.parametrize(("known", "deductible"), [(28_300, 0), (28_299, 1), (25_300, 3_000), (25_000, 3_000)])
def test_the_deductible_is_taken_until_it_is_met(known: int, deductible: int) -> None:
    memory = met()
    memory.deductibles[f"{PERSON}|2026"] = known
    (line,) = lines(Claim(), memory=memory)
    assert cuts(line).get("PR-1", 0) == deductible
    assert memory.deductibles[f"{PERSON}|2026"] == known + deductible


def test_a_copay_is_spread_over_the_lines_of_a_day_and_taken_once() -> None:
    # 97010 is worth 6.60 here, 97110 33.00: 30.00 of copay are 6.60 and 23.40.
    memory = Memory(seed=1, scenario="none")
    both = (Line("97010", charge=1_500), Line())
    first, second = lines(replace(COMMERCIAL, lines=both), memory=memory)
    assert (cuts(first)["PR-3"], cuts(second)["PR-3"]) == (660, 2_340)
    assert (first.paid_cents, second.paid_cents) == (0, 960)
    later = replace(COMMERCIAL, id="C2", lines=(Line("97140", charge=7_400),))
    assert "PR-3" not in cuts(lines(later, memory=memory, number=2)[0])


def test_a_charge_below_the_fee_is_what_is_allowed() -> None:
    (line,) = lines(Claim(lines=(Line(charge=2_000),)), memory=met())
    assert cuts(line) == {"PR-2": 400, "CO-253": 32}


# --- denials ------------------------------------------------------------------------------------------------


def denial(claim: Claim, place: int = 0, memory: Memory | None = None) -> tuple[dict[str, int], tuple[str, ...]]:
    line = lines(claim, memory=memory or met())[place]
    return cuts(line), line.remarks


@pytest.mark.parametrize(
    ("claim", "reason", "remarks"),
    [
        (Claim(lines=(Line(modifiers=()),)), "CO-4", ("N822",)),
        (Claim(lines=(Line("97010", charge=7_800),)), "CO-97", ("M15",)),
        (Claim(lines=(Line("97999"),)), "PR-204", ("N130",)),
        (Claim(lines=(Line(units=7),)), "CO-151", ("N362",)),
        (Claim(lines=(Line("95992"),)), "CO-167", ("N115",)),
        (Claim(frequency="7", original="2632000000001"), "CO-16", ("MA130",)),
        (replace(COMMERCIAL, frequency="7", original="2632000000001"), "CO-16", ("M47",)),
        (ADVANTAGE, "CO-197", ()),
        (Claim(order="S", other="SYNLM01"), "CO-22", ()),
        (Claim(lines=(Line(day=TODAY - timedelta(days=366)),)), "CO-29", ()),
    ],
)
def test_a_line_is_denied_whole(claim: Claim, reason: str, remarks: tuple[str, ...]) -> None:
    assert denial(claim) == ({reason: 7_800}, remarks)


@pytest.mark.parametrize(
    "claim",
    [
        Claim(lines=(Line("97597", modifiers=(), charge=20_000),), diagnosis="L97511"),
        Claim(lines=(Line(units=6, charge=30_000),)),
        Claim(lines=(Line("95992", charge=9_000),), diagnosis="H8111"),
        replace(ADVANTAGE, authorization="UMA1"),
        replace(COMMERCIAL, lines=(Line(modifiers=()),)),
        Claim(lines=(Line(day=TODAY - timedelta(days=365)),)),
    ],
)
def test_its_neighbor_is_not(claim: Claim) -> None:
    assert not {"CO-4", "CO-29", "CO-151", "CO-167", "CO-197"} & set(denial(claim)[0])


def test_units_are_counted_over_the_claims_of_a_day() -> None:
    memory = met()
    assert "CO-151" not in denial(Claim(lines=(Line(units=4, charge=20_000),)), memory=memory)[0]
    two = lines(Claim(id="C2", lines=(Line(units=2, charge=10_000), Line(units=1))), memory=memory, number=2)
    assert ["CO-151" in cuts(line) for line in two] == [False, True]


@pytest.mark.parametrize(
    ("second", "is_denied"),
    [(("GP",), True), (("GP", "59"), False), (("GP", "XS"), False), (("GP", "CQ"), True)],
)
def test_a_pair_passes_with_a_modifier_only(second: tuple[str, ...], *, is_denied: bool) -> None:
    claim = replace(COMMERCIAL, lines=(Line("97530", charge=8_800), Line("97140", second, charge=7_400)))
    assert ("CO-236" in denial(claim, 1)[0]) is is_denied
    assert "CO-236" not in denial(claim, 0)[0]


@pytest.mark.parametrize(
    ("before", "modifiers", "is_denied"),
    [(245_000, ("GP",), False), (245_001, ("GP",), True), (245_001, ("GP", "KX"), False)],
)
def test_a_line_over_the_threshold_needs_its_attestation(
    before: int, modifiers: tuple[str, ...], *, is_denied: bool
) -> None:
    memory = met()
    memory.allowed[f"{PERSON}|PT|2026"] = before
    (line,) = lines(Claim(lines=(Line(modifiers=modifiers),)), memory=memory)
    assert ("PR-119" in cuts(line)) is is_denied
    assert memory.allowed[f"{PERSON}|PT|2026"] == before + (0 if is_denied else 3_000)


def test_the_same_service_again_is_a_duplicate_when_the_first_was_paid() -> None:
    memory = met()
    lines(Claim(), memory=memory)
    (again,) = lines(Claim(id="C2"), memory=memory, number=2)
    assert cuts(again) == {"OA-18": 7_800}
    denied_first = met()
    assert "CO-4" in cuts(lines(Claim(lines=(Line(modifiers=()),)), memory=denied_first)[0])
    (mended,) = lines(Claim(id="C2"), memory=denied_first, number=2)
    assert mended.paid_cents == 2_352


def test_every_code_that_it_says_is_on_the_published_lists() -> None:
    pack = load_pack()
    reasons = [*pack.edits.denials.values(), *pack.edits.cuts.values()]
    for reason in reasons:
        listed = adjustments.carc(reason.reason)
        assert listed is not None, reason
        assert listed.in_use_on(date(2024, 6, 1)), reason
        assert all(adjustments.rarc(code) is not None for code in reason.remarks), reason


# --- other payers, replacements ------------------------------------------------------------------------------


def test_a_claim_is_sent_on_to_the_next_payer_where_the_patient_owes() -> None:
    found = run(Claim(other="SYNLM01"), memory=met())
    claim, behind = remitted(found)
    assert (claim.status, claim.forwarded_to, claim.remarks) == ("19", "NEXT HEALTH", ("MA18",))
    # The next payer has it on the day of payment and answers with a payment of its own: 33.00 allowed, 23.52 paid before.
    assert [one.payee.payer_identifier for one in found.payments] == ["SYNMB01", "SYNLM01"]
    assert (behind.status, behind.control_number, behind.paid_cents) == ("2", "C1", 948)
    assert cuts(behind.lines[0]) == {"CO-45": 4_500, "OA-23": 2_352}
    assert behind.received_on == found.payments[0].remittance.paid_on
    (alone,) = remitted(run(Claim(), memory=met()))
    assert (alone.status, alone.forwarded_to) == ("1", "")


def test_a_later_payer_says_that_it_comes_second_even_where_it_denies_everything() -> None:
    first, second = Claim(lines=(Line("97999"),)), Claim(order="S", other="SYNLM01", lines=(Line("97999", prior=0),))
    for claim, status in (
        (replace(first, indicator="CI", member="LM5550101"), "4"),
        (replace(second, indicator="CI", member="LM5550101"), "2"),
    ):
        (answered,) = remitted(run(claim))
        assert (answered.status, answered.paid_cents, cuts(answered.lines[0])) == (status, 0, {"PR-204": 7_800})


def test_the_next_payer_pays_nothing_for_what_the_first_denied_until_it_is_allowed() -> None:
    memory = met()
    exercise, bare = Line(), Line("97140", modifiers=(), charge=7_400)
    claim, behind = remitted(run(Claim(lines=(exercise, bare), other="SYNLM01"), memory=memory))
    assert [cuts(line).get("CO-4", 0) for line in claim.lines] == [0, 7_400]
    assert [(line.paid_cents, cuts(line)) for line in behind.lines][1] == (0, {"OA-23": 7_400})
    assert behind.lines[0].paid_cents > 0
    # Sent again with its modifier, it is allowed by the first, and then by the next.
    again = Claim(id="C2", lines=(replace(bare, modifiers=("GP",)),), other="SYNLM01")
    claim, behind = remitted(run(again, memory=memory, number=2))
    assert (claim.status, claim.lines[0].paid_cents > 0, behind.lines[0].paid_cents > 0) == ("19", True, True)


@pytest.mark.parametrize(
    ("prior", "expected", "paid"),
    [
        (2_900, {"CO-45": 4_800, "OA-23": 2_900, "PR-2": 100}, 0),
        (1_000, {"CO-45": 4_800, "OA-23": 1_000, "PR-2": 600, "CO-253": 28}, 1_372),
        (3_000, {"OA-23": 3_000, "CO-45": 4_800}, 0),
        (7_800, {"OA-23": 7_800}, 0),
    ],
)
def test_a_second_payer_pays_what_the_first_left_of_its_allowance(
    prior: int, expected: dict[str, int], paid: int
) -> None:
    claim = Claim(order="S", other="SYNLM01", lines=(Line(prior=prior),))
    (answered,) = remitted(run(claim, memory=met()))
    assert answered.status == "2"
    assert cuts(answered.lines[0]) == expected
    assert answered.lines[0].paid_cents == paid


def test_a_replacement_takes_the_first_answer_back_and_gives_another() -> None:
    memory = Memory(seed=1, scenario="none")
    first = replace(COMMERCIAL, lines=(Line("97140", charge=7_400),))
    (before,) = remitted(run(first, memory=memory))
    second = replace(COMMERCIAL, frequency="7", original=before.payer_control_number)
    reversal, after = remitted(run(second, memory=memory, number=2))
    assert (reversal.status, reversal.payer_control_number) == ("22", before.payer_control_number)
    assert (reversal.charge_cents, reversal.paid_cents) == (-7_400, -80)
    assert [cuts(line) for line in reversal.lines] == [{"CO-45": -4_320, "PR-3": -3_000}]
    # The copay was given back with the first answer, and is taken once more.
    assert cuts(after.lines[0]) == {"CO-45": 4_500, "PR-3": 3_000}
    assert (after.status, after.paid_cents) == ("1", 300)


def test_a_void_only_takes_back() -> None:
    memory = Memory(seed=1, scenario="none")
    (before,) = remitted(run(COMMERCIAL, memory=memory))
    void = replace(COMMERCIAL, frequency="8", original=before.payer_control_number)
    found = run(void, memory=memory, number=2)
    (reversal,) = remitted(found)
    assert (reversal.status, reversal.paid_cents) == ("22", -before.paid_cents)
    # A payment is never below zero: it is carried forward.
    (payment,) = found.payments
    assert payment.remittance.amount_cents == 0
    assert [(item.reason, item.cents) for item in payment.remittance.provider_adjustments] == [("FB", -300)]
    assert memory.paid == {}
    (next_one,) = run(replace(COMMERCIAL, id="C2"), memory=memory, number=3).payments
    assert [(item.reason, item.cents) for item in next_one.remittance.provider_adjustments] == [("FB", 300)]
