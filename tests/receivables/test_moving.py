"""Who may be asked for an open amount, for which reason, and that moving it loses no cent and no reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import Book, verify
from cleanclaim.ledger.entries import Kind, Source, Transaction
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.receivables import lines as account_lines
from cleanclaim.receivables import moving
from cleanclaim.receivables.lines import AccountLine, Share
from cleanclaim.receivables.moving import (
    LABELS,
    TO_PATIENT,
    TO_PAYER,
    Known,
    Move,
    Reason,
    Refused,
    askable,
    entries_of,
    objections,
)
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference import patient_reasons
from cleanclaim.remittance.effects import Effect, LineAnswer

DAY = date(2026, 9, 25)
SOURCE = Source("test", "1", "0" * 64)
KEY = "c:1:1"
CO, OA, PI = AdjustmentGroup.CONTRACTUAL, AdjustmentGroup.OTHER, AdjustmentGroup.PAYER


def line_of(transactions: Sequence[Transaction], remarks: Sequence[str] = ()) -> AccountLine:
    """A line as its account sees it after these transactions."""
    moves = [
        account_lines.Move(made.on, made.kind, entry.account, entry.cents, entry.payer, entry.reason)
        for made in transactions
        for entry in made.entries
    ]
    return AccountLine(KEY, DAY, "97110", "1", tuple(moves), frozenset(remarks))


def charged(cents: int = 10_000, owed_by: str = "primary") -> Transaction:
    return posting.charge("charge", DAY, SOURCE, owed_by, [(KEY, cents)])


def told(*refused: Refused) -> Known:
    return Known({"primary": refused})


def wrong(reason: Reason, move: Move, line: AccountLine, known: Known) -> list[str]:
    return objections(reason, [move], {KEY: line}, {KEY: known})


def to_patient(cents: int) -> Move:
    return Move(KEY, "primary", PATIENT, cents)


# --- what may be asked -------------------------------------------------------------------------------------------


def test_what_nobody_bars_may_be_asked_whole() -> None:
    line = line_of([charged()])
    assert askable(line, "primary", Known()).cents == 10_000
    assert askable(line, "primary", told(Refused(OA, "109", 10_000))).cents == 10_000
    assert wrong(Reason.NOT_INSURED, to_patient(10_000), line, Known()) == []
    assert wrong(Reason.NOT_INSURED, to_patient(10_001), line, Known()) == [
        "$100.01 of a line; expected at most the $100.00 open"
    ]


@pytest.mark.parametrize(
    ("group", "carc", "bar"), [(CO, "50", "contractual"), (PI, "50", "payer"), (OA, "209", "not_collectible")]
)
def test_what_the_clinic_bears_stays_and_the_rest_may_go(group: AdjustmentGroup, carc: str, bar: str) -> None:
    line, known = line_of([charged()]), told(Refused(group, carc, 6_000), Refused(OA, "109", 4_000))
    assert askable(line, "primary", known) == moving.Asked(4_000, (patient_reasons.bar(bar),))
    assert wrong(Reason.NOT_INSURED, to_patient(4_000), line, known) == []
    (why,) = wrong(Reason.NOT_INSURED, to_patient(4_001), line, known)
    assert why == f"{patient_reasons.bar(bar).words}; expected at most $40.00"


def test_a_refusal_that_was_taken_back_bars_nothing() -> None:
    known = told(Refused(CO, "50", 0), Refused(CO, "16", -500))
    assert askable(line_of([charged()]), "primary", known) == moving.Asked(10_000)


def test_what_was_given_up_is_no_longer_among_what_is_barred() -> None:
    given = posting.write_off("w", DAY, SOURCE, line=KEY, owed_by="primary", cents=6_000, reason="final_denial")
    line = line_of([charged(), given])
    assert askable(line, "primary", told(Refused(CO, "50", 6_000))).cents == 4_000


@pytest.mark.parametrize(
    ("known", "remarks", "bar"),
    [
        (told(Refused(CO, "29", 1)), (), "late"),
        (told(Refused(OA, "29", 1)), (), "late"),
        (Known(has_medicaid=True), (), "medicaid"),
        (Known(), ("N781",), "protected"),
        (Known(), ("N783",), "protected"),
        (Known(), (patient_reasons.BY_ELIGIBILITY,), "eligible"),
        (Known(), (patient_reasons.NO_NOTICE,), "without_notice"),
    ],
)
def test_late_medicaid_and_protected_lines_are_never_the_patients(
    known: Known, remarks: tuple[str, ...], bar: str
) -> None:
    line = line_of([charged()], remarks)
    assert askable(line, "primary", known) == moving.Asked(0, (patient_reasons.bar(bar),))
    for reason in TO_PATIENT:
        refused = wrong(reason, to_patient(1), line, Known(known.refused or {"primary": ()}, known.has_medicaid))
        assert refused == [patient_reasons.bar(bar).words]


def test_each_bar_says_who_says_so() -> None:
    for name in (
        "contractual",
        "payer",
        "not_collectible",
        "late",
        "protected",
        "eligible",
        "without_notice",
        "medicaid",
    ):
        assert patient_reasons.bar(name).source is not None


@pytest.mark.parametrize("reason", [Reason.NOT_A_BENEFIT, Reason.BENEFIT_USED_UP])
def test_what_only_the_plan_can_say_waits_for_its_answer(reason: Reason) -> None:
    line = line_of([charged()])
    (why,) = wrong(reason, to_patient(1), line, Known())
    assert why == f"{LABELS[reason]}: the plan has not answered; expected its answer first"
    assert wrong(reason, to_patient(1), line, told()) == []


def test_each_direction_has_its_reasons() -> None:
    line = line_of([charged(), posting.transfer("t", DAY, SOURCE, line=KEY, owed_by="primary", to=PATIENT, cents=5_000, reason="not_insured")])  # fmt: skip
    assert {*TO_PATIENT, *TO_PAYER} == set(Reason)
    for reason in TO_PAYER:
        assert wrong(reason, to_patient(1), line, told()) == [f"{LABELS[reason]}: not a reason to ask the patient"]
        assert wrong(reason, Move(KEY, PATIENT, "primary", 5_000), line, told()) == []
        assert wrong(reason, Move(KEY, PATIENT, "primary", 5_001), line, told()) != []
    for reason in TO_PATIENT:
        assert wrong(reason, Move(KEY, PATIENT, "primary", 1), line, told()) == [
            f"{LABELS[reason]}: not a reason to ask a payer"
        ]


def test_nothing_another_line_and_two_payers_are_refused() -> None:
    line = line_of([charged()])
    assert objections(Reason.MISTAKE, [], {}, {}) == ["nothing is chosen; expected at least one line"]
    odd = ["expected a line of this account, and a move between a payer and the patient"]
    assert wrong(Reason.MISTAKE, Move("other", "primary", PATIENT, 1), line, Known()) == odd
    assert wrong(Reason.MISTAKE, Move(KEY, "primary", "secondary", 1), line, Known()) == odd


# --- what it writes ----------------------------------------------------------------------------------------------


def test_the_statement_tells_why_and_forgets_it_when_it_goes_back() -> None:
    answer = LineAnswer(KEY, 0, ((Effect.PATIENT, 1_500, "2"),))
    moves = [charged(), posting.remittance("r", DAY, SOURCE, "primary", [answer], next_payer=PATIENT)]
    there = entries_of(Reason.NOT_INSURED, [to_patient(4_000)], {KEY: line_of(moves)})
    moves.append(posting.transfer_lines("t", DAY, SOURCE, there))
    assert line_of(moves).shares == (Share("not_insured", 4_000), Share("2", 1_500))
    back = entries_of(Reason.MISTAKE, [Move(KEY, PATIENT, "primary", 4_200)], {KEY: line_of(moves)})
    assert back == [(KEY, PATIENT, "primary", 4_000, "not_insured"), (KEY, PATIENT, "primary", 200, "2")]
    moves.append(posting.transfer_lines("b", DAY, SOURCE, back))
    assert line_of(moves).shares == (Share("2", 1_300),)


def test_every_reason_that_makes_an_amount_the_patients_is_told_in_words() -> None:
    for reason in TO_PATIENT:
        share = Share(reason.value, 1)
        assert f"(reason {reason.value.upper()})" not in share.words
        assert share.words.endswith(".")


steps = st.lists(st.tuples(st.booleans(), st.integers(1, 12_000)), max_size=12)


@given(charge=st.integers(1, 20_000), refused=st.integers(0, 20_000), asked=steps)
def test_moving_there_and_back_loses_no_cent(charge: int, refused: int, asked: list[tuple[bool, int]]) -> None:
    """The law: whatever is asked, the charge stays accounted for, and what the clinic bears is never the patient's."""
    known = told(Refused(CO, "50", min(refused, charge)))
    written = [charged(charge)]
    for place, (there, cents) in enumerate(asked):
        move = to_patient(cents) if there else Move(KEY, PATIENT, "primary", cents)
        reason, line = (Reason.NOT_INSURED if there else Reason.MISTAKE), line_of(written)
        before = (line.open_to("primary"), line.open_cents)
        if wrong(reason, move, line, known):
            continue
        written.append(posting.transfer_lines(str(place), DAY, SOURCE, entries_of(reason, [move], {KEY: line})))
        after = line_of(written)
        sign = 1 if there else -1
        assert (after.open_to("primary"), after.open_cents) == (before[0] - sign * cents, before[1] + sign * cents)
        assert after.open_cents <= charge - min(refused, charge)
        assert sum(share.cents for share in after.shares) == after.open_cents
    book = Book()
    for transaction in written:
        book.add(transaction)
    assert list(verify(book)) == []
    state = book.line(KEY)
    assert state.open_to_payers + state.open_to_patient == state.charge == charge
    assert {item.kind for item in book} <= {Kind.CHARGE, Kind.TRANSFER}
    assert book.total(Account.WRITTEN_OFF) == 0
