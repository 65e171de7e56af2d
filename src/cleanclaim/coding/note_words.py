"""What the words of a note speak for: the services they name, the codes their cues point to, their totals.

`NoteWords` answers for stretches of one note's text, and remembers, since the reader asks about the same stretch often.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim.coding import concepts, cutting
from cleanclaim.coding.acts import Telling, telling
from cleanclaim.coding.durations import Duration, durations
from cleanclaim.coding.wording import fold

CODE = re.compile(r"(?<![\w.])(?P<code>9\d{4}|G0\d{3}|2056[01]|90912|90913|S8948|0791T)\b(?!-\d)")
"""A procedure code written as such."""
_LOCAL_TOTAL = re.compile(r"\btotal\s*(?:of|time|[:=x])?\s*$")
ENUMERATED = re.compile(
    r"\b(?:including|to include|includes|included|consist\w+ of|comprised of|focus\w+ on|addressing)\b"
)
STRONG = 2.6
"""Points from which words are taken to name an intervention."""
MEANS = (
    "stimulation",
    "97140",
    "9701",
    "9702",
    "9703",
    "97124",
    "2056",
    "95992",
    "9759",
    "9760",
    "2924",
    "2952",
    "2953",
    "2954",
    "2955",
    "2958",
)
"""Codes whose words name a means of treating, so that naming it tells of its use."""
DEVICES = frozenset({"97760", "97761", "97763"})
"""Codes of training with a device, which are told apart by the encounter."""
EVALUATIONS = frozenset({"97161", "97162", "97163"})
"""Codes of an evaluation by a physical therapist."""
NEIGHBORS = frozenset(
    {"97110", "97112", "97116", "97530", "97535", "97150", "unattended", "attended", "97537", "97542"}
)
"""Codes and groups of codes that content alone does not tell apart."""


class NoteWords:
    """The text of a note, and what stretches of it speak for. Places are characters of the whole text."""

    def __init__(self, text: str, taken: Sequence[tuple[int, int]], bare: Sequence[Duration] = ()) -> None:
        self.text = text
        self.folded = fold(text)
        self.taken = taken
        self.bare = bare
        self._known_points: dict[tuple[int, int], list[tuple[str, float]]] = {}

    def durations(self, start: int, end: int) -> list[Duration]:
        """The durations of a stretch, from its start on, with the numbers that the note's total shows to be minutes."""
        found = durations(self.text[start:end])
        if self.bare:
            found += [one.moved(-start) for one in self.bare if start <= one.start and one.end <= end]
            found.sort(key=lambda one: one.start)
        return found

    def points(self, start: int, end: int) -> list[tuple[str, float]]:
        """The points of the cues by code or group of codes, the most first."""
        known = self._known_points.get((start, end))
        if known is not None:
            return known
        total = concepts.points(concepts.find_in(self.text[start:end]))
        self._known_points[start, end] = ranked = sorted(
            ((name, value) for name, value in total.items() if not name.startswith("not:")),
            key=lambda pair: (-pair[1], pair[0]),
        )
        return ranked

    def top(self, start: int, end: int) -> str | None:
        """The code or group of codes that the cues speak for most, or `None` when they say too little."""
        ranked = self.points(start, end)
        return ranked[0][0] if ranked and ranked[0][1] >= STRONG else None

    def named(self, start: int, end: int) -> bool:
        """Whether the words name a service outright."""
        hits = concepts.find_in(self.text[start:end])
        return any(hit.concept.name.startswith("named_") for hit in hits)

    def named_or_top(self, start: int, end: int) -> bool:
        """Whether the words name a service, give its code, or speak for one strongly."""
        return self.named(start, end) or self.top(start, end) is not None or bool(CODE.search(self.text, start, end))

    def services(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """The services that the clauses name outright, as (code, start, end); none when a label names them all.

        A clause that tells a result ("second test negative") names none.
        """
        label = cutting.LABEL.match(self.text, start, end)
        codes = {match["code"] for match in CODE.finditer(self.text, start, end)}
        if label and len(codes) <= 1 and self.named_or_top(start, label.end()):
            return []
        enumerated = bool(ENUMERATED.search(self.folded[start:end]))
        named: list[tuple[str, int, int]] = []
        for a, b in cutting.clauses(self.text, start, end):
            code = self.kind_of_service(a, b) or (self.top(a, b) if enumerated else None)
            if code is not None and telling(self.folded[a:b]) is Telling.BESIDE and not self.explicit(a, b):
                continue
            code = "device" if code in DEVICES else code
            if code is not None and (not named or named[-1][0] != code):
                named.append((code, a, b))
        return named

    def kind_of_service(self, start: int, end: int) -> str | None:
        """The service a clause names, where it names one outright; neighbors by content alone are not told apart."""
        code = CODE.search(self.text, start, end)
        if code:
            return code["code"]
        ranked = self.points(start, end)
        if not ranked or ranked[0][1] < STRONG:
            return None
        if self.named(start, end):
            return ranked[0][0]
        return None if ranked[0][0] in NEIGHBORS else ranked[0][0]

    def is_local_total(self, start: int, end: int) -> bool:
        """Whether a duration is written as the total of the item it stands in."""
        before = self.folded[max(0, start - 15) : start]
        return bool(_LOCAL_TOTAL.search(before) or re.match(r"\)?[ \t]*total\b", self.folded[end:]))

    def is_taken(self, place: int) -> bool:
        """Whether a place belongs to a total of the visit."""
        return any(start <= place < end for start, end in self.taken)

    def without_totals(self, start: int, end: int) -> tuple[int, int]:
        """The item without totals at its beginning or end; an item that is only totals is empty."""
        for taken_start, taken_end in self.taken:
            if taken_start <= start < taken_end:
                start = min(taken_end, end)
                if not self.durations(start, end) and not CODE.search(self.text, start, end):
                    return end, end
            elif start < taken_start < end:
                after = self.text[taken_end:end]
                if not self.named_or_top(start, taken_start) and not self.durations(start, taken_start):
                    start = min(taken_end, end)
                    if not self.durations(start, end) and not CODE.search(after):
                        return end, end
                elif not after.strip(" .,;)") or not self.durations(taken_end, end):
                    end = taken_start
        if not any(letter.isalnum() for letter in self.text[start:end]):
            return end, end
        return cutting.trim(self.text, start, end)

    def explicit(self, start: int, end: int) -> bool:
        """Whether the words name a service, or give its code."""
        return self.named(start, end) or bool(CODE.search(self.text[start:end]))
