"""How every command speaks: text for people, JSON for machines, progress on the terminal, exit codes."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from cleanclaim import __version__


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


class ExitCode(IntEnum):
    """How a command ended."""

    CLEAN = 0
    FINDINGS = 1
    UNUSABLE = 2
    NO_DATA = 3
    CRASHED = 4


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="Write text for people or JSON for machines.")]

out = Console(highlight=False, soft_wrap=False)
"""Results."""
err = Console(stderr=True, highlight=False)
"""Progress and errors."""


def write_json(kind: str, payload: dict[str, Any]) -> None:
    """Write a result as JSON; `schemas/<kind>.schema.json` says what it holds."""
    typer.echo(document_of(kind, payload))


def document_of(kind: str, payload: dict[str, Any]) -> str:
    """A result as JSON text, with the schema that says what it holds and the program's version."""
    document = {"schema": f"cleanclaim/{kind}", "version": __version__, **payload}
    return json.dumps(document, indent=2, ensure_ascii=False, default=str)


def unusable(message: str) -> NoReturn:
    """Say in one line why the input cannot be used, and leave with its exit code."""
    # A message may quote what a user typed, so it is never read as markup.
    err.print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
    raise typer.Exit(ExitCode.UNUSABLE)


def progress() -> Progress:
    """A progress display on standard error that disappears when done; silent where there is no terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
