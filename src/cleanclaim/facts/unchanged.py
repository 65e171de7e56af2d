"""What stages answered to the same values before, for one note that is checked again and again while it is written.

A keystroke changes a word or a minute; the calendar of the plan, the earlier visits and the prices stay as they were.
Whoever checks such a note keeps an `Unchanged` for it and makes it count by `counting`; nobody else's checks look into
it. It lasts as long as what the note is checked with: patients, payers' files and the day must be the same throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import polars as pl

from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Stage
from cleanclaim.facts.plain_table import Dtype
from cleanclaim.reference.published.editions import Editions, current

_MOST_KEPT = 8
"""Answers of one stage: a note goes back and forth between a few states, with and without its safe fixes."""

_MOST_ASKED = 64
"""Other answers of one note: readings of the visits around it, and of itself."""

_T = TypeVar("_T")

Answer = tuple[tuple[str, Dtype, list[Any]], ...]
"""Columns by name, type and values."""
_Asked = tuple[Any, ...]


class Unchanged:
    """The answers of stages over small tables, by all the values that each stage says it reads."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._kept: dict[str, dict[_Asked, Answer]] = {}
        self._once: dict[Hashable, Any] = {}
        self._editions: Editions | None = None

    def answer(self, stage: Stage, frames: Frames, compute: Callable[[], Iterable[pl.Series]]) -> Answer:
        """What the stage answers; computed where it has not been asked the same."""
        self._require_editions()
        asked = _asked(stage, frames)
        kept = self._kept.setdefault(stage.name, {})
        found = kept.get(asked)
        if found is None:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            found = tuple((column.name, column.dtype, column.to_list()) for column in compute())
            kept[asked] = found
        return found

    def once(self, asked: Hashable, compute: Callable[[], _T]) -> _T:
        """What follows from `asked` and the reference tables alone; computed where it was not asked before."""
        self._require_editions()
        once = self._once
        if asked in once:
            known: _T = once[asked]
            return known
        found = compute()
        # A new one, not an emptied one: another request may be reading.
        self._once = {**(once if len(once) < _MOST_ASKED else {}), asked: found}
        return found

    def _require_editions(self) -> None:
        """Forget all that was answered by other editions of the reference tables than those of now."""
        editions = current()
        if editions != self._editions:
            self._editions, self._kept, self._once = editions, {}, {}


_counting: ContextVar[Unchanged | None] = ContextVar("unchanged", default=None)


@contextmanager
def counting(unchanged: Unchanged) -> Iterator[None]:
    """Let stages that are computed inside be answered from this memory, and add to it."""
    token = _counting.set(unchanged)
    try:
        yield
    finally:
        _counting.reset(token)


def counts() -> Unchanged | None:
    """The memory that counts here, if any."""
    return _counting.get()


def _asked(stage: Stage, frames: Frames) -> _Asked:
    """All that a stage reads: the values of its columns row by row, table by table."""
    wanted: dict[str, list[str]] = {stage.over: list(stage.needs)}
    for table, name in stage.reads:
        wanted.setdefault(table, []).append(name)
    told: list[Any] = []
    for table, names in wanted.items():
        told.append(frames.height(table))
        rows = frames.rows(table, frozenset(names))
        told.extend(_plain(row[name]) for row in rows for name in names)
    return tuple(told)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a cell
    """A value that can be looked up: a list as a tuple."""
    return tuple(map(_plain, value)) if isinstance(value, list) else value
