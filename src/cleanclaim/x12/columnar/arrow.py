"""Texts and numbers of a block as Polars columns, handed over by Arrow's C interface without a copy.

Polars keeps a text of up to twelve bytes in sixteen bytes of its own, and a longer one as a place in a buffer. Both are
made here by numpy for all texts of a table at once; Polars takes them as they are, without copying the block. Nothing
but the documented `__arrow_c_array__` is used, so no Arrow library is needed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import cache
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


class Column(NamedTuple):
    """One column of a table whose buffers stand in the rows of some matrices.

    `buffers` are a matrix, counted from 1, and a row of it each; 0 is no buffer. `value` says which of the counts of
    nulls is its own, `None` that it has none.
    """

    name: str
    form: bytes
    buffers: tuple[tuple[int, int], ...]
    value: int | None = None


ALL_NULL = -1
"""The count of nulls of a column without anything."""


class Buffers(NamedTuple):
    """The columns of a table, and the buffers of each: how many they are, and which is the first.

    The one before all is that of the record itself, which is none. The first of a column has the bits of values that
    are there.
    """

    columns: tuple[tuple[str, bytes], ...]
    counts: NDArray[np.int64]
    first: NDArray[np.int64]


class Shape(NamedTuple):
    """The columns of a table, worked out once for all blocks that have the same ones.

    Attributes:
        buffers: their names and Arrow formats, and their buffers.
        matrix, row: by buffer where it stands, after one for the record itself, which has none.
        value: by column which count of nulls is its own; the last is that of all rows, the one before it none.
    """

    buffers: Buffers
    matrix: NDArray[np.int64]
    row: NDArray[np.int64]
    value: NDArray[np.int64]


def shape_of(columns: Sequence[Column]) -> Shape:
    """The shape of these columns."""
    every = [(0, 0), *(buffer for one in columns for buffer in one.buffers)]
    values = [-2 if one.value is None else one.value for one in columns]
    return Shape(
        _buffers([(one.name, one.form) for one in columns], [len(one.buffers) for one in columns]),
        np.array([matrix for matrix, _ in every], dtype=np.int64),
        np.array([row for _, row in every], dtype=np.int64),
        np.array(values, dtype=np.int64),
    )


def _buffers(columns: Sequence[tuple[str, bytes]], sizes: Sequence[int]) -> Buffers:
    counts = np.array(sizes, dtype=np.int64)
    return Buffers(tuple(columns), counts, np.cumsum(counts) - counts + 1)


def frame_of(
    shape: Shape,
    bases: Sequence[int],
    steps: Sequence[int],
    nulls: NDArray[np.int64],
    height: int,
    held: Sequence[object],
) -> pl.DataFrame:
    """A table out of matrices that begin at `bases`, a row every `steps` bytes; they are handed over, not copied.

    `nulls` are the counts that `Column.value` names, then none and all. `held` is what the matrices belong to.
    """
    pointers = np.array(bases, dtype=np.int64).take(shape.matrix)
    pointers += np.array(steps, dtype=np.int64).take(shape.matrix) * shape.row
    missing = nulls.take(shape.value, mode="wrap")
    # Bits are told only where one says that a value is missing.
    pointers[shape.buffers.first[missing == 0]] = 0
    return pl.Series(_Table(shape.buffers, pointers, missing, height, held)).struct.unnest()


class _Table:
    """A table that Polars can take in one step: one Arrow record, whose buffers are held as long as Polars uses them.

    `pointers` are all buffers, `nulls` are by column. The descriptions of its columns are rows of whole numbers, as
    Arrow's C interface lays them out: written for all of them at once.
    """

    alive: ClassVar[dict[int, tuple[object, ...]]] = {}
    """What records in use by Polars point to, until Polars lets go of them."""

    def __init__(
        self,
        buffers: Buffers,
        pointers: NDArray[np.int64],
        nulls: NDArray[np.int64],
        length: int,
        held: Sequence[object],
    ) -> None:
        self.buffers = buffers
        self.pointers = pointers
        self.nulls = nulls
        self.length = length
        self.held = held

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        del requested_schema
        release_array, release_schema = _releases()
        columns, counts, places = self.buffers
        count, size = len(columns), len(self.pointers)
        # One piece of memory: the pointers, then the columns, then where each of those begins.
        piece = np.zeros(size + (_ARRAY_WORDS + 1) * count, dtype=np.int64)
        begin = address(piece)
        piece[:size] = self.pointers
        children = piece[size : size + _ARRAY_WORDS * count].reshape(count, _ARRAY_WORDS)
        children[:, 0] = self.length
        children[:, 1] = self.nulls
        children[:, 3] = counts
        children[:, 5] = begin + 8 * places
        first = begin + 8 * size
        last = first + 8 * _ARRAY_WORDS * count
        piece[size + _ARRAY_WORDS * count :] = np.arange(first, last, 8 * _ARRAY_WORDS)
        schema, shape = _described(columns)
        array = _Array(self.length, 0, 0, 1, count, begin, last, None, release_array, id(piece))
        kind = _Schema(b"+s", b"", None, 0, count, shape, None, release_schema, None)
        _Table.alive[id(piece)] = (piece, array, kind, schema, self.held)
        capsule = _capsule()
        arrow_schema = capsule(ctypes.addressof(kind), b"arrow_schema", None)
        return arrow_schema, capsule(ctypes.addressof(array), b"arrow_array", None)


def frame(fields: Sequence[Field], length: int) -> pl.DataFrame:
    """A table of these columns, each of that length; the buffers are handed over, not copied."""
    buffers = _buffers([(field.name, field.form) for field in fields], [len(field.buffers) for field in fields])
    pointers = np.array([0, *(one for field in fields for one in field.buffers)], dtype=np.int64)
    nulls = np.array([field.nulls for field in fields], dtype=np.int64)
    return pl.Series(_Table(buffers, pointers, nulls, length, fields)).struct.unnest()


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
        _Table.alive.pop(pointer.contents.private_data, None)
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
    chosen = views_of(tuple(known)).view(np.complex128).take(numbers, mode="wrap")
    return Field(name, TEXT, 0, (0, address(chosen), address(_no_sizes())), (chosen,))


@cache
def views_of(known: tuple[str, ...]) -> NDArray[np.uint64]:
    """Words as Arrow keeps them, sixteen bytes each, as two numbers; numpy moves both at once as one complex number."""
    views = np.zeros((len(known), 2), dtype=np.uint64)
    for place, word in enumerate(known):
        data = word.encode().ljust(INLINE, b"\x00")
        if len(data) > INLINE:
            raise ValueError(f"{word!r} has {len(data)} bytes: expected at most {INLINE}")
        views[place] = np.frombuffer(len(word).to_bytes(4, "little") + data, dtype="<u8")
    return views.ravel()


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
    sizes = np.array([len(cells.codes), len(cells.more)], dtype=np.int64)
    buffers = address(cells.codes), address(cells.more), address(sizes)
    held = views, cells.codes, cells.more, sizes
    first, step = address(views), views.strides[0]
    return {name: Field(name, TEXT, 0, (0, first + step * place, *buffers), held) for place, name in enumerate(columns)}


def nothing(name: str, form: bytes, height: int) -> Field:
    """A column without anything: empty texts, or no values."""
    shared = zeros(height)
    if form == TEXT:
        return Field(name, form, 0, (0, address(shared), address(_no_sizes())), (shared,))
    return Field(name, form, height, (address(shared), address(shared)), (shared,))


def zeros(height: int) -> NDArray[np.uint64]:
    """Zeros for that many texts, or values, or bits: columns without anything share them."""
    return _zeros(height.bit_length())


@cache
def _zeros(size: int) -> NDArray[np.uint64]:
    return np.zeros((2 << size) + 1, dtype=np.uint64)
