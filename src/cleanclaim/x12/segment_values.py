"""Values of a claim file: amounts, counts, days; what cannot be read is `None`, and a problem says where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.money import AmountError, scaled
from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.loops import LoopNode
from cleanclaim.x12.problems import Problem

_LONGEST_NUMBER = 18
_DAY_LENGTH = 8


@dataclass(slots=True)
class ValueReader:
    """Reads values of one transaction; problems are gathered as they are met."""

    problems: list[Problem]

    def cents(self, loop: str, segment: Segment, position: int) -> int | None:
        """An amount of dollars as cents."""
        text = segment.text(position)
        if text[:1] == ".":
            text = f"0{text}"
        elif text[:2] == "-.":
            text = f"-0{text[1:]}"
        if len(text) <= _LONGEST_NUMBER and text.isascii():
            try:
                return scaled(text.removesuffix("."), 100)
            except AmountError:
                pass
        element = f"{segment.id}{position:02d}"
        self.problem(segment.number, loop, element, "no amount" if text else "nothing", "dollars, at most two decimals")
        return None

    def whole(self, loop: str, segment: Segment, position: int) -> int | None:
        """A whole number, not below zero."""
        text = segment.text(position)
        if 0 < len(text) <= _LONGEST_NUMBER and text.isascii() and text.isdigit():
            return int(text)
        self.problem(segment.number, loop, f"{segment.id}{position:02d}", "no number", "a whole number")
        return None

    def quantity(self, service: Segment) -> int | None:
        """The units or minutes of a service, where they are whole."""
        text = service.text(4)
        if len(text) <= _LONGEST_NUMBER and text.isascii():
            try:
                return scaled(text, 1)
            except AmountError:
                pass
        self.problem(service.number, "2400", "SV104", "no whole number of units", "a whole number")
        return None

    def dated(self, node: LoopNode, qualifier: str) -> date | None:
        """The day of a loop with that qualifier; `None` where there is none."""
        segment = node.segment("DTP", (qualifier,))
        return None if segment is None else self.day(node.id, segment, 3)

    def day(self, loop: str, segment: Segment, position: int) -> date | None:
        """A day; of a day with a time of day, the day."""
        text = segment.text(position)
        day = day_of(text[:_DAY_LENGTH] if segment.text(position - 1) == "DT" else text)
        if day is None:
            self.problem(segment.number, loop, f"{segment.id}{position:02d}", "no date", "CCYYMMDD")
        return day

    def adjustments(self, node: LoopNode) -> tuple[list[int | None], int]:
        """The amounts adjusted in a loop, unreadable ones as `None`, and how many have none.

        An adjustment is a reason with an amount, up to six a segment.
        """
        amounts: list[int | None] = []
        without = 0
        for segment in node.every("CAS"):
            for place in range(2, len(segment.elements), 3):
                if not segment.text(place) and not segment.text(place + 1):
                    continue
                without += not segment.text(place + 1)
                amounts.append(self.cents(node.id, segment, place + 1))
        return amounts, without

    def problem(self, at: int, loop: str, element: str, found: str, expected: str) -> None:
        """Note what is not as the guide says."""
        self.problems.append(Problem(at, loop, element, found, expected))


def sum_of(amounts: list[int | None]) -> int | None:
    """The amounts together; unknown where one of them is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def reference(node: LoopNode | None, qualifier: str) -> str:
    """The reference of a loop with that qualifier; "" where there is none."""
    segment = None if node is None else node.segment("REF", (qualifier,))
    return "" if segment is None else segment.text(2)


def component(segment: Segment, position: int, index: int) -> str:
    """One component of an element, from 0; "" where there is none."""
    parts = segment.parts(position)
    return parts[index] if index < len(parts) else ""


def day_of(text: str) -> date | None:
    """A day written CCYYMMDD; `None` for anything else."""
    if len(text) != _DAY_LENGTH or not text.isascii() or not text.isdigit():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def told_day(segment: Segment, position: int, text: str, problems: list[Problem]) -> date | None:
    """The day that a text of an element names; `None`, and a problem more, where it names none."""
    day = day_of(text)
    if day is None:
        element = f"{segment.id}{position:02d}"
        problems.append(Problem(segment.number, "", element, "no date", "a date as CCYYMMDD"))
    return day
