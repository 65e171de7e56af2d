"""Which visits have had a claim, kept by the database itself as claims are added: the visit's column `has_claim`.

What waits to be built is asked on every page of the queue. Without the column the answer is looked for among all visits
that a clinic ever had; with it, among the few that wait. No code that writes claims can forget it, for none of it does
it. A claim is never removed: its history is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

NAMES = ("visit_gets_claim",)
"""The trigger, on the claims' table."""


def lay(vendor: str) -> Iterator[str]:
    """The statements that lay the trigger, anew where it lies."""
    yield from lift(vendor)
    [name] = NAMES
    if vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION cleanclaim_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{_does('true')}; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} AFTER INSERT ON practice_claim FOR EACH ROW EXECUTE FUNCTION cleanclaim_{name}()"
        )
    else:
        yield f"CREATE TRIGGER {name} AFTER INSERT ON practice_claim BEGIN {_does('1')}; END"


def _does(true: str) -> str:
    """What the trigger does; `true` as the database writes it."""
    return f"UPDATE practice_visit SET has_claim = {true} WHERE id = NEW.visit_id AND NOT has_claim"  # noqa: S608 - our own words


def lift(vendor: str) -> Iterator[str]:
    """The statements that take the trigger away."""
    on = " ON practice_claim" if vendor == "postgresql" else ""
    for name in NAMES:
        yield f"DROP TRIGGER IF EXISTS {name}{on}"
