"""The keys of the rows around segments, as a kernel: what `keys.Owners` finds with whole columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.texts import Array
from cleanclaim.x12.columnar.walking import CARRIED


class Owned(NamedTuple):
    """The rows of one keyed table.

    `is_leaf` says by loop whether it is one of the table's that hold no others. `row_of` is by segment the row that it
    begins, `first` the key of the table's first row. `around` are the places in `Way.began` of the table's other loops,
    the first to be asked first, `carried` the keys of their occurrences that began before the first segment.
    """

    is_leaf: Array
    row_of: Array
    first: int
    around: Array
    carried: Array


def owner_keys(  # noqa: PLR0913, PLR0917 - kernels take arrays one by one
    segments: Array, home: Array, begins: Array, latest: Array, began: Array, owned: Owned, keys: Array, bits: Array
) -> int:
    """The key of the row around each segment, -1 for none, and a bit for each there is; how many there are.

    `home`, `begins`, `latest` and `began` are those of `walking.Way`.
    """
    is_leaf, row_of, around, carried = owned.is_leaf, owned.row_of, owned.around, owned.carried
    first, place = owned.first, np.uint64
    count, former, outer = 0, -1, -1
    for row in range(len(segments)):
        segment = place(segments[row])
        loop, key = int(home[segment]), -1
        if loop >= 0 and is_leaf[place(loop)]:
            begin = int(begins[segment])
            if begin >= 0 and row_of[place(begin)] >= 0:
                key = first + row_of[place(begin)]
        if key < 0:
            event = latest[segment]
            if event != former:
                # Segments between two events have the same rows around them.
                former, outer = event, -1
                for at in range(len(around)):
                    if outer < 0:
                        begin = int(began[place(event), around[at]])
                        if begin == CARRIED:
                            outer = int(carried[at])
                        elif begin >= 0 and row_of[place(begin)] >= 0:
                            outer = first + row_of[place(begin)]
            key = outer
        keys[row] = key
        if key >= 0:
            bits[row >> 3] |= np.uint8(1 << (row & 7))
            count += 1
    return count
