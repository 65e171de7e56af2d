"""Texts and numbers of a block as Polars columns, handed over by Arrow's C interface without a copy.

Polars keeps a text of up to twelve bytes in sixteen bytes of its own, and a longer one as a place in a buffer. Both are
made here by numpy for all texts of a table at once; Polars takes them as they are, without copying the block. Nothing
but the documented `__arrow_c_array__` is used, so no Arrow library is needed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cleanclaim.x12.columnar.cells import INLINE, VIEW, Cells
from cleanclaim.x12.columnar.tokens import Flags, Offsets

NUMBER, DAY, TEXT = b"l", b"tdD", b"vu"
"""Arrow's formats of whole numbers, days and texts."""
_NULLABLE = 2
_ARRAY_WORDS = 10
"""Numbers of 64 bits in Arrow's description of an array."""


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
    ("buffers", ctypes.c_void_p),
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


class Field(NamedTuple):
    """One column of a table: its name, Arrow format, number of nulls and where its buffers stand (0: none).

    The first buffer has a bit for each row that says whether its value is there. `held` is what the buffers belong to.
    """

    name: str
    form: bytes
    nulls: int
    buffers: tuple[int, ...]
    held: tuple[object, ...]


def address(array: NDArray[Any]) -> int:
    """Where an array begins in memory."""
    return int(array.__array_interface__["data"][0])


class Rows:
    """The rows of a matrix, by where they begin."""

    def __init__(self, matrix: NDArray[Any]) -> None:
        self.base = address(matrix)
        self.step = matrix.strides[0]

    def at(self, row: int) -> int:
        """Where a row begins."""
        return self.base + self.step * row


class Texts:
    """Columns of texts: the sixteen bytes of each, a row a column, and the bytes that those of longer ones point to."""

    def __init__(self, views: NDArray[Any], codes: NDArray[np.uint8], more: NDArray[np.uint8]) -> None:
        sizes = np.array([len(codes), len(more)], dtype=np.int64)
        self.rows = Rows(views)
        self.buffers = address(codes), address(more), address(sizes)
        self.held = views, codes, more, sizes

    def field(self, name: str, row: int) -> Field:
        """One of them."""
        return Field(name, TEXT, 0, (0, self.rows.at(row), *self.buffers), self.held)


class _Table:
    """A table that Polars can take in one step: one Arrow record, whose buffers are held as long as Polars uses them.

    The descriptions of its columns are rows of whole numbers, as Arrow's C interface lays them out: written for all of
    them at once.
    """

    held: ClassVar[dict[int, tuple[object, ...]]] = {}
    """What records in use by Polars point to, until Polars lets go of them."""

    def __init__(self, fields: Sequence[Field], length: int) -> None:
        self.fields = fields
        self.length = length

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        del requested_schema
        release_array, release_schema = _releases()
        fields, count = self.fields, len(self.fields)
        # The record itself has one buffer, which is none; it stands before those of the columns.
        pointers = np.array([0, *(one for field in fields for one in field.buffers)], dtype=np.int64)
        children = np.zeros((count, _ARRAY_WORDS), dtype=np.int64)
        buffers = np.array([len(field.buffers) for field in fields])
        children[:, 0] = self.length
        children[:, 1] = [field.nulls for field in fields]
        children[:, 3] = buffers
        children[:, 5] = address(pointers) + 8 * (np.cumsum(buffers) - buffers + 1)
        rows = address(children) + children.strides[0] * np.arange(count)
        schema, shape = _described(tuple((field.name, field.form) for field in fields))
        array = _Array(self.length, 0, 0, 1, count, address(pointers), address(rows), None, release_array, id(pointers))
        kind = _Schema(b"+s", b"", None, 0, count, shape, None, release_schema, None)
        _Table.held[id(pointers)] = (pointers, children, rows, array, kind, schema, fields)
        capsule = _capsule()
        arrow_schema = capsule(ctypes.addressof(kind), b"arrow_schema", None)
        return arrow_schema, capsule(ctypes.addressof(array), b"arrow_array", None)


def frame(fields: Sequence[Field], length: int) -> pl.DataFrame:
    """A table of these columns, each of that length; the buffers are handed over, not copied."""
    return pl.Series(_Table(fields, length)).struct.unnest()


@cache
def _described(columns: tuple[tuple[str, bytes], ...]) -> tuple[object, int]:
    """Arrow's descriptions of the types of a table's columns, made once, and where the list of them stands."""
    _, release = _releases()
    made = (_Schema * len(columns))(
        *(_Schema(form, name.encode(), None, _NULLABLE, 0, None, None, release, None) for name, form in columns)
    )
    size = ctypes.sizeof(_Schema)
    first = ctypes.addressof(made)
    places = (ctypes.c_void_p * len(columns))(*(first + size * place for place in range(len(columns))))
    return (made, places), ctypes.addressof(places)


def numbers(name: str, values: Offsets, known: Flags | None) -> Field:
    """Whole numbers as a column, null where one is not `known`; the values are handed over, not copied."""
    return _numbers(name, NUMBER, np.ascontiguousarray(values, dtype=np.int64), known)


def days(name: str, values: NDArray[np.int64], known: Flags | None) -> Field:
    """Numbers of days since 1970-01-01 as a column of dates, null where one is not `known`."""
    return _numbers(name, DAY, values.astype(np.int32), known)


def _numbers(name: str, form: bytes, values: NDArray[Any], known: Flags | None) -> Field:
    if known is None or known.all():
        return Field(name, form, 0, (0, address(values)), (values,))
    bits = np.packbits(known, bitorder="little")
    missing = len(values) - int(np.count_nonzero(known))
    return Field(name, form, missing, (address(bits), address(values)), (bits, values))


@cache
def _releases() -> tuple[Any, Any]:
    """What Polars calls when it lets go of an array and of its type."""

    def array(pointer: Any) -> None:  # noqa: ANN401 - a pointer of ctypes
        _Table.held.pop(pointer.contents.private_data, None)
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


def words(name: str, numbers: NDArray[np.int16], known: Sequence[str]) -> Field:
    """A column of short words, at most twelve bytes each, given by their numbers."""
    chosen = _word_views(tuple(known)).take(numbers)
    return Field(name, TEXT, 0, (0, address(chosen), address(_no_sizes())), (chosen,))


@cache
def _word_views(known: tuple[str, ...]) -> NDArray[np.complex128]:
    """Words as Arrow keeps them, sixteen bytes each; numpy moves those at once where it takes them for complex."""
    views = np.zeros((len(known), 2), dtype=np.uint64)
    for place, word in enumerate(known):
        data = word.encode().ljust(INLINE, b"\x00")
        if len(data) > INLINE:
            raise ValueError(f"{word!r} has {len(data)} bytes: expected at most {INLINE}")
        views[place] = np.frombuffer(len(word).to_bytes(4, "little") + data, dtype="<u8")
    return views.view(np.complex128).ravel()


@cache
def _no_sizes() -> NDArray[np.int64]:
    """Sizes of the buffers of a column whose texts need none."""
    return np.zeros(1, dtype=np.int64)


def texts(cells: Cells, columns: Mapping[str, Offsets]) -> dict[str, Field]:
    """The texts of several columns, given by their index in `cells`; the columns keep the block's bytes alive."""
    height = len(next(iter(columns.values())))
    views = np.empty((len(columns), height), dtype=VIEW)
    for place, column in enumerate(columns.values()):
        cells.views.take(column, out=views[place], mode="clip")
    made = Texts(views, cells.codes, cells.more)
    return {name: made.field(name, place) for place, name in enumerate(columns)}


def nothing(name: str, form: bytes, height: int) -> Field:
    """A column without anything: empty texts, or no values."""
    zeros = _zeros(height)
    if form == TEXT:
        return Field(name, form, 0, (0, address(zeros), address(_no_sizes())), (zeros,))
    return Field(name, form, height, (address(zeros), address(zeros)), (zeros,))


@lru_cache(maxsize=16)
def _zeros(height: int) -> NDArray[np.uint64]:
    """Zeros for that many texts, or values, or bits: columns without anything share them."""
    return np.zeros(2 * height + 1, dtype=np.uint64)
