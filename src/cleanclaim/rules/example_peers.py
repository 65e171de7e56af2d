"""Other therapists in claim notation, for examples of rules that compare a therapist with peers."""

from __future__ import annotations

_FIRST = 200
"""Number of the first patient of the others; each has two."""


def other_therapists(count: int, first: str, second: str) -> str:
    """Earlier visits of `count` other therapists, two of each: to one patient the line `first`, to another `second`."""
    text = []
    for number in range(count):
        for place, line in enumerate((first, second)):
            patient = _FIRST + 2 * number + place
            text += [
                f"history 2026-03-0{2 + place} medicare_b patient_id={patient} rendering_npi=19000000{number:02}",
                f"  {line}",
            ]
    return "\n            ".join(text)
