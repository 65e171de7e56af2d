"""Lines of keys in a TOML text: every form in which a key or an item can stand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.reference.toml_lines import Lines, dotted

TEXT = '''# a comment with [a header] and = signs
id = "x" # id = 2
"quoted key" = 'a # b'
a.b.c = 1

[sources.one]
title = """two
lines, with "quotes" and ]"""
url = \'\'\'three
more
lines\'\'\'
after = 1

[[settings.cap.values]]
value = { units = 4, codes = ["1", "2"], deep = { x = 1 } }
from = 2026-01-01
[[settings.cap.values]]
value = [
    { name = "a]" }, # one
    # a comment between
    { name = "b", days = 3 },
]
[settings.cap.values.more]
odd = "\\"[x]\\u0041" # still a string
[settings."caf\\u00e9"]
known = true
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 2),
        (("quoted key",), 3),
        (("a",), 4),
        (("a", "b", "c"), 4),
        (("sources", "one"), 6),
        (("sources", "one", "title"), 7),
        (("sources", "one", "url"), 9),
        (("sources", "one", "after"), 12),
        (("settings", "cap", "values", 0), 14),
        (("settings", "cap", "values", 0, "value", "units"), 15),
        (("settings", "cap", "values", 0, "value", "codes", 1), 15),
        (("settings", "cap", "values", 0, "value", "deep", "x"), 15),
        (("settings", "cap", "values", 0, "from"), 16),
        (("settings", "cap", "values", 1), 17),
        (("settings", "cap", "values", 1, "value", 0, "name"), 19),
        (("settings", "cap", "values", 1, "value", 1), 21),
        (("settings", "cap", "values", 1, "value", 1, "days"), 21),
        (("settings", "cap", "values", 1, "more", "odd"), 24),
        (("settings", "café", "known"), 26),
        # What is absent stands where it is missing.
        (("settings", "cap", "values", 1, "source"), 17),
        (("sources", "one", "read_on"), 6),
        (("label",), 1),
        ((), 1),
    ],
)
def test_line_of_a_path(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert Lines(TEXT).of(path) == line


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("settings", "unit_method", "values", 0, "value"), "settings.unit_method.values[0].value"),
        (("own", 1, 2), "own[1][2]"),
        ((), ""),
    ],
)
def test_dotted(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


def test_every_value_of_the_shipped_packs_stands_on_the_line_that_names_it() -> None:
    folder = Path(__file__).parents[2] / "src" / "cleanclaim" / "reference" / "data" / "payers"
    told = 0
    for file in sorted(folder.glob("*.toml")):
        text = file.read_text("utf-8")
        rows = text.split("\n")
        lines = Lines(text)
        for path in _paths(tomllib.loads(text), ()):
            key = next(part for part in reversed(path) if isinstance(part, str))
            told += 1
            if isinstance(path[-1], str):
                assert key in rows[lines.of(path) - 1], (file.name, path)
    assert told > 4_000


def _paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="[]{}=\"'#\\,. \n\ta1", max_size=60))
def test_whatever_parses_can_be_walked(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = Lines(text)
    assert all(1 <= lines.of(path) <= text.count("\n") + 1 for path in _paths(document, ()))
