"""A part of a long list, from the row after (or before) a known one: as quick at its end as at its beginning.

A page of a list by number is found by counting all rows before it, and shifts when rows are added or leave. Here the
address names the row beside which the part begins (`?after=` or `?before=`, a key that tells nothing), and `?at=` how
many rows lay before it, for display alone. The rows may be sums of others, as `values` and `annotate` make them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class By:
    """One column of an order. Rows where it is null come last."""

    name: str
    descending: bool = False
    nullable: bool = False

    def order(self, *, backward: bool) -> OrderBy:
        """The column in the order, or against it."""
        nulls = {} if not self.nullable else {"nulls_first": True} if backward else {"nulls_last": True}
        column = F(self.name)
        return column.desc(**nulls) if self.descending is not backward else column.asc(**nulls)

    def beyond(self, value: object, *, backward: bool) -> Q | None:
        """What comes after a value of the column alone (before it: `backward`); `None` where nothing does."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backward else None
        found = Q(**{f"{self.name}__{'lt' if self.descending is not backward else 'gt'}": value})
        return found | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backward else found


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that name a row in an address; the first holds a UUID."""

    names: tuple[str, ...] = ("pk",)

    def of(self, row: Any) -> str:  # noqa: ANN401 - a model's row, or what `values` gives
        """The key of a row."""
        return "|".join(str(row[name] if isinstance(row, dict) else getattr(row, name)) for name in self.names)

    def read(self, text: str) -> dict[str, object] | None:
        """What a row with this key has in the columns; `None` where the text is no key."""
        first, *others = text.split("|")
        try:
            values = (UUID(first), *others)
        except ValueError:
            return None
        return dict(zip(self.names, values, strict=True)) if len(values) == len(self.names) else None


@dataclass(frozen=True, slots=True)
class Window(Generic[R]):
    """Some rows of a list: how many lay before them, and whether there are more on either side."""

    rows: Sequence[R]
    before: int
    has_next: bool
    key: Key = Key()

    def __iter__(self) -> Iterator[R]:
        """The rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def has_previous(self) -> bool:
        """Whether rows lie before them."""
        return self.before > 0

    @property
    def first(self) -> int:
        """The place of the first row in the list, from 1; 0 where there is none."""
        return self.before + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row."""
        return self.before + len(self.rows)

    @property
    def first_key(self) -> str | None:
        """The key of the first row: what lies `before` it is the part before."""
        return self.key.of(self.rows[0]) if self.rows else None

    @property
    def last_key(self) -> str | None:
        """The key of the last row: what lies `after` it is the part after."""
        return self.key.of(self.rows[-1]) if self.rows else None


def window(
    rows: QuerySet[Any, R],
    order: Sequence[By],
    asked: Mapping[str, str],
    size: int,
    *,
    among: QuerySet[Any, R] | None = None,
    key: Key = Key(),
) -> Window[R]:
    """The part of a list that an address asks for; its beginning, where it names no row that is there.

    Args:
        rows: the list, with what the order names.
        order: its columns; with the last of them no two rows are alike.
        asked: the address: `after` or `before`, the key of a row, and `at`.
        size: how many rows at most.
        among: where the row that is named is looked up if it has left the list meanwhile.
        key: what names a row.
    """
    backward = "before" in asked
    named = key.read(asked.get("before" if backward else "after", ""))
    beside = None if named is None else _values(rows, order, named)
    if beside is None and named is not None and among is not None:
        beside = _values(among, order, named)
    if beside is None:
        backward = False
    at = _number(asked.get("at")) if beside is not None else 0
    found = rows if beside is None else rows.filter(_beyond(order, beside, backward=backward))
    part = list(found.order_by(*(column.order(backward=backward) for column in order))[: size + 1])
    more, part = len(part) > size, part[:size]
    if backward:
        # What was asked for from lies behind, whatever else does.
        return Window(part[::-1], max(at - len(part), 1) if more else 0, has_next=True, key=key)
    return Window(part, at, has_next=more, key=key)


def _values(rows: QuerySet[Any, Any], order: Sequence[By], named: Mapping[str, object]) -> tuple[object, ...] | None:
    """What the order goes by, of the row that is named; `None` where there is none."""
    names = [column.name for column in order]
    for found in rows.order_by().filter(**named).values(*names)[:1]:
        return tuple(found[name] for name in names)
    return None


def _beyond(order: Sequence[By], beside: Sequence[object], *, backward: bool) -> Q:
    """The rows that come after a row (before it: `backward`): alike in the columns so far, and beyond it in one."""
    found, alike = [], Q()
    for column, value in zip(order, beside, strict=True):
        beyond = column.beyond(value, backward=backward)
        if beyond is not None:
            found.append(alike & beyond)
        alike &= Q(**({f"{column.name}__isnull": True} if value is None else {column.name: value}))
    # The last column is never null, so that there is one at least.
    return reduce(or_, found)


def _number(text: str | None) -> int:
    """A number of rows as an address has it; 0 for any other text."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < _DIGITS else 0


_DIGITS = 12
