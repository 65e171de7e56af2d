"""From a therapist's words to normalized words, each with its place in the original text.

Text is folded character by character (one for one, so a place in the folded text is a place in the original),
cut into words, expanded by the list of abbreviations, corrected for small misspellings and reduced to stems.
Nothing here knows a code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

_FOLDS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz") | str.maketrans(
    {"×": "x", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "}
)
_WORD = re.compile(r"[a-z]+|\d+")
_SIBILANT_PLURALS = ("sses", "xes", "ches", "shes", "zes", "oes")
"""Plurals that take "es"; others take "s" alone, so that "times" meets "time" and not "timing"."""
_SHORTEST_STEMMED = 4
_SHORTEST_STEM = 3
_SHORTEST_CORRECTED = 5
"""Shorter words are too often abbreviations to be corrected."""
_SHORTEST_EXCHANGED = 6
"""Shorter stems that differ in one letter are too often two words ("groove" and "groom")."""
_KEPT = frozenset({"seated", "tapped"})
"""Words whose stem is that of another thing: a seated patient is not a seat, a tapped muscle is not taped."""


class Word(NamedTuple):
    """A normalized word: its stem, and the place (`start`, `end`) of what was written."""

    stem: str
    start: int
    end: int


@cache
def read_data(name: str) -> Mapping[str, Any]:
    """Read one TOML file that lies beside this package's modules, under `data/`; read once, not to be changed."""
    text = resources.files("cleanclaim.coding").joinpath("data", name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def fold(text: str) -> str:
    """Lower-case Latin letters and plain signs, character by character: the length stays."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Cut the usual endings, so that "lifting", "lifts" and "lifted" meet; not a dictionary form."""
    if len(word) < _SHORTEST_STEMMED or word.isdigit() or word in _KEPT:
        return word
    for ending, rest in (("ies", "y"), ("ings", ""), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if (
            word.endswith(ending)
            and (ending != "es" or word.endswith(_SIBILANT_PLURALS))
            and len(word) - len(ending) >= _SHORTEST_STEM
            and not word.endswith(("ss", "us", "is"))
        ):
            word = word[: -len(ending)] + rest
            break
    if len(word) > _SHORTEST_STEMMED and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    if len(word) > _SHORTEST_STEMMED and word.endswith("e"):
        word = word[:-1]
    return word


def words(text: str) -> list[Word]:
    """Cut a text into normalized words, abbreviations expanded and small misspellings corrected."""
    return _expand(text, _corrected)


def stems(text: str) -> tuple[str, ...]:
    """The stems of a phrase of our own lists, abbreviations expanded; nothing is corrected there."""
    return tuple(word.stem for word in _expand(text, stem))


def _expand(text: str, reduce: Callable[[str], str]) -> list[Word]:
    capitals, anyhow, longest = _abbreviations()
    raw = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(fold(text))]
    found: list[Word] = []
    place = 0
    count = len(raw)
    while place < count:
        word, start, end = raw[place]
        for length in range(min(longest.get(word, 0), count - place), 0, -1):
            key = tuple(item[0] for item in raw[place : place + length])
            last = raw[place + length - 1][2]
            expansion = capitals[key] if key in capitals and text[start:last].isupper() else anyhow.get(key)
            if expansion is not None:
                found.extend(Word(expanded, start, last) for expanded in expansion)
                place += length
                break
        else:
            found.append(Word(reduce(word), start, end))
            place += 1
    return found


_Expansions = dict[tuple[str, ...], tuple[str, ...]]


@cache
def _abbreviations() -> tuple[_Expansions, _Expansions, dict[str, int]]:
    """Expansions of what is written in capitals, of what is written anyhow, and the longest key by first word."""
    data = read_data("abbreviations.toml")
    longest: dict[str, int] = {}
    tables: list[_Expansions] = []
    for group in ("upper", "any"):
        table: _Expansions = {}
        for short, full in data[group].items():
            key = tuple(_WORD.findall(fold(short)))
            table[key] = tuple(stem(word) for word in _WORD.findall(fold(full)))
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
        tables.append(table)
    return tables[0], tables[1], longest


@lru_cache(maxsize=20_000)
def _corrected(word: str) -> str:
    """The stem of the word, or of the one known word a single slip away."""
    own = stem(word)
    if len(word) < _SHORTEST_CORRECTED or word.isdigit():
        return own
    known = _known_words()
    if own in known or word in known:
        return own
    index = _deletions()
    found: set[str] = set()
    for shorter in (own, *_shorter(own)):
        found.update(candidate for candidate in index.get(shorter, ()) if abs(len(candidate) - len(own)) <= 1)
    found = {candidate for candidate in found if candidate[0] == own[0] and _one_slip(own, candidate)}
    return min(found) if len(found) == 1 else own


def _shorter(word: str) -> Iterable[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less, other, or two neighbors swapped, lead from one word to the other."""
    if len(one) > len(other):
        one, other = other, one
    place = next((spot for spot, letter in enumerate(one) if letter != other[spot]), len(one))
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    if one[place + 1 :] == other[place + 1 :]:
        return len(one) >= _SHORTEST_EXCHANGED
    swapped = one[place + 1 : place + 2] == other[place : place + 1] and one[place] == other[place + 1]
    return swapped and one[place + 2 :] == other[place + 2 :]


@cache
def _known_words() -> frozenset[str]:
    """The stems that the cues and the plain words of the trade are made of."""
    known: set[str] = set()
    for table in read_data("concepts.toml")["concept"].values():
        known.update(stem(word) for word in _WORD.findall(fold(table["phrases"])))
    data = read_data("abbreviations.toml")
    for group in ("upper", "any"):
        for full in data[group].values():
            known.update(stem(word) for word in _WORD.findall(fold(full)))
    known.update(stem(word) for word in _WORD.findall(fold(data["plain_words"])))
    return frozenset(known)


@cache
def _deletions() -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for word in sorted(_known_words()):
        if len(word) < _SHORTEST_CORRECTED - 1 or word.isdigit():
            continue
        for shorter in (word, *_shorter(word)):
            index.setdefault(shorter, []).append(word)
    return {key: tuple(found) for key, found in index.items()}
