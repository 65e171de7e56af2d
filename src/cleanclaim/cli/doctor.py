"""`cleanclaim doctor`: what is wrong with a deployment of the practice."""

from __future__ import annotations

import typer
from rich.text import Text

from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.practice import environment, keys, serving

EXAMPLE = "cleanclaim doctor"

_MARKS = {"good": ("ok", "green"), "doubtful": ("look", "yellow"), "bad": ("BAD", "bold red")}


def command(*, format_: FormatOption = Format.TEXT) -> None:
    """Look at the environment, the keys, the database, its guards, the audit log and the background work.

    Exit code: 0 nothing is wrong, 1 something is, 2 the settings cannot be read.
    """
    try:
        serving.set_up()
    except (environment.EnvironmentProblemError, keys.KeyFileError) as error:
        unusable(str(error))
    from cleanclaim.practice.doctor import State, examine  # noqa: PLC0415 - after set_up

    found = examine()
    code = ExitCode.FINDINGS if any(one.state is State.BAD for one in found) else ExitCode.CLEAN
    if format_ is Format.JSON:
        write_json(
            "doctor",
            {
                "exit_code": int(code),
                "looked_at": [
                    {"about": one.about, "state": one.state.value, "found": one.found, "remedy": one.remedy}
                    for one in found
                ],
            },
        )
    else:
        for one in found:
            mark, style = _MARKS[one.state.value]
            out.print(Text.assemble((f"{mark:5}", style), f" {one.about}: {one.found}"), soft_wrap=True)
            if one.remedy and one.state is not State.GOOD:
                out.print(Text(f"      → {one.remedy}", "dim"), soft_wrap=True)
    raise typer.Exit(code)
