"""Texts and numbers of a block as Polars columns, handed over by Arrow's C interface without a copy.

Polars keeps a text of up to twelve bytes in sixteen bytes of its own, and a longer one as a place in a buffer. Both are
made here by numpy for all texts of a table at once; Polars takes them as they are, without copying the block. Nothing
but the documented `__arrow_c_array__` is used, so no Arrow library is needed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cleanclaim.x12.columnar.cells import INLINE, VIEW, Cells
from cleanclaim.x12.columnar.tokens import Flags, Offsets

_NULLABLE = 2


class _Array(ctypes.Structure):
    """Arrow's description of one array."""


class _Schema(ctypes.Structure):
    """Arrow's description of one type."""


_RELEASE_ARRAY = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))
_RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))

_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", _RELEASE_ARRAY),
    ("private_data", ctypes.c_void_p),
]
_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", _RELEASE_SCHEMA),
    ("private_data", ctypes.c_void_p),
]


class _Column:
    """An array that Polars can take: its Arrow format and buffers, which are held as long as Polars uses them."""

    held: ClassVar[dict[int, tuple[object, ...]]] = {}
    """What arrays in use by Polars point to, until Polars lets go of them."""

    def __init__(self, form: bytes, length: int, nulls: int, *buffers: NDArray[Any] | None) -> None:
        self.form = form
        self.length = length
        self.nulls = nulls
        self.buffers = buffers

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        del requested_schema
        release_array, release_schema = _releases()
        count = len(self.buffers)
        places = [None if buffer is None else buffer.ctypes.data for buffer in self.buffers]
        buffers = (ctypes.c_void_p * count)(*places)
        array = _Array(self.length, self.nulls, 0, count, 0, buffers, None, None, release_array, id(buffers))
        schema = _Schema(self.form, b"", None, _NULLABLE, 0, None, None, release_schema, None)
        _Column.held[id(buffers)] = (buffers, array, schema, self.buffers)
        capsule = _capsule()
        arrow_schema = capsule(ctypes.addressof(schema), b"arrow_schema", None)
        return arrow_schema, capsule(ctypes.addressof(array), b"arrow_array", None)


def numbers(name: str, values: Offsets, known: Flags | None) -> pl.Series:
    """Whole numbers as a column, null where one is not `known`; the values are handed over, not copied."""
    return _numbers(name, b"l", np.ascontiguousarray(values, dtype=np.int64), known)


def days(name: str, values: NDArray[np.int64], known: Flags | None) -> pl.Series:
    """Numbers of days since 1970-01-01 as a column of dates, null where one is not `known`."""
    return _numbers(name, b"tdD", values.astype(np.int32), known)


def _numbers(name: str, form: bytes, values: NDArray[Any], known: Flags | None) -> pl.Series:
    column = _Column(form, len(values), 0, None, values)
    if known is not None and not known.all():
        bits = np.packbits(known, bitorder="little")
        column = _Column(form, len(values), len(values) - int(known.sum()), bits, values)
    return pl.Series(column).alias(name)


@cache
def _releases() -> tuple[Any, Any]:
    """What Polars calls when it lets go of an array and of its type."""

    def array(pointer: Any) -> None:  # noqa: ANN401 - a pointer of ctypes
        _Column.held.pop(pointer.contents.private_data, None)
        _clear(pointer, _Array.release.offset)

    def schema(pointer: Any) -> None:  # noqa: ANN401 - a pointer of ctypes
        _clear(pointer, _Schema.release.offset)

    made = _RELEASE_ARRAY(array), _RELEASE_SCHEMA(schema)
    for one in made:
        # They must outlive every column, also while the interpreter shuts down: this reference is never given back.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(one))
    return made


def _clear(pointer: Any, offset: int) -> None:  # noqa: ANN401 - a pointer of ctypes
    """Mark a description as released, as Arrow's interface demands."""
    ctypes.memset(ctypes.addressof(pointer.contents) + offset, 0, ctypes.sizeof(ctypes.c_void_p))


@cache
def _capsule() -> Callable[[int, bytes, None], object]:
    make = ctypes.pythonapi.PyCapsule_New
    make.restype = ctypes.py_object
    make.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return make


def words(numbers: NDArray[np.int16], known: Sequence[str]) -> pl.Series:
    """A column of short words, at most twelve bytes each, given by their numbers."""
    views = np.zeros((len(known), 2), dtype=np.uint64)
    for place, word in enumerate(known):
        data = word.encode().ljust(INLINE, b"\x00")
        if len(data) > INLINE:
            raise ValueError(f"{word!r} has {len(data)} bytes: expected at most {INLINE}")
        views[place] = np.frombuffer(len(word).to_bytes(4, "little") + data, dtype="<u8")
    chosen = views.take(numbers.astype(np.int64), axis=0)
    return pl.Series(_Column(b"vu", len(numbers), 0, None, chosen, _no_sizes()))


@cache
def _no_sizes() -> NDArray[np.int64]:
    """Sizes of the buffers of a column whose texts need none."""
    return np.zeros(0, dtype=np.int64)


def texts(cells: Cells, columns: Sequence[Offsets]) -> pl.Series:
    """The texts of several columns, one column after the other.

    The column keeps the block's bytes alive.
    """
    height = len(columns[0])
    views = np.empty(len(columns) * height, dtype=VIEW)
    for place, column in enumerate(columns):
        cells.views.take(column, out=views[place * height : (place + 1) * height], mode="clip")
    sizes = np.array([len(cells.codes), len(cells.more)], dtype=np.int64)
    return pl.Series(_Column(b"vu", len(views), 0, None, views, cells.codes, cells.more, sizes))
