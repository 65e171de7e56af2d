"""Numbers without a unit that are minutes because they add up to a total that the note states.

A therapist who writes "[12] joint mobilization" and "[18] exercise" means minutes; nothing in the words says so, but
the total at the end of the note does, or the number behind a service that those of its parts add up to. Numbers that
do not add up exactly stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim.coding import concepts
from cleanclaim.coding.durations import Duration, durations
from cleanclaim.coding.note_sections import Part, Stretch
from cleanclaim.coding.note_words import MEANS, STRONG

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
_SUMMED = re.compile(
    r"^[ \t]*(?:[-*•][ \t]*)?[A-Za-z][A-Za-z /&.-]{1,40}(?P<whole>[\[(][ \t]*(?P<n>\d{1,3})[ \t]*[\])])[ \t]*:"
    r"(?P<parts>.+)$",
    re.MULTILINE,
)
_PART = re.compile(r"(?<=[A-Za-z)] )\d{1,2}(?=[ \t]*(?:[,;.]|$))")
_SERVICE_AND_NUMBER = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z /]{0,30}?)(?:[ \t]+x[ \t]*|[ \t]*[-–:=][ \t]*|[ \t]+)(?P<n>\d{1,2})(?!\d)"
)
_LINE_OF_SERVICES = re.compile(
    rf"^[ \t]*(?:[-*•][ \t]*)?{_SERVICE_AND_NUMBER.pattern.replace('?P<name>', '?:').replace('?P<n>', '?:')}"
    rf"(?:[ \t]*[/,;+][ \t]*{_SERVICE_AND_NUMBER.pattern.replace('?P<name>', '?:').replace('?P<n>', '?:')})+"
    rf"(?=[ \t]*(?:[.;]|$|\n))",
    re.MULTILINE,
)
_LEAST_LISTED = 5
"""Smaller numbers behind services are units."""
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
    summed = [one for part in today for one in _sums(text, part)]
    if summed:
        return summed
    listed = [one for part in today for one in _listed(text, part)]
    if listed:
        return listed
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


def _sums(text: str, part: Stretch) -> list[Duration]:
    """Numbers behind a service that the numbers of its parts add up to: "Ther ex (24): pulleys 4, UBE 6, rows 14"."""
    return [
        Duration(int(match["n"]), match.start("whole"), match.end("whole"))
        for match in _SUMMED.finditer(text, part.start, part.end)
        if len(parts := _PART.findall(match["parts"])) > 1 and sum(map(int, parts)) == int(match["n"])
    ]


def _listed(text: str, part: Stretch) -> list[Duration]:
    """Numbers behind services that a line lists, and nothing else: "TE x 15 / MT x 12 / HP x 10", "TE 20, MT 15"."""
    found: list[Duration] = []
    for line in _LINE_OF_SERVICES.finditer(text, part.start, part.end):
        one_line = list(_SERVICE_AND_NUMBER.finditer(text, line.start(), line.end()))
        numbers = [int(match["n"]) for match in one_line]
        if len(numbers) > 1 and min(numbers) >= _LEAST_LISTED and all(_is_service(match["name"]) for match in one_line):
            found += [
                Duration(number, match.start("n"), match.end("n"))
                for number, match in zip(numbers, one_line, strict=True)
            ]
    return found


def _is_service(name: str) -> bool:
    """Whether a name is a service's own or that of a modality: behind an exercise the number may be repetitions."""
    hits = concepts.find_in(name)
    return any(hit.concept.name.startswith("named_") for hit in hits) or any(
        target.startswith(MEANS) and points >= STRONG for target, points in concepts.points(hits).items()
    )


def _written(text: str, part: Stretch, taken: Sequence[tuple[int, int]]) -> bool:
    return any(not _is_taken(part.start + one.start, taken) for one in durations(text[part.start : part.end]))


def _is_taken(place: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in taken)
