"""Codes with a time basis of their own: a first block of minutes, then further blocks on an add-on code.

Work hardening (first two hours, then each hour), caregiver training (first 30, then each 15), biofeedback and
cognitive intervention (first 15, then each 15), hourly tests. CPT's time rule applies to each block: it is earned
once more than half of it has passed. These codes stay out of the day's pool of 15-minute codes.

The blocks of each code belong to its reference entry; here they are arguments. That CPT's midpoint applies to
these blocks for every payer is widely stated, and was not read at any payer: treat it as confidence "memory".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.sources import Confidence
from cleanclaim.units.service_table import Integers

CONFIDENCE = Confidence.MEMORY
"""How sure it is that payers apply CPT's midpoint to blocks other than 15 minutes."""


class OwnBasisUnits(NamedTuple):
    """Units of the code for the first block, and of its add-on code for the further blocks."""

    first: int | None
    add_on: int | None


def own_basis_units(minutes: int | None, first: int, each: int | None = None, *, add_on: bool = True) -> OwnBasisUnits:
    """Count the units of a code with its own first block and, on an add-on code, further blocks.

    Args:
        minutes: minutes of the service in the day; `None` is unknown, and so are the units.
        first: minutes in the first block.
        each: minutes in each further block; `None` when the code has none, so it is billed once at most.
        add_on: whether further blocks go on another code; when not, they are more units of the same code.

    Raises:
        ValueError: when minutes are negative or a block is not positive.

    >>> own_basis_units(37, first=30, each=15)
    OwnBasisUnits(first=1, add_on=0)
    >>> own_basis_units(38, first=30, each=15)
    OwnBasisUnits(first=1, add_on=1)
    >>> own_basis_units(95, first=60, each=60, add_on=False)
    OwnBasisUnits(first=2, add_on=0)
    """
    if first <= 0 or (each is not None and each <= 0):
        raise ValueError(f"blocks of {first} and {each} minutes; expected positive minutes")
    if minutes is None:
        return OwnBasisUnits(None, None)
    if minutes < 0:
        raise ValueError(f"{minutes} minutes; expected 0 or more")
    blocks = np.array([minutes]), np.array([first])
    once = int(first_block_units(*blocks)[0])
    further = int(further_block_units(*blocks, np.array([each]))[0]) if each is not None else 0
    return OwnBasisUnits(once, further) if add_on else OwnBasisUnits(once + further, 0)


def first_block_units(minutes: Integers, first: Integers) -> Integers:
    """Return 1 where more than half of the first block has passed, else 0."""
    units: Integers = np.where(2 * minutes > first, 1, 0)
    return units


def further_block_units(minutes: Integers, first: Integers, each: Integers) -> Integers:
    """Count the blocks beyond the first of which more than half has passed."""
    beyond = np.maximum(minutes - first, 0)
    units: Integers = (2 * beyond + each - 1) // (2 * each)
    return units
