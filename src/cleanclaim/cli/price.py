"""`cleanclaim price`: what procedure codes are worth with a payer on a date, and how that came about.

Exit codes: 0 every line has a price, 2 unusable input, 3 some line has none (the reason stands beside it).
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - `date` is an option
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cleanclaim.cli.arguments import DAYS
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.money import AmountError, Cents, dollars, parse_cents
from cleanclaim.pricing.provenance import MEMORY_STEPS
from cleanclaim.pricing.quote import (
    TOTAL_LABELS,
    Price,
    PricedLine,
    QuotedLine,
    QuoteError,
    parse_lines,
    price_lines,
    total_text,
)
from cleanclaim.reference import localities, values
from cleanclaim.reference.payers import Payer, PayerFileError, load_pack

_ZIP_DIGITS = 5
EXAMPLE = "cleanclaim price 97530 97110x2 97140 --payer medicare_b --date 2026-03-04 --locality national"


def command(  # noqa: PLR0917 - options
    lines: Annotated[list[str], typer.Argument(help="Lines such as 97110, 97110x2, 97110-CQx2 or 97110x2=80.00.")],
    date: Annotated[datetime, typer.Option("--date", "-d", formats=DAYS, metavar="YYYY-MM-DD", help="Day of service.")],
    payer: Annotated[str, typer.Option("--payer", "-p", help="A payer's id, or the path of a payer file.")] = (
        "medicare_b"
    ),
    locality: Annotated[
        str,
        typer.Option("--locality", "-l", help="Medicare payment locality such as 01112-05, a ZIP code, or national."),
    ] = "national",
    place: Annotated[str, typer.Option("--place", help="Place of service, two digits.")] = "11",
    discipline: Annotated[str, typer.Option("--discipline", help="PT, OT or SLP.")] = "PT",
    assistant: Annotated[
        list[str] | None, typer.Option("--assistant", "-a", help="A code furnished by an assistant; repeat it.")
    ] = None,
    charge: Annotated[
        list[str] | None, typer.Option("--charge", "-c", help="Charge of one unit, as 97110=60.00; repeat it.")
    ] = None,
    deductible_met: Annotated[
        str | None, typer.Option("--deductible-met", help="Part B deductible met so far, in dollars, or all.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", "-e", help="Unfold every figure to its parts.")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Price the lines and leave with the exit code."""
    day = date.date()
    try:
        price = price_lines(
            _with_charges(parse_lines(lines), charge or []),
            date=day,
            payer=_payer(payer),
            locality=_locality(locality, day),
            place_of_service=place,
            discipline=discipline,
            assistant=assistant or (),
            deductible_met_cents=_met(deductible_met, day),
        )
    except (QuoteError, PayerFileError) as error:
        unusable(str(error))
    code = ExitCode.CLEAN if price.is_known else ExitCode.NO_DATA
    if format_ is Format.JSON:
        write_json("price", {"exit_code": int(code), **price.to_dict()})
    elif explain:
        typer.echo(price.explain())
    else:
        _say(price)
    raise typer.Exit(code)


def _payer(text: str) -> str | Payer:
    """An id stays an id; a path is read as the clinic's own payer file."""
    return load_pack(Path(text)) if text.endswith(".toml") else text


def _locality(text: str, day: Date) -> str:
    """A locality stays one; a ZIP code gives the locality that the loaded file of ZIP codes says."""
    if not (text.isascii() and text.isdigit() and len(text) == _ZIP_DIGITS):
        return text
    found = localities.of_zip(text, day)
    if not found:
        raise QuoteError(f"--locality {text}: no loaded file lists the ZIP code; see `cleanclaim reference locality`")
    if len(found) > 1:
        names = ", ".join(item.locality for item in found)
        raise QuoteError(f"--locality {text}: the ZIP code lies in {names}; expected one of them")
    return found[0].locality


def _met(text: str | None, day: Date) -> Cents | None:
    """The deductible met, in cents; `all` is the whole deductible of the year."""
    if text is None:
        return None
    if text == "all":
        return values.on("part_b_deductible", day).value
    try:
        return parse_cents(text)
    except AmountError as error:
        raise QuoteError(f"--deductible-met: {error}; expected dollars or all") from error


def _with_charges(lines: tuple[QuotedLine, ...], charges: list[str]) -> tuple[QuotedLine, ...]:
    """Lines with the charge of a unit, where one is given for the code and none for the line."""
    by_code: dict[str, Cents] = {}
    for text in charges:
        code, separator, amount = text.partition("=")
        if not separator or code.upper() not in {line.code for line in lines}:
            raise QuoteError(f"--charge {text}: expected one of the codes and its charge, such as 97110=60.00")
        try:
            by_code[code.upper()] = parse_cents(amount)
        except AmountError as error:
            raise QuoteError(f"--charge {text}: {error}") from error
    return tuple(
        QuotedLine(line.code, line.units, line.modifiers, by_code[line.code] * line.units)
        if line.charge_cents is None and line.code in by_code
        else line
        for line in lines
    )


def _say(price: Price) -> None:
    """The price as a table for people."""
    title = f"{price.payer.label}, {price.date.isoformat()}, locality {price.locality}"
    table = Table(title=title, title_justify="left")
    for name in ("Line", "Fee", "Allowed", "Patient", "Expected", "How"):
        table.add_column(name, justify="left" if name in ("Line", "How") else "right")
    for line in price.lines:
        table.add_row(
            f"{'-'.join((line.code, *line.modifiers))} × {line.units}",
            _cell(line.fee_cents),
            _cell(line.allowed_cents),
            _cell(line.patient_share_cents),
            _cell(line.expected_payment_cents),
            _how(line),
        )
    out.print(table)
    for name, label in TOTAL_LABELS.items():
        out.print(f"{label:<28} {total_text(price, name)}")
    if price.is_by_medicare:
        out.print(f"From memory: {'; '.join(MEMORY_STEPS)}. Add --explain for parts and sources.", style="dim")


def _cell(cents: Cents | None) -> str:
    return "?" if cents is None else dollars(cents)


def _how(line: PricedLine) -> str:
    """In a few words, how the allowed amount came about, or why there is none."""
    if line.allowed_cents is None:
        return f"no data: {line.status.value}"
    return next((step.how for step in line.steps if step.label == "allowed"), "")
