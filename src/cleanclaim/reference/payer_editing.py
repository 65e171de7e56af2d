"""A value put into the text of a payer file: the rest of the file stays as it stands, comments and all.

What held before ends the day before the new value begins. A value that begins later, or a horizon that ends before, is
refused: then a person edits the file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from cleanclaim.sources import Confidence, Source

_HEADER = re.compile(r"^\s*\[")


class NotEditableError(ValueError):
    """A payer file into which a value cannot be put by itself: says why."""


def with_value(text: str, name: str, value: object, *, valid_from: date, source: Source, note: str = "") -> str:
    """The text of a payer file with a setting's value from a day on.

    Args:
        text: the file, which must be valid.
        name: the setting.
        value: as the file's format wants it: a flag, a number, a text, a table, or a list of these.
        valid_from: its first day.
        source: who says so.
        note: one sentence for people.

    Raises:
        NotEditableError: a later value stands in the file, or its horizon has passed.
    """
    setting = tomllib.loads(text).get("settings", {}).get(name, {})
    horizon = setting.get("known_through")
    if horizon is not None and horizon < valid_from:
        raise NotEditableError(f"{name} is known through {horizon.isoformat()} only; expected {valid_from.isoformat()}")
    edited = text
    for place, held in enumerate(setting.get("values", ())):
        if held.get("confidence") == Confidence.UNCERTAIN.value:
            if _ends(held) >= valid_from:
                edited = _ended(edited, name, place, held, valid_from)
            continue
        if held.get("from", date.min) >= valid_from:
            raise NotEditableError(f"{name} has a value from {held.get('from', date.min).isoformat()} already")
        if _ends(held) >= valid_from:
            edited = _ended(edited, name, place, held, valid_from)
    told = {"publisher": source.publisher, "title": source.title, "section": source.section}
    cited = ", ".join(f"{key} = {written(part)}" for key, part in told.items())
    lines = [
        f"[[settings.{name}.values]]",
        f"value = {written(value)}",
        f"from = {valid_from.isoformat()}",
        f"source = {{ {cited}, read_on = {source.read_on.isoformat()} }}",
        f'confidence = "{source.confidence.value}"',
    ]
    if note:
        lines.append(f"note = {written(note)}")
    return edited.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n"


def _ends(held: Mapping[str, object]) -> date:
    through = held.get("through")
    return through if isinstance(through, date) else date.max


def _ended(text: str, name: str, place: int, held: Mapping[str, object], valid_from: date) -> str:
    """The text with one value ended the day before another begins; one that would never have held is left out."""
    lines = text.split("\n")
    starts = [
        number for number, line in enumerate(lines) if line.split("#")[0].strip() == f"[[settings.{name}.values]]"
    ]
    if place >= len(starts):
        raise NotEditableError(f"{name} is not written as [[settings.{name}.values]]; expected that form")
    start = starts[place]
    stop = next((number for number in range(start + 1, len(lines)) if _HEADER.match(lines[number])), len(lines))
    begins = held.get("from")
    if isinstance(begins, date) and begins >= valid_from:
        return "\n".join([*lines[:start], *lines[stop:]])
    body = [line for line in lines[start + 1 : stop] if not re.match(r"\s*through\s*=", line)]
    ended = f"through = {(valid_from - timedelta(days=1)).isoformat()}"
    return "\n".join([*lines[: start + 1], ended, *body, *lines[stop:]])


def written(value: object) -> str:
    """A value as TOML writes it on one line. Raises `NotEditableError` for what a file cannot hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {written(part)}' for key, part in value.items())} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(written(part) for part in value)}]"
    raise NotEditableError(f"a value of {type(value).__name__}; expected a flag, a number, a text, a table or a list")
