"""The page of the command line: the help of every command, as the program prints it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from cleanclaim.cli.main import COMMANDS
from cleanclaim.cli.program import program
from cleanclaim.docs.markdown import fenced, joined

_WIDTH = 100

_HEAD = """Every command takes `--format text` for people or `--format json` for machines; `schemas/` holds the shapes.

| exit code | meaning |
| --- | --- |
| 0 | clean as far as judged |
| 1 | findings |
| 2 | input that cannot be used |
| 3 | no finding, but something decisive is no data |
| 4 | a rule crashed: the others went on, nothing is called clean |"""


def page() -> str:
    """The text of `cli.md`."""
    command: Any = typer.main.get_command(program(list(COMMANDS)))
    blocks = ["# The command line", _HEAD]
    for words, text in _helps(command, "cleanclaim", None):
        blocks += [f"## {words}" if words.count(" ") <= 1 else f"### {words}", fenced(text)]
    return joined(blocks)


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - typer keeps its own classes
    """The help of a command and of those below it, with the words that call each."""
    context = command.context_class(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        **command.context_settings,
    )
    yield context.command_path, command.get_help(context).rstrip()
    for word, below in getattr(command, "commands", {}).items():
        yield from _helps(below, word, context)
