"""The Python examples of the README and of the page on Python run, and print what they say they print."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples() -> list[tuple[str, str]]:
    return [
        (f"{page}-{place}", block)
        for page in ("README.md", "docs/python.md")
        for place, block in enumerate(BLOCK.findall((ROOT / page).read_text("utf-8")), start=1)
    ]


def test_every_page_has_its_examples() -> None:
    pages = ["README.md-1", "README.md-2", "docs/python.md-1", "docs/python.md-2", "docs/python.md-3"]
    assert [name for name, _ in examples()] == pages


def test_what_is_called_public_is_there() -> None:
    rows = re.findall(r"^\| (`cleanclaim\.[^|]+) \|", (ROOT / "docs" / "python.md").read_text("utf-8"), re.MULTILINE)
    modules = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert len(modules) == 8
    assert [name for name in modules if not importlib.import_module(name).__doc__] == []


@pytest.mark.parametrize(("name", "text"), examples(), ids=[name for name, _ in examples()])
def test_an_example_prints_what_its_comments_say(name: str, text: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, name, "exec"), {})  # noqa: S102 - our own page
    said = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    assert said
    assert printed.getvalue().splitlines() == said


def test_the_first_example_is_five_lines_without_what_it_prints() -> None:
    lines = [line for line in dict(examples())["README.md-1"].splitlines() if line and not line.startswith("#")]
    assert len(lines) == 5
