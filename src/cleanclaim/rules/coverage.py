"""What public lists of checks name, and which rule answers each row: read from `coverage.toml`.

Knows nothing of the rules but their codes; whether those exist, and whether each is named, is asked by the tests.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from cleanclaim.rules.kit import CODE_SHAPE
from cleanclaim.sources import Source

_FILE = "coverage.toml"
_ANSWERS = ("rules", "elsewhere", "not_applicable", "not_yet")


class Standing(StrEnum):
    """How a row of a list is answered."""

    OURS = "ours"
    """By rules."""
    ELSEWHERE = "elsewhere"
    """By another part of the program."""
    NOT_APPLICABLE = "not applicable"
    """It is nothing for claims of therapy."""
    NOT_YET = "not yet"
    """Not found so far."""


class CoverageError(ValueError):
    """A row that lacks its words, its source or its answer, or has two answers: names the list and the row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a public list names. `words` says why or how, where no rule does, and what else is to be said."""

    says: str
    source: Source
    standing: Standing
    rules: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class CoverageList:
    """One kind of list, such as the edits of clearinghouses."""

    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Beyond:
    """Rules that no list names, and what they are there for."""

    why: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All lists, and the rules beyond them."""

    lists: tuple[CoverageList, ...]
    beyond: tuple[Beyond, ...]

    def named(self) -> frozenset[str]:
        """Every rule code that a row or the part beyond the lists names."""
        by_lists = (code for one in self.lists for row in one.rows for code in row.rules)
        return frozenset((*by_lists, *(code for one in self.beyond for code in one.rules)))


@cache
def coverage() -> Coverage:
    """The lists as shipped."""
    return read((resources.files("cleanclaim.rules") / _FILE).read_text("utf-8"))


def read(text: str) -> Coverage:
    """Read lists from TOML.

    Raises:
        CoverageError: a row or group that is not as the head of the file says.
        SourceError: a source that cannot be found again.
    """
    table = tomllib.loads(text)
    _only("the file", table, {"sources", "lists", "beyond"})
    sources = {name: Source.from_table(entry) for name, entry in table.get("sources", {}).items()}
    lists = tuple(_list(entry, sources) for entry in table.get("lists", ()))
    beyond = tuple(Beyond(entry["why"], _codes("beyond", entry["rules"])) for entry in table.get("beyond", ()))
    cited = {row.source for one in lists for row in one.rows}
    unused = [name for name, source in sources.items() if source not in cited]
    if unused:
        raise CoverageError(f"{_FILE}: source {unused[0]!r} is cited by no row")
    return Coverage(lists, beyond)


def _list(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> CoverageList:
    where = f"{_FILE}: list {entry.get('id')!r}"
    _only(where, entry, {"id", "title", "rows"})
    rows = tuple(_row(f"{where}, row {number}", row, sources) for number, row in enumerate(entry["rows"], start=1))
    return CoverageList(entry["id"], entry["title"], rows)


def _row(where: str, entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Row:
    _only(where, entry, {"says", "source", "more", *_ANSWERS})
    answers = [name for name in _ANSWERS if name in entry]
    if len(answers) != 1:
        raise CoverageError(f"{where}: expected one of {', '.join(_ANSWERS)}; found {len(answers)}")
    if entry.get("source") not in sources:
        raise CoverageError(f"{where}: source {entry.get('source')!r} is not among the sources")
    says, source = entry.get("says", ""), sources[entry["source"]]
    if not says:
        raise CoverageError(f"{where}: says nothing")
    (answer,) = answers
    if answer == "rules":
        return Row(says, source, Standing.OURS, _codes(where, entry["rules"]), entry.get("more", ""))
    if "more" in entry or not entry[answer]:
        raise CoverageError(f"{where}: {answer} needs its words, and no more beside them")
    return Row(says, source, Standing(answer.replace("_", " ")), (), entry[answer])


def _codes(where: str, codes: list[str]) -> tuple[str, ...]:
    wrong = [code for code in codes if not CODE_SHAPE.fullmatch(code)]
    if wrong or not codes or len(set(codes)) != len(codes):
        raise CoverageError(f"{where}: expected codes of rules, each once; found {', '.join(wrong or codes) or 'none'}")
    return tuple(codes)


def _only(where: str, entry: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise CoverageError(f"{where}: key {unknown[0]!r} is not known; expected {', '.join(sorted(known))}")
