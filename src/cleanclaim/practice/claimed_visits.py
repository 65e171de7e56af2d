"""What visits and their claims know of each other, kept by the database itself in two columns.

`has_claim` of a visit: whether it has had a claim. What waits to be built is asked on every page of the queue. Without
the column the answer is looked for among all visits that a clinic ever had; with it, among the few that wait. A claim
is never removed: its history is kept.

`therapist` of a claim: who treated at its visit. The queue counts its claims by therapist on every page, and would
look up each claim's visit to do so.

No code that writes claims can forget either, for none of it does it.
"""

from __future__ import annotations

from collections.abc import Iterator

NAMES = ("visit_gets_claim", "claim_gets_therapist", "visit_changes_therapist")
"""The triggers: two on the claims' table, one on the visits'. On SQLite a fourth, `…_again`, of claims changed."""

_TABLES = ("practice_claim", "practice_claim", "practice_visit")
_AGAIN = "claim_gets_therapist_again"


def lay(vendor: str) -> Iterator[str]:
    """The statements that lay the triggers, anew where they lie."""
    yield from lift(vendor)
    yield from _of_postgres() if vendor == "postgresql" else _of_sqlite()


def _of_postgres() -> Iterator[str]:
    has_claim, gets, changes = NAMES
    yield _function(has_claim, f"{_marks('true')}; RETURN NULL;")
    yield _trigger(has_claim, "AFTER INSERT ON practice_claim")
    yield _function(gets, f"NEW.therapist_id := ({_OF_VISIT}); RETURN NEW;")
    yield _trigger(gets, "BEFORE INSERT OR UPDATE OF visit_id, therapist_id ON practice_claim")
    yield _function(changes, f"{_FOLLOWS}; RETURN NULL;")
    moved = "WHEN (OLD.therapist_id IS DISTINCT FROM NEW.therapist_id)"
    yield _trigger(changes, "AFTER UPDATE OF therapist_id ON practice_visit", moved)


def _of_sqlite() -> Iterator[str]:
    has_claim, gets, changes = NAMES
    own = f"UPDATE practice_claim SET therapist_id = ({_OF_VISIT}) WHERE id = NEW.id"  # noqa: S608 - our own words
    yield f"CREATE TRIGGER {has_claim} AFTER INSERT ON practice_claim BEGIN {_marks('1')}; END"
    yield f"CREATE TRIGGER {gets} AFTER INSERT ON practice_claim BEGIN {own}; END"
    differs = f"WHEN NEW.therapist_id IS NOT ({_OF_VISIT})"
    yield (
        f"CREATE TRIGGER {_AGAIN} AFTER UPDATE OF visit_id, therapist_id ON practice_claim {differs} BEGIN {own}; END"
    )
    moved = "WHEN OLD.therapist_id IS NOT NEW.therapist_id"
    yield f"CREATE TRIGGER {changes} AFTER UPDATE OF therapist_id ON practice_visit {moved} BEGIN {_FOLLOWS}; END"


_OF_VISIT = "SELECT therapist_id FROM practice_visit WHERE id = NEW.visit_id"
_FOLLOWS = "UPDATE practice_claim SET therapist_id = NEW.therapist_id WHERE visit_id = NEW.id"


def _marks(true: str) -> str:
    """Marks the visit of a new claim; `true` as the database writes it."""
    return f"UPDATE practice_visit SET has_claim = {true} WHERE id = NEW.visit_id AND NOT has_claim"  # noqa: S608 - our own words


def _function(name: str, does: str) -> str:
    return f"CREATE OR REPLACE FUNCTION cleanclaim_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} END $$"


def _trigger(name: str, when: str, only: str = "") -> str:
    return f"CREATE TRIGGER {name} {when} FOR EACH ROW {only} EXECUTE FUNCTION cleanclaim_{name}()"


def lift(vendor: str) -> Iterator[str]:
    """The statements that take the triggers away."""
    for name, table in zip(NAMES, _TABLES, strict=True):
        yield f"DROP TRIGGER IF EXISTS {name}{f' ON {table}' if vendor == 'postgresql' else ''}"
    if vendor != "postgresql":
        yield f"DROP TRIGGER IF EXISTS {_AGAIN}"
