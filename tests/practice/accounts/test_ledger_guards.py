"""The database adds the ledger up itself: what does not balance, comes late, or falls on a closed day is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Source
from cleanclaim.practice import ledger_guards, row_security, tenancy
from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import Claim, Clinic, LedgerEntry, LedgerTransaction, Patient, Period, User
from tests.practice.conftest import DAY

OPENING = "opening:00000000-0000-4000-8000-000000000001"
OTHER = "opening:00000000-0000-4000-8000-000000000002"


def row(clinic: Clinic, on: date = DAY) -> LedgerTransaction:
    return LedgerTransaction(
        clinic=clinic, key=str(uuid4()), kind="transfer", on=on, source_kind="test", source_key="1",
        source_digest="0" * 64, digest="0" * 64,
    )  # fmt: skip


def put(made: LedgerTransaction, cents: Sequence[tuple[str, int]], clinic: Clinic | None = None) -> None:
    """Entries, then their transaction, as the program writes them."""
    with transaction.atomic():
        written(made, cents, clinic)
        made.save(force_insert=True)


def written(of: LedgerTransaction, cents: Sequence[tuple[str, int]], clinic: Clinic | None = None) -> None:
    """Entries straight into the table, without the program's own checks."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            clinic=clinic or of.clinic, transaction=of, position=place, account=Account.PATIENT_OPEN.value, cents=amount,
            line=line,
        )
        for place, (line, amount) in enumerate(cents, start=1)
    )  # fmt: skip


def test_what_balances_goes_in(inside: Clinic) -> None:
    made = row(inside)
    put(made, [(OPENING, 5), (OPENING, -5), (OTHER, 7), (OTHER, -7)])
    assert LedgerEntry.objects.filter(transaction=made).count() == 4


@pytest.mark.parametrize(
    "cents",
    [
        [(OPENING, 5), (OPENING, -4)],
        [(OPENING, 5), (OTHER, -5)],
        [(OPENING, 5), ("", -5)],
        [("", 1)],
    ],
)
def test_what_does_not_balance_by_line_is_refused(inside: Clinic, cents: list[tuple[str, int]]) -> None:
    made = row(inside)
    with pytest.raises(IntegrityError, match="add up to 0"):
        put(made, cents)
    assert not LedgerTransaction.objects.exists()


def put_many(rows: Sequence[LedgerTransaction], entries: Sequence[Sequence[tuple[str, int]]]) -> None:
    """The entries of all, then all of them in one statement, as a payment writes them."""
    with transaction.atomic():
        for made, own in zip(rows, entries, strict=True):
            written(made, own)
        LedgerTransaction.objects.bulk_create(rows)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ([(OPENING, 5), (OPENING, -4)], "add up to 0"),
        ([(OPENING, 5), (OTHER, -5)], "add up to 0"),
        ([], "a transaction has entries"),
    ],
)
def test_one_of_many_that_does_not_hold_is_found(inside: Clinic, bad: list[tuple[str, int]], why: str) -> None:
    good = [(OPENING, 5), (OPENING, -5)]
    with pytest.raises(IntegrityError, match=why):
        put_many([row(inside) for _place in range(5)], [good, good, good, bad, good])
    assert not LedgerTransaction.objects.exists()
    put_many([row(inside) for _place in range(4)], [good] * 4)
    assert LedgerTransaction.objects.count() == 4


def test_one_of_many_on_a_closed_day_is_found(inside: Clinic, biller: User) -> None:
    Period.objects.create(clinic=inside, ends_on=date(2026, 8, 31), figures={}, closed_by=biller)
    days = [DAY, date(2026, 8, 31), DAY]
    with pytest.raises(IntegrityError, match="closed period"):
        put_many([row(inside, day) for day in days], [[(OPENING, 5), (OPENING, -5)]] * 3)
    assert not LedgerTransaction.objects.exists()


def test_a_transaction_has_entries(inside: Clinic) -> None:
    with pytest.raises(IntegrityError, match="a transaction has entries"), transaction.atomic():
        row(inside).save(force_insert=True)


def test_no_entry_follows_its_transaction(inside: Clinic) -> None:
    made = row(inside)
    put(made, [(OPENING, 5), (OPENING, -5)])
    with pytest.raises(IntegrityError, match="never after"), transaction.atomic():
        LedgerEntry.objects.create(clinic=inside, transaction=made, position=3, account="patient_open", cents=0)


def test_the_claim_that_an_entry_names_is_there_and_stays(inside: Clinic, claim: Claim) -> None:
    made = row(inside)

    def put_with(claim: UUID) -> None:
        with transaction.atomic():
            for place, cents in enumerate((5, -5), start=1):
                LedgerEntry.objects.create(
                    clinic=inside, transaction=made, position=place, account="patient_open", cents=cents, claim_id=claim
                )  # fmt: skip
            made.save(force_insert=True)
            connection.check_constraints()

    before = LedgerEntry.objects.count()
    with pytest.raises(IntegrityError, match=r"the claim of an entry is there|foreign key"):
        put_with(uuid4())
    assert LedgerEntry.objects.count() == before
    put_with(claim.pk)
    assert LedgerEntry.objects.filter(transaction=made, claim=claim.pk).count() == 2
    key = Claim._meta.pk.get_db_prep_value(claim.pk, connection)

    def remove() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM practice_claim WHERE id = %s", [key])
            connection.check_constraints()

    with pytest.raises(IntegrityError, match=r"a claim with entries stays|foreign key|FOREIGN KEY"):
        remove()
    assert Claim.objects.filter(pk=claim.pk).exists()


def test_entries_are_of_one_clinic(inside: Clinic, elsewhere: Clinic) -> None:
    made = row(inside)
    with (
        tenancy.scope([inside.pk, elsewhere.pk]),
        pytest.raises(IntegrityError, match="of the clinic of their transaction"),
    ):
        put(made, [(OPENING, 5), (OPENING, -5)], elsewhere)


def test_a_closed_day_is_closed_in_the_database_too(inside: Clinic, elsewhere: Clinic, biller: User) -> None:
    Period.objects.create(clinic=inside, ends_on=date(2026, 8, 31), figures={}, closed_by=biller)
    closed, first_open = row(inside, date(2026, 8, 31)), row(inside, date(2026, 9, 1))
    with pytest.raises(IntegrityError, match="closed period"):
        put(closed, [(OPENING, 5), (OPENING, -5)])
    put(first_open, [(OPENING, 5), (OPENING, -5)])
    theirs = row(elsewhere, date(2026, 8, 31))
    with tenancy.scope([elsewhere.pk]):
        put(theirs, [(OPENING, 5), (OPENING, -5)])
    assert ledger_rows.closed_through(inside) == date(2026, 8, 31)
    assert ledger_rows.open_day(inside, date(2026, 8, 31)) == date(2026, 9, 1)
    assert ledger_rows.open_day(inside, date(2026, 9, 1)) == date(2026, 9, 1)


def test_a_closed_day_among_many_leaves_nothing_written(
    inside: Clinic, biller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_rows, "PIECE", 1)
    Period.objects.create(clinic=inside, ends_on=date(2026, 8, 31), figures={}, closed_by=biller)
    source, patient = Source("test", "1", "0" * 64), str(uuid4())
    days = {"first": DAY, "second": date(2026, 8, 31), "third": DAY}
    made = [posting.brought_forward_credit(key, day, source, patient, 700) for key, day in days.items()]
    with pytest.raises(ledger_rows.ClosedPeriodError, match="2026-08-31 is in a closed period"):
        ledger_rows.write(inside, biller, iter(made))
    assert not LedgerTransaction.objects.exists()
    assert not LedgerEntry.objects.exists()
    ledger_rows.write(inside, biller, (one for one in made if one.key != "second"))
    assert sorted(LedgerTransaction.objects.values_list("key", flat=True)) == ["first", "third"]


def test_every_guard_is_laid_and_a_missing_one_is_named(inside: Clinic) -> None:
    del inside
    assert row_security.missing_triggers(connection) == []
    if connection.vendor == "postgresql":
        pytest.skip("the app's role cannot drop a trigger, which is the point")
    for guard in ledger_guards.GUARDS:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {guard.name}")
    assert row_security.missing_triggers(connection) == [guard.name for guard in ledger_guards.GUARDS]


# --- verifying what somebody changed past the guards -------------------------------------------------------------


@pytest.fixture
def unguarded(inside: Clinic, biller: User) -> LedgerTransaction:
    """A ledger of one credit in a database whose triggers somebody took away."""
    if connection.vendor == "postgresql":
        pytest.skip("the app's role cannot drop a trigger, which is the point")
    patient = Patient.objects.order_by("number")[0]
    made = posting.brought_forward_credit("one", DAY, Source("test", "1", "0" * 64), str(patient.pk), 700)
    ledger_rows.write(inside, biller, [made])
    kept: LedgerTransaction = LedgerTransaction.objects.get(key="one")
    names = [
        *(guard.name for guard in ledger_guards.GUARDS),
        *(name for table in ("practice_ledgerentry", "practice_ledgertransaction")
          for name in (f"{table}_is_kept", f"{table}_is_kept_removed")),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}")
    assert ledger_checks.verify(inside).faults == []
    return kept


def told(clinic: Clinic) -> set[str]:
    return {fault.problem for fault in ledger_checks.verify(clinic).faults}


def test_a_changed_amount_is_found(inside: Clinic, unguarded: LedgerTransaction) -> None:
    LedgerEntry.objects.filter(transaction=unguarded, position=1).update(cents=701)
    found = told(inside)
    assert "the entries of one of its lines add up to 1 cents" in found
    assert "brought_forward: the entries of what speaks of no line add up to 1 cents; expected 0" in found


def test_amounts_changed_alike_are_found_by_the_digest(inside: Clinic, unguarded: LedgerTransaction) -> None:
    for position, cents in ((1, 900), (2, -900)):
        LedgerEntry.objects.filter(transaction=unguarded, position=position).update(cents=cents)
    assert told(inside) == {"the transaction is not what was written"}


def test_a_removed_entry_and_a_lone_transaction_are_found(inside: Clinic, unguarded: LedgerTransaction) -> None:
    LedgerEntry.objects.filter(transaction=unguarded).delete()
    assert "the transaction has no entries" in told(inside)


def test_a_transaction_of_no_document_is_found(inside: Clinic, unguarded: LedgerTransaction) -> None:
    LedgerTransaction.objects.filter(pk=unguarded.pk).update(source_kind="receipt", source_key=str(uuid4()))
    assert "its receipt is not there, or is another than when it was written" in told(inside)
