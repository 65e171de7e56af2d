"""The side of the body that a code's title names, and the codes that differ from it in nothing else."""

from __future__ import annotations

from enum import StrEnum

from cleanclaim.reference.icd10.data import code_list
from cleanclaim.reference.icd10.writing import normalize


class Side(StrEnum):
    """The side of the body that a code's title names."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    UNSPECIFIED = "unspecified"
    """The title says that the side is not specified, and codes with a side stand beside it."""


def siblings(code: str) -> dict[Side, str]:
    """The codes that differ from this one only in their side, itself among them; empty where there are none."""
    listed = code_list()
    position = listed.position.get(normalize(code))
    number = None if position is None else listed.group[position]
    if number is None:
        return {}
    found: dict[Side, str] = {}
    for member in listed.members[number]:
        side = listed.side[member]
        if side is not None:
            found.setdefault(Side(side), listed.codes[member])
    return found


def on_side(code: str, side: Side) -> str | None:
    """The code that says the same of another side, or `None`: `M25561` on the left is `M25562`."""
    return siblings(code).get(side)
