"""Where an input that rules wait for is filled in: the patient's page, the note, the payer's file, and so on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its key, and in words to follow "filled in"."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class _Entry:
    place: Place
    begins: tuple[str, ...]
    holds: tuple[str, ...]

    def meets(self, name: str) -> bool:
        return name.startswith(self.begins) or any(words in name for words in self.holds)


@cache
def _entries() -> tuple[_Entry, ...]:
    text = resources.files("cleanclaim.practice.engine.claims").joinpath("missing_places.toml").read_text("utf-8")
    table = tomllib.loads(text)
    places = {key: Place(key, words) for key, words in table["places"].items()}
    return tuple(
        _Entry(places[entry["place"]], tuple(entry.get("begins", ())), tuple(entry.get("holds", ())))
        for entry in table["entry"]
    )


@cache
def place_of_input(name: str) -> Place | None:
    """Where the input is filled in, by the engine's words for it; `None` for words that no entry fits."""
    return next((entry.place for entry in _entries() if entry.meets(name)), None)
