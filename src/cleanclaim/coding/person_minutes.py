"""Minutes of one service told by person: "PT 13 min, PTA 10 min"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim.coding import cutting
from cleanclaim.coding.durations import Duration
from cleanclaim.coding.found import Found
from cleanclaim.coding.mentions import Mentions
from cleanclaim.coding.note_items import Item
from cleanclaim.coding.note_words import NoteWords
from cleanclaim.records import By

_PERSON_MINUTES = re.compile(
    r"\b(?P<who>PTA|PT|(?i:therapist|assistant))\b\s*(?:portion|time|x|:|=|for|"
    r"-)?\s*(?P<n>\d{1,3})\s*(?:minutes|mins|min|')"
    r"|(?<!\d)(?P<m>\d{1,3})\s*(?:minutes|mins|min|')\s*(?:(?i:by|with|w/|of|from)\s*)?(?P<by>PTA|PT)\b"
    r"|(?<![\d./])(?P<k>\d{1,3})\s*(?:minutes|mins|min|')?\s*(?:by|with|"
    r"from)\s+(?:[A-Z]\.\s?)?[A-Z][a-z]+,\s*(?P<named>PTA|PT)\b"
)


def by_person(words: NoteWords, start: int, end: int) -> list[tuple[By, Found[int]]]:
    """The minutes of a therapist and of an assistant where a stretch tells both, else nothing."""
    if "PTA" not in words.text and "assistant" not in words.folded:
        return []
    found: list[tuple[By, Found[int]]] = []
    for match in _PERSON_MINUTES.finditer(words.text, start, end):
        who = (match["who"] or match["by"] or match["named"]).upper()
        group = "n" if match["n"] else "m" if match["m"] else "k"
        value = By.PTA if who in {"PTA", "ASSISTANT"} else By.PT
        found.append((value, Found(int(match[group]), match.start(group), match.end())))
    return found if {by for by, _ in found} == {By.PT, By.PTA} else []


def add_by_person(
    told: Mentions, start: int, end: int, item: Item, people: Sequence[tuple[By, Found[int]]], found: Sequence[Duration]
) -> None:
    """Add one mention for each person, or for each piece where the stretch holds several services."""
    own = [
        one for one in found if all(not (start + one.start < m.end and m.start < start + one.end) for _, m in people)
    ]
    if len(own) > 1:
        _add_person_pieces(told, start, end, item, people)
        return
    for by, minutes in people:
        told.add(start, end, item, minutes, by=Found(by, minutes.start, minutes.end))


def _add_person_pieces(
    told: Mentions, start: int, end: int, item: Item, people: Sequence[tuple[By, Found[int]]]
) -> None:
    for a, b, one in cutting.pieces(told.words.text[start:end], told.words.durations(start, end)):
        inside = [(by, m) for by, m in people if start + a <= m.start and m.end <= start + b]
        if inside:
            for by, minutes in inside:
                told.add(start + a, start + b, item, minutes, by=Found(by, minutes.start, minutes.end))
        else:
            minutes = Found(one.minutes, start + one.start, start + one.end)
