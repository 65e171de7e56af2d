"""Strict reading of the reference tables: TOML whose every key is known and whose every value has a source.

A table file names its sources once, under `[sources.NAME]`, and each entry cites one by name. `Entry` hands out
the keys of one TOML table by type and, at the end, refuses the keys that nobody asked for. Errors name the
file, the entry and the key, so that a typing mistake in a data file never becomes a silent null.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Any, TypeVar

from cleanclaim.dates import Dated
from cleanclaim.sources import Source, SourceError

Choice = TypeVar("Choice", bound=StrEnum)


class TableError(ValueError):
    """A reference table that does not say what its loader expects."""


class Entry:
    """One TOML table, read key by key; `done()` refuses what was not read."""

    def __init__(self, where: str, table: Mapping[str, Any], sources: Mapping[str, Source]) -> None:
        """Take the table found at `where` (file and key path) and the named sources it may cite."""
        self.where = where
        self._table = dict(table)
        self._left = set(table)
        self._sources = sources

    def _take(self, key: str, kind: type | tuple[type, ...], expected: str, *, required: bool) -> Any:  # noqa: ANN401
        self._left.discard(key)
        if key not in self._table:
            if required:
                raise TableError(f"{self.where}: lacks key {key!r}; expected {expected}")
            return None
        value = self._table[key]
        right_kind = isinstance(value, kind) and (not isinstance(value, bool) or kind is bool)
        if not right_kind:
            raise TableError(f"{self.where}: {key} is {value!r}; expected {expected}")
        return value

    def text(self, key: str) -> str:
        """A required text that is not blank."""
        value = str(self._take(key, str, "text", required=True)).strip()
        if not value:
            raise TableError(f"{self.where}: {key} is blank; expected text")
        return value

    def optional_text(self, key: str) -> str:
        """A text, or the empty text when the key is absent."""
        return str(self._take(key, str, "text", required=False) or "").strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty when the key is absent; a repeated text is refused."""
        values = self._take(key, list, "a list of texts", required=False) or []
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise TableError(f"{self.where}: {key} holds {value!r}; expected texts")
        if len(set(values)) != len(values):
            raise TableError(f"{self.where}: {key} repeats a text")
        return tuple(values)

    def flag(self, key: str) -> bool | None:
        """A truth value, or `None` (unknown) when the key is absent."""
        value: bool | None = self._take(key, bool, "true or false", required=False)
        return value

    def number(self, key: str) -> int | None:
        """A whole number above zero, or `None` when the key is absent."""
        value: int | None = self._take(key, int, "a whole number", required=False)
        if value is not None and value <= 0:
            raise TableError(f"{self.where}: {key} is {value}; expected a whole number above zero")
        return value

    def day(self, key: str) -> date | None:
        """A date, or `None` when the key is absent."""
        value: date | None = self._take(key, date, "a date such as 2026-01-01", required=False)
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """A required member of `kind`."""
        return self._member(key, self.text(key), kind)

    def optional_choice(self, key: str, kind: type[Choice]) -> Choice | None:
        """A member of `kind`, or `None` when the key is absent."""
        text = self.optional_text(key)
        return self._member(key, text, kind) if text else None

    def choices(self, key: str, kind: type[Choice]) -> tuple[Choice, ...]:
        """A list of members of `kind`, empty when the key is absent."""
        return tuple(self._member(key, text, kind) for text in self.texts(key))

    def _member(self, key: str, text: str, kind: type[Choice]) -> Choice:
        try:
            return kind(text)
        except ValueError:
            known = ", ".join(member.value for member in kind)
            raise TableError(f"{self.where}: {key} is {text!r}; expected one of {known}") from None

    def source(self, key: str = "source") -> Source:
        """The named source that the entry must cite."""
        name = self.text(key)
        if name not in self._sources:
            raise TableError(f"{self.where}: {key} cites {name!r}, which [sources] does not define")
        return self._sources[name]

    def bound(self, key: str) -> tuple[date | None, Source | None]:
        """A date and its source under `<key>_source`; neither may stand without the other."""
        day = self.day(key)
        if day is None:
            if f"{key}_source" in self._table:
                raise TableError(f"{self.where}: {key}_source stands without {key}")
            return None, None
        return day, self.source(f"{key}_source")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of name and text, in the order of the file; empty when the key is absent."""
        table = self._take(key, dict, "a table of names and texts", required=False) or {}
        for name, text in table.items():
            if not isinstance(text, str) or not text.strip():
                raise TableError(f"{self.where}: {key}.{name} is {text!r}; expected text")
        return tuple(table.items())

    def entries(self, key: str) -> tuple[Entry, ...]:
        """A list of tables, each an entry of its own; empty when the key is absent."""
        tables = self._take(key, list, "a list of tables", required=False) or []
        for table in tables:
            if not isinstance(table, dict):
                raise TableError(f"{self.where}: {key} holds {table!r}; expected tables")
        return tuple(Entry(f"{self.where}: {key}[{index}]", table, self._sources) for index, table in enumerate(tables))

    def dated(self, key: str, kind: type[Choice]) -> tuple[Dated[Choice], ...]:
        """A list of `{value, from, through, source}` whose values are members of `kind`."""
        found = []
        for entry in self.entries(key):
            found.append(Dated(entry.choice("value", kind), entry.day("from"), entry.day("through"), entry.source()))
            entry.done()
        return tuple(found)

    def done(self) -> None:
        """Refuse the keys that were never asked for."""
        if self._left:
            raise TableError(f"{self.where}: unknown key {min(self._left)!r}")


def read_toml(name: str) -> dict[str, Any]:
    """Read one TOML file of the reference data, named by its path below the data folder."""
    try:
        return tomllib.loads(_file(name).read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{name}: not TOML: {error}") from error


def read_csv(name: str, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield `where` and the row, for each row of a CSV of the reference data whose header is exactly `columns`."""
    lines = _file(name).read_text("utf-8").splitlines()
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != columns:
        raise TableError(f"{name}: header is {reader.fieldnames}; expected {', '.join(columns)}")
    for row in reader:
        yield f"{name}, line {reader.line_num}", row


def csv_day(where: str, column: str, text: str) -> date | None:
    """Read a date of a CSV cell; an empty cell is `None`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise TableError(f"{where}: {column} is {text!r}; expected a date such as 2026-01-01") from None


def toml_files(folder: str) -> tuple[str, ...]:
    """The TOML files of a folder of the reference data, sorted by name."""
    names = (item.name for item in _file(folder).iterdir())
    return tuple(f"{folder}/{name}" for name in sorted(names) if name.endswith(".toml"))


def read_sources(name: str, table: Any) -> dict[str, Source]:  # noqa: ANN401
    """Build the named sources of a file from its `[sources]` table."""
    if not isinstance(table, dict):
        raise TableError(f"{name}: lacks the table [sources]")
    found = {}
    for key, value in table.items():
        try:
            found[key] = Source.from_table(value)
        except (SourceError, ValueError, TypeError) as error:
            raise TableError(f"{name}: sources.{key}: {error}") from error
    return found


def _file(name: str) -> Any:  # noqa: ANN401
    return resources.files("cleanclaim.reference").joinpath("data", *name.split("/"))
