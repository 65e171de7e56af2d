"""The dictionary that all guides share: data elements, composites, segments, and what hangs together in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

_SYNTAX = re.compile(r"[PRCLE](?:\d\d){2,}")


class GuideFileError(ValueError):
    """A guide's file that is not in the notation or contradicts itself."""


@dataclass(frozen=True, slots=True)
class ElementKind:
    """A data element's kind (`AN`, `ID`, `N0`, `R`, `money`, `DT`, `TM` or `period`), shortest and longest length."""

    kind: str
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Elements by number, the element numbers of composites and segments by position, and relations in segments.

    `qualified` says where the code stands that tells the uses of a segment apart: element and component (0: the
    element itself).
    """

    elements: Mapping[str, ElementKind]
    composites: Mapping[str, tuple[str, ...]]
    segments: Mapping[str, tuple[str, ...]]
    syntax: Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]
    qualified: Mapping[str, tuple[int, int]]


def structure_file(name: str) -> dict[str, Any]:
    """One file of `guides/structure`, parsed."""
    text = resources.files("cleanclaim.x12").joinpath("guides", "structure", name).read_text("utf-8")
    return tomllib.loads(text)


@cache
def load_dictionary() -> Dictionary:
    """The dictionary, read once; `GuideFileError` where it names an element that it does not hold."""
    table = structure_file("dictionary.toml")
    elements = {number: _kind(text) for number, text in table["elements"].items()}
    composites = {name: tuple(text.split()) for name, text in table["composites"].items()}
    segments = {name: tuple(text.split()) for name, text in table["segments"].items()}
    for name, numbers in (*composites.items(), *segments.items()):
        for number in numbers:
            if number not in elements and number not in composites:
                raise GuideFileError(f"{name}: expected element {number} among the elements")
    return Dictionary(
        elements=MappingProxyType(elements),
        composites=MappingProxyType(composites),
        segments=MappingProxyType(segments),
        syntax=MappingProxyType({tag: tuple(map(_relation, text.split())) for tag, text in table["syntax"].items()}),
        qualified=MappingProxyType({tag: _place(text) for tag, text in table["qualified"].items()}),
    )


def _kind(text: str) -> ElementKind:
    kind, shortest, longest = text.split()
    return ElementKind(kind, int(shortest), int(longest))


def _relation(text: str) -> tuple[str, tuple[int, ...]]:
    if _SYNTAX.fullmatch(text) is None:
        raise GuideFileError(f"relation {text!r}: expected a letter and positions of two digits")
    return text[0], tuple(int(text[place : place + 2]) for place in range(1, len(text), 2))


def _place(text: str) -> tuple[int, int]:
    element, _, component = text.partition("-")
    return int(element), int(component or 0)
