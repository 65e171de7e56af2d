"""`cleanclaim verify-audit`: whether the audit log is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cleanclaim.cli.output import ExitCode, Format, FormatOption, unusable, write_json
from cleanclaim.cli.practice import as_owner
from cleanclaim.practice import environment, keys, serving

EXAMPLE = "cleanclaim verify-audit --anchor /mnt/append-only/audit-anchor.jsonl"


def command(
    *,
    anchor: Annotated[
        Path | None, typer.Option(help="The anchor; by default CLEANCLAIM_AUDIT_ANCHOR, or the one at home.")
    ] = None,
    append: Annotated[bool, typer.Option("--append/--no-append", help="Anchor what was found whole.")] = True,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Recompute each clinic's chain of the audit log and hold it against the anchor.

    Exit code: 0 whole, 1 broken, 2 the anchor or the database cannot be read.
    """
    try:
        as_owner()
        serving.prepare(migrate=False)
    except (serving.ServingError, keys.KeyFileError, environment.EnvironmentProblemError) as error:
        unusable(str(error))
    from cleanclaim.practice import audit_anchor  # noqa: PLC0415 - after set_up

    path = anchor or audit_anchor.anchor_path()
    try:
        found = list(audit_anchor.verify_all(path))
        is_whole = not any(one.broken for one in found)
        added = audit_anchor.append_heads(path) if append and is_whole else 0
    except audit_anchor.AnchorError as error:
        unusable(str(error))
    if format_ is Format.JSON:
        write_json(
            "verify-audit",
            {
                "exit_code": int(ExitCode.CLEAN if is_whole else ExitCode.FINDINGS),
                "anchor": str(path),
                "anchored": added,
                "clinics": [_json(one) for one in found],
            },
        )
    else:
        for one in found:
            state = "whole" if not one.broken else "BROKEN"
            typer.echo(f"{one.name or one.clinic}: {one.entries:,} entries, {one.anchors:,} anchors: {state}")
            for broken in one.broken:
                typer.echo(f"  entry {broken.sequence:,}: {broken.problem}")
        typer.echo(f"{path}: {added} heads added." if is_whole else f"{path}: nothing added to a broken log.")
    raise typer.Exit(ExitCode.CLEAN if is_whole else ExitCode.FINDINGS)


def _json(one: Any) -> dict[str, Any]:  # noqa: ANN401 - audit_anchor.Verified, known after set_up
    return {
        "clinic": str(one.clinic),
        "entries": one.entries,
        "anchors": one.anchors,
        "broken": [{"sequence": broken.sequence, "problem": broken.problem} for broken in one.broken],
    }
