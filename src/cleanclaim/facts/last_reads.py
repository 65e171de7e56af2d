"""After which step of a plan a column is read no more, so that a tall run can give its memory back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cleanclaim.facts.plan import Cell, Gather, Step, outputs
from cleanclaim.lines.schema import KEYS

_ALWAYS_READ = frozenset(KEYS.values())
"""Row numbers: any step may count or gather rows by them, whatever it declares."""


def unread_after(
    steps: Sequence[Step], needs: Callable[[Cell], Iterable[Cell]], kept: Iterable[Cell]
) -> tuple[tuple[Cell, ...], ...]:
    """For each step, the columns that it is the last to read.

    A column that was read from another table lives on that table's column and on the key: both last as long as it.

    Args:
        steps: a plan.
        needs: the columns that a column is made of.
        kept: columns that are read after the last step.
    """
    last = dict.fromkeys(kept, len(steps))
    for place in reversed(range(len(steps))):
        step = steps[place]
        for cell in outputs(step):
            # Whoever reads the column comes later in the plan, so its last reader is known by now.
            lasts = last.setdefault(cell, place)
            for read in needs(cell):
                last[read] = max(last.get(read, place), lasts if isinstance(step, Gather) else place)
            if isinstance(step, Gather):
                last[step.table, step.key] = max(last.get((step.table, step.key), place), lasts)
    found: list[list[Cell]] = [[] for _ in steps]
    for cell, place in last.items():
        if place < len(steps) and cell[1] not in _ALWAYS_READ:
            found[place].append(cell)
    return tuple(map(tuple, found))
