"""What is wrong in one segment: every element judged by itself, and what hangs together.

Only segments that their expression in `cleanclaim.x12.validation.patterns` does not match come here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.validation import characters
from cleanclaim.x12.validation.dictionary import load_dictionary
from cleanclaim.x12.validation.faults import FaultKind
from cleanclaim.x12.validation.notation import ElementUse, Reference, SegmentUse, ValueRule
from cleanclaim.x12.validation.patterns import Signs, element_pattern, signs_of

_KIND_WORDS = {
    "N0": "a whole number",
    "R": "a number",
    "money": "an amount",
    "DT": "a date",
    "TM": "a time",
    "AN": "plain characters",
    "ID": "plain characters",
    "period": "plain characters",
}
_NUMBERS = frozenset({"N0", "R", "money"})
_FORM = "1250"
"""The data element that names the form of the period after it."""
_SHOWN_CODES = 12
"""How many codes a message lists before it only counts them."""


class ElementFault(NamedTuple):
    """One fault within a segment; `element`, `component` and `repetition` are 0 where none is meant."""

    kind: FaultKind
    element: int
    component: int
    repetition: int
    found: str
    expected: str
    number: str = ""
    code: str = ""


def judge_segment(use: SegmentUse, raw: str, delimiters: Delimiters) -> list[ElementFault]:
    """Every fault of a segment that is used so; empty exactly where the expression of the use matches."""
    return list(_Judge(use, raw.split(delimiters.element), delimiters, signs_of(delimiters)).faults())


@dataclass(frozen=True, slots=True)
class _Judge:
    """One segment, parted into elements; `values[0]` is its id."""

    use: SegmentUse
    values: list[str]
    delimiters: Delimiters
    signs: Signs

    def faults(self) -> Iterator[ElementFault]:
        """By position, then what hangs together."""
        last = len(self.values) - 1
        if last and not self.values[-1]:
            count = f"{last} elements with empty ones at the end"
            yield ElementFault(FaultKind.TRAILING_DELIMITER, last, 0, 0, count, "no delimiter after the last element")
        for position in range(1, max(last, len(self.use.elements)) + 1):
            value = self.values[position] if position <= last else ""
            if position > len(self.use.elements):
                if value:
                    yield self._not_used(position, value)
                continue
            use = self.use.elements[position - 1]
            before = self.use.elements[position - 2] if position > 1 else None
            form = (
                self.values[position - 1] if before is not None and before.number == _FORM and position <= last else ""
            )
            yield from self._element(use, position, value, form)
        for letter, positions in self.use.syntax:
            yield from self._relation(letter, positions)
        for rule in self.use.rules:
            yield from self._rule(rule)

    def _not_used(self, position: int, value: str) -> ElementFault:
        """An element that the guide, or even the segment, has no place for."""
        from_dictionary = position <= len(load_dictionary().segments[self.use.tag])
        kind = FaultKind.ELEMENT_NOT_USED if from_dictionary else FaultKind.TOO_MANY_ELEMENTS
        found = f"an element of {len(value)} characters"
        return ElementFault(kind, position, 0, 0, found, "nothing: it is not used here")

    def _element(self, use: ElementUse | None, position: int, value: str, form: str) -> Iterator[ElementFault]:
        if not value:
            if use is not None and use.required:
                yield _missing(use, position, 0)
            return
        if use is None:
            yield self._not_used(position, value)
            return
        sign = self.delimiters.repetition
        repetitions = value.split(sign) if sign and use.repeats > 1 else [value]
        if len(repetitions) > use.repeats:
            yield ElementFault(
                FaultKind.TOO_MANY_REPETITIONS,
                position,
                0,
                0,
                f"{len(repetitions)} repetitions",
                f"at most {use.repeats}",
                use.number,
            )
        for place, one in enumerate(repetitions, 1):
            number = place if len(repetitions) > 1 else 0
            if use.parts:
                yield from self._composite(use, position, number, one)
            else:
                yield from self._simple(use, (position, 0), number, one, form)

    def _composite(self, use: ElementUse, position: int, repetition: int, value: str) -> Iterator[ElementFault]:
        parts = value.split(self.delimiters.component)
        if len(parts) > 1 and not parts[-1]:
            found = f"{len(parts)} components with empty ones at the end"
            expected = "no delimiter after the last component"
            yield ElementFault(FaultKind.TRAILING_DELIMITER, position, len(parts), repetition, found, expected)
        for place in range(1, max(len(parts), len(use.parts)) + 1):
            part = parts[place - 1] if place <= len(parts) else ""
            component = use.parts[place - 1] if place <= len(use.parts) else None
            if not part:
                if component is not None and component.required:
                    yield _missing(component, position, place, repetition)
            elif component is None:
                is_known = place <= len(load_dictionary().composites[use.number])
                kind = FaultKind.ELEMENT_NOT_USED if is_known else FaultKind.TOO_MANY_COMPONENTS
                found = f"a component of {len(part)} characters"
                yield ElementFault(kind, position, place, repetition, found, "nothing: it is not used here", use.number)
            else:
                before = use.parts[place - 2] if place > 1 else None
                form = parts[place - 2] if before is not None and before.number == _FORM else ""
                yield from self._simple(component, (position, place), repetition, part, form)

    def _simple(self, use: ElementUse, at: Reference, repetition: int, value: str, form: str) -> Iterator[ElementFault]:
        """A value that is there, of a simple element or a component."""
        expression = characters.PERIODS.get(form) if use.kind == "period" else None
        if expression is None:
            expression = element_pattern(use, self.signs)
        is_formless = use.kind == "period" and not form and at[1] > 0
        if not is_formless and characters.compiled(expression).fullmatch(value) is not None:
            return
        position, component = at
        if is_formless:
            kind, found, expected, code = FaultKind.CONDITIONAL_ELEMENT_MISSING, "nothing", "the form of the period", ""
            component -= 1
        elif not value.strip():
            if use.required:
                yield _missing(use, position, component, repetition, "blanks alone")
                return
            kind, found, expected, code = FaultKind.INVALID_CHARACTER, "blanks alone", "a value, or nothing", ""
        else:
            kind, found, expected, code = self._wrong(use, value, form)
        yield ElementFault(kind, position, component, repetition, found, expected, use.number, code)

    def _wrong(self, use: ElementUse, value: str, form: str) -> tuple[FaultKind, str, str, str]:
        """Why a value does not fit: kind, what was found, what was expected, and the value where it is a code."""
        if self.delimiters.component in value:
            parts = value.count(self.delimiters.component) + 1
            return FaultKind.TOO_MANY_COMPONENTS, f"{parts} components", "one value", ""
        if self.delimiters.repetition and self.delimiters.repetition in value:
            times = value.count(self.delimiters.repetition) + 1
            return FaultKind.TOO_MANY_REPETITIONS, f"{times} repetitions", "one value", ""
        if not value.isascii() or not value.isprintable():
            found = "a control character or a letter beyond ASCII"
            return FaultKind.INVALID_CHARACTER, found, "plain characters", ""
        if use.codes:
            shown = value if len(value) <= use.longest and value.isalnum() else ""
            found = f"code {shown}" if shown else f"a value of {len(value)} characters"
            return FaultKind.INVALID_CODE, found, _one_of(use.codes), shown
        if use.kind in {"DT", "TM"} or form in characters.PERIODS:
            is_time = use.kind == "TM" or form == "TM"
            kind = FaultKind.INVALID_TIME if is_time else FaultKind.INVALID_DATE
            words = characters.PERIOD_WORDS.get(form) or f"{_KIND_WORDS[use.kind]} of {_length(use)}"
            return kind, f"{len(value)} characters that are none", words, ""
        return self._length_or_characters(use, value)

    @staticmethod
    def _length_or_characters(use: ElementUse, value: str) -> tuple[FaultKind, str, str, str]:
        is_number = use.kind in _NUMBERS
        counted = value.removeprefix("-") if is_number else value
        if use.kind != "N0" and is_number:
            counted = counted.replace(".", "", 1)
        if is_number and not counted.isdigit():
            return FaultKind.INVALID_CHARACTER, "no number", f"{_KIND_WORDS[use.kind]} of {_length(use)}", ""
        if use.kind == "money" and use.shortest <= len(counted) <= use.longest:
            return FaultKind.FRACTION_OF_A_CENT, "an amount with fractions of a cent", "dollars and cents", ""
        kind = FaultKind.ELEMENT_TOO_LONG if len(counted) > use.longest else FaultKind.ELEMENT_TOO_SHORT
        return kind, f"{len(counted)} {'digits' if is_number else 'characters'}", _length(use), ""

    def _stands(self, at: Reference) -> bool:
        element, component = at
        value = self.values[element] if element < len(self.values) else ""
        if not component:
            return bool(value)
        parts = value.split(self.delimiters.component)
        return component <= len(parts) and bool(parts[component - 1])

    def _is_required(self, position: int) -> bool:
        use = self.use.elements[position - 1] if position <= len(self.use.elements) else None
        return use is not None and use.required

    def _value(self, at: Reference) -> str:
        element, component = at
        value = self.values[element] if element < len(self.values) else ""
        if not component:
            return value
        parts = value.split(self.delimiters.component)
        return parts[component - 1] if component <= len(parts) else ""

    def _relation(self, letter: str, positions: tuple[int, ...]) -> Iterator[ElementFault]:
        # A required element that is missing has been reported already.
        stands = [self._stands((position, 0)) or self._is_required(position) for position in positions]
        missing = [position for position, there in zip(positions, stands, strict=True) if not there]
        tag = self.use.tag
        names = ", ".join(f"{tag}{position:02d}" for position in positions)
        kind = FaultKind.CONDITIONAL_ELEMENT_MISSING
        match letter:
            case "P" if missing and any(stands):
                for position in missing:
                    yield ElementFault(kind, position, 0, 0, "nothing", f"all of {names}, or none")
            case "R" if not any(stands):
                yield ElementFault(kind, positions[0], 0, 0, "nothing", f"one of {names}")
            case "C" if stands[0] and missing:
                for position in missing:
                    yield ElementFault(kind, position, 0, 0, "nothing", f"a value, as {tag}{positions[0]:02d} stands")
            case "L" if stands[0] and not any(stands[1:]):
                others = ", ".join(f"{tag}{position:02d}" for position in positions[1:])
                expected = f"one of {others}, as {tag}{positions[0]:02d} stands"
                yield ElementFault(kind, positions[1], 0, 0, "nothing", expected)
            case "E" if sum(stands) > 1:
                second = [position for position, there in zip(positions, stands, strict=True) if there][1]
                expected = f"at most one of {names}"
                yield ElementFault(FaultKind.EXCLUDED_ELEMENT, second, 0, 0, f"{sum(stands)} of them", expected)
            case _:
                return

    def _rule(self, rule: ValueRule) -> Iterator[ElementFault]:
        value = self._value(rule.at)
        if value not in rule.values:
            return
        where = _name(self.use.tag, rule.at)
        for other in rule.others:
            there = self._stands(other)
            if rule.needs and not there:
                kind, found, expected = (
                    FaultKind.DEPENDENT_ELEMENT_MISSING,
                    "nothing",
                    f"a value, as {where} is {value}",
                )
            elif there and not rule.needs:
                kind, found = FaultKind.DEPENDENT_ELEMENT_NOT_USED, "a value"
                expected = f"nothing, as {where} is {value}"
            else:
                continue
            yield ElementFault(kind, other[0], other[1], 0, found, expected)


def _missing(
    use: ElementUse, position: int, component: int, repetition: int = 0, found: str = "nothing"
) -> ElementFault:
    expected = _one_of(use.codes) if use.codes else "a composite" if use.parts else _length(use)
    return ElementFault(
        FaultKind.REQUIRED_ELEMENT_MISSING, position, component, repetition, found, expected, use.number
    )


def _length(use: ElementUse) -> str:
    what = "digits" if use.kind in _NUMBERS else "characters"
    if use.shortest == use.longest:
        return f"{use.longest} {what}"
    return f"{use.shortest} to {use.longest} {what}"


def _one_of(codes: tuple[str, ...]) -> str:
    if len(codes) == 1:
        return codes[0]
    if len(codes) <= _SHOWN_CODES:
        return f"one of {', '.join(codes)}"
    return f"one of {len(codes)} codes such as {', '.join(codes[:3])}"


def _name(tag: str, at: Reference) -> str:
    return f"{tag}{at[0]:02d}" + (f"-{at[1]}" if at[1] else "")
