"""A professional claim file as segments that can be damaged in one place.

One interchange holds one claim here. Elements are counted as the trade counts them: `CLM02` is element 2 of its segment.
The number of segments in the trailer is counted anew when the text is made, so that only the damage is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Segment = tuple[str, ...]
"""A segment's identifier and its elements."""


@dataclass(frozen=True, slots=True)
class ClaimText:
    """The segments of an interchange with one claim, in order."""

    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, data: bytes) -> ClaimText:
        """Part a file with the usual delimiters."""
        parts = data.decode("ascii").rstrip("~\n").split("~")
        return cls(tuple(tuple(part.split("*")) for part in parts))

    def data(self) -> bytes:
        """The file again, its segments counted."""
        start = next(index for index, segment in enumerate(self.segments) if segment[0] == "ST")
        end = next(index for index, segment in enumerate(self.segments) if segment[0] == "SE")
        trailer = ("SE", str(end - start + 1), *self.segments[end][2:])
        whole = (*self.segments[:end], trailer, *self.segments[end + 1 :])
        return "".join("*".join(segment) + "~" for segment in whole).encode("ascii")

    @property
    def key(self) -> str:
        """The clinic's number of the claim."""
        return self.element("CLM", 1)

    # --- finding ---------------------------------------------------------------------------------------

    def places(self, *begin: str) -> list[int]:
        """Where the segments stand that begin with these elements."""
        return [index for index, segment in enumerate(self.segments) if segment[: len(begin)] == begin]

    def place(self, *begin: str, after: tuple[str, ...] = ()) -> int | None:
        """The first such segment, after the first one that begins with `after`; `None` where there is none."""
        start = 0
        if after:
            found = self.place(*after)
            if found is None:
                return None
            start = found + 1
        return next((index for index in self.places(*begin) if index >= start), None)

    def element(self, name: str, position: int) -> str:
        """An element of the first segment of that name; empty where it is not there."""
        place = self.place(name)
        assert place is not None, name
        segment = self.segments[place]
        return segment[position] if position < len(segment) else ""

    # --- changing --------------------------------------------------------------------------------------

    def set(self, place: int, position: int, value: str) -> ClaimText:
        """With one element changed; empty elements at the end of a segment are left out."""
        old = list(self.segments[place])
        old += [""] * (position + 1 - len(old))
        old[position] = value
        while old and not old[-1]:
            old.pop()
        return self._with(place, place + 1, [tuple(old)])

    def insert(self, place: int, *segments: Segment) -> ClaimText:
        """With segments put before the one at `place`."""
        return self._with(place, place, segments)

    def without(self, *places: int) -> ClaimText:
        """Without the segments at these places."""
        return ClaimText(tuple(segment for index, segment in enumerate(self.segments) if index not in places))

    def _with(self, start: int, end: int, new: Iterable[Segment]) -> ClaimText:
        return ClaimText((*self.segments[:start], *new, *self.segments[end:]))

    # --- parts of a claim -------------------------------------------------------------------------------

    def part(self, place: int, position: int, index: int, value: str) -> ClaimText:
        """With one part of a composite changed, counted from 1."""
        parts = self.segments[place][position].split(":")
        parts += [""] * (index - len(parts))
        parts[index - 1] = value
        return self.set(place, position, ":".join(parts).rstrip(":"))

    def services(self) -> list[int]:
        """Where the service lines' SV1 stand."""
        return self.places("SV1")

    def modifiers(self, place: int) -> list[str]:
        """The modifiers of the SV1 at `place`."""
        return self.segments[place][1].split(":")[2:]

    def with_modifiers(self, place: int, modifiers: Iterable[str]) -> ClaimText:
        """With other modifiers on the SV1 at `place`."""
        kind, code = self.segments[place][1].split(":")[:2]
        return self.set(place, 1, ":".join((kind, code, *modifiers)))

    def totalled(self) -> ClaimText:
        """With the claim's total made the sum of its lines."""
        cents = sum(round_cents(self.segments[place][2]) for place in self.services())
        claim = self.place("CLM")
        assert claim is not None
        return self.set(claim, 2, amount(cents))


def round_cents(text: str) -> int:
    """An amount in dollars as cents; every amount written here has at most two decimals."""
    whole, _, part = text.lstrip("-").partition(".")
    cents = int(whole or "0") * 100 + int(f"{part}00"[:2])
    return -cents if text.startswith("-") else cents


def amount(cents: int) -> str:
    """Cents as a claim file writes dollars: without idle zeros."""
    whole, part = divmod(abs(cents), 100)
    text = f"{whole}.{part:02}".rstrip("0").rstrip(".") if part else str(whole)
    return f"-{text}" if cents < 0 else text
