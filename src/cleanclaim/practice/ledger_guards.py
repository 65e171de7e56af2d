"""What the database itself asks of the ledger, on both engines: that every transaction balances, whole and once.

A transaction's entries are written before it. When its own row comes, the database adds them up, over all and for each
line, and refuses what does not come to nothing, has no entries, or mixes clinics; when an entry comes whose transaction
is there already, it is refused. An entry without its transaction does not outlast the database transaction (a foreign
key says so). So there is no moment that anybody can see at which the ledger does not balance. A day on which the books
are closed takes no transaction.

SQLite asks row by row; PostgreSQL once a statement, of all its rows, before the statement is done. So it asks too
whether the claims that entries name are there: a foreign key would look, and lock, for each of a claim's ten entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_ENTRIES = "practice_ledgerentry"
_TRANSACTIONS = "practice_ledgertransaction"
_PERIODS = "practice_period"
_CLAIMS = "practice_claim"


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
    at_once: str = ""
    """The same question of all rows that a statement has added (`added`), where PostgreSQL has a shorter way."""
    settings: tuple[str, ...] = ("enable_seqscan",)
    """What PostgreSQL's planner leaves alone while it asks."""

    @property
    def among_all(self) -> str:
        """The same, asked of all rows that a statement has added."""
        if self.at_once:
            return self.at_once
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
        # Added up together: row by row, most of the time goes into beginning anew. OFFSET keeps the entries on the
        # inner side: a plan made while there were none yet goes through all of them for each statement.
        f"SELECT 1 FROM added a CROSS JOIN LATERAL (SELECT e.line, e.cents FROM {_ENTRIES} e "  # noqa: S608
        "WHERE e.transaction_id = a.id OFFSET 0) e GROUP BY a.id, e.line HAVING SUM(e.cents) <> 0",
        ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"),
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

LINKS = ("ledger_entry_names_a_claim", "ledger_claim_stays")
"""PostgreSQL's triggers in place of a foreign key from entries to claims: when entries come, and when claims go."""

_NAMED = (
    "SELECT 1 FROM (SELECT DISTINCT claim_id FROM added WHERE claim_id IS NOT NULL) a WHERE NOT EXISTS "  # noqa: S608
    f"(SELECT 1 FROM {_CLAIMS} c WHERE c.id = a.claim_id FOR KEY SHARE)"
)
_STILL_NAMED = f"SELECT 1 FROM removed r WHERE EXISTS (SELECT 1 FROM {_ENTRIES} e WHERE e.claim_id = r.id OFFSET 0)"  # noqa: S608


def _links() -> Iterator[str]:
    """The statements that put `LINKS` in the place of the foreign key."""
    yield (
        "DO $$ DECLARE name text; BEGIN FOR name IN SELECT conname FROM pg_constraint WHERE contype = 'f' "  # noqa: S608
        f"AND conrelid = '{_ENTRIES}'::regclass AND confrelid = '{_CLAIMS}'::regclass LOOP "
        f"EXECUTE 'ALTER TABLE {_ENTRIES} DROP CONSTRAINT ' || quote_ident(name); END LOOP; END $$"
    )
    named, stays = LINKS
    of_added = f"INSERT ON {_ENTRIES} REFERENCING NEW TABLE AS added"
    of_removed = f"DELETE ON {_CLAIMS} REFERENCING OLD TABLE AS removed"
    for name, rows, asked, problem in (
        (named, of_added, _NAMED, "the claim of an entry is there"),
        (stays, of_removed, _STILL_NAMED, "a claim with entries stays"),
    ):
        yield (
            f"CREATE OR REPLACE FUNCTION cleanclaim_{name}() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off "
            f"AS $$ BEGIN IF EXISTS ({asked}) THEN RAISE EXCEPTION '{_ENTRIES}: {problem}' "
            "USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL; END $$"
        )
        yield f"CREATE TRIGGER {name} AFTER {rows} FOR EACH STATEMENT EXECUTE FUNCTION cleanclaim_{name}()"


def names(vendor: str) -> list[str]:
    """The triggers that should lie there."""
    return [*(guard.name for guard in GUARDS), *(LINKS if vendor == "postgresql" else ())]


def lay(vendor: str) -> Iterator[str]:
    """The statements that lay the guards, anew where they lie."""
    yield from _lifted(vendor)
    if vendor == "postgresql":
        yield from _links()
    for guard in GUARDS:
        told = f"{guard.table}: {guard.problem}"
        if vendor == "postgresql":
            settings = " ".join(f"SET {name} = off" for name in guard.settings)
            yield (
                f"CREATE OR REPLACE FUNCTION cleanclaim_{guard.name}() RETURNS trigger LANGUAGE plpgsql {settings} "
                f"AS $$ BEGIN IF EXISTS ({guard.among_all}) THEN RAISE EXCEPTION '{told}' "
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
    """The statements that take the guards away, and put back what they stood for."""
    yield from _lifted(vendor)
    if vendor == "postgresql":
        yield (
            f"ALTER TABLE {_ENTRIES} ADD CONSTRAINT ledger_entry_claim FOREIGN KEY (claim_id) "
            f"REFERENCES {_CLAIMS} (id) DEFERRABLE INITIALLY DEFERRED"
        )


def _lifted(vendor: str) -> Iterator[str]:
    if vendor == "postgresql":
        named, stays = LINKS
        yield f"DROP TRIGGER IF EXISTS {named} ON {_ENTRIES}"
        yield f"DROP TRIGGER IF EXISTS {stays} ON {_CLAIMS}"
    for guard in GUARDS:
        on = f" ON {guard.table}" if vendor == "postgresql" else ""
        yield f"DROP TRIGGER IF EXISTS {guard.name}{on}"
