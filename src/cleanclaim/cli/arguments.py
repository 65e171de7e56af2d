"""What several commands take: codes with minutes, a day, a payer by its file name, near misses for a mistyped word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.output import unusable
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer, PayerFileError

_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MINUTES_OF_A_DAY = 24 * 60

DAYS = ["%Y-%m-%d", "%m/%d/%Y"]
"""How a day may be typed: as data is told, and as people in the USA write it."""

DateOption = Annotated[
    datetime | None,
    typer.Option("--date", "-d", formats=DAYS, metavar="YYYY-MM-DD", help="Date of service; else today."),
]
PayerOption = Annotated[
    str | None,
    typer.Option("--payer", "-p", help="Payer file, such as medicare_b; see `cleanclaim payer list`."),
]
PayersOption = Annotated[
    Path | None, typer.Option("--payers", help="Folder of payer files of your own; they come before the built-in ones.")
]


def day_of(given: datetime | None) -> date:
    """The day asked for, or today."""
    return given.date() if given is not None else datetime.now().astimezone().date()


def own_payers(folder: Path | None) -> dict[str, Payer]:
    """The payer files of a folder by id; leaves with a message when one cannot be read."""
    if folder is None:
        return {}
    try:
        return {payer.id: payer for payer in payers.load_folder(folder)}
    except PayerFileError as error:
        unusable(str(error))


def known_payers(own: Mapping[str, Payer]) -> list[str]:
    """Every id that names a payer, sorted."""
    return sorted({*payers.all_ids(), *own})


def find_payer(wanted: str, own: Mapping[str, Payer]) -> Payer:
    """The payer of that id; leaves with the nearest ids when there is none."""
    if wanted in own:
        return own[wanted]
    try:
        return payers.get(wanted)
    except payers.UnknownPayerError:
        near = nearest(wanted, known_payers(own))
        hint = f"did you mean {' or '.join(near)}?" if near else "see `cleanclaim payer list`"
        unusable(f"--payer: no payer file {wanted!r}; {hint}")


def nearest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known words most like this one, best first."""
    by_folded: dict[str, str] = {}
    for item in known:
        by_folded.setdefault(item.casefold(), item)
    found = difflib.get_close_matches(word.casefold(), by_folded, n=limit, cutoff=0.72)
    return [by_folded[item] for item in found]


def code_counts(words: Sequence[str], where: str, *, what: str = "minutes") -> dict[str, int | None]:
    """Read `97110=24` (or `97110=?`, unknown) into numbers by code; leaves with a message for anything else."""
    found: dict[str, int | None] = {}
    for word in words:
        code, equals, number = word.partition("=")
        code = code.strip().upper()
        if not equals or not _CODE.fullmatch(code):
            unusable(f"{where}: {word!r}; expected a code and its {what}, such as 97110=24")
        if code in found:
            unusable(f"{where}: {code} comes twice; expected each code once")
        if number.strip() == "?":
            found[code] = None
        elif number.isascii() and number.isdigit() and int(number) <= _MINUTES_OF_A_DAY:
            found[code] = int(number)
        else:
            unusable(f"{where}: {word!r}; expected whole {what} after =, at most {_MINUTES_OF_A_DAY}, or ? for unknown")
    return found
