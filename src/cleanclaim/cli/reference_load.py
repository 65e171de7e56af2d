"""`cleanclaim reference load` and `forget`: published files into the user's data folder, and out of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DAYS
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, unusable, write_json
from cleanclaim.reference.published.editions import refresh
from cleanclaim.reference.published.kinds import Kind, record
from cleanclaim.reference.published.load import load_files
from cleanclaim.reference.published.opening import PublishedFileError
from cleanclaim.reference.published.store import LoadedEdition, StoreError, data_folder
from cleanclaim.reference.published.store import forget as forget_edition
from cleanclaim.reference.published.table import Asked

KindOption = Annotated[
    Kind | None, typer.Option("--as", help="Kind of table, where two share a layout and the name does not tell.")
]
BeginsOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=DAYS, metavar="YYYY-MM-DD", help="First day, where title and name do not tell."),
]


def load(
    files: Annotated[list[Path], typer.Argument(help="Files or zips as published; all parts of an edition together.")],
    *,
    kind: KindOption = None,
    begins: BeginsOption = None,
    fewer_rows: Annotated[
        bool, typer.Option("--fewer-rows", help="Take an edition with far fewer rows than the one before it.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Load files that CMS, CDC, NUCC and X12 publish; every check uses them at once."""
    asked = Asked(kind, begins.date() if begins else None)
    today = datetime.now().astimezone().date()
    try:
        with err.status("reading published files"):
            kept, read = load_files(files, asked, today=today, fewer=fewer_rows)
    except (PublishedFileError, StoreError) as error:
        unusable(str(error))
    except OSError as error:
        unusable(f"{data_folder()}: cannot be written ({error.strerror})")
    if format_ is Format.JSON:
        write_json(
            "reference-load",
            {"folder": str(data_folder()), "loaded": [_json(one) for one in kept], "passed_over": read.passed_over},
        )
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("loaded", "edition", "answers from", "through"):
        table.add_column(heading)
    table.add_column("rows", justify="right")
    for one in kept:
        label = Text(record(one.kind).label)
        if one.note:
            label.append(f"\n{one.note}", "dim")
        table.add_row(label, one.name, str(one.valid_from), str(one.valid_through), f"{one.rows:,}")
    out.print(table)
    for name in read.passed_over:
        out.print(Text(f"passed over, no layout that is known: {name}", "dim"))


def forget(
    kind: Annotated[Kind, typer.Argument(help="Kind of table, such as ptp_practitioner.")],
    edition: Annotated[str, typer.Argument(help="First day of the edition, such as 2026-07-01.")],
) -> None:
    """Remove a loaded edition; older ones, or what is shipped, answer again."""
    folder = data_folder()
    try:
        removed = folder is not None and forget_edition(folder, kind, edition)
    except StoreError as error:
        unusable(str(error))
    if not removed:
        unusable(f"no loaded edition {edition} of {kind.value}; see `cleanclaim reference status`")
    refresh()
    out.print(Text(f"Removed the edition of {edition}: {record(kind).label}."))
    raise typer.Exit(ExitCode.CLEAN)


def _json(one: LoadedEdition) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "label": record(one.kind).label,
        "edition": one.name,
        "version": one.version,
        "from": one.valid_from,
        "through": one.valid_through,
        "rows": one.rows,
        "sha256": one.sha256,
        "note": one.note,
        "files": [{"name": file.name, "sha256": file.sha256} for file in one.files],
        "source": one.source.cite(),
    }
