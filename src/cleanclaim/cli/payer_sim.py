"""`cleanclaim payer-sim`: a simulated payer answers a folder of claims, or waits for them behind an SFTP door."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cleanclaim.cli.arguments import DAYS
from cleanclaim.cli.listing import Listed
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, progress, unusable, write_json
from cleanclaim.cli.program import help_of
from cleanclaim.money import dollars
from cleanclaim.payer_sim import Answered, MemoryFileError, answer, load_memory, save_memory, scenario_names

EXAMPLE = "cleanclaim payer-sim out/claims answers --settle"
_STATE = ".payer-sim.json"
_DEFAULT = "answer"
_LETTERS = {
    "appeal": "appeals taken in",
    "refund": "checks taken in",
    "returned": "checks returned: no overpayment was announced by their reference",
    "upheld": "appeals decided: the decision stands",
    "overturned": "appeals decided: the claim is answered anew",
    "dismissed": "appeals that could not be taken",
}
"""What a count of letters is of."""


class _AnswersAFolder(Listed):
    """`payer-sim IN OUT` is `payer-sim answer IN OUT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own click
        """Put the default before words that begin with no subcommand."""
        first = args[0] if args else "--help"
        if first not in self.commands and first not in {"-h", "--help"}:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


group = typer.Typer(cls=_AnswersAFolder, no_args_is_help=True, rich_markup_mode=None)


@group.command(
    _DEFAULT,
    help=help_of("Answer a folder of claims and questions; the word `answer` may be left out.", EXAMPLE),
)
def answer_folder(
    claims: Annotated[Path, typer.Argument(metavar="IN", help="Folder with claims (837P), questions and letters.")],
    answers: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write the answers into.")],
    *,
    seed: Annotated[int, typer.Option("--seed", help="The payer's chances follow from this number.")] = 1,
    today: Annotated[
        datetime | None,
        typer.Option(formats=DAYS, metavar="YYYY-MM-DD", help="The day on which the payer works; else today."),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", help=f"What the payer remembers; else {_STATE} in OUT.")
    ] = None,
    scenario: Annotated[str, typer.Option("--scenario", help="How rough the payer is: none, calm or rough.")] = "calm",
    settle: Annotated[
        bool, typer.Option("--settle", help="Pay what waits too, on days to come, instead of keeping it for then.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Answer what was not answered before, pay what is due, and say what came in and what goes out."""
    if scenario not in scenario_names():
        unusable(f"scenario {scenario}: expected one of {', '.join(scenario_names())}")
    day = today.date() if today is not None else date.today()  # noqa: DTZ011 - the day where the user is
    kept = state or answers / _STATE
    try:
        memory = load_memory(kept, seed=seed, scenario=scenario)
        files = [(path.stem, path.read_bytes()) for path in sorted(claims.iterdir()) if _is_input(path, kept)]
        with progress() as display:
            task = display.add_task("Answering", total=len(files))
            found = answer(
                files, memory, today=day, settle=settle, advance=lambda count: display.update(task, advance=count)
            )
        answers.mkdir(parents=True, exist_ok=True)
        for name, data in found.files.items():
            _write(answers / name, data)
        # Last: a run that dies before this is repeated to the byte.
        save_memory(kept, memory)
    except MemoryFileError as error:
        unusable(str(error))
    except OSError as error:
        unusable(f"{error.filename}: {error.strerror}")
    code = ExitCode.UNUSABLE if found.read and len(found.unreadable) == found.read else ExitCode.CLEAN
    if format_ is Format.JSON:
        write_json("payer-sim", {"exit_code": int(code), "today": day, **_json(found)})
    else:
        _say(found, answers)
    raise typer.Exit(code)


@group.command(
    "serve",
    help=help_of(
        "Wait for claims over SFTP, on this machine alone, and answer each file at once (needs the extra `sftp`).",
        "cleanclaim payer-sim serve payer --port 2222",
    ),
)
def serve(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder for keys, memory and files.")],
    *,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="The port; 0 takes a free one.")] = 2222,
    seed: Annotated[int, typer.Option("--seed", help="The payer's chances follow from this number.")] = 1,
    scenario: Annotated[str, typer.Option("--scenario", help="How rough the payer is: none, calm or rough.")] = "calm",
    settle: Annotated[bool, typer.Option("--settle", help="Pay everything at once, on days to come.")] = False,
) -> None:
    """Make keys where there are none, print how to sign in, and answer until stopped."""
    if scenario not in scenario_names():
        unusable(f"scenario {scenario}: expected one of {', '.join(scenario_names())}")
    try:
        from cleanclaim.cli.payer_sim_door import wait_behind_the_door  # noqa: PLC0415 - asyncssh is an extra
    except ModuleNotFoundError as error:
        unusable(f"{error.name} is not installed: pip install 'cleanclaim[sftp]'")
    try:
        wait_behind_the_door(folder, port=port, seed=seed, scenario=scenario, settle=settle)
    except MemoryFileError as error:
        unusable(str(error))
    except OSError as error:
        unusable(f"{error.filename or f'port {port}'}: {error.strerror}")


def _is_input(path: Path, state: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path != state


def _write(path: Path, data: bytes) -> None:
    """Write for the owner only: answers name members."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _say(found: Answered, folder: Path) -> None:
    out.print(
        f"[bold]In:[/] {_count(found.read, 'file')} ({found.known} answered before), {_count(found.claims, 'claim')}:"
        f" {found.taken} taken, {sum(found.returned.values())} returned",
        soft_wrap=True,
    )
    for name in found.unreadable:
        out.print(f"  neither X12 nor a letter: {name}", markup=False)
    if found.refused_transactions:
        out.print(f"  {_count(found.refused_transactions, 'transaction')} refused (999)")
    for status, count in sorted(found.returned.items()):
        out.print(f"  {count:5}  {status}", markup=False)
    for kind, count in sorted(found.inquiries.items()):
        out.print(f"  {_count(count, 'question')} of {kind} answered")
    for kind, count in sorted(found.letters.items()):
        out.print(f"  {count:5}  {_LETTERS.get(kind, kind)}")
    remitted = [one.remittance for one in found.payments]
    out.print(
        f"[bold]Out:[/] {_count(len(found.files), 'file')} in {folder}, {_count(len(remitted), 'payment')}"
        f" of {dollars(found.paid_cents)}",
        soft_wrap=True,
    )
    for item in remitted:
        day = item.paid_on.isoformat() if item.paid_on else ""
        words = f"{day}  {item.trace_number}  {dollars(item.amount_cents):>12}  {_count(len(item.claims), 'claim')}"
        out.print(f"  {words}  {item.payer_name}", markup=False, soft_wrap=True)
    reasons = found.reasons()
    if reasons:
        table = Table(box=None, padding=(0, 2, 0, 0))
        for name in ("not paid", "lines", "reason"):
            table.add_column(name, justify="left" if name == "reason" else "right")
        for (group, reason), (count, cents) in reasons.items():
            table.add_row(dollars(cents), str(count), f"{group}-{reason}")
        out.print(table)
    if found.next_day is not None:
        out.print(f"{_count(found.waiting, 'decision')} wait for payment, the next on {found.next_day.isoformat()}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _json(found: Answered) -> dict[str, Any]:
    return {
        "read": found.read,
        "known": found.known,
        "unreadable": found.unreadable,
        "refused_transactions": found.refused_transactions,
        "claims": found.claims,
        "taken": found.taken,
        "inquiries": [{"transaction": kind, "count": count} for kind, count in sorted(found.inquiries.items())],
        "letters": [{"letter": kind, "count": count} for kind, count in sorted(found.letters.items())],
        "returned": [{"status": status, "claims": count} for status, count in sorted(found.returned.items())],
        "files": list(found.files),
        "payments": [
            {
                "payer": one.remittance.payer_name,
                "trace_number": one.remittance.trace_number,
                "paid_on": one.remittance.paid_on,
                "amount_cents": one.remittance.amount_cents,
                "claims": len(one.remittance.claims),
                "provider_adjustments": [
                    {"reason": item.reason, "cents": item.cents} for item in one.remittance.provider_adjustments
                ],
            }
            for one in found.payments
        ],
        "reasons": [
            {"group": group, "reason": reason, "count": count, "cents": cents}
            for (group, reason), (count, cents) in found.reasons().items()
        ],
        "waiting": found.waiting,
        "next_day": found.next_day,
    }
