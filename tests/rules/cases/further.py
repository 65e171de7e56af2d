"""Reads `further_examples.toml`: examples too many or too dry for the rule files, and what fixes change."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanclaim.check.findings import Change
from cleanclaim.rules.kit import Example, ExampleKind

FILE = Path(__file__).with_name("further_examples.toml")


@dataclass(frozen=True, slots=True)
class Further:
    """One further example of a rule; `changes` is what its fix proposes, `None` where that is not the point."""

    rule: str
    example: Example
    changes: tuple[str, ...] | None


def further_examples() -> Iterator[Further]:
    """Every further example, those of a list one by one."""
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["example"]:
        for value in entry.get("each", [""]):
            yield _read(entry, value)


def _read(entry: dict[str, Any], value: str) -> Further:
    def filled(name: str) -> str:
        text: str = entry.get(name, "")
        return text.replace("{}", value)

    example = Example(
        ExampleKind(entry["kind"]), filled("text"), at=filled("at"), says=filled("says"), lacks=entry.get("lacks", "")
    )
    changes = entry.get("changes")
    return Further(entry["rule"], example, None if changes is None else tuple(changes))


def words_of(change: Change) -> str:
    """A change as the file writes it: rows count from 0."""
    if not change.field:
        return f"{change.table} {change.key}: gone"
    return f"{change.table} {change.key}: {change.field} {_words(change.old)} → {_words(change.new)}"


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "none"
    return str(value)
