"""`cleanclaim ledger`: whether a practice's ledger holds."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cleanclaim.cli.listing import Listed
from cleanclaim.cli.output import ExitCode, Format, FormatOption, unusable, write_json
from cleanclaim.cli.practice import as_owner
from cleanclaim.cli.program import help_of
from cleanclaim.money import dollars
from cleanclaim.practice import environment, keys, serving

EXAMPLE = "cleanclaim ledger verify --clinic millrace"

group = typer.Typer(cls=Listed, no_args_is_help=True, rich_markup_mode=None)

_SHOWN = 50
"""Faults of a clinic that are told one by one."""


@group.callback()
def ledger() -> None:
    """The ledger of a practice."""


@group.command(
    "verify",
    help=help_of("Verify every transaction, line, document and deposit of each clinic's ledger.", EXAMPLE),
)
def verify(
    *,
    clinic: Annotated[str, typer.Option("--clinic", help="One clinic's short name; all of them without.")] = "",
    format_: FormatOption = Format.TEXT,
) -> None:
    """Verify the ledgers: what was written is what is there, and every cent of every charge is somewhere.

    Exit code: 0 it holds, 1 it does not, 2 there is no such clinic, or the database cannot be read.
    """
    try:
        as_owner()
        serving.prepare(migrate=False)
    except (serving.ServingError, keys.KeyFileError, environment.EnvironmentProblemError) as error:
        unusable(str(error))
    from cleanclaim.practice.engine.books import ledger_checks  # noqa: PLC0415 - after set_up

    found = ledger_checks.verify_all(clinic)
    if clinic and not found:
        unusable(f"--clinic {clinic}: there is no clinic of that name")
    holds = not any(one.faults for one in found)
    code = ExitCode.CLEAN if holds else ExitCode.FINDINGS
    if format_ is Format.JSON:
        write_json("ledger-verify", {"exit_code": int(code), "clinics": [_json(one) for one in found]})
    else:
        for one in found:
            _tell(one)
    raise typer.Exit(code)


def _tell(one: Any) -> None:  # noqa: ANN401 - ledger_checks.Verified, known after set_up
    typer.echo(
        f"{one.clinic}: {one.transactions:,} transactions over {one.lines:,} lines, "
        f"{'they hold' if not one.faults else f'{len(one.faults):,} FAULTS'}"
    )
    typer.echo(
        f"  cash posted {dollars(one.cash_cents)} = deposited {dollars(one.deposited_cents)} "
        f"+ undeposited {dollars(one.undeposited_cents)}"
    )
    for fault in one.faults[:_SHOWN]:
        typer.echo(f"  {fault.transaction or 'the ledger'}: {fault.problem}")
    if len(one.faults) > _SHOWN:
        typer.echo(f"  and {len(one.faults) - _SHOWN:,} more; --format json tells all")


def _json(one: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    return {
        "clinic": one.clinic,
        "transactions": one.transactions,
        "lines": one.lines,
        "cash_cents": one.cash_cents,
        "deposited_cents": one.deposited_cents,
        "undeposited_cents": one.undeposited_cents,
        "faults": [{"transaction": fault.transaction, "problem": fault.problem} for fault in one.faults],
    }
