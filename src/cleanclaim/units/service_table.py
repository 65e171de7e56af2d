"""The table that unit counting reads and writes: one row per day and code, checked before anything is counted.

A *day* is the caller's key for what is pooled: patient, date, discipline and billing provider.

Columns cross into numpy as pairs (values, known), so that an unknown is a mask that every step must name, and one
visit takes well under a millisecond; the same arrays hold millions of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_INTEGERS = frozenset({pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32})
_FEW = 100
"""Up to this many rows Python is done sooner than a query starts, or arrays are made columns."""


class ServiceTableError(ValueError):
    """A table of services that cannot be counted; names the column, the row and what was expected."""


class Column(NamedTuple):
    """A column as arrays: its values, and where they are known; an unknown value is a zero that means nothing."""

    values: npt.NDArray[Any]
    known: Flags


_MANY = 50
"""Codes of one day up to which neighbors are compared."""


def checked(
    services: pl.DataFrame,
    *,
    needs: Mapping[str, type[pl.DataType]],
    optional: Mapping[str, type[pl.DataType]],
    at_least: Mapping[str, int],
) -> pl.DataFrame:
    """Return the needed columns, and the optional ones that are there, at their types.

    Raises:
        ServiceTableError: a column is absent or of another type, a key is null, a number is under its bound, or a
            code occurs twice in a day.
    """
    schema = services.schema
    for name in needs:
        if name not in schema:
            raise ServiceTableError(f"services lack column {name!r}; expected {', '.join(needs)}")
    types = {**needs, **{name: dtype for name, dtype in optional.items() if name in schema}}
    frame = pl.DataFrame([_typed(services[name], dtype) for name, dtype in types.items()])
    for name in ("day_id", "code"):
        if frame[name].null_count():
            raise ServiceTableError(f"services row {frame[name].is_null().arg_max()}: {name} is null; expected a key")
    for name, bound in at_least.items():
        least = frame[name].min() if name in types else None
        if isinstance(least, int) and least < bound:
            row = frame[name].arg_min()
            raise ServiceTableError(f"services row {row}: {name} is {least}; expected {bound} or more")
    _refuse_repeats(frame)
    return frame


def columns(frame: pl.DataFrame, names: Iterable[str]) -> dict[str, Column]:
    """Return the named columns as arrays; a column the frame lacks is unknown throughout."""
    found = {name: frame[name] for name in names if name in frame.columns}
    if frame.height <= _FEW:
        return {name: _few(found.get(name), frame.height) for name in names}
    with_nulls = [name for name, series in found.items() if series.null_count()]
    filled = frame
    if with_nulls:
        filled = frame.select(
            *(pl.col(name).fill_null(_nothing(frame.schema[name])) for name in with_nulls),
            *(pl.col(name).is_not_null().alias(f"{name} known") for name in with_nulls),
        )
    everywhere, nowhere = np.ones(frame.height, np.bool_), np.zeros(frame.height, np.bool_)
    result = {}
    for name in names:
        if name in with_nulls:
            result[name] = Column(filled[name].to_numpy(), filled[f"{name} known"].to_numpy())
        elif name in found:
            result[name] = Column(found[name].to_numpy(), everywhere)
        else:
            result[name] = Column(np.zeros(frame.height, np.int64), nowhere)
    return result


def _few(column: pl.Series | None, height: int) -> Column:
    """A short column as arrays; without a column nothing is known."""
    if column is None:
        return Column(np.zeros(height, np.int64), np.zeros(height, np.bool_))
    cells = column.to_list()
    known = np.array([cell is not None for cell in cells], np.bool_)
    if column.dtype == pl.Date:
        return Column(np.array([cell or _EPOCH for cell in cells], "datetime64[D]"), known)
    return Column(np.array([cell or 0 for cell in cells], np.bool_ if column.dtype == pl.Boolean else np.int64), known)


_EPOCH = date(1970, 1, 1)


def series(name: str, values: npt.NDArray[Any], unknown: Flags) -> pl.Series:
    """Return an array as a column, null where it is unknown."""
    if len(values) <= _FEW:
        cells = [None if hidden else value for value, hidden in zip(values.tolist(), unknown.tolist(), strict=True)]
        return pl.Series(name, cells, dtype=pl.Boolean if values.dtype == np.bool_ else pl.Int64)
    column = pl.Series(name, values)
    return column.set(pl.Series(unknown), None) if unknown.any() else column


def _typed(column: pl.Series, dtype: type[pl.DataType]) -> pl.Series:
    found = column.dtype
    if found == dtype:
        return column
    if found == pl.Null or (dtype is pl.Int64 and found in _INTEGERS):
        return column.cast(dtype)
    raise ServiceTableError(f"services column {column.name!r} is {found}; expected {dtype.__name__}")


def _nothing(dtype: pl.DataType) -> pl.Expr:
    return pl.lit(value=False) if dtype == pl.Boolean else pl.lit(0).cast(dtype)


def _some_repeat(days: pl.Series, codes: pl.Series) -> bool:
    """Whether a code occurs twice in a day; compared with its neighbors where days stand together."""
    day = days.to_numpy()
    most = int(np.bincount(np.cumsum(day[1:] != day[:-1])).max(initial=0)) + 1
    if most > _MANY or (day[1:] < day[:-1]).any():
        return not pl.select(pl.struct(days, codes).is_unique().all()).item()
    if most == 1:
        return False
    code = codes.cast(pl.Categorical(pl.Categories.random())).to_physical().to_numpy()
    return any(((day[by:] == day[:-by]) & (code[by:] == code[:-by])).any() for by in range(1, most))


def _refuse_repeats(frame: pl.DataFrame) -> None:
    """Two rows of one code would each round on their own, so minutes must be summed before they are counted."""
    if frame.height <= _FEW:
        repeated = len(set(zip(frame["day_id"].to_list(), frame["code"].to_list(), strict=True))) < frame.height
    else:
        repeated = _some_repeat(frame["day_id"], frame["code"])
    if repeated:
        row = int(np.argmax(frame.select("day_id", "code").is_duplicated().to_numpy()))
        raise ServiceTableError(
            f"services row {row}: code {frame['code'][row]} occurs again in its day; expected its minutes summed"
        )
