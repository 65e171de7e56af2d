"""The editions that look-ups answer from: what the user loaded, or a choice made for a while.

A look-up that depends on loaded editions is remembered by the editions of the kinds it reads (`by_editions`), so a
judge run under last quarter's edition and one under this quarter's never mix their answers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from threading import Lock
from typing import ParamSpec, TypeVar

from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.store import LoadedEdition, data_folder, read_manifest

_MOST_REMEMBERED = 4
"""Choices of editions whose answers are kept: two are compared at a time."""

_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Editions:
    """A choice of loaded editions. What is shipped with the program answers where none of them does."""

    loaded: tuple[LoadedEdition, ...] = ()

    def of(self, kind: Kind) -> tuple[LoadedEdition, ...]:
        """The editions of a kind, oldest first."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[Kind, tuple[LoadedEdition, ...]]:
        found: dict[Kind, tuple[LoadedEdition, ...]] = {}
        for item in sorted(self.loaded, key=lambda item: item.name):
            found[item.kind] = (*found.get(item.kind, ()), item)
        return found

    def newest(self, kind: Kind) -> LoadedEdition | None:
        """The edition of a kind that began last, or None."""
        found = self.of(kind)
        return found[-1] if found else None

    def with_only(self, kind: Kind, editions: tuple[LoadedEdition, ...]) -> Editions:
        """The same choice with these editions of one kind in the place of its own."""
        return Editions((*(item for item in self.loaded if item.kind is not kind), *editions))


BUILT_IN = Editions()
"""Nothing loaded: only what is shipped."""

_chosen: ContextVar[Editions | None] = ContextVar("cleanclaim_editions", default=None)


def current() -> Editions:
    """The choice in force: that of `using`, else everything in the user's data folder.

    Raises:
        StoreError: the manifest of the data folder is damaged.
    """
    chosen = _chosen.get()
    return _of_the_user() if chosen is None else chosen


@contextlib.contextmanager
def using(editions: Editions) -> Iterator[Editions]:
    """Answer from these editions until the block ends; other threads keep their own choice."""
    token = _chosen.set(editions)
    try:
        yield editions
    finally:
        _chosen.reset(token)


def refresh() -> None:
    """Read the user's data folder again: after something was loaded or removed."""
    _of_the_user.cache_clear()


@cache
def _of_the_user() -> Editions:
    folder = data_folder()
    return BUILT_IN if folder is None else Editions(read_manifest(folder))


def by_editions(
    *kinds: Kind, most: int | None = None
) -> Callable[[Callable[_Parameters, _Answer]], Callable[_Parameters, _Answer]]:
    """Remember a function's answers by its arguments and the current editions of these kinds.

    Answers under the few choices asked for last are kept, so that two can be compared row by row. Above `most`
    answers under one choice, remembering begins anew.
    """

    def decorate(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
        kept: dict[object, dict[object, _Answer]] = {}
        lock = Lock()
        # The choice asked for last and its answers, replaced as one value: choices change far less often than calls.
        latest: list[tuple[Editions | None, dict[object, _Answer]]] = [(None, {})]

        @wraps(function)
        def remembered(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Answer:
            editions = current()
            last, answers = latest[0]
            if last is not editions:
                chosen = tuple(editions.of(kind) for kind in kinds)
                with lock:
                    if chosen not in kept:
                        while len(kept) >= _MOST_REMEMBERED:
                            del kept[next(iter(kept))]
                    answers = kept.setdefault(chosen, {})
                latest[0] = (editions, answers)
            asked = (args, tuple(sorted(kwargs.items()))) if kwargs else args
            if asked not in answers:
                if most is not None and len(answers) >= most:
                    answers.clear()
                found = function(*args, **kwargs)
                answers[asked] = found
                return found
            return answers[asked]

        return remembered

    return decorate
