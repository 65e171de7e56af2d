"""One regular expression for each use of a segment: it matches exactly the segments in which nothing is at fault.

Nearly all segments of a file are in order, and one match tells so. Only where it fails does the module `elements` look
for what is wrong. Both say the same: a test holds them together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.validation import characters
from cleanclaim.x12.validation.notation import ElementUse, Reference, SegmentUse, ValueRule

NEVER = "(?!)"
"""An expression that nothing matches."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The delimiters, escaped: alone, and together for a character class."""

    element: str
    component: str
    repetition: str
    all: str


@lru_cache(maxsize=64)
def signs_of(delimiters: Delimiters) -> Signs:
    """The delimiters of a file for use in expressions; the terminator stands in no segment."""
    element, component = re.escape(delimiters.element), re.escape(delimiters.component)
    repetition = re.escape(delimiters.repetition)
    return Signs(element, component, repetition or NEVER, element + component + repetition)


def pattern_of(use: SegmentUse, delimiters: Delimiters) -> re.Pattern[str]:
    """The expression for a use of a segment; to be used with `fullmatch` on a segment without its terminator."""
    signs = signs_of(delimiters)
    relations = "".join(_syntax(use, signs)) + "".join(_rule(rule, signs) for rule in use.rules)
    body = _nested(use.elements, signs, signs.element, inside_composite=False)
    return re.compile(f"{relations}{re.escape(use.tag)}{body}(?<!{signs.element})")


def element_pattern(use: ElementUse, signs: Signs) -> str:
    """The expression for the value of a simple element, where it does not depend on the one before it."""
    if use.codes:
        return f"(?:{'|'.join(map(re.escape, use.codes))})"
    match use.kind:
        case "N0":
            return characters.whole_number(use.shortest, use.longest)
        case "R":
            return characters.decimal_number(signs.all, use.shortest, use.longest)
        case "money":
            return characters.amount(signs.all, use.shortest, use.longest)
        case "DT":
            return characters.date(use.longest)
        case "TM":
            return characters.time(use.longest)
        case _:
            return characters.text(signs.all, use.shortest, use.longest)


def _nested(elements: tuple[ElementUse | None, ...], signs: Signs, separator: str, *, inside_composite: bool) -> str:
    """Elements, each after the separator (the first component without one), the unused end left out."""
    tail, is_needed = "", False
    position = len(elements) - 1
    while position >= 0:
        use = elements[position]
        before = elements[position - 1] if position else None
        if use is not None and use.kind == "period" and before is not None and before.number == "1250":
            # A period and the code of its form are judged as one.
            position -= 1
            ways = _period(before, use, separator, tail, tail_is_needed=is_needed)
            is_needed = is_needed or before.required
        else:
            item = _item(use, signs)
            is_required = use is not None and use.required
            # What is not used is nothing at all: an optional nothing would match in two ways, and many of them in 2ⁿ.
            ways = [f"{item}{tail}" if is_required or use is None else f"(?:{item})?{tail}"]
            is_needed = is_needed or is_required
        lead = "" if inside_composite and position == 0 else separator
        tail = f"{lead}(?:{'|'.join(ways)})" if len(ways) > 1 else f"{lead}{ways[0]}"
        if not is_needed:
            tail = f"(?:{tail})?"
        position -= 1
    return tail


def _item(use: ElementUse | None, signs: Signs) -> str:
    if use is None:
        return ""
    if use.parts:
        one = f"{_nested(use.parts, signs, signs.component, inside_composite=True)}(?<!{signs.component})"
    else:
        one = element_pattern(use, signs)
    if use.repeats > 1:
        return f"{one}(?:{signs.repetition}{one}){{0,{use.repeats - 1}}}"
    return one


def _period(form: ElementUse, period: ElementUse, separator: str, tail: str, *, tail_is_needed: bool) -> list[str]:
    """The ways in which the code of a form, the period in it and what follows may stand."""
    ways = [f"{code}{separator}{characters.PERIODS[code]}{tail}" for code in form.codes]
    if not period.required:
        codes = f"(?:{'|'.join(form.codes)})"
        ways.append(f"{codes}{separator}{tail}")
        if not tail_is_needed:
            ways.append(codes)
    if not form.required:
        ways.append(f"{separator}{tail}")
    return ways


def present(at: Reference, signs: Signs) -> str:
    """A look ahead from a segment's beginning: the element or component holds something."""
    return _up_to(at, signs) + _within(at, signs)


def has_value(at: Reference, values: tuple[str, ...], signs: Signs) -> str:
    """A look ahead from a segment's beginning: the element or component is one of these values."""
    end = f"(?:{signs.element}|{signs.component}|\\Z)" if at[1] else f"(?:{signs.element}|\\Z)"
    return f"{_up_to(at, signs)}(?:{'|'.join(map(re.escape, values))}){end}"


def _up_to(at: Reference, signs: Signs) -> str:
    """From a segment's beginning up to an element or component."""
    element, component = at
    steps = f"(?:[^{signs.element}]*{signs.element}){{{element}}}"
    return f"{steps}(?:{_within(at, signs)}*{signs.component}){{{component - 1}}}" if component else steps


def _within(at: Reference, signs: Signs) -> str:
    """A character of an element or component."""
    return f"[^{signs.element}{signs.component}]" if at[1] else f"[^{signs.element}]"


def _syntax(use: SegmentUse, signs: Signs) -> list[str]:
    """What the relations of a segment ask beyond what the guide's own usage settles."""
    found = []
    for letter, positions in use.syntax:
        known = [_settled(use, position) for position in positions]
        tests = [f"(?={present((position, 0), signs)})" for position in positions]
        absent = [f"(?!{present((position, 0), signs)})" for position in positions]
        expression = _relation(letter, known, tests, absent)
        if expression:
            found.append(expression)
    return found


def _settled(use: SegmentUse, position: int) -> bool | None:
    """Whether an element always stands, never does, or may (`None`), as the guide uses it."""
    element = use.elements[position - 1] if position <= len(use.elements) else None
    return False if element is None else True if element.required else None


def _relation(letter: str, known: list[bool | None], tests: list[str], absent: list[str]) -> str:
    some = [test for test, state in zip(tests, known, strict=True) if state is not False]
    match letter:
        case "P":
            if all(known) or not any(state is None or state for state in known):
                return ""
            return f"(?:{''.join(tests)}|{''.join(absent)})"
        case "R":
            return "" if any(known) else f"(?:{'|'.join(some)})"
        case "C":
            return "" if known[0] is False or all(known[1:]) else f"(?:{absent[0]}|{''.join(tests[1:])})"
        case "L":
            if known[0] is False or any(known[1:]):
                return ""
            return f"(?:{absent[0]}|{'|'.join(some[1:])})"
        case _:
            # At most one: for each that stands, the others do not.
            if sum(state is not False for state in known) < 2:  # noqa: PLR2004 - one alone excludes nothing
                return ""
            ways = [f"{''.join(absent[:place] + absent[place + 1 :])}" for place in range(len(tests))]
            return f"(?:{'|'.join(ways)})"


def _rule(rule: ValueRule, signs: Signs) -> str:
    sign = "=" if rule.needs else "!"
    others = "".join(f"(?{sign}{present(other, signs)})" for other in rule.others)
    return f"(?:(?!{has_value(rule.at, rule.values, signs)})|{others})"
