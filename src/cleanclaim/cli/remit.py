"""`cleanclaim remit`: what payments say: whether they balance, what was paid, and what was not and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, unusable, write_json
from cleanclaim.money import dollars
from cleanclaim.records.remittance import ClaimStatusCode, Remittance
from cleanclaim.reference import adjustments
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.reasons import ReasonTotal, reason_totals
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reader_835 import ReadRemittances, read_835

EXAMPLE = "cleanclaim remit era/2026-10-04.835"

_BECOMES = {
    Effect.CONTRACTUAL: "given up by contract or law",
    Effect.PATIENT: "the patient’s, or the next payer’s",
    Effect.OPEN: "open: somebody works it",
}


def command(
    files: Annotated[list[Path], typer.Argument(help="Remittances (835).")],
    format_: FormatOption = Format.TEXT,
) -> None:
    """Read the files, say what they hold, and leave with the exit code."""
    found: list[tuple[Path, ReadRemittances]] = []
    for path in files:
        try:
            with err.status(f"reading {path.name}"):
                found.append((path, read_835(path.read_bytes())))
        except OSError as error:
            unusable(f"{path}: cannot be read ({error.strerror})")
    if not any(read.remittances for _path, read in found):
        for path, read in found:
            _say_problems(path, read.problems)
        unusable("no payment in these files; expected remittances (835)")
    code = ExitCode.FINDINGS if any(_is_odd(read) for _path, read in found) else ExitCode.CLEAN
    if format_ is Format.JSON:
        write_json("remit", {"exit_code": int(code), "files": [_json(path, read) for path, read in found]})
    else:
        for path, read in found:
            out.print(f"[bold]{path.name}[/]" if path.name.isascii() else path.name)
            for item in read.remittances:
                _say(item)
            _say_problems(path, read.problems)
    raise typer.Exit(code)


def _is_odd(read: ReadRemittances) -> bool:
    """Whether something of a file could not be read, or does not add up."""
    return bool(read.problems) or any(
        item.gap_cents or any(claim.gap_cents or claim.line_gap_cents for claim in item.claims)
        for item in read.remittances
    )


def _say(item: Remittance) -> None:
    when = f" of {item.paid_on.isoformat()}" if item.paid_on else ""
    balance = f"differs by {dollars(item.gap_cents)}" if item.gap_cents else "balances"
    payer = item.payer_name or "A payer"
    said = f"{payer}, payment {item.trace_number}{when}: {dollars(item.amount_cents)}, {balance}"
    out.print(Text(f"\n{said}"), soft_wrap=True)
    out.print(Text(f"  {_counts(item)}"))
    for taken in item.provider_adjustments:
        verb = "takes" if taken.cents > 0 else "adds"
        out.print(Text(f"  provider’s adjustment {taken.reason} {verb} {dollars(abs(taken.cents))}"))
    for claim in item.claims:
        if claim.gap_cents or claim.line_gap_cents:
            gap = dollars(claim.gap_cents or claim.line_gap_cents)
            out.print(Text(f"  segment {claim.segment}: the claim does not add up by {gap}", style="yellow"))
    totals = reason_totals(item.claims)
    if totals:
        out.print(_table(totals))


def _counts(item: Remittance) -> str:
    status = Counter(claim.status for claim in item.claims)
    reversed_ = status[ClaimStatusCode.REVERSAL.value]
    denied = sum(claim.paid_cents == 0 and not claim.is_reversal for claim in item.claims)
    paid = len(item.claims) - reversed_ - denied
    forwarded = sum(bool(claim.forwarded_to) for claim in item.claims)
    count = len(item.claims)
    words = [f"{count} claim{'' if count == 1 else 's'}: {paid} paid, {denied} not paid, {reversed_} taken back"]
    if forwarded:
        words.append(f"{forwarded} sent on to another payer")
    return ", ".join(words)


def _table(totals: list[ReasonTotal]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("not paid", justify="right")
    table.add_column("reason")
    table.add_column("what it says, and what is done")
    for item in totals:
        reason = f"{item.group}-{item.reason}" + "".join(f" {remark}" for remark in item.remarks)
        table.add_row(dollars(item.cents), reason, Text(_meaning(item)))
    return table


def _meaning(item: ReasonTotal) -> str:
    if item.described is None:
        says = "not on the published list that is loaded here"
    elif not item.described.is_described:
        says = "on the published list; not described here"
    else:
        says = item.described.meaning
    remarks = [found.meaning for code in item.remarks if (found := adjustments.rarc(code)) and found.meaning]
    told = "; ".join((says, *remarks))
    if item.effect is Effect.OPEN and item.described is not None and item.described.remedy:
        return f"{told}. {item.described.remedy}"
    return f"{told} ({_BECOMES[item.effect]})"


def _say_problems(path: Path, problems: list[Problem]) -> None:
    for problem in problems:
        err.print(Text(f"{path.name}, {problem}", style="yellow"), soft_wrap=True)


def _json(path: Path, read: ReadRemittances) -> dict[str, Any]:
    return {
        "file": path.name,
        "payments": [_payment(item) for item in read.remittances],
        "problems": [str(problem) for problem in read.problems],
    }


def _payment(item: Remittance) -> dict[str, Any]:
    return {
        "payer": item.payer_name,
        "payer_identifier": item.payer_identifier,
        "trace_number": item.trace_number,
        "paid_on": item.paid_on.isoformat() if item.paid_on else None,
        "method": item.method,
        "amount_cents": item.amount_cents,
        "gap_cents": item.gap_cents,
        "claims": [
            {
                "segment": claim.segment,
                "control_number": claim.control_number,
                "payer_control_number": claim.payer_control_number,
                "status": claim.status,
                "charge_cents": claim.charge_cents,
                "paid_cents": claim.paid_cents,
                "gap_cents": claim.gap_cents or claim.line_gap_cents,
            }
            for claim in item.claims
        ],
        "provider_adjustments": [
            {"segment": taken.segment, "reason": taken.reason, "cents": taken.cents}
            for taken in item.provider_adjustments
        ],
        "not_paid": [
            {
                "group": total.group,
                "reason": total.reason,
                "remarks": list(total.remarks),
                "becomes": total.effect.value,
                "cents": total.cents,
                "lines": total.lines,
                "claims": total.claims,
                "meaning": total.described.meaning if total.described else "",
                "remedy": total.described.remedy if total.described else "",
            }
            for total in reason_totals(item.claims)
        ],
    }
