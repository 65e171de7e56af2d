"""What a desk disputes, at which level and until when, and what it makes of a payer's decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source
from cleanclaim.payer_sim.letters import AppealLetter, DecisionLetter, read_letter
from cleanclaim.records import CoverageOrder
from cleanclaim.simulation.appealing import Appeals
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import population
from cleanclaim.simulation.working import sent_unchanged
from tests.simulation.test_working import FRIDAY, SEED, charged, denied, sent, the_truth

LONG_AFTER = FRIDAY + timedelta(days=40)


def considered(pack: str, reason: str, remarks: tuple[str, ...] = (), **update: object) -> list[AppealLetter]:
    """The letters that leave within forty days of the denial of a claim's first line."""
    one = sent(pack)
    one.claim = one.claim.model_copy(update=update)
    appeals = Appeals(the_truth(), SEED, charged(one))
    appeals.consider([denied(one, reason, remarks=remarks)], FRIDAY)
    return leaving(appeals, LONG_AFTER)


def leaving(appeals: Appeals, day: date) -> list[AppealLetter]:
    found = []
    for _name, data in appeals.leaving(day):
        letter = read_letter(data)
        assert isinstance(letter, AppealLetter)
        found.append(letter)
    return found


@pytest.mark.parametrize(
    ("pack", "reason", "remarks", "update", "count"),
    [
        ("medicare_b", "50", ("N706",), {}, 1),
        ("cedar_mutual", "252", ("M127",), {}, 1),
        ("cedar_mutual", "18", ("N702",), {}, 1),
        ("cedar_mutual", "109", ("N418",), {}, 1),
        ("cedar_mutual", "22", (), {}, 1),
        # The claim had its approval, or it had none.
        ("willow_plan", "197", (), {"prior_authorization": "A1"}, 1),
        ("willow_plan", "197", (), {"prior_authorization": ""}, 0),
        # A contract is no decision that an appeal changes; a wrong modifier is set right, not argued about.
        ("cedar_mutual", "45", (), {}, 0),
        ("cedar_mutual", "4", (), {}, 0),
        ("cedar_mutual", "119", (), {}, 0),
    ],
)
def test_what_can_be_won_truthfully_is_appealed(
    pack: str, reason: str, remarks: tuple[str, ...], update: dict[str, object], count: int
) -> None:
    letters = considered(pack, reason, remarks, **update)
    assert letters == [AppealLetter(claim="PAYER1", level=1)] * count


def test_a_visit_that_came_in_twice_is_not_argued_about() -> None:
    one = sent("cedar_mutual")
    truth = replace(the_truth(), gone={one.key})
    appeals = Appeals(truth, SEED, charged(one))
    appeals.consider([denied(one, "18", remarks=("N702",))], FRIDAY)
    assert not appeals.is_busy


def test_what_is_not_open_or_not_the_first_payers_is_not_appealed() -> None:
    one = sent("cedar_mutual")
    books = charged(one)
    appeals = Appeals(the_truth(), SEED, books)
    appeals.consider([denied(one, "50", order=CoverageOrder.SECONDARY)], FRIDAY)
    assert not appeals.is_busy
    books.give_up(f"{one.head}:1:1", "primary", FRIDAY, "hardship")
    appeals.consider([denied(one, "50")], FRIDAY)
    assert not appeals.is_busy


def decision(level: int, word: str, **more: object) -> DecisionLetter:
    told = {"claim": "PAYER1", "account": "", "level": level, "decision": word, "decided_on": LONG_AFTER} | more
    return DecisionLetter.model_validate(told)


def appealed(pack: str, number: str = "PAYER1") -> Appeals:
    one = sent(pack)
    appeals = Appeals(the_truth(), SEED, charged(one))
    appeals.consider([replace(denied(one, "50"), payer_claim=number)], FRIDAY)
    assert leaving(appeals, LONG_AFTER) == [AppealLetter(claim=number, level=1)]
    return appeals


def one_who(goes_on: bool) -> str:  # noqa: FBT001 - read as a sentence
    """A payer's number whose appeal somebody takes further, or nobody does."""
    share = population().habits.appeals_further
    numbers = (f"PAYER{number}" for number in range(100))
    return next(number for number in numbers if Draws(SEED, "goes on", number).happens(share) is goes_on)


@pytest.mark.parametrize(
    ("pack", "has_will", "payer_has_more", "count"),
    [
        ("cedar_mutual", True, True, 1),
        ("cedar_mutual", True, False, 0),
        ("cedar_mutual", False, True, 0),
        # The plan's own file knows one level, whatever the payer says.
        ("medicare_advantage", True, True, 0),
    ],
)
def test_what_is_upheld_goes_on_where_there_is_a_next_level_and_somebody_has_the_will(
    pack: str, *, has_will: bool, payer_has_more: bool, count: int
) -> None:
    number = one_who(goes_on=has_will)
    appeals = appealed(pack, number)
    appeals.told(decision(1, "upheld", claim=number, next_level=payer_has_more), LONG_AFTER)
    assert leaving(appeals, LONG_AFTER + timedelta(days=40)) == [AppealLetter(claim=number, level=2)] * count


def test_what_is_won_is_counted_by_both_numbers_and_argued_on_at_the_next_level() -> None:
    appeals = appealed("cedar_mutual")
    assert (dict(appeals.filed), appeals.waiting) == ({1: 1}, 1)
    appeals.told(decision(1, "overturned", new_claim="PAYER1L1"), LONG_AFTER)
    assert (appeals.won, appeals.waiting, dict(appeals.decided)) == ({"PAYER1", "PAYER1L1"}, 0, {"overturned": 1})
    # A line that the new answer denies all the same is at the second level already.
    again = replace(denied(sent("cedar_mutual"), "50"), payer_claim="PAYER1L1", on=LONG_AFTER)
    appeals.consider([again], LONG_AFTER)
    assert leaving(appeals, LONG_AFTER + timedelta(days=40)) == [AppealLetter(claim="PAYER1L1", level=2)]


# --- the other desk -------------------------------------------------------------------------------------------


def test_a_claim_may_be_sent_once_more_as_it_was() -> None:
    hopes = population().habits.sends_again_unchanged
    for pack in ("medicare_b", "cedar_mutual"):
        one = sent(pack)
        made = sent_unchanged([denied(one, "50")], SEED, FRIDAY)
        assert (made is not None) is Draws(SEED, "sends again", one.key).happens(hopes)
        if made is None:
            continue
        assert (made.claim.id, made.attempt, made.is_unchanged) == (f"{one.claim.id}R1", 2, True)
        assert (made.claim.lines, made.claim.frequency.value) == (one.claim.lines, "1")
        assert sent_unchanged([replace(denied(one, "50"), sent=made)], SEED, FRIDAY) is None
    behind = denied(sent("cedar_mutual"), "50", order=CoverageOrder.SECONDARY)
    assert sent_unchanged([behind], SEED, FRIDAY) is None


def test_a_check_to_a_payer_and_its_acknowledgment_leave_nothing_behind() -> None:
    one = sent("cedar_mutual")
    books = charged(one)
    source = Source("remittance", "R", "0" * 64)
    books.write(posting.payment_parts("announced", FRIDAY, source, "P", adjustments=[("WO", -900)]))
    books.repay("P", "REF1", FRIDAY, 900)
    assert (books.book.cash(), sum(entry.cents for item in books.book for entry in item.entries)) == (0, 0)
    acknowledged = [("72", -900), ("WO", 900)]
    books.write(posting.payment_parts("told", FRIDAY, source, "P", adjustments=acknowledged))
    sums = [
        entry.cents for item in books.book for entry in item.entries if entry.account.value == "provider_adjustment"
    ]
    assert sorted(sums) == [-900, -900, 900, 900]
    with pytest.raises(ValueError, match="another transaction has this key"):
        books.repay("P", "REF1", FRIDAY, 901)
