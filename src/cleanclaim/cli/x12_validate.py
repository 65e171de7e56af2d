"""`cleanclaim x12 validate`: what is at fault in X12 files, segment by segment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, unusable, write_json
from cleanclaim.x12.validation import LIMIT, Fault, Outcome, Validation, validate_file

_CODES = {
    Outcome.ACCEPTED: ExitCode.CLEAN,
    Outcome.NOT_JUDGED: ExitCode.NO_DATA,
    Outcome.NOTED: ExitCode.FINDINGS,
    Outcome.REJECTED: ExitCode.FINDINGS,
}
_GRAVEST = (ExitCode.FINDINGS, ExitCode.NO_DATA, ExitCode.CLEAN)
_LEVELS = 3


def validate(
    files: Annotated[list[Path], typer.Argument(help="X12 files of any size.")],
    *,
    level: Annotated[int, typer.Option("--level", min=1, max=_LEVELS, help="Show faults up to this level.")] = _LEVELS,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="How many faults to list of each transaction; all are counted.")
    ] = LIMIT,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Judge the files and leave with the exit code."""
    read: list[tuple[Path, Validation]] = []
    for path in files:
        try:
            with err.status(f"validating {path.name}"):
                read.append((path, validate_file(path, limit=limit)))
        except OSError as error:
            unusable(f"{path}: cannot be read ({error.strerror})")
    codes = {_CODES[one.outcome] for _, one in read}
    code = next(one for one in _GRAVEST if one in codes)
    if format_ is Format.JSON:
        write_json("x12-validate", {"exit_code": int(code), "files": [_json(path, one, level) for path, one in read]})
    else:
        for path, one in read:
            _say(path, one, level)
    raise typer.Exit(code)


def _shown(validation: Validation, level: int) -> list[Fault]:
    return [fault for fault in validation.all_faults() if fault.kind.level <= level]


def _say(path: Path, validation: Validation, level: int) -> None:
    """The verdict on a file, then its faults, one a line."""
    transactions = [
        one for interchange in validation.interchanges for group in interchange.groups for one in group.transactions
    ]
    counts = f"{validation.segments} segments, {len(transactions)} transaction{'' if len(transactions) == 1 else 's'}"
    out.print(f"{path.name}: {validation.outcome}; {counts}", style="bold", markup=False)
    for one in transactions:
        if one.outcome is Outcome.NOT_JUDGED or not one.guide:
            out.print(
                f"  segment {one.first_segment}, ST: no guide here for this transaction: not judged", markup=False
            )
    for fault in _shown(validation, level):
        out.print(f"  {fault}", markup=False, soft_wrap=True)
    if validation.unlisted:
        out.print(f"  and {validation.unlisted} more (--limit)", markup=False)


def _json(path: Path, validation: Validation, level: int) -> dict[str, Any]:
    return {
        "file": path.name,
        "outcome": str(validation.outcome),
        "segments": validation.segments,
        "unlisted_faults": validation.unlisted,
        "transactions": [
            {
                "kind": one.kind,
                "control_number": one.control_number,
                "version": one.version,
                "guide": one.guide or None,
                "first_segment": one.first_segment,
                "segments": one.segments,
                "outcome": str(one.outcome),
                "faults": one.faults.count,
            }
            for interchange in validation.interchanges
            for group in interchange.groups
            for one in group.transactions
        ],
        "faults": [_fault(fault) for fault in _shown(validation, level)],
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "kind": fault.kind.label,
        "level": fault.kind.level,
        "rejects": fault.kind.rejects,
        "segment": fault.segment,
        "segment_in_transaction": fault.in_transaction or None,
        "loop": fault.loop or None,
        "place": fault.place,
        "found": fault.found,
        "expected": fault.expected,
    }
