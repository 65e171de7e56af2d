"""Assemble the typer program from the command modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cleanclaim import __version__
from cleanclaim.cli.listing import Listed
from cleanclaim.cli.main import COMMANDS, load


def help_of(says: str, example: str) -> str:
    """A command's help: what it does, and an example."""
    return f"{says}\n\nExample:\n\n    {example}"


def program(names: Sequence[str]) -> typer.Typer:
    """The program with these commands."""
    application = typer.Typer(
        cls=Listed,
        name="cleanclaim",
        help="Open-source billing for physical therapy: visit notes in, clean claims out.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_show_locals=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_root)
    for name in names:
        module: Any = load(name)
        if hasattr(module, "group"):
            application.add_typer(module.group, name=name, help=COMMANDS[name])
        else:
            application.command(name, help=help_of(COMMANDS[name], module.EXAMPLE))(module.command)
    return application


def _version(value: bool) -> None:
    if value:
        typer.echo(f"cleanclaim {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and leave.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options that stand before a command."""
