"""A claim as its payer will read it: each segment of its 837P beside what it says in plain words."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from cleanclaim import records
from cleanclaim.bill.parts import filed_as
from cleanclaim.practice.engine.claims.outgoing import envelope_to
from cleanclaim.practice.models import Clinic
from cleanclaim.x12 import ClaimFile, ControlNumbers, Segment, file_837p, read


@dataclass(frozen=True, slots=True)
class SegmentView:
    """One segment: its text, what it says, and how deep it lies (0 envelope, 1 clinic, … 4 line)."""

    text: str
    words: str
    depth: int


def composed(claim: records.Claim, clinic: Clinic, created: datetime) -> ClaimFile:
    """The claim alone in a file, to be looked at: its control numbers are the first there are, and none is taken.

    Raises `ClaimNotWritableError` or `EnvelopeError` where no file can hold it.
    """
    payer = claim.payer
    envelope = envelope_to(clinic, payer.pack, payer.name, payer.identifier)
    return file_837p(filed_as(claim), envelope=envelope, control=ControlNumbers(), created=created)


def segments_of(data: bytes) -> list[SegmentView]:
    """The segments of a claim file with their words."""
    views = []
    depth = 0
    for segment in read(data).segments():
        depth = _depth(segment, depth)
        views.append(SegmentView(segment.raw(), words_of(segment.elements), depth))
    return views


def words_of(elements: Sequence[str]) -> str:
    """What a segment says; "" where `segment_words.toml` has no words for it."""
    words = _words()
    for length in range(min(len(elements), 2), 0, -1):
        found = words.get("*".join(elements[:length]))
        if found is not None:
            return found
    return ""


_LEVELS = {"20": 1, "22": 2, "23": 2}
"""Depth by the kind of a level: clinic, subscriber, patient."""


def _depth(segment: Segment, before: int) -> int:
    if segment.id in {"ISA", "GS", "ST", "SE", "GE", "IEA"}:
        return 0
    if segment.id == "HL":
        return _LEVELS.get(segment.text(3), before)
    return {"CLM": 3, "LX": 4}.get(segment.id, before)


@cache
def _words() -> dict[str, str]:
    text = resources.files("cleanclaim.practice.engine.claims").joinpath("segment_words.toml").read_text("utf-8")
    words: dict[str, str] = tomllib.loads(text)["segments"]
    return words
