"""The ledger in the database: transactions written with their entries, read back, and added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import Book, Fault, LineState, verify
from cleanclaim.ledger.entries import Entry, Kind, LedgerError, Source, Transaction
from cleanclaim.practice import many_rows
from cleanclaim.practice.models import Clinic, LedgerEntry, LedgerTransaction, Period, User

BROUGHT_FORWARD = "opening"
"""What the key of a line begins with that was brought forward and is of no claim."""


PIECE = 250
"""Transactions that are written together."""

_TRANSACTION = ("key", "kind", "on", "source_kind", "source_key", "source_digest", "reverses_id", "digest", "by_id")
_ENTRY = ("transaction_id", "position", "account", "cents", "claim_id", "line", "payer", "reason")


class ClosedPeriodError(LedgerError):
    """A transaction with a day on which the books are closed."""


def claim_of(line: str) -> UUID | None:
    """The claim that a line's key names: `CLAIM:PART:NUMBER`; none for a balance that was brought forward."""
    first = line.partition(":")[0]
    return UUID(first) if first and first != BROUGHT_FORWARD else None


def closed_through(clinic: Clinic) -> date | None:
    """The last day on which the books are closed; `None` where they never were."""
    rows = Period.objects.filter(clinic=clinic, reopened_at=None)
    found: date | None = rows.aggregate(last=Max("ends_on"))["last"]
    return found


def hold_books(clinic: Clinic, *, alone: bool = False) -> None:
    """Keep the books from being closed until the database transaction ends; `alone`: keep everybody from writing.

    SQLite lets one write at a time anyway.
    """
    if connection.vendor == "postgresql":
        take = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {take}(%s)", [clinic.pk.int % 2**63])


def open_day(clinic: Clinic, wanted: date) -> date:
    """The day itself, or the first after it on which the books are open: what comes late is written late."""
    closed = closed_through(clinic)
    return wanted if closed is None or wanted > closed else closed + timedelta(days=1)


class Books:
    """A clinic's open books, held until the database transaction ends, so that transactions are written in pieces.

    A piece asks nothing of the database where it takes nothing back: it may be sent ahead (`practice.ahead`).
    """

    def __init__(self, clinic: Clinic, user: User | None) -> None:
        hold_books(clinic)
        self._clinic, self._user, self._closed = clinic, user, closed_through(clinic)

    def write(self, transactions: Sequence[Transaction]) -> None:
        """Write some transactions. Raises `ClosedPeriodError` where the books are closed on the day of one."""
        for item in transactions:
            if self._closed is not None and item.on <= self._closed:
                raise ClosedPeriodError(
                    f"{item.kind.value}: {item.on} is in a closed period; expected a day after {self._closed}"
                )
        if transactions:
            _write(self._clinic, self._user, transactions)


def write(clinic: Clinic, user: User | None, transactions: Iterable[Transaction]) -> None:
    """Write transactions with their entries, in the caller's database transaction; the database refuses a key twice.

    Each has balanced when it was made (`ledger.Transaction`), and the database adds its entries up once more: they go
    in first, and none can follow. What one takes back must be in the ledger.

    Raises `ClosedPeriodError` where the books are closed on a transaction's day.
    """
    left = iter(transactions)
    piece = list(islice(left, PIECE))
    if not piece:
        return
    books = Books(clinic, user)
    with transaction.atomic():
        while piece:
            books.write(piece)
            piece = list(islice(left, PIECE))


def _write(clinic: Clinic, user: User | None, transactions: Sequence[Transaction]) -> None:
    """Write some transactions: all their entries, then they themselves."""
    reversed_keys = {item.reverses for item in transactions if item.reverses}
    taken_back = LedgerTransaction.objects.filter(key__in=reversed_keys)
    there = dict(taken_back.values_list("key", "pk")) if reversed_keys else {}
    keys = many_rows.new_keys(len(transactions))
    by = None if user is None else user.pk.hex
    claims: dict[str, str | None] = {}
    rows, entries = [], []
    for key, item in zip(keys, transactions, strict=True):
        source = (item.source.kind, item.source.key, item.source.digest)
        reverses = there[item.reverses] if item.reverses else None
        rows.append((item.key, item.kind.value, item.on, *source, reverses, item.digest, by))
        for position, entry in enumerate(item.entries, start=1):
            first = entry.line.partition(":")[0]
            if first not in claims:
                claim = claim_of(entry.line)
                claims[first] = None if claim is None else claim.hex
            told = (str(entry.account), entry.cents, claims[first], entry.line, entry.payer, entry.reason)
            entries.append((key, position, *told))
    many_rows.insert(LedgerEntry, clinic, _ENTRY, entries)
    many_rows.insert(LedgerTransaction, clinic, _TRANSACTION, rows, keys=keys)


def read(rows: Iterable[LedgerTransaction]) -> Iterator[Transaction]:
    """Transactions as they were written. `rows` have their entries with them, in order."""
    for row in rows:
        yield transaction_of(row, row.entries.all(), row.reverses.key if row.reverses else "")


def transaction_of(row: LedgerTransaction, entries: Iterable[LedgerEntry], reverses: str) -> Transaction:
    """A transaction of its row, its entries in order, and the key of what it takes back."""
    return Transaction(
        row.key,
        Kind(row.kind),
        row.on,
        Source(row.source_kind, row.source_key, row.source_digest),
        tuple(Entry(Account(entry.account), entry.cents, entry.line, entry.payer, entry.reason) for entry in entries),
        reverses=reverses,
    )


def line_states(claims: Iterable[UUID]) -> dict[UUID, dict[str, LineState]]:
    """Where the cents of each line of these claims stand, by claim and line."""
    wanted = list(claims)
    kept = LedgerTransaction.objects.filter(entries__claim__in=wanted).distinct().order_by("created_at", "key")
    book = Book()
    for item in read(kept.select_related("reverses").prefetch_related("entries")):
        book.add(item)
    found: dict[UUID, dict[str, LineState]] = {claim: {} for claim in wanted}
    for line in book.lines():
        claim = claim_of(line)
        if claim in found:
            found[claim][line] = book.line(line)
    return found


def totals() -> dict[Account, int]:
    """What stands in each account of the clinics in scope, added up by the database."""
    sums: dict[Account, int] = defaultdict(int)
    for row in LedgerEntry.objects.order_by().values("account").annotate(total=Sum("cents")):
        sums[Account(row["account"])] = row["total"]
    return sums


def faults(clinic: Clinic) -> Iterator[Fault]:
    """Every place where a clinic's ledger does not hold: each transaction, its digest, every line, the accounts."""
    rows = LedgerTransaction.objects.filter(clinic=clinic).select_related("reverses").prefetch_related("entries")
    read_back: list[Transaction] = []
    for row in rows.order_by("created_at", "key").iterator(chunk_size=2000):
        try:
            (item,) = read([row])
        except ValueError as error:
            yield Fault(row.key, str(error))
            continue
        if item.digest != row.digest:
            yield Fault(row.key, "the transaction is not what was written")
        read_back.append(item)
    yield from verify(read_back)
