"""What each thing that happens writes, in cents, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import Book, LineState, verify
from cleanclaim.ledger.entries import Entry, Kind, LedgerError, Source, Transaction, reversal_of
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.remittance.effects import Effect, LineAnswer

DAY = date(2026, 9, 25)
SOURCE = Source("test", "1", "0" * 64)


def charged(*lines: tuple[str, int], payer: str = "primary") -> Book:
    book = Book()
    book.add(posting.charge("charge", DAY, SOURCE, payer, lines or (("a", 14_000),)))
    return book


def answer(paid: int, *unpaid: tuple[Effect, int, str], line: str = "a") -> LineAnswer:
    return LineAnswer(line, paid, unpaid)


def test_a_charge_is_open_to_the_payer_billed_first() -> None:
    assert charged().line("a") == LineState(14_000, 0, 0, 0, 0, 14_000, 0, {"primary": 14_000})
    assert charged(payer=PATIENT).line("a") == LineState(14_000, 0, 0, 0, 0, 0, 14_000, {})


def test_a_payer_pays_takes_its_discount_and_leaves_the_coinsurance_to_the_patient() -> None:
    book = charged()
    said = answer(6_000, (Effect.CONTRACTUAL, 5_795, "45"), (Effect.PATIENT, 2_205, "2"))
    book.add(posting.remittance("r1", DAY, SOURCE, "primary", [said], next_payer=PATIENT))
    assert book.line("a") == LineState(14_000, 6_000, 0, 5_795, 0, 0, 2_205, {})
    assert book.cash() == 6_000


def test_what_leaves_a_payers_open_amount_is_one_sum_and_where_it_went_says_why() -> None:
    said = answer(6_000, (Effect.CONTRACTUAL, 5_795, "45"), (Effect.PATIENT, 2_205, "2"))
    made = posting.remittance("r1", DAY, SOURCE, "primary", [said], next_payer=PATIENT)
    assert made.entries == (
        Entry(Account.PAYER_CASH, 6_000, "a", "primary"),
        Entry(Account.CONTRACTUAL, 5_795, "a", "primary", "45"),
        Entry(Account.PATIENT_OPEN, 2_205, "a", reason="2"),
        Entry(Account.PAYER_OPEN, -14_000, "a", "primary"),
    )


def test_what_leaves_a_patients_open_amount_is_told_part_by_part() -> None:
    said = answer(6_000, (Effect.CONTRACTUAL, 5_795, "45"))
    made = posting.remittance("r1", DAY, SOURCE, "secondary", [said], next_payer=PATIENT, asked=PATIENT)
    assert made.entries == (
        Entry(Account.PAYER_CASH, 6_000, "a", "secondary"),
        Entry(Account.CONTRACTUAL, 5_795, "a", "secondary", "45"),
        Entry(Account.PATIENT_OPEN, -6_000, "a"),
        Entry(Account.PATIENT_OPEN, -5_795, "a", reason="45"),
    )


def test_what_is_the_patients_goes_to_the_next_payer_where_there_is_one() -> None:
    book = charged()
    said = answer(6_000, (Effect.CONTRACTUAL, 5_795, "45"), (Effect.PATIENT, 2_205, "2"))
    book.add(posting.remittance("r1", DAY, SOURCE, "primary", [said], next_payer="secondary"))
    assert book.line("a").by_payer == {"secondary": 2_205}
    book.add(
        posting.remittance(
            "r2", DAY, SOURCE, "secondary", [answer(2_000, (Effect.PATIENT, 205, "3"))], next_payer=PATIENT
        )
    )
    assert book.line("a") == LineState(14_000, 8_000, 0, 5_795, 0, 0, 205, {})


def test_a_denied_amount_stays_open_to_the_payer() -> None:
    book = charged()
    said = answer(6_000, (Effect.OPEN, 8_000, "16"))
    book.add(posting.remittance("r1", DAY, SOURCE, "primary", [said], next_payer=PATIENT))
    assert book.line("a") == LineState(14_000, 6_000, 0, 0, 0, 8_000, 0, {"primary": 8_000})


def test_a_denial_of_everything_writes_nothing() -> None:
    with pytest.raises(LedgerError, match="nothing is paid or moved"):
        posting.remittance("r1", DAY, SOURCE, "primary", [answer(0, (Effect.OPEN, 14_000, "16"))], next_payer=PATIENT)


def test_a_reversal_by_the_payer_puts_everything_back_where_it_was() -> None:
    book = charged()
    before = book.line("a")
    said = answer(6_000, (Effect.CONTRACTUAL, 5_795, "45"), (Effect.PATIENT, 2_205, "2"))
    book.add(posting.remittance("r1", DAY, SOURCE, "primary", [said], next_payer=PATIENT))
    back = answer(-6_000, (Effect.CONTRACTUAL, -5_795, "45"), (Effect.PATIENT, -2_205, "2"))
    book.add(posting.remittance("r2", DAY, SOURCE, "primary", [back], next_payer=PATIENT))
    assert book.line("a") == before
    assert book.cash() == 0


def test_a_payment_has_parts_that_belong_to_no_line() -> None:
    parts = posting.payment_parts(
        "p",
        DAY,
        SOURCE,
        "P",
        interest_cents=125,
        suspense=[("unknown claim", 900)],
        adjustments=[("WO", 300), ("FB", -50)],
    )
    assert parts is not None
    assert parts.cash_cents() == 125 + 900 - 300 + 50
    book = Book()
    book.add(parts)
    assert {account: book.total(account) for account in Account if book.total(account)} == {
        Account.PAYER_CASH: 775,
        Account.INTEREST: -125,
        Account.SUSPENSE: -900,
        Account.PROVIDER_ADJUSTMENT: 250,
    }
    assert posting.payment_parts("p", DAY, SOURCE, "P") is None


def test_what_stood_in_suspense_is_placed_without_new_cash() -> None:
    book = charged()
    parts = posting.payment_parts("p", DAY, SOURCE, "primary", suspense=[("unknown claim", 900)])
    assert parts is not None
    book.add(parts)
    book.add(posting.place_suspense("s", DAY, SOURCE, "primary", line="a", cents=900, reason="unknown claim"))
    assert book.cash() == 900
    assert book.total(Account.SUSPENSE) == 0
    assert book.line("a") == LineState(14_000, 900, 0, 0, 0, 13_100, 0, {"primary": 13_100})


def test_a_patient_pays_ahead_and_the_credit_is_put_onto_a_line() -> None:
    book = charged(("a", 5_000), payer=PATIENT)
    book.add(posting.patient_payment("m", DAY, SOURCE, "P101", 8_000, [("a", 3_000)]))
    assert (book.line("a").open_to_patient, book.total(Account.PATIENT_CREDIT)) == (2_000, -5_000)
    book.add(posting.allocate_credit("c", DAY, SOURCE, "P101", [("a", 2_000)]))
    assert book.line("a") == LineState(5_000, 0, 5_000, 0, 0, 0, 0, {})
    assert (book.total(Account.PATIENT_CREDIT), book.cash()) == (-3_000, 8_000)


def test_a_payment_pays_no_more_than_was_received() -> None:
    with pytest.raises(LedgerError, match="expected at most as much"):
        posting.patient_payment("m", DAY, SOURCE, "P101", 2_000, [("a", 2_001)])
    whole = posting.patient_payment("m", DAY, SOURCE, "P101", 2_000, [("a", 2_000)])
    assert {entry.account for entry in whole.entries} == {Account.PATIENT_CASH, Account.PATIENT_OPEN}


def test_writing_off_needs_a_reason_and_moves_from_who_owes() -> None:
    book = charged()
    book.add(posting.write_off("w", DAY, SOURCE, line="a", owed_by="primary", cents=1_000, reason="small balance"))
    assert book.line("a") == LineState(14_000, 0, 0, 0, 1_000, 13_000, 0, {"primary": 13_000})
    with pytest.raises(LedgerError, match="without a reason"):
        posting.write_off("w", DAY, SOURCE, line="a", owed_by=PATIENT, cents=1, reason="")
    with pytest.raises(LedgerError, match="above 0"):
        posting.write_off("w", DAY, SOURCE, line="a", owed_by=PATIENT, cents=0, reason="x")


def test_asking_somebody_else_moves_the_open_amount() -> None:
    book = charged()
    book.add(posting.transfer("t", DAY, SOURCE, line="a", owed_by="primary", to=PATIENT, cents=4_000, reason="27"))
    assert book.line("a") == LineState(14_000, 0, 0, 0, 0, 10_000, 4_000, {"primary": 10_000})
    with pytest.raises(LedgerError, match="the same"):
        posting.transfer("t", DAY, SOURCE, line="a", owed_by=PATIENT, to=PATIENT, cents=1, reason="x")
    for cents in (0, -1):
        with pytest.raises(LedgerError, match="above 0"):
            posting.transfer("t", DAY, SOURCE, line="a", owed_by="primary", to=PATIENT, cents=cents, reason="x")


def test_who_paid_too_much_gets_it_back() -> None:
    book = charged(("a", 5_000))
    book.add(posting.remittance("r", DAY, SOURCE, "primary", [answer(6_000)], next_payer=PATIENT))
    assert book.line("a").by_payer == {"primary": -1_000}
    book.add(posting.refund("b", DAY, SOURCE, line="a", to="primary", cents=1_000, reason="overpaid"))
    assert (book.line("a").by_payer, book.cash()) == ({}, 5_000)
    with pytest.raises(LedgerError, match="above 0"):
        posting.refund("b", DAY, SOURCE, line="a", to=PATIENT, cents=-1, reason="x")


# --- what may not be written ---


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ((), "no entries"),
        ((Entry(Account.PAYER_CASH, 5), Entry(Account.SUSPENSE, -4)), "add up to 1 cents"),
        ((Entry(Account.CHARGES, -5, "a"), Entry(Account.PAYER_OPEN, 5, "b")), "one of its lines add up to"),
        ((Entry(Account.CHARGES, -5), Entry(Account.PAYER_OPEN, 5)), "names no line"),
        ((Entry(Account.INTEREST, -5, "a"), Entry(Account.PAYER_CASH, 5, "a")), "names a line"),
        ((Entry(Account.WRITTEN_OFF, 5, "a"), Entry(Account.PAYER_OPEN, -5, "a")), "without a reason"),
    ],
)
def test_a_transaction_that_does_not_balance_is_refused(entries: tuple[Entry, ...], why: str) -> None:
    with pytest.raises(LedgerError, match=why):
        Transaction("k", Kind.TRANSFER, DAY, SOURCE, entries)


def test_a_negative_charge_is_refused() -> None:
    with pytest.raises(LedgerError, match="negative charge"):
        posting.charge("k", DAY, SOURCE, "primary", [("a", -1)])


# --- the book ---


def test_the_same_transaction_twice_changes_nothing_and_another_under_its_key_is_refused() -> None:
    book = charged()
    assert not book.add(posting.charge("charge", DAY, SOURCE, "primary", [("a", 14_000)]))
    assert (len(book), book.line("a").charge) == (1, 14_000)
    with pytest.raises(LedgerError, match="another transaction has this key"):
        book.add(posting.charge("charge", DAY, SOURCE, "primary", [("a", 14_001)]))


def test_what_is_taken_back_is_taken_back_once_whole_and_restores() -> None:
    book = charged()
    said = answer(6_000, (Effect.CONTRACTUAL, 8_000, "45"))
    posted = posting.remittance("r1", DAY, SOURCE, "primary", [said], next_payer=PATIENT)
    before = book.line("a")
    book.add(posted)
    back = reversal_of(posted, "u1", DAY, SOURCE)
    book.add(back)
    assert (book.line("a"), book.cash(), book.is_reversed("r1")) == (before, 0, True)
    with pytest.raises(LedgerError, match="taken back before"):
        book.add(replace(back, key="u2"))
    with pytest.raises(LedgerError, match="a reversal is not reversed"):
        reversal_of(back, "u3", DAY, SOURCE)
    other = charged()
    with pytest.raises(LedgerError, match="is not in the ledger"):
        other.add(back)
    other.add(posted)
    with pytest.raises(LedgerError, match="not those of the transaction"):
        other.add(replace(back, entries=tuple(replace(entry, reason="x") for entry in back.entries)))


def test_every_column_of_a_transaction_is_in_its_digest() -> None:
    one = posting.charge("k", DAY, SOURCE, "primary", [("a", 1)])
    others = [
        replace(one, key="l"),
        replace(one, kind=Kind.TRANSFER),
        replace(one, on=date(2026, 9, 26)),
        replace(one, source=Source("test", "2", "0" * 64)),
        replace(one, reverses="x"),
        posting.charge("k", DAY, SOURCE, "secondary", [("a", 1)]),
        posting.charge("k", DAY, SOURCE, "primary", [("b", 1)]),
        posting.charge("k", DAY, SOURCE, "primary", [("a", 2)]),
    ]
    assert len({item.digest for item in (one, *others)}) == 9


def test_verifying_reads_the_ledger_anew() -> None:
    book = charged()
    assert list(verify(book)) == []
    twice = posting.charge("charge", DAY, SOURCE, "primary", [("a", 1)])
    assert [fault.problem for fault in verify([*book, twice])] == ["charge: another transaction has this key"]
