"""Claims that a payer separated (MA15): each part goes onto its own lines, once, and nothing is guessed.

The amounts were worked out before the code was read. The claim: 97110 GP, two units, $120.00; 97140 GP, one unit,
$60.00. Of the first line $45.57 is paid, $62.81 given up and $11.62 the patient's; of the second $21.56, $32.94, $5.50.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, KnownLine, Standing
from cleanclaim.remittance.plan import Plan, plan
from cleanclaim.x12.reader_835 import read_835
from tests.remittance.test_by_hand import DAY, FILED, FIRST, HALVES, OTHER, claim, file, line, turned

SAYS_SO = "MOA***MA15~"
PART_1 = claim("45.57", FIRST, charge="120", more=SAYS_SO)
PART_2 = claim("21.56", OTHER, charge="60", more=SAYS_SO).replace("PCN1", "PCN2")

LINE_1 = LineAnswer(
    "1", 4_557, ((Effect.CONTRACTUAL, 6_188, "45"), (Effect.CONTRACTUAL, 93, "253"), (Effect.PATIENT, 1_162, "2"))
)
LINE_2 = LineAnswer(
    "2", 2_156, ((Effect.CONTRACTUAL, 3_250, "45"), (Effect.CONTRACTUAL, 44, "253"), (Effect.PATIENT, 550, "2"))
)
STANDS_1 = Standing("c", CoverageOrder.PRIMARY, 12_000, 4_557, (LINE_1,), "PCN1")
STANDS_2 = Standing("c", CoverageOrder.PRIMARY, 6_000, 2_156, (LINE_2,), "PCN2")


def planned(body: str, amount: str, filed: KnownClaim = FILED, *, by_hand: bool = False) -> Plan:
    found = read_835(file(body, amount))
    assert found.problems == []
    (remittance,) = found.remittances
    made = plan(remittance, ClaimIndex.of([filed]), by_hand=by_hand)
    assert made.placed_cents == remittance.amount_cents
    return made


def lines_of(made: Plan) -> list[tuple[LineAnswer, ...]]:
    return [one.lines for one in made.posted]


def why_held(made: Plan) -> list[str]:
    return [one.reason for one in made.suspended]


def test_each_part_goes_onto_its_own_lines() -> None:
    made = planned(PART_1 + PART_2, "67.13")
    assert (lines_of(made), why_held(made)) == ([(LINE_1,), (LINE_2,)], [])


def test_the_second_notice_comes_with_a_later_payment() -> None:
    made = planned(PART_2, "21.56", replace(FILED, standing=(STANDS_1,)))
    assert (lines_of(made), why_held(made)) == ([(LINE_2,)], [])


@pytest.mark.parametrize("number", ["PCN1", "PCN2"])
def test_a_part_that_comes_again_is_held(number: str) -> None:
    made = planned(PART_1.replace("PCN1", number), "45.57", replace(FILED, standing=(STANDS_1,)))
    assert why_held(made) == ["the payer answered this claim before, and has not taken that answer back"]


def test_the_whole_after_a_part_is_held() -> None:
    made = planned(claim("67.13", FIRST, OTHER), "67.13", replace(FILED, standing=(STANDS_1,)))
    assert why_held(made) == ["the payer answered this claim before, and has not taken that answer back"]


def test_a_part_that_nobody_says_is_one_waits_and_a_person_places_it() -> None:
    body = claim("45.57", FIRST, charge="120")
    assert why_held(planned(body, "45.57")) == ["the claim with its number was charged otherwise"]
    assert lines_of(planned(body, "45.57", by_hand=True)) == [(LINE_1,)]


def test_the_remark_may_stand_on_a_line() -> None:
    assert lines_of(planned(claim("45.57", f"{FIRST}LQ*HE*MA15~", charge="120"), "45.57")) == [(LINE_1,)]


def test_units_of_one_line_on_two_notices_fill_it_and_no_more() -> None:
    parts = [
        claim(paid, half, charge="60", more=SAYS_SO).replace("PCN1", number)
        for paid, half, number in (("22.78", HALVES[0], "PCN1"), ("22.79", HALVES[1], "PCN2"))
    ]
    made = planned("".join(parts), "45.57")
    assert [line.line for one in made.posted for line in one.lines] == ["1", "1"]
    assert [line.paid_cents for one in made.posted for line in one.lines] == [2_278, 2_279]
    assert why_held(made) == []
    third = planned("".join([*parts, parts[0].replace("PCN1", "PCN3")]), "68.35")
    assert why_held(third) == ["the payer answered this claim before, and has not taken that answer back"]


def test_lines_that_are_alike_are_filled_one_after_the_other() -> None:
    twice = tuple(KnownLine(key, f"V001-{key}", "97110", ("GP",), 2, 12_000, DAY) for key in ("1", "2"))
    alike = replace(FILED, lines=twice)
    bare = claim(
        "45.57", line(1, "45.57", "CO*45*61.88**253*0.93", "PR*2*11.62", numbered=False), charge="120", more=SAYS_SO
    )
    made = planned(bare + bare.replace("PCN1", "PCN2"), "91.14", alike)
    assert lines_of(made) == [(LINE_1,), (replace(LINE_1, line="2"),)]
    # The same part again, by the payer's own number, is not taken for the other line's.
    again = planned(bare, "45.57", replace(alike, standing=(STANDS_1,)))
    assert why_held(again) == ["the payer answered this claim before, and has not taken that answer back"]


def test_lines_that_fit_and_differ_are_not_guessed() -> None:
    differ = replace(
        FILED,
        lines=tuple(
            KnownLine(key, f"V001-{key}", "97110", more, 2, 12_000, DAY)
            for key, more in (("1", ("GP",)), ("2", ("GP", "59")))
        ),
    )
    bare = line(1, "45.57", "CO*45*61.88**253*0.93", "PR*2*11.62", code="97110", numbered=False)
    body = claim("45.57", bare, charge="120", more=SAYS_SO)
    assert why_held(planned(body, "45.57", differ)) == [
        "it is of a part of the claim with its number, and which of its lines are meant is not certain"
    ]
    assert lines_of(planned(body, "45.57", differ, by_hand=True)) == [(LINE_1,)]


@pytest.mark.parametrize(
    "wrong", [line(2, "0", "CO*45*61", charge="61"), line(2, "0", "CO*45*60", code="97530:GP", numbered=False)]
)
def test_a_line_that_is_not_ours_or_is_above_its_charge_is_held(wrong: str) -> None:
    charge = "61" if "*61*" in wrong else "60"
    made = planned(claim("0", wrong, charge=charge, more=SAYS_SO), "0")
    assert why_held(made) == [
        "it is of a part of the claim with its number, and which of its lines are meant is not certain"
    ]


def test_our_line_number_beside_another_code_and_charge_is_not_believed() -> None:
    strange = line(1, "0", "CO*45*60", code="97530:GP", charge="60", units=1)
    body = claim("0", strange, charge="60", more=SAYS_SO)
    assert why_held(planned(body, "0")) == [
        "it is of a part of the claim with its number, and which of its lines are meant is not certain"
    ]
    made = planned(body, "0", by_hand=True)
    assert [one.line for posted in made.posted for one in posted.lines] == ["1"]


def test_a_part_without_lines_is_held() -> None:
    made = planned(claim("45.57", charge="120", more=f"CAS*CO*45*74.43~{SAYS_SO}"), "45.57")
    assert why_held(made) == [
        "it is of a part of the claim with its number, and which of its lines are meant is not certain"
    ]


def test_one_part_is_taken_back_and_the_other_stays() -> None:
    body = claim("-45.57", turned(FIRST), charge="-120", status="22")
    made = planned(body, "-45.57", replace(FILED, standing=(STANDS_1, STANDS_2)))
    assert (lines_of(made), why_held(made)) == ([(LINE_1.turned(),)], [])
    nothing = planned(body, "-45.57", replace(FILED, standing=(STANDS_2,)))
    assert why_held(nothing) == ["it reverses (status 22) an answer that is not posted here"]


def test_a_later_payer_waits_for_what_the_first_says_of_its_lines() -> None:
    second = replace(FILED, order=CoverageOrder.SECONDARY, chain="c")
    # It pays the $5.50 that the first payer left of the second line.
    told = line(2, "5.5", "OA*23*54.5")
    body = claim("5.5", told, charge="60", status="2", more=SAYS_SO)
    early = planned(body, "5.50", replace(second, standing=(STANDS_1,)))
    assert why_held(early) == ["the payer before this one has answered a part of the claim, and not these lines"]
    after = planned(body, "5.50", replace(second, standing=(STANDS_1, STANDS_2)))
    assert lines_of(after) == [(LineAnswer("2", 550, ((Effect.SETTLED, 5_450, "23"),)),)]
