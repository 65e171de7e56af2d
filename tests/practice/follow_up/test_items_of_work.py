"""Items of the worklist come with the answer that refuses, change with the next, and end when nothing stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.exchange.undecided import take_up
from cleanclaim.practice.engine.follow_up import following_up
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.remitting import unpost
from cleanclaim.practice.models import (
    Batch,
    Claim,
    ClaimStatus,
    Clinic,
    Role,
    User,
    WorkItem,
    WorkNote,
)
from tests.practice.conftest import person
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Decision, Said, denies, pays_well


def second_denied(number: int, charge: int) -> Decision:
    """The second line is not necessary; the others are paid well."""
    return Decision(0, [("CO", "50", charge)]) if number == 2 else pays_well(number, charge)


def charge_of(claim: Claim, number: int) -> int:
    found: int = next(line["charge_cents"] for line in claim.record["lines"] if line["number"] == number)
    return found


def live(claim: Claim, kind: str = "denial") -> list[WorkItem]:
    return list(WorkItem.objects.filter(claim=claim, kind=kind, settled_on=None).order_by("line"))


def test_a_refused_line_is_followed_up(medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    row = answer(Said(claim, second_denied))
    (item,) = live(claim)
    assert item.line == f"{claim.pk}:{claim.number}:2"
    assert (item.group, item.reason, item.cents, item.first_cents) == ("CO", "50", *[charge_of(claim, 2)] * 2)
    assert (item.cause, item.route, item.state) == ("documentation", "appeal", "open")
    assert item.reasons == [["CO", "50", [], charge_of(claim, 2)]]
    assert item.noticed_on == row.paid_on == date(2026, 10, 12)
    assert item.due_on == date(2027, 2, 14)  # 120 days from receipt, which is five days after the notice
    assert item.answer is not None
    assert item.answer.remittance_id == row.pk


def test_what_a_first_payer_takes_for_settled_before_is_followed_up(medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    answer(
        Said(claim, lambda number, charge: Decision(0, [("OA", "23", charge)]) if number == 2 else pays_well(2, charge))
    )
    (item,) = live(claim)
    assert (item.line, item.cents) == (f"{claim.pk}:{claim.number}:2", charge_of(claim, 2))
    assert (item.group, item.reason, item.route) == ("OA", "23", "status")


def test_a_paid_claim_is_not(medicare: list[Claim], answer: Answer) -> None:
    answer(Said(medicare[0], lambda _number, charge: Decision(charge)))
    assert not WorkItem.objects.exists()


def test_unposting_ends_what_the_payment_began(
    inside: Clinic, biller: User, medicare: list[Claim], answer: Answer
) -> None:
    row = answer(Said(medicare[0], denies))
    count = len(medicare[0].record["lines"])
    assert len(live(medicare[0])) == count
    unpost(inside, biller, row.pk)
    assert live(medicare[0]) == []
    ended = WorkItem.objects.filter(claim=medicare[0])
    assert {(item.state, item.settled_cents) for item in ended} == {("closed", None)}
    assert WorkNote.objects.filter(claim=medicare[0]).count() == count


def test_a_reversal_and_a_correction_that_pays_ends_it_as_paid(medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    answer(Said(claim, second_denied))

    answer(Said(claim, second_denied, status="22", sign=-1), Said(claim, pays_well, payer_number="PCN2"), trace="EFT2")
    assert live(claim) == []
    (item,) = WorkItem.objects.filter(claim=claim, kind="denial")
    assert (item.state, item.settled_cents) == ("paid", 0)


def test_denied_again_for_another_reason_the_item_tells_the_new_one(
    inside: Clinic, biller: User, medicare: list[Claim], answer: Answer
) -> None:
    claim = medicare[0]
    answer(Said(claim, second_denied))
    (item,) = live(claim)
    item.state = "appealed"
    item.save_if_unchanged(item.version, "state")

    def other(number: int, charge: int) -> Decision:
        return Decision(0, [("CO", "151", charge)]) if number == 2 else pays_well(number, charge)

    answer(Said(claim, second_denied, status="22", sign=-1), Said(claim, other, payer_number="PCN2"), trace="EFT2")
    (after,) = live(claim)
    assert (after.pk, after.reason, after.route, after.state) == (item.pk, "151", "records", "open")
    assert list(ledger_rows.faults(inside)) == []
    del biller


def test_what_the_payer_gives_to_the_patient_goes_to_the_patient_and_nothing_else_does(
    inside: Clinic, biller: User, medicare: list[Claim], answer: Answer
) -> None:
    ours, theirs = medicare[0], medicare[1]
    answer(
        Said(ours, denies),
        Said(theirs, lambda _number, charge: Decision(0, [("PR", "204", charge)]), payer_number="PCN2"),
    )
    with pytest.raises(NotDoneError, match="group CO: the patient may not be billed"):
        following_up.to_patient(inside, [item.pk for item in live(ours)], biller)
    assert len(live(ours)) == len(ours.record["lines"])
    given = live(theirs)
    assert {item.group for item in given} == {"PR"}
    assert following_up.to_patient(inside, [item.pk for item in given], biller) == len(given)
    assert live(theirs) == []


def test_paid_too_little(medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    worth = {line.position: line.allowed_cents or 0 for line in claim.lines.all()}
    assert all(worth.values())

    def cheap(number: int, charge: int) -> Decision:
        allowed = worth[number] - (500 if number == 1 else 0)
        patient = allowed // 5
        return Decision(allowed - patient, [("CO", "45", charge - allowed), ("PR", "2", patient)])

    answer(Said(claim, cheap))
    (item,) = live(claim, "underpayment")
    assert (item.cents, item.expected_cents, item.allowed_cents) == (500, worth[1], worth[1] - 500)
    assert item.steps[0] == ["charge", charge_of(claim, 1)]
    assert live(claim) == []


def test_a_corrected_claim_waits_for_the_payer_and_ends_with_its_answer(
    inside: Clinic, biller: User, larkspur: list[Claim], answer: Answer
) -> None:
    claim = larkspur[0]
    answer(Said(claim, denies, payer_number="PCN9"))
    before = live(claim)
    made = following_up.correct(inside, claim, biller, "PCN9")
    assert {item.state for item in live(claim)} == {"working"}
    Claim.objects.filter(pk=made.pk).update(status=ClaimStatus.READY.value)
    released = release(inside, [made.pk], biller)
    assert [batch.claims_count for batch in released.batches] == [1], released.left_out
    assert {item.state for item in live(claim)} == {"resubmitted"}
    made.refresh_from_db()
    answer(Said(made, pays_well, payer_number="PCN10"), trace="EFT2")
    assert live(claim) == []
    ended = WorkItem.objects.filter(pk__in=[item.pk for item in before])
    assert {(item.state, item.settled_cents) for item in ended} == {("paid", 0)}


def test_given_up_for_a_reason_by_a_person(inside: Clinic, biller: User, medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    answer(Said(claim, denies))
    keys = [item.pk for item in live(claim)]
    owner = person(inside, Role.OWNER)
    with pytest.raises(NotDoneError, match="why is not said"):
        following_up.give_up(inside, claim, keys, owner, reason="final_denial", because=" ", decides_alone=True)
    assert len(live(claim)) == len(keys)
    told = following_up.give_up(
        inside, claim, keys, owner, reason="final_denial", because="no appeal left", decides_alone=True
    )
    assert told.endswith("written off.")
    assert live(claim) == []
    ended = WorkItem.objects.filter(pk__in=keys)
    assert {(item.state, item.settled_cents == item.first_cents) for item in ended} == {("given_up", True)}
    assert list(ledger_rows.faults(inside)) == []
    del biller


def test_silence_is_taken_up_after_thirty_days_once(inside: Clinic, biller: User, medicare: list[Claim]) -> None:
    first, second, third = medicare
    for claim, days in ((first, 31), (second, 30), (third, 3)):
        other = Batch.objects.get(pk=claim.batch_id)
        other.pk, other.interchange_control, other.file_name = None, f"9{days:08d}", f"x{days}.837"
        other._state.adding = True
        other.created_at = timezone.now().replace(year=2026, month=9, day=25) - timedelta(days=days)
        other.save(force_insert=True)
        Claim.objects.filter(pk=claim.pk).update(batch=other)
    assert take_up(inside, biller) == (1, 0)
    (item,) = live(first, "unanswered")
    assert (item.route, item.line, item.cents > 0) == ("status", "", True)
    assert take_up(inside, biller) == (0, 0)
    assert live(second, "unanswered") == []


def test_an_answer_ends_silence(inside: Clinic, biller: User, medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    WorkItem.objects.create(clinic=inside, claim=claim, kind="unanswered", reason="unanswered", cents=100)
    answer(Said(claim, denies))
    assert live(claim, "unanswered") == []
    assert len(live(claim)) == len(claim.record["lines"])
    del biller


def test_a_call_is_noted_and_never_changed(inside: Clinic, biller: User, medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    answer(Said(claim, denies))
    again = date(2026, 10, 2)
    following_up.write_down(
        inside, claim, biller, text="In review", spoke_with="Ana", reference="R-1", follow_up_on=again
    )
    assert {(item.state, item.follow_up_on) for item in live(claim)} == {("working", again)}
    row = WorkNote.objects.get(claim=claim, kind="call")
    assert (row.user, row.spoke_with, row.reference, row.text) == (biller, "Ana", "R-1", "In review")
    for text, day, told in (("", None, "what was said"), ("x", date(2026, 9, 24), "today or later")):
        with pytest.raises(NotDoneError, match=told):
            following_up.write_down(inside, claim, biller, text=text, follow_up_on=day)
    assert WorkNote.objects.filter(claim=claim, kind="call").count() == 1


def test_items_are_given_to_people_of_the_clinic_only(
    inside: Clinic, elsewhere: Clinic, biller: User, medicare: list[Claim], answer: Answer
) -> None:
    del elsewhere
    answer(Said(medicare[0], denies))
    keys = [item.pk for item in live(medicare[0])]
    stranger = User.objects.create(email="stranger@example.org", name="Stranger")
    with pytest.raises(NotDoneError, match="works in this clinic"):
        following_up.assign(inside, keys, biller, stranger.pk)
    assert following_up.assign(inside, keys, biller, biller.pk) == len(keys)
    assert following_up.assign(inside, keys, biller, biller.pk) == 0
    assert {item.assigned_to for item in live(medicare[0])} == {biller}
