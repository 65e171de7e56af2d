"""`cleanclaim reference locality`: a Medicare payment locality by ZIP code, or by words of county, area or state."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, day_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, write_json
from cleanclaim.reference import fee_schedule, localities

_ZIP_DIGITS = (5, 9)


def locality(
    words: Annotated[list[str], typer.Argument(help="A ZIP code, or words of a county, an area or a state.")],
    *,
    day: DateOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Find a Medicare payment locality."""
    on, text = day_of(day), " ".join(words)
    digits = text.replace("-", "")
    is_zip = digits.isascii() and digits.isdigit() and len(digits) in _ZIP_DIGITS
    found = _of_zip(digits, on) if is_zip else _by_words(text)
    if format_ is Format.JSON:
        write_json("reference-locality", {"words": text, "date": on, "found": found})
    elif not found:
        loaded = localities.zip_codes_loaded(on) is not None
        hint = "" if loaded or not is_zip else " No file of ZIP codes is loaded: `cleanclaim reference load ZIP5….txt`."
        out.print(Text(f"No locality found.{hint}"))
    else:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for name in ("locality", "state", "where", "by"):
            table.add_column(name, no_wrap=name == "locality")
        for row in found:
            table.add_row(*(Text(str(row[name])) for name in ("locality", "state", "where", "by")))
        out.print(table)
    raise typer.Exit(ExitCode.CLEAN if found else ExitCode.NO_DATA)


def _of_zip(digits: str, on: date) -> list[dict[str, str]]:
    return [
        {
            "locality": item.locality,
            "state": item.state,
            "where": f"ZIP {item.zip_code}" + (": the last four digits decide" if item.needs_plus_4 else ""),
            "by": f"edition of {item.edition}" + ("" if item.confirmed else f", unconfirmed for {on}"),
        }
        for item in localities.of_zip(digits, on)
    ]


def _by_words(text: str) -> list[dict[str, str]]:
    counties = [
        {"locality": key, "state": state, "where": f"{area}: {names}", "by": "counties"}
        for key, state, area, names in localities.of_county(text).iter_rows()
    ]
    known = {row["locality"] for row in counties}
    named = [
        {"locality": row["locality"], "state": row["state"], "where": row["name"], "by": "locality names"}
        for row in fee_schedule.localities(text).iter_rows(named=True)
        if row["locality"] not in known
    ]
    return [*counties, *named]
