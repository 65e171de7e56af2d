"""7th characters: which a code may end in, and what they say about where treatment stands."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from cleanclaim.reference.icd10.data import Icd10DataError, code_list, loaded_notes, nearest, path_of, toml
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.reference.published.kinds import Kind

_PLACE = 7
_NOT_SETS = {"source", "rehabilitation"}


class Phase(StrEnum):
    """Where treatment stands, as the 7th character of an injury says."""

    ACTIVE = "active"
    """The injury itself is being treated, whoever treats it."""
    HEALING = "healing"
    """Recovery, where therapy normally stands."""
    SEQUELA = "sequela"
    """A late effect: the condition goes first, then this code."""


@dataclass(frozen=True, slots=True)
class SeventhCharacter:
    """One 7th character and what it says, in plain words."""

    character: str
    words: str
    phase: Phase


@by_editions(Kind.ICD10_NOTES)
def _sets() -> dict[str, str]:
    """Prefix to its allowed characters."""
    if loaded := loaded_notes():
        return dict(loaded.table().filter(note_kind="seventh").select("owner", "seventh").iter_rows())
    text = path_of("seventh.csv").read_text(encoding="utf-8")
    return {row["prefix"]: row["characters"] for row in csv.DictReader(text.splitlines())}


@cache
def _meanings() -> dict[str, dict[str, SeventhCharacter]]:
    """Set of allowed characters to what each says."""
    found: dict[str, dict[str, SeventhCharacter]] = {}
    for name, row in toml("seventh_characters.toml").items():
        if name in _NOT_SETS:
            continue
        characters = {
            key: SeventhCharacter(key, value["words"], Phase(value["phase"]))
            for key, value in row.items()
            if key != "sets"
        }
        for letters in row["sets"]:
            found[letters] = {letter: characters[letter] for letter in letters}
    return found


def allowed(code: str) -> str | None:
    """The 7th characters that a code or category takes, such as `ADS`, or `None` where it takes none.

    The nearest definition above the code counts: `S52` takes sixteen, `S5201` (a torus fracture) only `ADGKPS`.
    """
    prefix = nearest(_sets(), code)
    return None if prefix is None else _sets()[prefix]


def character(code: str) -> str | None:
    """The 7th character of a listed code without its dot, or `None` where the code has none."""
    listed = code_list()
    position = listed.position.get(code)
    return None if position is None else listed.seventh[position]


def meaning(code: str) -> SeventhCharacter | None:
    """What the 7th character of a full code says, for the sets that rehabilitation meets; else `None`."""
    letter = character(code)
    if letter is None:
        return None
    return _meanings().get(allowed(code) or "", {}).get(letter)


def meanings(code: str) -> tuple[SeventhCharacter, ...]:
    """Every 7th character that a code or category takes, with its words; empty where none are described."""
    return tuple(_meanings().get(allowed(code) or "", {}).values())


@cache
def phases() -> dict[str, Phase]:
    """Letter to phase: a letter says the same in every set that is described."""
    found: dict[str, Phase] = {}
    for letters in _meanings().values():
        for letter, item in letters.items():
            if found.setdefault(letter, item.phase) is not item.phase:
                raise Icd10DataError(f"seventh_characters.toml: {letter} is of two phases")
    return found


def phase(code: str) -> Phase | None:
    """Where treatment stands by the 7th character, or `None` where the code has none."""
    letter = character(code)
    return None if letter is None else phases().get(letter)


def lacks_seventh(code: str) -> bool:
    """Whether a listed code without its dot still needs a 7th character: `S83511` does, `M25561` does not."""
    listed = code_list()
    return len(code) < _PLACE and code in listed.position and allowed(code) is not None
