"""Whatever comes in, what goes out balances to the cent, is as its guide says, and is the same again for the same seed."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.payer_sim import Memory, answer
from cleanclaim.payer_sim.splitting import split
from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import RemittedLine
from cleanclaim.x12.reader_835 import read_835
from cleanclaim.x12.validation import Outcome, validate
from tests.payer_sim.claim_files import DAY, TODAY, Claim, Line, run

CODES = ["97010", "97014", "97110", "97140", "97161", "97530", "97542", "97597", "97999", "G0283"]
MEMBERS = {
    "MB": ["1EG4TE5MK01", "1EG4TE5MK02"],
    "CI": ["LM5550101"],
    "16": ["UM5550101"],
    "WC": ["WC5550101"],
    "MC": ["M12345"],
}


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    modifiers = draw(st.sampled_from([("GP",), (), ("GP", "CQ"), ("GP", "59"), ("GP", "KX"), ("GO",)]))
    prior = draw(st.none() | st.integers(0, 9_000))
    charge = draw(st.integers(0, 3) | st.integers(1, 40_000))
    day = DAY - timedelta(days=draw(st.sampled_from([0, 0, 1, 90, 400])))
    units = draw(st.integers(1, 9))
    kept = prior if prior is None or prior <= charge else charge
    return Line(draw(st.sampled_from(CODES)), modifiers, units, charge, day, kept)


@st.composite
def some_claims(draw: st.DrawFn) -> list[Claim]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        indicator = draw(st.sampled_from(sorted(MEMBERS)))
        order = draw(st.sampled_from(["P", "P", "S"]))
        lines = tuple(draw(st.lists(a_line(), min_size=1, max_size=4)))
        if order == "P":
            lines = tuple(Line(one.code, one.modifiers, one.units, one.charge, one.day) for one in lines)
        found.append(
            Claim(
                id=f"C{number}",
                lines=lines,
                member=draw(st.sampled_from(MEMBERS[indicator])),
                indicator=indicator,
                order=order,
                authorization=draw(st.sampled_from(["", "A1"])),
                other="SYNLM01" if order == "S" or draw(st.booleans()) else "",
            )
        )
    return found


@settings(max_examples=40)
@given(some_claims(), st.integers(0, 2**31), st.sampled_from(["none", "calm", "rough"]))
def test_every_payment_balances_and_is_as_its_guide_says(claims: list[Claim], seed: int, scenario: str) -> None:
    found = run(*claims, memory=Memory(seed=seed, scenario=scenario))
    assert found.claims == len(claims)
    for name, data in found.files.items():
        validation = validate(data)
        assert (name, validation.outcome, validation.all_faults()) == (name, Outcome.ACCEPTED, [])
    charged = sent_on = 0
    for name, data in found.files.items():
        if not name.endswith(".835"):
            continue
        read = read_835(data)
        assert read.problems == []
        (payment,) = read.remittances
        assert payment.gap_cents == 0
        assert payment.amount_cents >= 0
        assert payment.method == ("ACH" if payment.amount_cents else "NON")
        for claim in payment.claims:
            charged += claim.charge_cents
            # A correction of a claim that was sent on says so again, and is not sent again.
            is_first_answer = not claim.payer_control_number.endswith("A")
            sent_on += claim.charge_cents if claim.status == "19" and is_first_answer else 0
            assert (claim.gap_cents, claim.line_gap_cents) == (0, 0)
            assert [line.gap_cents for line in claim.lines] == [0] * len(claim.lines)
            patient = sum(
                item.amount_cents
                for line in claim.lines
                for item in line.adjustments
                if item.group is AdjustmentGroup.PATIENT
            )
            assert claim.patient_cents == patient
            if not claim.is_reversal:
                assert min(line.paid_cents for line in claim.lines) >= 0
                assert all(item.amount_cents > 0 for line in claim.lines for item in line.adjustments)
    # A reversal and its correction together charge nothing: every claim taken is answered once, and one that is sent on
    # once more by the next payer.
    taken = sum(line.charge for claim in claims for line in claim.lines) if not found.returned else None
    assert taken is None or charged == taken + sent_on


@settings(max_examples=10)
@given(some_claims(), st.integers(0, 2**31))
def test_the_same_input_gives_the_same_bytes(claims: list[Claim], seed: int) -> None:
    ones = [run(*claims, memory=(memory := Memory(seed=seed, scenario="rough"))).files | {"": repr(memory).encode()}]
    ones.append(
        run(*claims, memory=(memory := Memory(seed=seed, scenario="rough"))).files | {"": repr(memory).encode()}
    )
    assert ones[0] == ones[1]


@settings(max_examples=8)
@given(some_claims(), st.integers(0, 2**31))
def test_waiting_day_by_day_pays_what_settling_pays(claims: list[Claim], seed: int) -> None:
    memory = Memory(seed=seed, scenario="rough")
    waited = run(*claims, memory=memory, settle=False).payments
    for week in range(1, 30):
        waited.extend(answer([], memory, today=TODAY + timedelta(days=7 * week)).payments)
    assert memory.waiting == []
    settled = run(*claims, memory=Memory(seed=seed, scenario="rough")).payments
    assert [one.remittance for one in waited] == [one.remittance for one in settled]


@given(st.integers(1, 9), st.lists(st.integers(1, 5_000), max_size=4), st.integers(0, 5_000))
def test_the_parts_of_a_line_are_the_line(units: int, amounts: list[int], paid: int) -> None:
    cuts = tuple(
        Adjustment(group=AdjustmentGroup.CONTRACTUAL, reason=str(number), amount_cents=cents)
        for number, cents in enumerate(amounts, 1)
    )
    line = RemittedLine(
        segment=0, code="97110", units=units, charge_cents=paid + sum(amounts), paid_cents=paid, adjustments=cuts
    )
    parts = split(line)
    if units == 1:
        assert parts == ()
    if parts:
        assert [part.gap_cents for part in parts] == [0, 0]
        assert sum(part.units or 0 for part in parts) == units
        assert sum(part.charge_cents for part in parts) == line.charge_cents
        assert sum(part.paid_cents for part in parts) == paid


def test_a_line_is_split_to_the_cent() -> None:
    cut = Adjustment(group=AdjustmentGroup.CONTRACTUAL, reason="45", amount_cents=100)
    line = RemittedLine(segment=0, code="97110", units=3, charge_cents=200, paid_cents=100, adjustments=(cut,))
    first, rest = split(line)
    assert (first.units, first.charge_cents, first.paid_cents) == (1, 67, 34)
    assert (rest.units, rest.charge_cents, rest.paid_cents) == (2, 133, 66)
