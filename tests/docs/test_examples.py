"""The Python examples of the README run, and print what it says they print."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples() -> list[tuple[str, str]]:
    blocks = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    return [(f"README.md-{place}", block) for place, block in enumerate(blocks, start=1)]


def test_the_readme_has_two_examples() -> None:
    assert [name for name, _ in examples()] == ["README.md-1", "README.md-2"]


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
