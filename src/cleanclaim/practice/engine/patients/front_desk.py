"""What the front desk settles, read from `front_desk.toml`: sections with rules, the probe, Medicare's questions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cleanclaim.sources import Source


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a patient's page: the rules of the engine, and the gaps of a claim file, that are settled there."""

    name: str
    label: str
    rules: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that Medicare must be asked; `name` is the answer's field. `settled`: a yes that is cared for."""

    name: str
    label: str
    good: str
    bad: str
    settled: str
    fix: str
    source: Source


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole file."""

    sections: tuple[Section, ...]
    probe: Mapping[str, str]
    told_by: Mapping[str, tuple[str, ...]]
    in_words: Mapping[str, str]
    asked_at: Mapping[str, str]
    """Rule → section in which it is found out where the rule has no data, where that is another one."""
    payer_inputs: tuple[str, ...]
    section_of: Mapping[str, str]
    """Rule → name of its section."""

    def label(self, section: str) -> str:
        """A section's name for people."""
        return next(item.label for item in self.sections if item.name == section)

    def section_of_gap(self, field: str) -> str:
        """The section in which a gap of a claim file is settled; empty where the front desk cannot settle it."""
        for item in self.sections:
            if any(field == start or field.startswith(f"{start} ") for start in item.gaps):
                return item.name
        return ""


@cache
def front_desk() -> Desk:
    """The file, read once. A key that is missing is an error that names it."""
    held = _document()
    sections = tuple(
        Section(name, table["label"], tuple(table["rules"]), tuple(table["gaps"]))
        for name, table in held["sections"].items()
    )
    return Desk(
        sections=sections,
        probe=held["probe"],
        told_by={field: tuple(rules) for field, rules in held["told_by"].items()},
        in_words=held["not_known"],
        asked_at=held["asked_at"],
        payer_inputs=tuple(held["payer_inputs"]),
        section_of={rule: item.name for item in sections for rule in item.rules},
    )


@cache
def medicare_questions() -> tuple[Question, ...]:
    """What Medicare must be asked before therapy, in the order of the file; each names its source.

    Raises:
        SourceError: a question's source lacks what finds it again.
    """
    return tuple(
        Question(
            name,
            table["label"],
            table["good"],
            table["bad"],
            table.get("settled", ""),
            table["fix"],
            Source.from_table(table["source"]),
        )
        for name, table in _document()["medicare"].items()
    )


@cache
def secondary_reasons() -> dict[str, str]:
    """Why another payer comes before Medicare: code → words of our own.

    Raises:
        SourceError: the codes' source lacks what finds it again.
    """
    Source.from_table(_document()["secondary_reasons_source"])
    return {code: f"{words} ({code})" for code, words in _document()["secondary_reasons"].items()}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("front_desk.toml").read_text(encoding="utf-8"))
