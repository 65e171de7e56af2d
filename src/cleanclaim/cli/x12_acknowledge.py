"""`cleanclaim x12 acknowledge`: the answers to a file received, with control numbers that are never used twice."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.claims.control_numbers import load_control_numbers, save_control_numbers
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, unusable, write_json
from cleanclaim.x12 import ControlNumberError, Delimiters
from cleanclaim.x12.acknowledgments import NothingToAcknowledgeError
from cleanclaim.x12.acknowledgments import acknowledge as answer
from cleanclaim.x12.validation import Outcome, validate_file


def acknowledge(
    file: Annotated[Path, typer.Argument(help="The X12 file received.")],
    *,
    to: Annotated[Path, typer.Option("--out", "-o", help="Where to write the answers.")],
    numbers: Annotated[
        Path | None,
        typer.Option("--numbers", help="Where control numbers are kept; else control-numbers.json beside --out."),
    ] = None,
    always_ta1: Annotated[bool, typer.Option("--ta1", help="Write a TA1 although none is asked for.")] = False,
    line_breaks: Annotated[bool, typer.Option("--line-breaks", help="Begin a line with each segment.")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Judge the file, write the answers, and leave with the exit code."""
    kept = numbers or to.parent / "control-numbers.json"
    try:
        with err.status(f"validating {file.name}"):
            validation = validate_file(file)
        control = load_control_numbers(kept)
        data = answer(
            validation,
            control=control,
            created=datetime.now().astimezone(),
            always_ta1=always_ta1,
            delimiters=Delimiters(line_break="\n" if line_breaks else ""),
        )
        save_control_numbers(kept, control)
        _write(to, data)
    except NothingToAcknowledgeError as error:
        unusable(f"{file.name}: {error}")
    except ControlNumberError as error:
        unusable(str(error))
    except OSError as error:
        unusable(f"{error.filename}: {error.strerror}")
    is_good = validation.outcome in {Outcome.ACCEPTED, Outcome.NOTED}
    code = ExitCode.CLEAN if is_good else ExitCode.FINDINGS
    if format_ is Format.JSON:
        payload = {"exit_code": int(code), "file": file.name, "outcome": str(validation.outcome), "written": to.name}
        write_json("x12-acknowledge", payload)
    else:
        out.print(f"{file.name}: {validation.outcome}; answers written to {to}", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _write(path: Path, data: bytes) -> None:
    """Write for the owner only: answers name parties."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
