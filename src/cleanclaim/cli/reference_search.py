"""`cleanclaim reference search`: diagnoses by the words people use."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, day_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.reference import icd10


def search(
    words: Annotated[list[str], typer.Argument(help='Words, or the start of a code: "frozen shoulder", M75.0.')],
    *,
    day: DateOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many codes to show.")] = 10,
    all_codes: Annotated[bool, typer.Option("--all", help="Also codes that cannot be billed on the day.")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Find diagnoses by the words people use."""
    on, text = day_of(day), " ".join(words)
    if not text.strip():
        unusable("nothing to search for; expected words or the start of a code")
    if not icd10.read_from() <= on <= icd10.known_through():
        unusable(f"--date: {on}; expected a day from {icd10.read_from()} through {icd10.known_through()}, as was read")
    hits = icd10.search(text, on, limit, billable_only=not all_codes)
    if format_ is Format.JSON:
        found = [
            {"code": hit.dotted, "label": hit.label, "side": hit.side, "state": hit.state, "matched": hit.matched}
            for hit in hits
        ]
        write_json("reference-search", {"words": text, "date": on, "found": found})
    elif not hits:
        out.print(Text("No diagnosis found by these words."))
    else:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("code", no_wrap=True)
        table.add_column("diagnosis")
        if all_codes:
            table.add_column("on the day")
        table.add_column("found by")
        for hit in hits:
            state = [hit.state.value.replace("_", " ")] if all_codes else []
            table.add_row(hit.dotted, Text(hit.label), *state, Text(hit.matched))
        out.print(table)
        out.print(Text(f"\n{'Listed' if all_codes else 'Billable'} on {on}.", "dim"))
    raise typer.Exit(ExitCode.CLEAN if hits else ExitCode.NO_DATA)
