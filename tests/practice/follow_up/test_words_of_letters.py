"""What letters say: asked for as the payer can do it, with brackets where only a person knows, and who binds a payer."""

from __future__ import annotations

import pytest

from cleanclaim.practice.engine.follow_up import appeals
from cleanclaim.practice.engine.follow_up.letter_words import (
    argument_for,
    enclosures_for,
    is_filled_in,
    request_for,
    rule_words,
)
from cleanclaim.practice.models import Claim, Clinic, WorkItem
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Decision, Said


def item(kind: str, cents: int, reason: str = "50") -> WorkItem:
    return WorkItem(kind=kind, cents=cents, group="CO", reason=reason, code="97110", foreseen_by=[])


def test_what_was_allowed_too_little_is_to_be_allowed_and_not_paid_in_full() -> None:
    denied, short = item("denial", 15_600), item("underpayment", 743)
    assert request_for([denied], is_reopening=False) == (
        "We ask you to reverse your decision and pay the lines above, of which $156.00 is in dispute."
    )
    assert request_for([denied], is_reopening=True) == (
        "We ask you to reopen your decision and pay the lines above, of which $156.00 is in dispute."
    )
    assert request_for([short], is_reopening=False) == (
        "We ask you to allow $7.43 more for the lines above, and pay your part of it."
    )
    assert request_for([denied, short], is_reopening=False).count("and to allow $7.43 more") == 1


@pytest.mark.parametrize(
    ("reason", "is_reopening", "part"),
    [
        ("18", True, "are not: [say which claim it was, and how the services differ]"),
        ("4", True, "What is corrected: [say what the claim said, and what is right]"),
        ("50", False, "does not follow from the plan or contract"),
    ],
)
def test_what_only_a_person_knows_stands_in_brackets(reason: str, is_reopening: bool, part: str) -> None:  # noqa: FBT001 - a case
    text = argument_for([item("denial", 100, reason)], None, is_reopening=is_reopening)
    assert text.startswith(f"You denied payment with reason CO-{reason} (")
    assert part in text
    assert is_filled_in(text) is ("[" not in text)


def test_an_authorization_that_the_claim_was_filed_with_is_named(
    inside: Clinic, larkspur: list[Claim], answer: Answer
) -> None:
    claim = larkspur[0]
    answer(Said(claim, lambda _number, charge: Decision(0, [("CO", "197", charge)])))
    items = list(WorkItem.objects.filter(claim=claim))
    made = appeals.strategy_for(claim, items[0], appeals.filed_of(claim))
    text = argument_for(items, made, is_reopening=False, approval="A7788")
    assert text.endswith("The claim was filed with authorization A7788. A copy of it is enclosed.")
    assert "[say which, and what proves it]" in argument_for(items, made, is_reopening=False)
    # Another payer's page and a list of codes bind nobody.
    assert rule_words(claim, items, made) == []
    assert enclosures_for(claim, items, "enrollee appeal")[-1] == (
        f"Appointment of {inside.name} as the patient's representative, signed by the patient"
    )
    assert not any("representative" in text for text in enclosures_for(claim, items, "appeal"))


def test_rules_are_named_as_a_payer_can_look_them_up(medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    answer(Said(claim, lambda _number, charge: Decision(0, [("CO", "50", charge)])))
    items = list(WorkItem.objects.filter(claim=claim))
    made = appeals.strategy_for(claim, items[0], appeals.filed_of(claim))
    found = rule_words(claim, items, made)
    assert found[0] == "CMS, Pub 100-02, ch. 15 §220.2: skilled therapy"
    assert {text.partition(",")[0] for text in found} == {"CMS", "Code of Federal Regulations"}
    assert not any("read" in text for text in found)
    short = [WorkItem(kind="underpayment", code="97110", cents=297)]
    (price,) = rule_words(claim, short, None)
    assert price.startswith("Price: CMS, Physician fee schedule relative value file 2026, July release")
