"""Cut a note's text into lines, cells, sentences, clauses, and pieces with one duration each.

Everything is a place in the text, so that what is read keeps its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleanclaim.coding.durations import Duration
from cleanclaim.coding.wording import fold

BULLET = re.compile(r"[ \t]*(?:[-*•·▪◦o](?=\s)|\d{1,2}[.)](?=\s)|\[[ x]?\])\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(•*-])|;\s*")
_ABBREVIATED = re.compile(
    r"(?:\b(?:vs|dr|mr|mrs|ms|approx|incl|excl|esp|bilat|avg|resp|e\.g|i\.e|st|w|ther|neuro|gr)|\b[A-Za-z])\.$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*(?:[,;+|/]|\band\b|\bthen\b|\bfollowed by\b|\bplus\b|&|\n)\s*")
LABEL = re.compile(
    r"[ \t]*(?P<label>[A-Za-z][A-Za-z0-9 /&().'-]{0,48}?|\d{5}[A-Za-z /&()-]{0,40}|"
    r"G0283[A-Za-z /&()-]{0,40})\s*(?::(?!\d)|–|—| - )\s*(?=\S)"
)
_MINUTES_HEAD = re.compile(r"(?:total |tx |timed )?(?:time|min|mins|minutes|duration)\s*(?:\(min(?:utes|s)?\))?")
_STAFF_HEAD = re.compile(r"by|staff|provider|who|clinician|performed by|therapist")
_CLAUSE_END = re.compile(r",\s*|\s+(?:and|but|plus|then|&|\+)\s+|\s*\+\s*")

_LEADS = re.compile(r"\s+of\s", re.IGNORECASE)
"""Behind a duration: what follows is what it was spent on ("twenty minutes of leg press and squats")."""
NEXT_ACT = re.compile(
    r"\s*\b(?:and then|then|followed by|after that|afterwards?|next|finally|lastly)\s+", re.IGNORECASE
)
"""Words that lead over to the next thing done."""
_BLANK_CELL = re.compile(r"\S+(?: \S+)*")
_CLAUSE_MARK = re.compile(rf"[()]|{_CLAUSE_END.pattern}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cells of a table's rows hold minutes and staff."""

    minutes: int | None
    by: int | None


def indent(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip(" \t"))


def lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of text[start:end]; a line that plainly goes on from the one before is joined to it."""
    found: list[tuple[int, int]] = []
    place = start
    for line in text[start:end].split("\n"):
        past = place + len(line)
        if found and _goes_on(text[found[-1][0] : found[-1][1]], line):
            found[-1] = (found[-1][0], past)
        else:
            found.append((place, past))
        place = past + 1
    return found


def _goes_on(before: str, line: str) -> bool:
    longest = 55
    return (
        len(before) > longest
        and bool(line)
        and line[0].islower()
        and not BULLET.match(line)
        and not before.rstrip().endswith((".", ":", ";", ")"))
    )


def cells(line: str) -> list[tuple[int, int]]:
    """The cells of a table row, empty ones too, as places in the line; one cell means the line is no row."""
    mark = "|" if "|" in line else "\t" if "\t" in line.strip() else ""
    if not mark:
        return [(0, len(line))]
    found = []
    place = 0
    for cell in line.split(mark):
        lead = len(cell) - len(cell.lstrip())
        found.append((place + lead, max(place + lead, place + len(cell.rstrip()))))
        place += len(cell) + 1
    if mark == "|" and found[0][0] >= found[0][1]:
        found = found[1:]
    if mark == "|" and found and found[-1][0] >= found[-1][1]:
        found = found[:-1]
    return found or [(0, len(line))]


def cells_by_blanks(line: str) -> list[tuple[int, int]]:
    """The cells of a row whose columns stand apart by two blanks or more; only a table's head can tell it is one."""
    return [match.span() for match in _BLANK_CELL.finditer(line)]


def columns(line: str, cells: Sequence[tuple[int, int]]) -> Columns | None:
    """Which columns hold minutes and staff, if the row is a table's head."""
    if re.search(r"\d", line):
        return None
    names = [fold(line[a:b]).strip() for a, b in cells]
    minutes = next((number for number, name in enumerate(names) if _MINUTES_HEAD.fullmatch(name)), None)
    by = next((number for number, name in enumerate(names) if _STAFF_HEAD.fullmatch(name)), None)
    return Columns(minutes, by) if minutes is not None or by is not None else None


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences and the parts between semicolons of text[start:end]; parentheses are kept whole."""
    found = []
    place = start
    for match in _SENTENCE_END.finditer(text, start, end):
        head = text[place : match.start()]
        if not match.group().startswith(";") and _ABBREVIATED.search(head):
            continue
        if head.count("(") > head.count(")"):
            continue
        found.append((place, match.start()))
        place = match.end()
    found.append((place, end))
    return [(a, b) for a, b in found if text[a:b].strip()]


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of text[start:end] between commas and the like, parentheses kept whole."""
    found = []
    place = start
    depth = 0
    for match in _CLAUSE_MARK.finditer(text, start, end):
        mark = match.group()
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            found.append((place, match.start()))
            place = match.end()
    found.append((place, end))
    return [(a, b) for a, b in found if text[a:b].strip()]


def pieces(text: str, found: Sequence[Duration]) -> list[tuple[int, int, Duration]]:
    """Cut a text into pieces with one duration each, as (start, end, duration)."""
    if not found:
        return []
    lead = text[: found[0].start]
    label = LABEL.match(text)
    lead_start = label.end() if label and label.end() <= found[0].start else 0
    leading = not lead[lead_start:].strip(" \t(-*•x~,:")
    bounds = [0]
    for one, two in pairwise(found):
        bounds.append(_boundary(text, one, two, leading=leading))
    bounds.append(len(text))
    return [(a, b, one) for (a, b), one in zip(pairwise(bounds), found, strict=True)]


def _boundary(text: str, one: Duration, two: Duration, *, leading: bool) -> int:
    """Where the piece of the first duration ends and that of the second begins."""
    if leading:
        between = text[one.end : two.start]
        cuts = list(_SEPARATOR.finditer(between))
        return one.end + cuts[-1].end() if cuts else two.start
    end = one.end
    if text[end : end + 1] == ")" or (text.rfind("(", 0, end) > text.rfind(")", 0, end)):
        close = text.find(")", end)
        end = close + 1 if 0 <= close < two.start else end
    between = text[end : two.start]
    if _LEADS.match(text, end):
        strong = list(NEXT_ACT.finditer(between))
        if strong:
            return end + strong[-1 if _LEADS.match(text, two.end) else 0].end()
    cut = re.search(r"[,;.|\n]\s*|\s+(?:and|then|followed by|plus|&|\+)\s+|\s*\+\s*", between)
    return end + cut.end() if cut else end


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The place without blanks and separators at its ends; a closing period stays."""
    while start < end and text[start] in " \t\n,;-–•*|:+&/":
        start += 1
    while end > start and text[end - 1] in " \t\n,;-–|&+":
        end -= 1
    return start, end
