"""Codes to look at instead of one that cannot be billed: what took its place, its children, its likeliest kin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from cleanclaim.reference.icd10 import seventh
from cleanclaim.reference.icd10.data import CATEGORY, code_list, toml
from cleanclaim.reference.icd10.sides import Side
from cleanclaim.reference.icd10.states import State, state_on
from cleanclaim.reference.icd10.writing import normalize

_SUGGESTIONS = 12
# Recovery is where therapy normally stands, so its codes are proposed before those of active treatment.
_SEVENTH_ORDER = {"D": 0, "A": 1, "S": 3}


@dataclass(frozen=True, slots=True)
class _Replaced:
    """One entry of `replacements.toml`."""

    pattern: re.Pattern[str]
    written: str
    by: tuple[str, ...]
    note: str


@cache
def _replaced() -> tuple[_Replaced, ...]:
    """The committed replacements."""
    return tuple(
        _Replaced(re.compile(row["code"].replace("?", "(.)")), row["code"], tuple(row["by"]), row["note"])
        for row in toml("replacements.toml")["replaced"]
    )


def _fill(form: str, characters: tuple[str, ...]) -> str:
    """Put the characters in place of the question marks."""
    for character in characters:
        form = form.replace("?", character, 1)
    return form


def _preference(code: str) -> tuple[int, bool, str]:
    """Recovery, active treatment, other 7th characters, late effects; then a named side first; then the code."""
    character = seventh.character(code)
    listed = code_list()
    unspecified = listed.side[listed.position[code]] == Side.UNSPECIFIED
    return (0 if character is None else _SEVENTH_ORDER.get(character, 2), unspecified, code)


def billable_below(prefix: str, day: date, limit: int | None = None) -> tuple[str, ...]:
    """The codes below a prefix that can be billed on the day, recovery first; not the prefix itself."""
    codes = code_list().codes
    found = [codes[i] for i in code_list().below(prefix) if codes[i] != prefix]
    open_ones = [code for code in found if state_on(code, day) is State.BILLABLE]
    return tuple(sorted(open_ones, key=_preference)[:limit])


def expand(form: str, day: date) -> tuple[str, ...]:
    """The billable codes of a form on a day: `M722` is that code alone, `M67A0-` every code below."""
    if form.endswith("-"):
        return billable_below(form[:-1], day)
    return (form,) if state_on(form, day) is State.BILLABLE else ()


def replacement_note(code: str) -> str | None:
    """Why a code was replaced, in plain words, where that is written down."""
    key = normalize(code)
    return next((entry.note for entry in _replaced() if entry.pattern.fullmatch(key)), None)


def _predecessors(code: str, day: date) -> list[str]:
    """The codes billable on the day that a later code took the place of."""
    found = []
    for entry in _replaced():
        for form in entry.by:
            stem = form.removesuffix("-")
            pattern = stem.replace("?", "(.)") + (".+" if form.endswith("-") else "")
            if (match := re.fullmatch(pattern, code)) is not None:
                found.append(_fill(entry.written, match.groups()))
    found += [code[:length] for length in range(len(code) - 1, CATEGORY - 1, -1)]
    return [other for other in found if state_on(other, day) is State.BILLABLE]


def replacements(code: str, day: date, limit: int = _SUGGESTIONS) -> tuple[str, ...]:
    """Codes billable on the day to look at instead of one that is not.

    An ended code gives what took its place, then its own children; a header its children; a code that has not begun
    what stood in its place; an unknown code the children of its longest known beginning. At most `limit`, the likeliest
    for therapy first. A suggestion, never an equivalent: the note decides.
    """
    key = normalize(code)
    found: list[str] = []
    for entry in _replaced():
        if (match := entry.pattern.fullmatch(key)) is not None:
            for form in entry.by:
                found += expand(_fill(form, match.groups()), day)
    state = state_on(key, day)
    if state is State.NOT_YET:
        found += _predecessors(key, day)
    elif state is State.UNKNOWN_CODE:
        known = next((key[:n] for n in range(len(key) - 1, CATEGORY, -1) if key[:n] in code_list().position), None)
        found += billable_below(known, day, limit) if known else ()
    else:
        found += billable_below(key, day)
    return tuple(other for other in dict.fromkeys(found) if other != key)[:limit]
