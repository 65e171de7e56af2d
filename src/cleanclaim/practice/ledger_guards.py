"""What the database itself asks of the ledger, on both engines: that every transaction balances, whole and once.

A transaction's entries are written before it. When its own row comes, the database adds them up, over all and for each
line, and refuses what does not come to nothing, has no entries, or mixes clinics; when an entry comes whose transaction
is there already, it is refused. An entry without its transaction does not outlast the database transaction (a foreign
key says so). So there is no moment that anybody can see at which the ledger does not balance. A day on which the books
are closed takes no transaction.

SQLite asks row by row; PostgreSQL once a statement, of all its rows, before the statement is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_ENTRIES = "practice_ledgerentry"
_TRANSACTIONS = "practice_ledgertransaction"
_PERIODS = "practice_period"


@dataclass(frozen=True, slots=True)
class Guard:
    """One check of a row that goes in, `NEW`: refused where `where` finds a row; `reads` are the columns of it.

    SQLite asks it before each row. PostgreSQL asks it once of all rows that one statement has put in: a payment writes
    thousands with one, many of which read alike.
    """

    name: str
    table: str
    reads: tuple[str, ...]
    where: str
    problem: str

    @property
    def among_all(self) -> str:
        """The same, asked of all rows that a statement has added."""
        columns = ", ".join(f'"{column}"' for column in self.reads)
        # OFFSET keeps it a question about each row, answered by an index: as a join it is planned by the size that the
        # tables had when the session first asked, and takes minutes when they have grown since.
        asked = f"{self.where.replace('NEW.', 'a.')} OFFSET 0"
        return f"SELECT 1 FROM (SELECT DISTINCT {columns} FROM added) a WHERE EXISTS ({asked})"  # noqa: S608 - our own


GUARDS: tuple[Guard, ...] = (
    Guard(
        "ledger_entry_comes_first",
        _ENTRIES,
        ("transaction_id",),
        f"SELECT 1 FROM {_TRANSACTIONS} t WHERE t.id = NEW.transaction_id",  # noqa: S608 - constants
        "an entry is written before its transaction, never after",
    ),
    Guard(
        "ledger_transaction_has_entries",
        _TRANSACTIONS,
        ("id",),
        f"SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM {_ENTRIES} e WHERE e.transaction_id = NEW.id)",  # noqa: S608
        "a transaction has entries",
    ),
    Guard(
        "ledger_transaction_balances",
        _TRANSACTIONS,
        ("id",),
        f"SELECT 1 FROM {_ENTRIES} e WHERE e.transaction_id = NEW.id GROUP BY e.line HAVING SUM(e.cents) <> 0",  # noqa: S608
        "the entries of each line, and of none, add up to 0",
    ),
    Guard(
        "ledger_transaction_is_of_one_clinic",
        _TRANSACTIONS,
        ("id", "clinic_id"),
        f"SELECT 1 FROM {_ENTRIES} e WHERE e.transaction_id = NEW.id AND e.clinic_id <> NEW.clinic_id",  # noqa: S608
        "entries are of the clinic of their transaction",
    ),
    Guard(
        "ledger_transaction_on_an_open_day",
        _TRANSACTIONS,
        ("clinic_id", "on"),
        f"SELECT 1 FROM {_PERIODS} p WHERE p.clinic_id = NEW.clinic_id AND p.reopened_at IS NULL "  # noqa: S608
        'AND p.ends_on >= NEW."on"',
        "its day is in a closed period",
    ),
)


def lay(vendor: str) -> Iterator[str]:
    """The statements that lay the guards, anew where they lie."""
    yield from lift(vendor)
    for guard in GUARDS:
        told = f"{guard.table}: {guard.problem}"
        if vendor == "postgresql":
            yield (
                f"CREATE OR REPLACE FUNCTION cleanclaim_{guard.name}() RETURNS trigger LANGUAGE plpgsql "
                f"SET enable_seqscan = off AS $$ BEGIN IF EXISTS ({guard.among_all}) THEN RAISE EXCEPTION '{told}' "
                "USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$"
            )
            yield (
                f"CREATE TRIGGER {guard.name} AFTER INSERT ON {guard.table} REFERENCING NEW TABLE AS added "
                f"FOR EACH STATEMENT EXECUTE FUNCTION cleanclaim_{guard.name}()"
            )
        else:
            yield (
                f"CREATE TRIGGER {guard.name} BEFORE INSERT ON {guard.table} "
                f"BEGIN SELECT RAISE(ABORT, '{told}') WHERE EXISTS ({guard.where}); END"
            )


def lift(vendor: str) -> Iterator[str]:
    """The statements that take the guards away."""
    for guard in GUARDS:
        on = f" ON {guard.table}" if vendor == "postgresql" else ""
        yield f"DROP TRIGGER IF EXISTS {guard.name}{on}"
