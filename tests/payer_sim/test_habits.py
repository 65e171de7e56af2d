"""Habits of the payer that no claim calls for: the front end, late payment, review, recoupment, and what it remembers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cleanclaim.payer_sim import Memory, MemoryFileError, answer, load_memory, save_memory
from cleanclaim.payer_sim import answering as payer
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.front_end import is_npi
from cleanclaim.payer_sim.pack import load_pack
from cleanclaim.x12 import read
from tests.payer_sim.claim_files import TODAY, Claim, Line, claim_file, cuts, remitted, run

COMMERCIAL = Claim(indicator="CI", member="LM5550101")


@pytest.fixture
def habits(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The chances of scenario `none`, to be changed by the test."""
    changed: dict[str, object] = {}
    pack = load_pack()

    class Changed(dict):  # type: ignore[type-arg]
        def __getitem__(self, name: str) -> object:
            return pack.scenarios[name].model_copy(update=changed)

    monkeypatch.setattr(payer, "load_pack", lambda: type(pack)(pack.plans, pack.fees, pack.edits, Changed()))
    return changed


def text(data: bytes) -> list[str]:
    return data.decode().split("~")


# --- the front end --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (Claim(npi="1999000008"), "A7:562:85"),
        (Claim(member="1SG4TE5MK01"), "A7:164:IL"),
        (Claim(member="1EG4TE5MK0"), "A7:164:IL"),
    ],
)
def test_the_front_end_returns_a_claim_at_once(claim: Claim, status: str) -> None:
    found = run(claim, Claim(id="C2"))
    assert dict(found.returned) == {status: 1}
    assert (found.claims, found.taken) == (2, 1)
    assert [one.control_number for one in remitted(found)] == ["C2"]
    (answered,) = [data for name, data in found.files.items() if name.endswith(".277")]
    said = [segment for segment in text(answered) if segment.startswith(("STC", "REF*1K", "QTY", "TRN*2"))]
    assert said == [
        "TRN*2*B1",
        "STC*A1:19:PR*20261116*WQ*156",
        "QTY*90*1",
        "QTY*AA*1",
        "TRN*2*C1",
        f"STC*{status}*20261116*U*78",
        "TRN*2*C2",
        "STC*A2:20:PR*20261116*WQ*78",
        "REF*1K*263200000001",
    ]


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (b"CLM*C1*78.00", b"CLM*C1*79.00", "A7:178"),
        (b"CLM*C1*78.00***11:B:1*Y*A*Y*Y~", b"CLM*C1*-78.00***11:B:1*Y*A*Y*Y~", "A7:178"),
        (b"*UN*1***1", b"*UN*0***1", "A6:21"),
    ],
)
def test_a_claim_that_does_not_add_up_is_returned(before: bytes, after: bytes, status: str) -> None:
    data = claim_file(Claim())
    assert before in data
    found = answer([("f", data.replace(before, after))], Memory(seed=1, scenario="none"), today=TODAY, settle=True)
    assert (dict(found.returned), found.payments) == ({status: 1}, [])


def test_a_subscriber_may_be_unknown(habits: dict[str, object]) -> None:
    habits["unknown_subscribers"] = 10_000
    assert dict(run(Claim()).returned) == {"A3:33:IL": 1}


def test_a_provider_number_has_its_check_digit() -> None:
    assert [is_npi(number) for number in ("1234567893", "1234567890", "123456789", "12345678٣3")] == [
        True, False, False, False,
    ]  # fmt: skip


# --- files ----------------------------------------------------------------------------------------------------


def test_a_file_is_answered_once_and_a_number_used_twice_is_refused() -> None:
    memory = Memory(seed=1, scenario="none")
    first = run(Claim(), memory=memory)
    assert [Path(name).suffix for name in first.files] == [".999", ".277", ".835"]
    again = run(Claim(), memory=memory)
    assert (again.known, again.files) == (1, {})
    other = run(Claim(id="C2"), memory=memory, number=1)
    assert [Path(name).suffix for name in other.files] == [".ta1"]
    assert "TA1*000000001*261116*0900*R*025" in text(next(iter(other.files.values())))
    assert other.claims == 0


def test_a_refused_transaction_is_not_decided() -> None:
    data = claim_file(Claim()).replace(b"HI*ABK:M25661~", b"")
    found = answer([("f", data)], Memory(seed=1, scenario="none"), today=TODAY, settle=True)
    assert (found.refused_transactions, found.claims) == (1, 0)
    assert [Path(name).suffix for name in found.files] == [".999"]
    assert "IK5*R*5*4" in text(next(iter(found.files.values())))


def test_each_payer_of_a_file_answers_once_and_pays_its_own() -> None:
    one, other = Claim(member="1EG4TE5MK02"), Claim(payer="SYNLM01", indicator="CI", member="LM5550101")
    found = run(
        one,
        replace(other, id="C2"),
        replace(one, id="C3", lines=(Line("97140", charge=7_400),)),
        replace(other, id="C4"),
    )
    answers = [data for name, data in found.files.items() if name.endswith(".277")]
    assert [[part for part in text(data) if part.startswith("QTY")] for data in answers] == [["QTY*90*2"], ["QTY*90*2"]]
    assert [[part[7:] for part in text(data) if part.startswith("REF*1K")] for data in answers] == [
        ["263200000001", "263200000003"], ["263200000002", "263200000004"],
    ]  # fmt: skip
    assert [
        (payment.remittance.payer_identifier, [claim.control_number for claim in payment.remittance.claims])
        for payment in found.payments
    ] == [("SYNMB01", ["C1", "C3"]), ("SYNLM01", ["C2", "C4"])]


def test_what_is_no_x12_is_named() -> None:
    found = answer([("notes", b"hello")], Memory(seed=1, scenario="none"), today=TODAY)
    assert (found.unreadable, found.files) == (["notes"], {})


def test_answers_are_not_answered() -> None:
    memory = Memory(seed=1, scenario="none")
    ours = next(data for name, data in run(Claim(), memory=memory).files.items() if name.endswith(".999"))
    assert answer([("ours", ours)], memory, today=TODAY).files == {}


# --- payment --------------------------------------------------------------------------------------------------


def test_a_claim_waits_for_its_day_of_payment() -> None:
    memory = Memory(seed=1, scenario="none")
    found = run(COMMERCIAL, memory=memory, settle=False)
    # 18 days after 2026-11-16 is Friday, 2026-12-04.
    assert (found.waiting, found.next_day, found.payments) == (1, date(2026, 12, 4), [])
    assert answer([], memory, today=date(2026, 12, 3)).payments == []
    (paid,) = answer([], memory, today=date(2026, 12, 4)).payments
    assert paid.remittance.paid_on == date(2026, 12, 4)


@pytest.mark.parametrize(("days", "expected"), [(12, 0), (14, 1), (42, 6)])
def test_late_payment_bears_interest(habits: dict[str, object], days: int, expected: int) -> None:
    habits.update(late_payments=10_000, late_days=days)
    claim = replace(COMMERCIAL, lines=(Line(units=3, charge=30_000),))
    (payment,) = run(claim).payments
    # 69.00 is paid; 9 % of a year's 365 days, from the 31st day after 2026-11-16, and never paid on a weekend.
    item = payment.remittance
    late = (item.paid_on - TODAY).days - 30 if item.paid_on else 0
    assert item.claims_cents == 6_900
    interest = (2 * 6_900 * 900 * late + 3_650_000) // 7_300_000 if late > 0 else 0
    assert item.amount_cents == 6_900 + interest
    assert [(one.reason, one.cents) for one in item.provider_adjustments] == ([("L6", -interest)] if interest else [])
    assert (interest > 0) is (expected > 0)


def test_a_review_takes_a_line_back_at_once(habits: dict[str, object]) -> None:
    habits.update(taken_back=10_000, taken_back_days=45)
    found = run(COMMERCIAL)
    first, second = (one.remittance for one in found.payments)
    assert first.amount_cents == 300
    reversal, correction = second.claims
    assert (reversal.status, reversal.charge_cents, reversal.paid_cents) == ("22", -7_800, -300)
    assert cuts(reversal.lines[0]) == {"CO-45": -4_500, "PR-3": -3_000}
    assert (correction.status, correction.paid_cents, cuts(correction.lines[0])) == ("1", 0, {"CO-50": 7_800})
    assert correction.payer_control_number == reversal.payer_control_number + "A"
    assert [(one.reason, one.cents) for one in second.provider_adjustments] == [("FB", -300)]
    assert (second.amount_cents, second.method) == (0, "NON")


def test_a_review_may_leave_the_money_until_a_later_payment(habits: dict[str, object]) -> None:
    habits.update(taken_back=10_000, taken_back_days=45, recouped_later=10_000, recouped_days=15)
    memory = Memory(seed=1, scenario="none")
    first, second = (one.remittance for one in run(COMMERCIAL, memory=memory).payments)
    (left,) = second.provider_adjustments
    assert (left.reason, left.cents, second.amount_cents) == ("WO", -300, 0)
    assert left.reference == f"C1{first.claims[0].payer_control_number}{second.trace_number}"
    habits.update(taken_back=0)
    day = date(2027, 2, 1)
    later = replace(COMMERCIAL, id="C2", lines=(Line(units=3, charge=30_000, day=day),))
    (third,) = run(later, memory=memory, number=2, today=day).payments
    (taken,) = third.remittance.provider_adjustments
    assert (taken.reason, taken.cents, taken.reference) == ("WO", 300, left.reference)
    assert third.remittance.amount_cents == third.remittance.claims_cents - 300


def test_sequestration_may_stand_on_the_claim(habits: dict[str, object]) -> None:
    habits.update(claim_level_sequestration=10_000)
    memory = Memory(seed=1, scenario="none")
    memory.deductibles["medicare|1EG4TE5MK01|1950-01-01|JAN|2026"] = 28_300
    (claim,) = remitted(run(Claim(), memory=memory))
    assert [(item.reason, item.amount_cents) for item in claim.adjustments] == [("253", 48)]
    assert (claim.lines[0].paid_cents, claim.paid_cents) == (2_400, 2_352)


def test_units_may_be_paid_apart(habits: dict[str, object]) -> None:
    habits.update(split_lines=10_000)
    claim = replace(COMMERCIAL, lines=(Line(units=3, charge=30_000),))
    (answered,) = remitted(run(claim))
    assert [(line.units, line.charge_cents, line.paid_cents) for line in answered.lines] == [
        (1, 10_000, 2_300), (2, 20_000, 4_600),
    ]  # fmt: skip
    assert {line.control_number for line in answered.lines} == {"C1-1"}


def test_a_contract_may_be_loaded_wrong(habits: dict[str, object]) -> None:
    habits.update(underpaid_claims=10_000, underpaid_share=8_500)
    (answered,) = remitted(run(replace(COMMERCIAL, lines=(Line(units=3, charge=30_000),))))
    # 90.00 by 93.50 % in place of 110 %
    assert answered.lines[0].allowed_cents == 8_415


def test_one_code_may_be_paid_for_another() -> None:
    (answered,) = remitted(run(Claim(lines=(Line("97014", charge=4_000),))))
    line = answered.lines[0]
    assert (line.code, line.modifiers, line.billed_code, line.billed_modifiers) == ("G0283", ("GP",), "97014", ("GP",))


@pytest.mark.parametrize("name", ["records_wanted", "wrong_payer", "mistaken_duplicate", "other_payer_first"])
def test_a_denial_may_come_out_of_nowhere(habits: dict[str, object], name: str) -> None:
    habits.update(unforeseen={name: 10_000})
    reason = load_pack().denial(name)
    (answered,) = remitted(run(Claim()))
    assert cuts(answered.lines[0]) == {f"{reason.group.value}-{reason.reason}": 7_800}
    assert answered.lines[0].remarks == reason.remarks


def test_coverage_may_have_ended(habits: dict[str, object]) -> None:
    habits.update(ended_coverage=10_000)
    ended = TODAY - timedelta(days=Chance(1).below(366 * 3, "ended on", "commercial|LM5550101|1950-01-01|JAN"))
    on_time, late = ended, ended + timedelta(days=1)
    found = [cuts(remitted(run(replace(COMMERCIAL, lines=(Line(day=day),))))[0].lines[0]) for day in (on_time, late)]
    assert ["PR-27" in one for one in found] == [False, True]


# --- memory ---------------------------------------------------------------------------------------------------


def test_memory_is_kept_for_its_owner_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    memory = load_memory(path, seed=3, scenario="rough")
    run(Claim(), memory=memory, settle=False)
    save_memory(path, memory)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_memory(path, seed=3, scenario="rough") == memory
    with pytest.raises(MemoryFileError, match="begun with seed 3 and scenario rough"):
        load_memory(path, seed=4, scenario="rough")
    path.write_text('{"seed": 3, "scenario": "rough", "accounts": {"DOE": 1}}')
    with pytest.raises(MemoryFileError) as failed:
        load_memory(path, seed=3, scenario="rough")
    assert str(failed.value) == "memory.json: accounts: expected the memory of a simulated payer"


def test_control_numbers_are_never_used_twice() -> None:
    memory = Memory(seed=1, scenario="none")
    files = [*run(Claim(), memory=memory).files.values(), *run(Claim(id="C2"), memory=memory, number=2).files.values()]
    numbers = [read(data).interchanges[0].control_number for data in files]
    assert numbers == [f"{number:09d}" for number in range(1, 7)]
