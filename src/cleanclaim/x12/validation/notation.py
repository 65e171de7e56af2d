"""The notation of the guides' bodies: one line a segment or a loop, as `guides/structure/README.md` explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cleanclaim.x12.validation.dictionary import Dictionary, GuideFileError

UNLIMITED = 0
"""How often: no limit."""

_LINE = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{1,2})(?P<required>!?)(?: x(?P<most>\d+|\*))? : (?P<rest>\S.*)")
_CHILD = re.compile(r"> (?P<loop>\S+?)(?P<required>!?)(?: x(?P<most>\d+|\*))?")
_TOKEN = re.compile(
    r"(?P<first>\d+)(?:-(?P<last>\d+))?(?P<required>!?)"
    r"(?:\((?P<parts>[^()]*)\)|=(?P<codes>[^\s()]+?))?(?:x(?P<repeats>\d+))?"
)
_SPLIT = re.compile(r"\s+(?![^(]*\))")
_RULE = re.compile(
    r"(?P<at>\d+(?:\.\d+)?)=(?P<values>\S+) (?P<verb>needs|no) (?P<others>\d+(?:\.\d+)?(?: \d+(?:\.\d+)?)*)"
)

Reference = tuple[int, int]
"""An element and, from 1, its component; 0 for the element itself."""


@dataclass(frozen=True, slots=True)
class ElementUse:
    """One element or component as a guide uses it.

    `kind`, `shortest` and `longest` are those of the data element `number`; `codes` is empty where any value will do.
    `repeats` is how often it may stand. `parts` are the components of a composite, `None` where not used; a
    composite has no kind of its own.
    """

    number: str
    kind: str
    shortest: int
    longest: int
    required: bool
    codes: tuple[str, ...]
    repeats: int
    parts: tuple[ElementUse | None, ...]


@dataclass(frozen=True, slots=True)
class ValueRule:
    """Where the element `at` has one of `values`, `others` must stand (`needs`) or must not."""

    at: Reference
    values: tuple[str, ...]
    needs: bool
    others: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentUse:
    """One segment as one loop of a guide uses it: `elements` by position, `None` where not used.

    `syntax` are relations of the segment itself, as a letter and positions; `rules` are the guide's own.
    `most` is how often it may stand (0: no limit).
    """

    tag: str
    required: bool
    most: int
    elements: tuple[ElementUse | None, ...]
    syntax: tuple[tuple[str, tuple[int, ...]], ...]
    rules: tuple[ValueRule, ...]


@dataclass(frozen=True, slots=True)
class LoopUse:
    """A loop that stands inside another: which, whether it must, and how often it may (0: no limit)."""

    loop: str
    required: bool
    most: int


def parse_body(
    text: str, dictionary: Dictionary, codes: Mapping[str, tuple[str, ...]]
) -> tuple[SegmentUse | LoopUse, ...]:
    """The segments and loops of a body, in order; `GuideFileError` where a line is not in the notation."""
    return tuple(_entry(line, dictionary, codes) for line in text.strip().splitlines())


def _entry(line: str, dictionary: Dictionary, codes: Mapping[str, tuple[str, ...]]) -> SegmentUse | LoopUse:
    child = _CHILD.fullmatch(line)
    if child is not None:
        return LoopUse(child["loop"], bool(child["required"]), _most(child["most"]))
    match = _LINE.fullmatch(line)
    if match is None:
        raise GuideFileError(f"line {line!r}: expected a segment or a loop in the notation")
    tag = match["tag"]
    if tag not in dictionary.segments:
        raise GuideFileError(f"segment {tag}: expected one of the dictionary")
    tokens, _, rules = match["rest"].partition("|")
    return SegmentUse(
        tag=tag,
        required=bool(match["required"]),
        most=_most(match["most"]),
        elements=_elements(tokens, dictionary.segments[tag], dictionary, codes),
        syntax=dictionary.syntax.get(tag, ()),
        rules=tuple(_rule(one.strip()) for one in rules.split(" ; ")) if rules else (),
    )


def _most(text: str | None) -> int:
    return 1 if text is None else UNLIMITED if text == "*" else int(text)


def _elements(
    text: str, numbers: tuple[str, ...], dictionary: Dictionary, codes: Mapping[str, tuple[str, ...]]
) -> tuple[ElementUse | None, ...]:
    """The elements by position, as far as the last one that is used."""
    found: dict[int, ElementUse] = {}
    for token in _SPLIT.split(text.strip()):
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise GuideFileError(f"element {token!r}: expected a position in the notation")
        for position in range(int(match["first"]), int(match["last"] or match["first"]) + 1):
            if not 1 <= position <= len(numbers) or position in found:
                raise GuideFileError(f"element {token!r}: expected a position of its own, 1 to {len(numbers)}")
            found[position] = _element(match, numbers[position - 1], dictionary, codes)
    return tuple(found.get(position) for position in range(1, max(found) + 1))


def _element(
    match: re.Match[str], number: str, dictionary: Dictionary, codes: Mapping[str, tuple[str, ...]]
) -> ElementUse:
    required, repeats = bool(match["required"]), int(match["repeats"] or 1)
    if number in dictionary.composites:
        if match["parts"] is None:
            raise GuideFileError(f"element {match[0]!r}: expected the components of composite {number}")
        parts = _elements(match["parts"], dictionary.composites[number], dictionary, codes)
        return ElementUse(number, "", 0, 0, required, (), repeats, parts)
    if match["parts"] is not None:
        raise GuideFileError(f"element {match[0]!r}: element {number} has no components")
    kind = dictionary.elements[number]
    return ElementUse(number, kind.kind, kind.shortest, kind.longest, required, _codes(match, codes), repeats, ())


def _codes(match: re.Match[str], codes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    text = match["codes"]
    if not text:
        return ()
    if not text.startswith("$"):
        return tuple(text.split(","))
    if text[1:] not in codes:
        raise GuideFileError(f"element {match[0]!r}: expected a list under [codes]")
    return codes[text[1:]]


def _rule(text: str) -> ValueRule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise GuideFileError(f"rule {text!r}: expected a rule in the notation")
    others = tuple(_reference(one) for one in match["others"].split())
    return ValueRule(_reference(match["at"]), tuple(match["values"].split(",")), match["verb"] == "needs", others)


def _reference(text: str) -> Reference:
    element, _, component = text.partition(".")
    return int(element), int(component or 0)
