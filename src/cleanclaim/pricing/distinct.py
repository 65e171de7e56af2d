"""Which rows of a tall table have one number, found along the rows.

Tables are laid patient by patient and day by day, so that keys made of these mostly rise from row to row; such rows are
soon in order, where sorting them anew by any value costs ten times as much.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.pricing.exact import Flags, Integers


class Distinct(NamedTuple):
    """Each number once, in rising order."""

    values: Integers
    first: Integers
    """The first row that has it."""
    of_row: Integers
    """Of each row: the place of its number."""


def distinct(numbers: Integers) -> Distinct:
    """Tell apart the numbers of these rows."""
    if (numbers[1:] >= numbers[:-1]).all():
        begins = starts(numbers)
        return Distinct(numbers[begins], np.flatnonzero(begins), np.cumsum(begins) - 1)
    # A stable sort is quick where most rows are in order, and keeps the first row of each number first.
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    begins = starts(ordered)
    of_row = np.empty(len(numbers), np.int64)
    of_row[order] = np.cumsum(begins) - 1
    return Distinct(ordered[begins], order[begins], of_row)


def starts(numbers: Integers) -> Flags:
    """Where a number differs from the one before it; true of the first."""
    found = np.ones(len(numbers), np.bool_)
    found[1:] = numbers[1:] != numbers[:-1]
    return found
