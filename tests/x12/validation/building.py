"""Files for the tests of validation: the corpus' good claim and the samples of other transactions, with edits.

All people, numbers and payers are invented.
"""

from __future__ import annotations

from pathlib import Path

from cleanclaim.x12.validation import Fault, validate

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"
GOOD_CLAIMS = HERE.parent / "corpus" / "good.txt"

Edit = tuple[str, str]
"""A piece of a file and what stands in its place; a piece that is not there, or twice, is an error of the test."""


def claims(*edits: Edit) -> bytes:
    """The corpus' good claims with edits; the count of segments is made right."""
    return edited(GOOD_CLAIMS, *edits)


def sample(name: str, *edits: Edit) -> bytes:
    """One sample with edits; the count of segments is made right."""
    return edited(SAMPLES / f"{name}.txt", *edits)


def edited(path: Path, *edits: Edit) -> bytes:
    text = path.read_text("ascii")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
        text = text.replace(old, new)
    return counted(text).encode("latin-1")


def counted(text: str) -> str:
    """The text with the right count in its only SE."""
    segments = [one for one in text.split("~") if one.strip()]
    begin = next(place for place, one in enumerate(segments) if one.lstrip().startswith("ST*"))
    end = next(place for place, one in enumerate(segments) if one.lstrip().startswith("SE*"))
    stated = segments[end]
    return text.replace(stated, f"\nSE*{end - begin + 1}*{stated.rpartition('*')[2]}")


Found = tuple[str, int, str, str]
"""A fault by kind, segment, loop and place."""


def found(data: bytes) -> list[Found]:
    """The faults of a file, in the order of its segments."""
    return [brief(fault) for fault in validate(data).all_faults()]


def brief(fault: Fault) -> Found:
    return fault.kind.label, fault.segment, fault.loop, fault.place
