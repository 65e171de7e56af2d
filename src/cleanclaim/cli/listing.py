"""How a help lists its commands: in the order of a day's work, each with its whole sentence."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from cleanclaim.cli.main import COMMANDS

_WHOLE = 1_000
"""More than any sentence has letters: lines are wrapped, never cut."""


class Listed(TyperGroup):
    """A group of commands. The program's own stand as `COMMANDS` orders them; others as they were added."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - a class that typer keeps to itself
        """The names to show, in their order."""
        names: list[str] = super().list_commands(ctx)
        order = list(COMMANDS)
        return sorted(names, key=order.index) if set(names) <= set(order) else names

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the same
        """Write the commands with their first sentences, wrapped where the terminal ends."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, one.get_short_help_str(_WHOLE)) for name, one in found if one is not None and not one.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
