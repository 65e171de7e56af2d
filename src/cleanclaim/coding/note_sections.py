"""Where the parts of a note begin: subjective, objective, interventions, assessment, plan, home program, billing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.coding.wording import fold
from cleanclaim.records import Note


class Part(StrEnum):
    """A part of a note, by what it tells."""

    OPEN = "open"
    """No heading says: a plain text."""
    SUBJECTIVE = "subjective"
    OBJECTIVE = "objective"
    INTERVENTIONS = "interventions"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    HOME = "home"
    BILLING = "billing"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the note's text that belongs to one part, heading excluded."""

    part: Part
    start: int
    end: int


_HEADINGS = {
    Part.SUBJECTIVE: r"subjective|chief complaint|cc|hpi|history of present illness|"
    r"hx|history|social history|social hx|pmh|pmhx|past medical history|"
    r"pain report|patient report",
    Part.OBJECTIVE: r"objective|objective findings|objective measures|measurements?|tests? (?:and|&) measures|"
    r"exam|examination|findings|"
    r"systems review",
    Part.INTERVENTIONS: r"(?:skilled )?interventions?(?: (?:provided|performed|today|rendered))?|"
    r"(?:today'?s )?treatments?(?: (?:same day|on the same day|the same day|same visit|provided|performed|today|"
    r"rendered|log|given|details|this visit))?|"
    r"tx(?: today| provided| log)?|"
    r"(?:skilled |therapeutic )?(?:services|procedures)(?: provided| performed| rendered)?|flow ?sheet|"
    r"treatment flow ?sheet|exercise log|"
    r"skilled (?:treatment|services|therapy)(?: provided)?|session|treatment session|intervention log|o ?/ ?tx",
    Part.ASSESSMENT: r"assessment|impression|clinical impression|response to treatment|evaluation summary|a ?/ ?p",
    Part.PLAN: r"plan|poc|plan of care|next (?:visit|session|tx)|goals?|stgs?|ltgs?|short[- ]term goals?|"
    r"long[- ]term goals?|recommendations?|"
    r"plan for next (?:visit|session)",
    Part.HOME: r"hep|home (?:exercise )?program|home exercises?|home instructions?",
    Part.BILLING: r"billing|charges|cpt(?: codes?)?|coding|time log|time|times|billed codes|billing summary|"
    r"time summary|minutes|totals?|"
    r"treatment minutes|units",
}
_LINE_HEADING = re.compile(
    r"^[ \t#*_>\-]*(?:"
    + "|".join(f"(?P<{part.value}>{words})" for part, words in _HEADINGS.items())
    + r")[ \t*_]*(?P<stop>:|-(?=\s)|\.(?=\s)|(?=\n)|\Z)[ \t*_]*",
    re.MULTILINE,
)
_LETTER = re.compile(
    r"(?:^[ \t#*_>\-]*(?P<letter>[SOAP])[ \t*_]*(?:[:)\]]|-(?=\s)|(?=\n))|(?<=\s)(?P<inner>[SOAP])[*_]*:|"
    r"(?<=[.;] )(?P<dashed>[SOAP]) -(?=\s))[ \t*_]*",
    re.MULTILINE,
)
_RUN_IN = re.compile(
    r"(?<=[.;!?)] )(?:(?P<plan>plan|next (?:visit|session|tx)|poc)|(?P<home>hep|home program)|"
    r"(?P<assessment>assessment)"
    r"|(?P<objective>objective|exam)|(?P<interventions>treatment|interventions|tx))\s*:\s*"
)
_REPORT = re.compile(
    r"^[ \t]*progress (?:report|summary)\b[^\n:.;]{0,40}[:.;][ \t]+(?=\S)|"
    r"^[ \t]*progress toward(?:s)? goals?[ \t]*[:.-][ \t]*",
    re.MULTILINE,
)
"""A progress report told within the note of a visit judges; a title on a line of its own heads the whole note."""
_LETTERS = {"S": Part.SUBJECTIVE, "O": Part.OBJECTIVE, "A": Part.ASSESSMENT, "P": Part.PLAN}


def whole_text(note: str | Note) -> str:
    """The text that all places of a reading refer to."""
    return note if isinstance(note, str) else note.whole()


def stretches(note: str | Note) -> list[Stretch]:
    """The parts of a note in the order of its text; a record's own fields are parts without question."""
    text = whole_text(note)
    if isinstance(note, str):
        return _by_headings(text, 0, len(text), Part.OPEN)
    found: list[Stretch] = []
    place = 0
    fields = (
        (Part.SUBJECTIVE, "S: ", note.subjective),
        (Part.OBJECTIVE, "O: ", note.objective),
        (Part.ASSESSMENT, "A: ", note.assessment),
        (Part.PLAN, "P: ", note.plan),
        (Part.OPEN, "", note.text),
    )
    for part, prefix, content in fields:
        if content:
            start = place + len(prefix)
            end = start + len(content)
            found.extend(_by_headings(text, start, end, part))
            place = end + 1
    return found


def _by_headings(text: str, start: int, end: int, outer: Part) -> list[Stretch]:
    """Cut text[start:end] at its headings; text before the first belongs to `outer`."""
    body = text[start:end]
    folded = fold(body)
    marks = [(match.start(), match.end(), _named(match)) for match in _LINE_HEADING.finditer(folded)]
    marks.extend((match.start(), match.end(), _named(match)) for match in _RUN_IN.finditer(folded))
    marks.extend((match.start(), match.end(), Part.ASSESSMENT) for match in _REPORT.finditer(folded))
    if outer is Part.OPEN:
        order = -1
        for match in _LETTER.finditer(body):
            letter = match["letter"] or match["inner"] or match["dashed"]
            rank = "SOAP".index(letter)
            if rank > order:
                order = rank
                marks.append((match.start(), match.end(), _LETTERS[letter]))
    marks.sort()
    found: list[Stretch] = []
    part, place = outer, 0
    for begin, past, named in marks:
        if begin < place:
            continue
        if begin > place:
            found.append(Stretch(part, start + place, start + begin))
        part, place = named, past
    found.append(Stretch(part, start + place, end))
    return [item for item in found if text[item.start : item.end].strip()]


def _named(match: re.Match[str]) -> Part:
    return next(part for part in Part if part.value in match.re.groupindex and match[part.value] is not None)
