"""Text of X12: values that fit into it, segments, and the envelopes around a transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cleanclaim.payer_sim.memory import Memory

Segment = tuple[str, ...]
"""A segment: its id, then its elements as text; a composite has its components joined by a colon."""

ELEMENT, COMPONENT, REPETITION, TERMINATOR = "*", ":", "^", "~"
NOON = "1200"
"""All answers are stamped at noon: the same input gives the same bytes."""
_TAKEN = frozenset(ELEMENT + COMPONENT + REPETITION + TERMINATOR)


@lru_cache(maxsize=8_192)
def value(text: str, longest: int = 80) -> str:
    """Text as one value: without accents, delimiters and signs that are not of the basic set."""
    plain = unicodedata.normalize("NFKD", text)
    kept = (sign for sign in plain if not unicodedata.combining(sign))
    told = "".join(sign if sign.isascii() and sign.isprintable() and sign not in _TAKEN else " " for sign in kept)
    return " ".join(told.split())[:longest].strip()


def segment(*elements: str) -> str:
    """A segment as text; empty elements at its end are left out."""
    parts = list(elements)
    while not parts[-1]:
        parts.pop()
    return ELEMENT.join(parts) + TERMINATOR


def eight(day: date) -> str:
    """A date as eight digits."""
    return f"{day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Ends:
    """Who answers whom: ids of the interchange, and whether it is test data."""

    payer: str
    sender: str
    is_test: bool


def interchange(memory: Memory, ends: Ends, day: date, kind: tuple[str, str, str], body: Sequence[Segment]) -> bytes:
    """An interchange with one transaction; `kind` is the functional id, the transaction and its guide.

    Control numbers are taken from the memory.
    """
    function, transaction, guide = kind
    group, number = str(memory.next_group), f"{memory.next_transaction:04d}"
    memory.next_group += 1
    memory.next_transaction += 1
    # Payments name their guide in the group alone.
    header = ("ST", transaction, number) if transaction == "835" else ("ST", transaction, number, guide)
    inside = [
        segment("GS", function, value(ends.payer, 15), value(ends.sender, 15), eight(day), NOON, group, "X", guide),
        segment(*header),
        *(segment(*one) for one in body),
        segment("SE", str(len(body) + 2), number),
        segment("GE", "1", group),
    ]
    return wrapped(memory, ends, day, inside, groups=1)


def wrapped(memory: Memory, ends: Ends, day: date, inside: Sequence[str], *, groups: int) -> bytes:
    """Segments between the header and the trailer of an interchange."""
    control = f"{memory.next_interchange:09d}"
    memory.next_interchange += 1
    head = ELEMENT.join(
        (
            "ISA", "00", " " * 10, "00", " " * 10, "ZZ", value(ends.payer, 15).ljust(15), "ZZ",
            value(ends.sender, 15).ljust(15), f"{day:%y%m%d}", NOON, REPETITION, "00501", control, "0",
            "T" if ends.is_test else "P", COMPONENT,
        )
    )  # fmt: skip
    tail = segment("IEA", str(groups), control)
    return (head + TERMINATOR + "".join(inside) + tail).encode("ascii")
