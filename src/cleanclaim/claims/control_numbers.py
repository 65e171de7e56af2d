"""Control numbers kept between runs, in a small JSON file that is replaced as a whole or not at all.

Save after numbers are taken and *before* the file goes out: a run that dies in between burns numbers, which nobody
minds, instead of repeating them, which payers reject.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from cleanclaim.x12 import ControlNumberError, ControlNumbers

_KINDS = ("interchange", "group", "transaction")


def load_control_numbers(path: Path) -> ControlNumbers:
    """The next numbers as the file states them; a new sequence from 1 when there is no file.

    Raises `ControlNumberError` when the file is there but is not a state of control numbers: guessing would repeat.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ControlNumbers()
    try:
        state = json.loads(text)
    except json.JSONDecodeError as error:
        raise ControlNumberError(f"{path.name}: line {error.lineno}: expected JSON with {', '.join(_KINDS)}") from error
    if not isinstance(state, dict) or set(state) != set(_KINDS):
        raise ControlNumberError(f"{path.name}: expected an object with {', '.join(_KINDS)} and nothing else")
    for kind in _KINDS:
        if type(state[kind]) is not int:
            raise ControlNumberError(f"{path.name}: {kind}: expected a whole number")
    return ControlNumbers(**state)


def save_control_numbers(path: Path, numbers: ControlNumbers) -> None:
    """Write the next numbers, readable by the owner only, by putting a whole new file in place of the old one.

    Raises `ControlNumberError` when the file is further on than these numbers: another run has used them.
    """
    kept = load_control_numbers(path)
    for kind in _KINDS:
        if getattr(numbers, kind) < getattr(kept, kind):
            raise ControlNumberError(
                f"{path.name}: next {kind} number {getattr(kept, kind)}: expected {getattr(numbers, kind)} or less;"
                " another run has taken numbers since"
            )
    text = json.dumps({kind: getattr(numbers, kind) for kind in _KINDS}, indent=2) + "\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
