"""`cleanclaim audit`: an archive of claims in, a report out; and what a reviewed sample says of the archive.

The word `run` may be left out: `cleanclaim audit claims/ --out report` is `cleanclaim audit run …`.
"""

from __future__ import annotations

from typing import Any

import typer

from cleanclaim.cli.audit_extrapolate import extrapolate
from cleanclaim.cli.audit_run import run
from cleanclaim.cli.listing import Listed

EXAMPLE = "cleanclaim audit claims/ --out report --sample 100 --seed 20261121"
_HELP = frozenset({"-h", "--help"})


class _WithoutRun(Listed):
    """Commands of which `run` may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer keeps its own classes
        """Put the word `run` before what is no command."""
        if args and args[0] not in self.commands and args[0] not in _HELP:
            args = ["run", *args]
        return super().parse_args(ctx, args)


group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, cls=_WithoutRun)
group.command(
    "run",
    help="Audit an archive of claims and write a report. The word `run` may be left out.\n\n"
    "An audit that was interrupted goes on where it stopped when the same command is given again.\n\n"
    f"Example:\n\n    {EXAMPLE}",
)(run)
group.command(
    "extrapolate",
    help="Say what a reviewed sample means for all claims: dollars overpaid and claims in error, with their limits.\n\n"
    "Example:\n\n    cleanclaim audit extrapolate report/sample.csv --report report",
)(extrapolate)
