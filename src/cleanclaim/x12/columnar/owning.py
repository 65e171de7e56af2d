"""The keys of a table's rows and of the rows around them, as a kernel: what `keys` finds with whole columns."""

# ruff: noqa: PLR0913, PLR0917 - kernels take arrays one by one

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.texts import Array
from cleanclaim.x12.columnar.walking import CARRIED, NONE, Way


class Owned(NamedTuple):
    """The rows of all tables with keys, and the parties that links name.

    `row_of` is by segment the row that it begins, in whichever table, and `first` by table the key of its first row.
    `is_leaf` says by table and loop whether it is one of the table's that hold no others. `around` are by table the
    places in `Way.began` of its other loops, the first to be asked first and -1 past the last; `carried` the keys of
    their occurrences that began before the first segment. `linked` has by link and event the key of the party.
    """

    row_of: Array
    first: Array
    is_leaf: Array
    around: Array
    carried: Array
    linked: Array


class Linked(NamedTuple):
    """By link what it names.

    `inner` is the loop of the parties, `under` the place in `Way.began` of the loop in which they hold, `first` the key
    of the first row of their table, `carried` that of the party that held before the first segment, -1 for none.
    """

    inner: Array
    under: Array
    first: Array
    carried: Array


class Identity(NamedTuple):
    """The columns of keys that a table has: whether one of its own, those of which tables and links, a position."""

    has_key: bool
    owners: Array
    links: Array
    has_position: bool


def link_up(way: Way, row_of: Array, linked: Linked, found: Array) -> None:
    """By link and event: the key of the first party inside the occurrence that is open there, -1 for none.

    `row_of` is that of `Owned`; `found` is room for as many events as there are.
    """
    events, opened, began = way.events, way.opened, way.began
    for link in range(len(found)):
        inner, under = linked.inner[link], linked.under[link]
        first = key = -1
        for event in range(found.shape[1]):
            # The events of one occurrence follow each other.
            start = began[event, under]
            if not event or start != began[event - 1, under]:
                found[link, max(first, 0) : event] = key
                first, key = event, linked.carried[link] if start == CARRIED else -1
            segment = events[event]
            if key < 0 and start != NONE and opened[segment] == inner:
                key = linked.first[link] + row_of[segment]
        found[link, max(first, 0) :] = key


def identify(
    segments: Array,
    groups: Array,
    first_key: int,
    first_segment: int,
    identity: Identity,
    way: Way,
    owned: Owned,
    words: Array,
    keys: Array,
    bits: Array,
    counts: Array,
    loops: Array,
) -> None:
    """Fill in the keys, numbers of segments and positions of a table's rows, and the names of their loops.

    Args:
        segments: those that begin the rows.
        groups: by row the number of its group of elements; nothing where rows are none.
        first_key: the key of the first row, where they have one.
        first_segment: the number in the file of the first segment at hand.
        identity: which keys they are.
        way: where the segments stand.
        owned: the rows of all tables with keys.
        words: the names of all loops, as views of texts, two numbers each.
        keys: room by column and row.
        bits: the same for a bit for each that is there; zeros so far.
        counts: room by column for how many are there.
        loops: room for the names of loops, as views of texts; nothing where the table does not show them.
    """
    has_key, owners, links, has_position = identity
    place, height = int(has_key), len(segments)
    for table in owners:
        counts[place] = _put_owners(segments, way, owned, table, keys[place], bits[place])
        place += 1
    for link in links:
        counts[place] = _put_links(segments, way.latest_event, owned.linked[link], keys[place], bits[place])
        place += 1
    numbers = keys[place]
    for row in range(height):
        numbers[row] = first_segment + int(segments[row])
    # Keys of a table's own, numbers of segments and positions are never missing.
    counts[place] = height
    if has_position:
        counts[place + 1] = height
        for row in range(height):
            keys[place + 1, row] = groups[row] + 1
    if has_key:
        counts[0] = height
        for row in range(height):
            keys[0, row] = first_key + row
    if len(loops):
        for row in range(height):
            loop = way.home[np.uint64(segments[row])]
            loops[2 * row], loops[2 * row + 1] = words[2 * loop], words[2 * loop + 1]


def _put_owners(segments: Array, way: Way, owned: Owned, table: int, keys: Array, bits: Array) -> int:
    """The key of a table's row around each segment, -1 for none, and a bit for each there is; how many there are."""
    home, begins, latest, began = way.home, way.begins, way.latest_event, way.began
    row_of, is_leaf, around, carried = owned.row_of, owned.is_leaf[table], owned.around[table], owned.carried[table]
    first, place = owned.first[table], np.uint64
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
                    if outer < 0 and around[at] >= 0:
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


def _put_links(segments: Array, latest: Array, linked: Array, keys: Array, bits: Array) -> int:
    """The same of the party of a link."""
    count = 0
    for row in range(len(segments)):
        key = linked[latest[np.uint64(segments[row])]]
        keys[row] = key
        if key >= 0:
            bits[row >> 3] |= np.uint8(1 << (row & 7))
            count += 1
    return count


PARTS = (_put_owners, _put_links)
"""What `identify` is made of."""
