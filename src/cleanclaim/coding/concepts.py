"""The cues: groups of words with one meaning, and the codes or reasons they speak for.

Reads `data/concepts.toml`. Words are found by walking the normalized text once; a longer phrase hides the shorter
ones inside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from cleanclaim.coding.wording import Word, read_data, stems
from cleanclaim.coding.wording import words as words_of

_REPEATED = 0.3
"""A second and third phrase of one concept add this share of its points each."""
_MOST_REPEATS = 2


class CueError(ValueError):
    """A cue file that does not say what its loader expects."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A group of words with one meaning, and its points by target (a code, or "not:" and a reason)."""

    name: str
    says: str
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Combination:
    """Points that are added where all of some concepts meet and none of others is there."""

    every: frozenset[str]
    none: frozenset[str]
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept found in a text, at characters `start` to `end`."""

    concept: Concept
    start: int
    end: int
    first_word: int
    past_word: int


def find(words: Sequence[Word]) -> list[Hit]:
    """Every concept in the words, in the order of the text; phrases inside longer ones are hidden."""
    table, longest = _phrases()
    hits: list[Hit] = []
    reach = 0
    stem_list = [word.stem for word in words]
    for place, first in enumerate(stem_list):
        limit = longest.get(first)
        if limit is None:
            continue
        for length in range(min(limit, len(stem_list) - place), 0, -1):
            concepts = table.get(tuple(stem_list[place : place + length]))
            if concepts is None:
                continue
            past = place + length
            if past <= reach:
                break
            start = words[place].start
            end = max(word.end for word in words[place:past])
            hits.extend(Hit(concept, start, end, place, past) for concept in concepts)
            reach = past
            break
    return hits


@lru_cache(maxsize=16384)
def find_in(text: str) -> tuple[Hit, ...]:
    """Every concept in a text as it was written; the last texts are kept, since a note is asked about often."""
    return tuple(find(words_of(text)))


def points(hits: Sequence[Hit]) -> dict[str, float]:
    """The points of the concepts found and of their combinations, by target."""
    total: dict[str, float] = {}
    seen: dict[str, int] = {}
    for hit in hits:
        times = seen.get(hit.concept.name, 0)
        seen[hit.concept.name] = times + 1
        if times > _MOST_REPEATS:
            continue
        share = 1.0 if times == 0 else _REPEATED
        for target, value in hit.concept.points.items():
            total[target] = total.get(target, 0.0) + share * value
    names = frozenset(seen)
    for combination in _combinations():
        if combination.every <= names and not combination.none & names:
            for target, value in combination.points.items():
                total[target] = total.get(target, 0.0) + value
    return total


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by name.

    Raises:
        CueError: a concept lacks its words, or has a key that is not known.
    """
    found = {}
    for name, table in read_data("concepts.toml")["concept"].items():
        if set(table) != {"says", "points", "phrases"}:
            raise CueError(f"concepts.toml: {name}: has keys {sorted(table)}; expected says, points and phrases")
        found[name] = Concept(name, table["says"], {key: float(value) for key, value in table["points"].items()})
    return found


@cache
def _phrases() -> tuple[dict[tuple[str, ...], tuple[Concept, ...]], dict[str, int]]:
    table: dict[tuple[str, ...], tuple[Concept, ...]] = {}
    longest: dict[str, int] = {}
    tables = read_data("concepts.toml")["concept"]
    for name, concept in concepts().items():
        for phrase in tables[name]["phrases"].split(","):
            key = stems(phrase)
            if key and concept not in table.get(key, ()):
                table[key] = (*table.get(key, ()), concept)
                longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return table, longest


@cache
def _combinations() -> tuple[Combination, ...]:
    found = []
    for number, table in enumerate(read_data("concepts.toml")["combination"], start=1):
        every, none = frozenset(table["all"]), frozenset(table.get("none", ()))
        unknown = sorted((every | none) - set(concepts()))
        if unknown:
            raise CueError(f"concepts.toml: combination {number} names {unknown[0]!r}; expected a concept of the file")
        found.append(Combination(every, none, {key: float(value) for key, value in table["points"].items()}))
    return tuple(found)
