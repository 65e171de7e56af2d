"""Letters to the payer: appeals that are upheld, overturned or not taken, and checks for what was paid too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cleanclaim.payer_sim import Answered, Memory, answer, load_memory, save_memory
from cleanclaim.payer_sim import answering as payer
from cleanclaim.payer_sim.letters import (
    AppealLetter,
    DecisionLetter,
    RefundLetter,
    read_decision,
    read_letter,
    written,
)
from cleanclaim.payer_sim.pack import load_pack
from cleanclaim.x12.reader_835 import read_835
from cleanclaim.x12.validation import Outcome, validate
from tests.payer_sim.claim_files import TODAY, Claim, Line, cuts, remitted, run

COMMERCIAL = Claim(indicator="CI", member="LM5550101", lines=(Line(units=3, charge=30_000),))
NUMBER = "263200000001"
PAID_ON = date(2026, 12, 4)
"""A commercial claim of 2026-11-16 is paid 18 days later."""
SURE, NEVER = (10_000, 10_000), (0, 0)

Odds = Callable[..., None]


@pytest.fixture
def odds(monkeypatch: pytest.MonkeyPatch) -> Odds:
    """Set the chances that levels of appeal are won, and those of a scenario that begins as `none`."""
    pack = load_pack()

    def change(won: tuple[int, ...] = SURE, **habits: object) -> None:
        appeals = dict.fromkeys(pack.edits.appeals, won)
        edits = pack.edits.model_copy(update={"appeals": appeals})
        scenarios = {"none": pack.scenarios["none"].model_copy(update=habits)}
        monkeypatch.setattr(payer, "load_pack", lambda: type(pack)(pack.plans, pack.fees, edits, scenarios))

    return change


def send(memory: Memory, letter: AppealLetter | RefundLetter, today: date) -> Answered:
    return answer([("letter", written(letter))], memory, today=today)


def decisions(found: Answered) -> list[DecisionLetter]:
    return [read_decision(data) for name, data in found.files.items() if name.endswith(".json")]


def denied_for(name: str, odds: Odds, won: tuple[int, ...] = SURE, claim: Claim = COMMERCIAL) -> Memory:
    """The payer's memory after it has denied a claim out of nowhere."""
    odds(won, unforeseen={name: 10_000})
    memory = Memory(seed=1, scenario="none")
    reason = load_pack().denial(name)
    (answered,) = remitted(run(claim, memory=memory))
    assert {f"{reason.group.value}-{reason.reason}"} == set(cuts(answered.lines[0]))
    return memory


def through(memory: Memory, day: date) -> Answered:
    return answer([], memory, today=day)


# --- appeals --------------------------------------------------------------------------------------------------


def test_an_appeal_is_decided_in_its_days_and_what_it_wins_is_paid_with_interest(odds: Odds) -> None:
    memory = denied_for("not_necessary", odds)
    taken = send(memory, AppealLetter(claim=NUMBER, level=1), PAID_ON)
    assert (dict(taken.letters), taken.files) == ({"appeal": 1}, {})
    (waits,) = memory.appeals
    assert PAID_ON + timedelta(days=20) <= waits.decide_on <= PAID_ON + timedelta(days=45)
    assert through(memory, waits.decide_on - timedelta(days=1)).files == {}
    (told,) = decisions(through(memory, waits.decide_on))
    assert told == DecisionLetter(
        claim=NUMBER, account="C1", level=1, decision="overturned", decided_on=waits.decide_on, new_claim=f"{NUMBER}L1"
    )
    (payment,) = through(memory, waits.decide_on + timedelta(days=10)).payments
    (claim,) = payment.remittance.claims
    # Nothing was paid before, so nothing is taken back: the new answer stands alone.
    assert (claim.status, claim.payer_control_number, claim.paid_cents) == ("1", f"{NUMBER}L1", 6_900)
    paid_on = payment.remittance.paid_on
    assert paid_on is not None
    days = (paid_on - TODAY).days - 30
    interest = (2 * 6_900 * 900 * days + 3_650_000) // 7_300_000
    assert [(item.reason, item.cents) for item in payment.remittance.provider_adjustments] == [("L6", -interest)]
    assert (claim.interest_cents, payment.remittance.amount_cents) == (interest, 6_900 + interest)


def test_what_is_upheld_may_go_on_to_the_next_level_and_no_further(odds: Odds) -> None:
    memory = denied_for("not_necessary", odds, NEVER)
    day = PAID_ON
    for level, more in ((1, True), (2, False)):
        send(memory, AppealLetter(claim=NUMBER, level=level), day)
        day = memory.appeals[0].decide_on
        (told,) = decisions(through(memory, day))
        assert (told.decision, told.next_level, told.new_claim) == ("upheld", more, "")
    (last,) = decisions(send(memory, AppealLetter(claim=NUMBER, level=3), day))
    assert (last.decision, last.why) == ("dismissed", "not the level that comes next")
    assert memory.waiting == []


@pytest.mark.parametrize(("days", "decision"), [(130, None), (131, "it came too late")])
def test_an_appeal_has_its_last_day(odds: Odds, days: int, decision: str | None) -> None:
    memory = denied_for("not_necessary", odds)
    found = decisions(send(memory, AppealLetter(claim=NUMBER, level=1), PAID_ON + timedelta(days=days)))
    assert [one.why for one in found] == ([] if decision is None else [decision])


def test_what_cannot_be_appealed_is_dismissed(odds: Odds) -> None:
    odds(SURE)
    memory = Memory(seed=1, scenario="none")
    run(COMMERCIAL, replace(COMMERCIAL, id="C2", frequency="7"), memory=memory)
    for number, why in (
        ("999", "no decision in force has this number"),
        (NUMBER, "nothing is denied that an appeal could change"),
        # CO-16 decides nothing: a claim is sent anew.
        ("263200000002", "nothing is denied that an appeal could change"),
    ):
        (told,) = decisions(send(memory, AppealLetter(claim=number, level=1), PAID_ON))
        assert (told.decision, told.why) == ("dismissed", why)
    again = denied_for("not_necessary", odds)
    send(again, AppealLetter(claim=NUMBER, level=1), PAID_ON)
    (told,) = decisions(answer([("f", written(AppealLetter(claim=NUMBER, level=2)))], again, today=PAID_ON))
    assert told.why == "it is being decided"


def test_a_claim_that_is_won_in_part_is_taken_back_and_answered_anew(odds: Odds) -> None:
    odds(SURE)
    memory = Memory(seed=1, scenario="none")
    memory.deductibles["medicare|1EG4TE5MK01|1950-01-01|JAN|2026"] = 28_300
    # The second line is the second of a pair: CO-236.
    lines = (Line("97150", charge=5_000), Line("97110", charge=8_000))
    first = run(Claim(lines=lines), memory=memory)
    (before,) = remitted(first)
    assert [cuts(line).get("CO-236", 0) for line in before.lines] == [0, 8_000]
    paid_on = first.payments[0].remittance.paid_on
    assert paid_on is not None
    send(memory, AppealLetter(claim=NUMBER, level=1), paid_on)
    found = answer([], memory, today=paid_on, settle=True)
    reversal, correction = remitted(found)
    assert (reversal.status, reversal.payer_control_number, reversal.paid_cents) == ("22", NUMBER, -before.paid_cents)
    assert (correction.status, correction.payer_control_number) == ("1", f"{NUMBER}L1")
    assert [line.paid_cents > 0 for line in correction.lines] == [True, True]
    # Interest is for what is paid beyond the first answer, not for all of it.
    (payment,) = found.payments
    on = payment.remittance.paid_on
    assert on is not None
    more = correction.paid_cents - before.paid_cents
    interest = (2 * more * 450 * ((on - TODAY).days - 30) + 3_650_000) // 7_300_000
    assert [(item.reason, item.cents) for item in payment.remittance.provider_adjustments] == [("L6", -interest)]
    assert payment.remittance.amount_cents == more + interest
    for name, data in found.files.items():
        if name.endswith(".835"):
            assert validate(data).outcome is Outcome.ACCEPTED


def test_what_was_left_to_the_patient_is_taken_back_before_the_claim_is_answered_anew(odds: Odds) -> None:
    # No fee for the second code: PR-204. Every line is denied, and yet the patient owes one.
    odds(SURE, unforeseen={"not_necessary": 10_000})
    memory = Memory(seed=1, scenario="none")
    run(replace(COMMERCIAL, lines=(*COMMERCIAL.lines, Line("97999", charge=1_000))), memory=memory)
    send(memory, AppealLetter(claim=NUMBER, level=1), PAID_ON)
    reversal, correction = remitted(answer([], memory, today=PAID_ON, settle=True))
    assert [(line.paid_cents, cuts(line)) for line in reversal.lines] == [
        (0, {"CO-50": -30_000}),
        (0, {"PR-204": -1_000}),
    ]
    assert [line.paid_cents for line in correction.lines] == [6_900, 0]


def test_what_a_review_took_back_may_be_won_again(odds: Odds) -> None:
    odds(SURE, taken_back=10_000, taken_back_days=45)
    memory = Memory(seed=1, scenario="none")
    found = run(COMMERCIAL, memory=memory)
    last = found.payments[-1].remittance
    assert last.paid_on is not None
    assert [claim.payer_control_number for claim in last.claims] == [NUMBER, f"{NUMBER}A"]
    send(memory, AppealLetter(claim=f"{NUMBER}A", level=1), last.paid_on)
    (won,) = remitted(answer([], memory, today=last.paid_on, settle=True))
    assert (won.payer_control_number, won.paid_cents) == (f"{NUMBER}AL1", 6_900)


def test_what_a_review_took_back_does_not_come_again_as_it_was(odds: Odds) -> None:
    odds(SURE, taken_back=10_000, taken_back_days=45)
    memory = Memory(seed=1, scenario="none")
    run(COMMERCIAL, memory=memory)
    odds(SURE)
    (again,) = remitted(run(replace(COMMERCIAL, id="C2"), memory=memory, number=2))
    assert cuts(again.lines[0]) == {"OA-18": 30_000}


def test_a_reviewed_claim_may_be_replaced_whole(odds: Odds) -> None:
    odds(SURE, taken_back=10_000, taken_back_days=45)
    memory = Memory(seed=1, scenario="none")
    both = replace(COMMERCIAL, lines=(*COMMERCIAL.lines, Line("97535", charge=9_000)))
    run(both, memory=memory)
    odds(SURE)
    *_before, after = remitted(run(replace(both, frequency="7", original=f"{NUMBER}A"), memory=memory, number=2))
    assert [line.paid_cents for line in after.lines] == [6_900, 3_630]


def test_a_claim_that_was_decided_anew_is_not_decided_by_its_appeal(odds: Odds) -> None:
    memory = denied_for("not_necessary", odds)
    send(memory, AppealLetter(claim=NUMBER, level=1), PAID_ON)
    odds(SURE)
    run(replace(COMMERCIAL, id="C2", frequency="7", original=NUMBER), memory=memory, number=2, today=PAID_ON)
    assert memory.appeals == []
    assert [one.claim.payer_control_number for one in memory.paid.values()] == ["263380000002"]


# --- checks ---------------------------------------------------------------------------------------------------


def announced(odds: Odds) -> tuple[Memory, str, date]:
    """A payer that has announced to take 69.00 back fifteen days later: its memory, the reference, and the day."""
    odds(SURE, taken_back=10_000, taken_back_days=45, recouped_later=10_000, recouped_days=15)
    memory = Memory(seed=1, scenario="none")
    _first, second = (one.remittance for one in run(COMMERCIAL, memory=memory).payments)
    (left,) = second.provider_adjustments
    assert (left.reason, left.cents) == ("WO", -6_900)
    assert second.paid_on is not None
    odds(SURE)
    return memory, left.reference, second.paid_on


def pay_another(memory: Memory, today: date) -> list[tuple[str, str, int]]:
    """The provider's adjustments of the payment of one more claim; the payment holds to the cent."""
    later = replace(COMMERCIAL, id="C2", lines=(Line(units=3, charge=30_000, day=today),))
    found = run(later, memory=memory, number=2, today=today)
    (payment,) = found.payments
    (data,) = [data for name, data in found.files.items() if name.endswith(".835")]
    assert validate(data).outcome is Outcome.ACCEPTED
    (read,) = read_835(data).remittances
    assert read.gap_cents == 0
    return [(item.reason, item.reference, item.cents) for item in payment.remittance.provider_adjustments]


@pytest.mark.parametrize(("cents", "taken"), [(6_900, []), (4_000, [("WO", 2_900)])])
def test_a_check_is_acknowledged_and_what_it_leaves_is_taken(
    odds: Odds, cents: int, taken: list[tuple[str, int]]
) -> None:
    memory, reference, day = announced(odds)
    assert dict(send(memory, RefundLetter(reference=reference, cents=cents), day).letters) == {"refund": 1}
    told = pay_another(memory, day + timedelta(days=30))
    assert told == [
        ("72", reference, -cents),
        ("WO", reference, cents),
        *((reason, reference, left) for reason, left in taken),
    ]
    (account,) = memory.accounts.values()
    assert (account.refunds, account.recoupments) == ([], [])


def test_a_check_for_what_was_taken_meanwhile_comes_back_with_a_payment(odds: Odds) -> None:
    memory, reference, day = announced(odds)
    assert pay_another(memory, day + timedelta(days=30)) == [("WO", reference, 6_900)]
    late = day + timedelta(days=60)
    send(memory, RefundLetter(reference=reference, cents=6_900), late)
    third = replace(COMMERCIAL, id="C3", lines=(Line(units=3, charge=30_000, day=late),))
    (payment,) = run(third, memory=memory, number=3, today=late).payments
    assert [(item.reason, item.cents) for item in payment.remittance.provider_adjustments] == [("72", -6_900)]
    assert payment.remittance.amount_cents == payment.remittance.claims_cents + 6_900


def test_a_check_without_an_announced_overpayment_is_returned() -> None:
    memory = Memory(seed=1, scenario="none")
    found = send(memory, RefundLetter(reference="X", cents=1), TODAY)
    assert dict(found.letters) == {"refund": 1, "returned": 1}


# --- as files -------------------------------------------------------------------------------------------------


def test_letters_are_read_as_they_are_written_and_nothing_else_is_a_letter() -> None:
    for letter in (AppealLetter(claim="1", level=2), RefundLetter(reference="R", cents=5)):
        assert read_letter(written(letter)) == letter
    for data in (b"ISA*00*", b"{}", b'{"letter": "appeal", "claim": "1", "level": 0}', b"{"):
        assert read_letter(data) is None


def test_appeals_and_checks_are_remembered(odds: Odds, tmp_path: Path) -> None:
    memory, reference, day = announced(odds)
    send(memory, RefundLetter(reference=reference, cents=4_000), day)
    send(memory, AppealLetter(claim=f"{NUMBER}A", level=1), day)
    assert len(memory.appeals) == len(memory.kept) == 1
    save_memory(tmp_path / "memory.json", memory)
    assert load_memory(tmp_path / "memory.json", seed=1, scenario="none") == memory
