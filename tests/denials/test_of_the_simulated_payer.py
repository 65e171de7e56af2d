"""What the simulated payer refuses, cuts and takes back, as it is followed up: every cent that it denied, and no other.

The simulated payer knows nothing of denials here; the answer key is written from the published reasons.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from cleanclaim.denials.refused import Answered, standing
from cleanclaim.denials.strategy import Circumstances, Sending, strategy_of
from cleanclaim.denials.terms import terms_of
from cleanclaim.denials.underpaid import Expected, underpaid
from cleanclaim.payer_sim import Memory
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.reference.denials import DenialCause, Route
from cleanclaim.remittance.matching import KnownClaim, KnownLine, match_lines
from tests.payer_sim.claim_files import TODAY, Claim, Line, remitted, run

MEDICARE, COMMERCIAL = "medicare_b", "cigna"
WITHOUT_GP = Claim(lines=(Line(modifiers=()),))


def filed(claim: Claim) -> KnownClaim:
    """The claim as it went out."""
    return KnownClaim(
        "k",
        claim.id,
        tuple(
            KnownLine(
                f"k:{claim.id}:{number}", f"{claim.id}-{number}", line.code, line.modifiers, line.units, line.charge,
                line.day,
            )
            for number, line in enumerate(claim.lines, 1)
        ),
    )  # fmt: skip


def answered(claim: Claim, said: RemittedClaim) -> Answered:
    known = filed(claim)
    matched = match_lines(known, said)
    assert matched is not None
    return Answered(said, known.lines, matched)


CASES = [
    ("no therapy modifier", WITHOUT_GP, MEDICARE, "CO-4", DenialCause.CODING, Route.REOPENING, Sending.REOPENING),
    ("no therapy modifier", Claim(lines=(Line(modifiers=()),), indicator="16", member="UM5550101"), "medicare_advantage", "CO-4", DenialCause.CODING, Route.CORRECT,
     Sending.REPLACEMENT),
    ("too many units", Claim(lines=(Line(units=9, charge=70_200),)), MEDICARE, "CO-151", DenialCause.CODING,
     Route.RECORDS, None),
    ("too late", Claim(lines=(Line(day=TODAY - timedelta(days=366)),)), MEDICARE, "CO-29", DenialCause.FRONT_OFFICE,
     Route.GIVE_UP, None),
    ("a replacement", Claim(frequency="7", original="P1"), MEDICARE, "CO-16", DenialCause.FRONT_OFFICE,
     Route.NEW_CLAIM, Sending.ORIGINAL),
    ("no fee", Claim(lines=(Line("99999"),), indicator="CI", member="LM5550101"), COMMERCIAL, "PR-204", DenialCause.PAYER,
     Route.PATIENT, None),
    ("bundled", Claim(lines=(Line("97010"), Line())), MEDICARE, "CO-97", DenialCause.CODING, Route.REOPENING,
     Sending.REOPENING),
]  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "payer", "code", "cause", "route", "sending"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_it_denies_is_followed_up(
    claim: Claim, payer: str, code: str, cause: DenialCause, route: Route, sending: Sending | None
) -> None:
    (said,) = remitted(run(claim))
    found = standing([answered(claim, said)])
    first = found[0]
    assert (first.main.code, first.cents) == (code, claim.lines[0].charge)
    around = Circumstances(
        terms_of(payer, TODAY), TODAY, TODAY + timedelta(days=90), [line.code for line in claim.lines]
    )
    made = strategy_of(first, around)
    assert (made.cause, made.route, made.sending) == (cause, route, sending)


def test_every_cent_that_it_denies_in_a_rough_year_and_no_other() -> None:
    claims = [
        Claim(id=f"C{number}", member=f"LM{number:07d}", indicator="CI", lines=(Line(), Line("97140", charge=7_400)))
        for number in range(200)
    ]
    memory = Memory(seed=3, scenario="rough")
    said = remitted(run(*claims, memory=memory))
    by_number = {claim.id: claim for claim in claims}
    kept = {"CO-45", "CO-59", "CO-253", "OA-23", "PR-1", "PR-2", "PR-3"}
    expected: dict[str, int] = {}
    answers: dict[str, list[Answered]] = {}
    for one in said:
        answers.setdefault(one.control_number, []).append(answered(by_number[one.control_number], one))
        for line in one.lines:
            for item in line.adjustments:
                if f"{item.group.value}-{item.reason}" not in kept:
                    expected[one.control_number] = expected.get(one.control_number, 0) + item.amount_cents
    found = {number: sum(one.cents for one in standing(told)) for number, told in answers.items()}
    assert {number: cents for number, cents in found.items() if cents} == {
        number: cents for number, cents in expected.items() if cents
    }
    denied = [number for number, cents in found.items() if cents]
    reversed_ = [number for number, told in answers.items() if any(one.answer.is_reversal for one in told)]
    assert len(denied) > 15
    assert reversed_


def test_what_it_pays_too_little_is_found_and_what_it_cuts_by_law_is_not() -> None:
    claim = Claim(lines=(Line("97140", charge=7_400), Line(units=2, charge=15_600)))
    (said,) = remitted(run(claim))
    worth = {f"k:{claim.id}:{number}": line.allowed_cents for number, line in enumerate(said.lines, 1)}
    assert any(item.reason == "59" for line in said.lines for item in line.adjustments)
    exact = {key: Expected(cents, None) for key, cents in worth.items()}
    assert underpaid([answered(claim, said)], exact) == []
    more = {key: Expected((cents or 0) + 100, None) for key, cents in worth.items()}
    assert [one.short_cents for one in underpaid([answered(claim, said)], more)] == [100, 100]


def test_an_assistants_cut_is_no_underpayment() -> None:
    claim = Claim(lines=(Line(modifiers=("CQ", "GP")),))
    memory = Memory(seed=1, scenario="none")
    memory.deductibles["medicare|1EG4TE5MK01|1950-01-01|JAN|2026"] = 28_300
    (said,) = remitted(run(claim, memory=memory))
    assert "N851" in said.lines[0].remarks
    exact = {"k:C1:1": Expected(said.lines[0].allowed_cents, None)}
    assert underpaid([answered(claim, said)], exact) == []
    (found,) = underpaid([answered(claim, said)], {"k:C1:1": Expected((said.lines[0].allowed_cents or 0) + 50, None)})
    assert found.short_cents == 50
    assert [step.words for step in found.steps][-2:] == ["assistant's reduction", "paid"]
    assert sum(step.cents for step in found.steps[2:-1]) == found.steps[-1].cents
