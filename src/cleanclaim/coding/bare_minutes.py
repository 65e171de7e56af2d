"""Numbers without a unit that are minutes because they add up to the note's own total.

A therapist who writes "[12] joint mobilization" and "[18] exercise" means minutes; nothing in the words says so, but
the total at the end of the note does. Numbers that do not add up to a total exactly stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim.coding.durations import Duration, durations
from cleanclaim.coding.note_sections import Part, Stretch

_SHAPES = tuple(
    re.compile(shape, re.MULTILINE)
    for shape in (
        r"[\[(][ \t]*(?P<n>\d{1,3})[ \t]*[\])]",
        r"[-–=:][ \t]*(?P<n>\d{1,3})[ \t]*$",
        r"(?<=[A-Za-z)] )(?P<n>\d{1,3})(?=[ \t]*(?:[,.;:]|$))",
        r"^[ \t]*(?:[-*•][ \t]*)?(?P<n>\d{1,3})[ \t]*[-–:|][ \t]*(?=[A-Za-z])",
    )
)
"""In brackets, at the end of a line, behind a service, at the beginning of a line; one note keeps to one shape."""
_TOLD_OF_TODAY = frozenset({Part.OPEN, Part.OBJECTIVE, Part.INTERVENTIONS, Part.BILLING})


def bare_minutes(
    text: str, parts: Sequence[Stretch], taken: Sequence[tuple[int, int]], totals: Sequence[int]
) -> list[Duration]:
    """The numbers of one shape, two or more, that add up to one of the totals; none when durations are written.

    Args:
        text: the note.
        parts: its parts; only those that tell of today count.
        taken: the stretches that the totals themselves take up.
        totals: the timed minutes and the minutes of treatment, where they are stated.
    """
    today = [part for part in parts if part.part in _TOLD_OF_TODAY]
    if not any(totals) or any(_written(text, part, taken) for part in today):
        return []
    for shape in _SHAPES:
        found = [
            Duration(int(match["n"]), match.start(), match.end())
            for part in today
            for match in shape.finditer(text, part.start, part.end)
            if not _is_taken(match.start("n"), taken)
        ]
        if len(found) > 1 and sum(one.minutes for one in found) in totals:
            return found
    return []


def _written(text: str, part: Stretch, taken: Sequence[tuple[int, int]]) -> bool:
    return any(not _is_taken(part.start + one.start, taken) for one in durations(text[part.start : part.end]))


def _is_taken(place: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in taken)
