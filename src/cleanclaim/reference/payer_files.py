"""Reading payer files: strictly, and naming every problem of a file by line, key and what was expected.

The same strictness holds for shipped files and for a clinic's own. Nothing of a file is ever used as a template: its
texts are shown as they stand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from cleanclaim.dates import Dated, Series, SeriesError
from cleanclaim.reference import toml_lines
from cleanclaim.reference.payer_settings import BY_NAME, FILING_INDICATORS, KINDS, NONE, Setting
from cleanclaim.reference.payer_shapes import Choice, Flag, ShapeError, Text
from cleanclaim.reference.toml_lines import dotted
from cleanclaim.sources import Confidence, Source

ID_SHAPE = re.compile(r"[a-z][a-z0-9_]{1,37}")
"""What the id of a payer looks like; it also keeps an id from naming a path."""

_TOP_KEYS = ("id", "label", "kind", "filing_indicator", "filing_indicator_confidence", "fictional")
_VALUE_KEYS = ("value", "from", "through", "source", "confidence", "note")
_SOURCE_KEYS = ("publisher", "title", "section", "url", "read_on")
_LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One thing that is wrong with a payer file: where, what stands there, and what was expected.

    `line` is `None` where the file as a whole is meant. `found` is what stands there, as it would be typed, or empty
    where it is missing.
    """

    file: str
    line: int | None
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        """One line for people."""
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        if not self.key:
            return f"{where}: {self.found}; expected {self.expected}"
        return f"{where}: {self.key} {f'has {self.found}' if self.found else 'is missing'}; expected {self.expected}"


class PayerFileError(ValueError):
    """A payer file that does not say what it must; the text is the first problem, `problems` holds them all."""

    def __init__(self, *problems: PackProblem) -> None:
        """Take the problems, by line."""
        super().__init__(str(problems[0]))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Stated(Dated[Any]):
    """A value as a payer states it, with the note that stands beside it in the file."""

    note: str = ""


@dataclass(slots=True)
class PackContents:
    """What a payer file says, once read."""

    id: str = ""
    label: str = ""
    kind: str = ""
    filing_indicator: str = ""
    filing_indicator_confidence: Confidence = Confidence.UNCERTAIN
    fictional: bool = False
    settings: dict[str, Series[Any]] = field(default_factory=dict)
    doubtful: dict[str, tuple[Stated, ...]] = field(default_factory=dict)


def read_contents(path: Path) -> PackContents:
    """Read one payer file.

    Raises:
        PayerFileError: the file cannot be read, has an unknown key, lacks a needed one, or holds a value of the
            wrong shape; it holds every problem, each with its line.
    """
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PayerFileError(PackProblem(file, None, "", f"cannot be read: {error.strerror}", "a TOML file")) from error
    except UnicodeDecodeError as error:
        raise PayerFileError(
            PackProblem(file, None, "", f"is not UTF-8 at byte {error.start}", "a TOML file")
        ) from error
    return parse_contents(file, text)


def parse_contents(file: str, text: str) -> PackContents:
    """Read the text of a payer file; `file` is what its problems are named by. Raises as `read_contents` does."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(said[1]) if said else None
        raise PayerFileError(PackProblem(file, line, "", f"is not TOML: {error}", "a TOML file")) from error
    reader = _Reader(file, toml_lines.Lines(text))
    contents = reader.contents(table)
    if reader.problems:
        raise PayerFileError(*sorted(reader.problems, key=lambda one: one.line or 0))
    return contents


class _RefusedError(Exception):
    """A part of the file that has been refused; the problem is noted, and reading goes on with the next part."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the tables of one file into a payer, noting the line and key of whatever is wrong."""

    file: str
    lines: toml_lines.Lines
    problems: list[PackProblem] = field(default_factory=list)

    def contents(self, table: dict[str, Any]) -> PackContents:
        made = PackContents()
        self._only(table, (*_TOP_KEYS, "sources", "settings"), ())
        for key, read in self._top().items():
            with suppress(_RefusedError):
                setattr(made, key, read(table, key))
        sources: dict[str, Source | None] = {}
        for name, value in self._table(table, "sources").items():
            # A source that is refused is known all the same: its values are not refused once more.
            sources[name] = None
            with suppress(_RefusedError):
                sources[name] = self._source(value, ("sources", name))
        for name, entry in self._table(table, "settings").items():
            with suppress(_RefusedError):
                if name not in BY_NAME:
                    self._refuse(("settings", name), name, "one of the settings " + ", ".join(BY_NAME))
                series, doubts = self._series(BY_NAME[name], entry, sources)
                if series.values:
                    made.settings[name] = series
                if doubts:
                    made.doubtful[name] = doubts
        return made

    def _top(self) -> dict[str, Callable[[dict[str, Any], str], Any]]:
        """How each key at the top is read."""
        confidences = tuple(item.value for item in Confidence)
        return {
            "id": self._id,
            "label": lambda table, key: self._text(table, key, ()),
            "kind": lambda table, key: self._one_of(table, key, KINDS),
            "filing_indicator": lambda table, key: self._one_of(table, key, FILING_INDICATORS),
            "filing_indicator_confidence": lambda table, key: Confidence(self._one_of(table, key, confidences)),
            "fictional": self._flag,
        }

    def _id(self, table: dict[str, Any], key: str) -> str:
        text = self._text(table, key, ())
        if not ID_SHAPE.fullmatch(text):
            self._refuse((key,), text, "2 to 38 lower-case letters, digits and underscores, a letter first")
        return text

    def _series(
        self, setting: Setting, entry: object, sources: Mapping[str, Source | None]
    ) -> tuple[Series[Any], tuple[Stated, ...]]:
        path: toml_lines.Path = ("settings", setting.name)
        if not isinstance(entry, dict):
            self._refuse(path, entry, f"a table with [[{dotted(path)}.values]]")
        if not self._only(entry, ("values", "known_through"), path):
            raise _RefusedError
        known_through = self._day(entry, "known_through", path)
        values = entry.get("values")
        if not isinstance(values, list) or not values:
            self._refuse((*path, "values"), values, "one or more values")
        read: list[Stated] = []
        for index, item in enumerate(values):
            with suppress(_RefusedError):
                read.append(self._stated(setting, item, sources, (*path, "values", index)))
        decisive = tuple(item for item in read if item.source.confidence is not Confidence.UNCERTAIN)
        doubts = tuple(item for item in read if item.source.confidence is Confidence.UNCERTAIN)
        try:
            series: Series[Any] = Series(setting.name, setting.meaning, setting.unit, decisive, known_through)
            for doubt in doubts:
                # What is doubtful on a day cannot also be certain on it; doubts may contradict each other.
                Series(setting.name, setting.meaning, setting.unit, (*decisive, doubt), known_through)
        except SeriesError as error:
            said = str(error).removeprefix(f"{setting.name}: ")
            self.problems.append(
                PackProblem(self.file, self.lines.of(path), "", f"{dotted(path)}: {said}", "values that do not overlap")
            )
            raise _RefusedError from error
        return series, doubts

    def _stated(
        self, setting: Setting, item: object, sources: Mapping[str, Source | None], path: toml_lines.Path
    ) -> Stated:
        if not isinstance(item, dict):
            self._refuse(path, item, "a table with value and source")
        self._only(item, _VALUE_KEYS, path)
        if "value" not in item:
            self._refuse((*path, "value"), None, "a value; a setting that is unknown is left out")
        value = item["value"]
        if not (setting.may_be_none and value == NONE):
            try:
                value = setting.shape.read(value)
            except ShapeError as problem:
                inside = tuple(int(part) if part.isdigit() else part for part in re.findall(r"\w+", problem.at))
                expected = problem.expected + (f", or {NONE!r}" if setting.may_be_none and not problem.at else "")
                self._refuse((*path, "value", *inside), problem.found, expected)
        source = self._cited(item, sources, path)
        note = self._text(item, "note", path) if "note" in item else ""
        return Stated(value, self._day(item, "from", path), self._day(item, "through", path), source, note)

    def _cited(self, item: dict[str, Any], sources: Mapping[str, Source | None], path: toml_lines.Path) -> Source:
        confidence = item.get("confidence", Confidence.SEEN.value)
        if confidence not in tuple(Confidence):
            self._refuse((*path, "confidence"), confidence, "one of " + ", ".join(Confidence))
        cited = item.get("source")
        if isinstance(cited, str):
            if cited not in sources:
                self._refuse((*path, "source"), cited, "the name of a table under [sources]")
            source = sources[cited]
            if source is None:
                raise _RefusedError
        else:
            source = self._source(cited, (*path, "source"))
        return Source(
            source.publisher, source.title, source.section, source.read_on, source.url, Confidence(confidence)
        )

    def _source(self, table: object, path: toml_lines.Path) -> Source:
        if not isinstance(table, dict):
            self._refuse(path, table, "a table with " + ", ".join(_SOURCE_KEYS))
        self._only(table, _SOURCE_KEYS, path)
        read_on = self._day(table, "read_on", path)
        if read_on is None:
            self._refuse((*path, "read_on"), None, "a date such as 2026-01-31")
        url = self._text(table, "url", path) if "url" in table else ""
        publisher, title, section = (self._text(table, key, path) for key in ("publisher", "title", "section"))
        return Source(publisher, title, section, read_on, url)

    # One key at a time.

    def _refuse(self, path: toml_lines.Path, found: object, expected: str) -> NoReturn:
        shown = "" if found is None else _shown(found)
        self.problems.append(PackProblem(self.file, self.lines.of(path), dotted(path), shown, expected))
        raise _RefusedError

    def _only(self, table: dict[str, Any], keys: tuple[str, ...], path: toml_lines.Path) -> bool:
        """Whether the table has no other keys; each other key is noted."""
        for key in table:
            if key not in keys:
                with suppress(_RefusedError):
                    self._refuse((*path, key), key, "one of the keys " + ", ".join(keys))
        return set(table) <= set(keys)

    def _table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            with suppress(_RefusedError):
                self._refuse((key,), value, f"a table [{key}]")
            return {}
        return value

    def _text(self, table: dict[str, Any], key: str, path: toml_lines.Path) -> str:
        try:
            return Text().read(table.get(key))
        except ShapeError as problem:
            self._refuse((*path, key), problem.found, problem.expected)

    def _one_of(self, table: dict[str, Any], key: str, options: tuple[str, ...]) -> str:
        try:
            return Choice(*options).read(table.get(key))
        except ShapeError as problem:
            self._refuse((key,), problem.found, problem.expected)

    def _flag(self, table: dict[str, Any], key: str) -> bool:
        try:
            return Flag().read(table.get(key))
        except ShapeError as problem:
            self._refuse((key,), problem.found, problem.expected)

    def _day(self, table: dict[str, Any], key: str, path: toml_lines.Path) -> date | None:
        return toml_lines.plain_day(table, key, lambda found, expected: self._refuse((*path, key), found, expected))


def _shown(found: object) -> str:
    """What stands in the file, cut where it is long."""
    text = repr(found)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
