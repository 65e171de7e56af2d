"""`cleanclaim explain`: one word in (a rule, procedure, modifier, denial, diagnosis or place), what it means out."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleanclaim.check.findings import form_of
from cleanclaim.check.meanings import Explained, explain
from cleanclaim.cli.arguments import DateOption, day_of, nearest
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.reference import adjustments, icd10, procedures

EXAMPLE = "cleanclaim explain 97530"

_FIGURE = re.compile(r"\{\w+(?::(?:count (?P<counted>[^}]+)|[^}]*))?\}")
"""A place for a figure in a rule's message."""


def command(
    word: Annotated[str, typer.Argument(help="Such as UN101, 97530, KX, CO-97, N362, M75.01, or a place of service.")],
    *,
    day: DateOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Explain every meaning of the word; suggest the nearest where it has none."""
    on = day_of(day)
    found = explain(word, on)
    if not found:
        near = _nearest(word, on)
        hint = f"; did you mean {', '.join(near)}?" if near else '; for words see `cleanclaim reference search "…"`'
        unusable(f"{word!r} is no rule, procedure, modifier, denial, diagnosis or place known here{hint}")
    if format_ is Format.JSON:
        write_json("explain", {"word": word, "date": on, "meanings": [_json(item) for item in found]})
    else:
        for place, item in enumerate(found):
            if place:
                out.print()
            _say(item)
    raise typer.Exit(ExitCode.CLEAN)


# --- nothing found ---------------------------------------------------------------------------------------


def _nearest(word: str, on: date) -> list[str]:
    """Words that are known and like this one."""
    text = word.strip().upper()
    if icd10.is_well_formed(text) and text[:1].isalpha() and not text[:2].isalpha():
        found = [icd10.dotted(code) for code in icd10.status(text, on).replacements[:3]]
        if found:
            return found
    from cleanclaim.rules import book  # noqa: PLC0415 - only where nothing was found

    known = [
        *procedures.all_codes(),
        *(rule.code for rule in book.rules()),
        *(rule.name for rule in book.rules()),
        *(item.code for item in adjustments.described()),
    ]
    return nearest(text, known)


# --- output ----------------------------------------------------------------------------------------------


def _json(item: Explained) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "code": item.code,
        "title": item.title,
        "details": [{"name": detail.name, "lines": list(detail.lines)} for detail in item.details],
        "sources": list(item.sources),
    }


def _with_blanks(message: str) -> str:
    """A rule's message with its figures left open, as people read it: "… timed units billed, … minutes support …"."""
    return _FIGURE.sub(
        lambda found: f"… {form_of(found['counted'], is_one=False)}" if found["counted"] else "…", message
    )


def _say(item: Explained) -> None:
    out.print(Text.assemble((item.code, "bold"), "  ", (item.title, "bold"), (f"  ({item.kind})", "dim")))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", max_width=18)
    table.add_column()
    for detail in item.details:
        # Text that was wrapped in its source is wrapped anew; claim notation keeps its lines.
        keeps = detail.name == "examples"
        lines = [line if keeps else " ".join(line.split()) for line in detail.lines]
        if detail.name == "says":
            lines = [_with_blanks(line) for line in lines]
        between = "\n\n" if keeps and item.kind == "rule" else "\n"
        table.add_row(detail.name.replace("_", " "), Text(between.join(lines)))
    for source in item.sources:
        table.add_row("by", Text(source, "dim"))
    out.print(Padding(table, (0, 0, 0, 2)))
