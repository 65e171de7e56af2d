"""Where each key and item of a TOML text stands, by line, so that an error can name the line.

The parser of the standard library says what a text means and not where. This walks the same text once more, after it
has been parsed, and only notes positions: it reads no values and checks nothing, because the parser has.
`plain_day` reads the one value that the parser gives in more shapes than a file may use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NoReturn

Path = tuple[str | int, ...]
"""The way to a value: table keys, and positions in lists from 0."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_PLAIN = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


class Lines:
    """The lines of a TOML text by path, from 1."""

    def __init__(self, text: str) -> None:
        """Walk the text, which must be valid TOML."""
        walked = _Walk(text)
        self._lines: Mapping[Path, int] = MappingProxyType(walked.lines)

    def of(self, path: Path) -> int:
        """The line on which the value of the path stands; for one that is absent, of the table that lacks it."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(path[:length])
            if found is not None:
                return found
        return 1


def plain_day(table: Mapping[str, object], key: str, refuse: Callable[[object, str], NoReturn]) -> date | None:
    """The day under a key, `None` where there is none; `refuse` is told what else stands there, and what was expected.

    A time of day is refused too, though Python takes it for a day.
    """
    value = table.get(key)
    if value is not None and type(value) is not date:
        refuse(value, "a date such as 2026-01-31, without quotes")
    return value


def dotted(path: Path) -> str:
    """A path as people write it: `settings.unit_method.values[0].value`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


class _Walk:
    """One walk through a text, from its start to its end."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._counted_to = 0
        self._lengths: dict[Path, int] = {}
        """How many tables each list of tables (`[[name]]`) has so far."""
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(text):
            if text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"line {self._here()}: the text was not parsed before it was walked")
        self._at = match.end()
        return match[0]

    def _here(self) -> int:
        """The line of the position, counted on from where it was last asked for."""
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, self._here())

    # A header, a pair, a value.

    def _header(self) -> Path:
        line = self._here()
        is_list = self._text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        path: Path = ()
        keys = self._keys()
        for place, key in enumerate(keys):
            path = (*path, key)
            self.lines.setdefault(path, line)
            if is_list and place == len(keys) - 1:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self.lines.setdefault(path, line)
        self._skip(_SPACES)
        self._at += 2 if is_list else 1
        return path

    def _pair(self, table: Path) -> None:
        line = self._here()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._skip(_SPACES)
        self._at += 1  # the equals sign
        self._skip(_SPACES)
        self._value(path)

    def _keys(self) -> list[str]:
        """The parts of a key: bare or quoted, with dots between them."""
        keys = []
        while True:
            self._skip(_SPACES)
            quote = self._text[self._at]
            if quote in "\"'":
                text = self._string()
                keys.append(_unescaped(text[1:-1]) if quote == '"' else text[1:-1])
            else:
                keys.append(self._skip(_BARE_KEY))
            self._skip(_SPACES)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _string(self) -> str:
        """The string that begins here; the long forms are tried before the short ones."""
        for pattern in _STRINGS:
            match = pattern.match(self._text, self._at)
            if match is not None:
                self._at = match.end()
                return match[0]
        raise ValueError(f"line {self._here()}: the text was not parsed before it was walked")

    def _value(self, path: Path) -> None:
        first = self._text[self._at : self._at + 1]
        if first in {'"', "'"}:
            self._string()
        elif first == "[":
            self._list(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._skip(_PLAIN)

    def _list(self, path: Path) -> None:
        self._at += 1
        for place in range(len(self._text)):
            self._skip(_BLANK)
            if self._text.startswith("]", self._at):
                break
            item = (*path, place)
            self._note(item)
            self._value(item)
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text.startswith("}", self._at):
                break
            self._pair(path)
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
        self._at += 1


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        number = match[1] or match[2]
        return chr(int(number, 16)) if number else _SHORT_ESCAPES.get(match[3], match[3])

    return _ESCAPE.sub(plain, text)
