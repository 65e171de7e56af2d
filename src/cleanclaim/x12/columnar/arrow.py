"""Texts of a block as Polars columns that point into its bytes, handed over by Arrow's C interface.

Polars keeps a text of up to twelve bytes in sixteen bytes of its own, and a longer one as a place in a buffer. Both are
made here by numpy for all texts of a table at once; Polars takes them as they are, without copying the block. Nothing
but the documented `__arrow_c_array__` is used, so no Arrow library is needed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cleanclaim.x12.columnar.tokens import Bytes, Offsets, Tokens, Words

_INLINE = 12
_PREFIX = 4
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


class _Texts:
    """An array of texts that Polars can take: `views` say where each is, two words a text, in `data`."""

    held: ClassVar[dict[int, tuple[object, ...]]] = {}
    """What arrays in use by Polars point to, until Polars lets go of them."""

    def __init__(self, views: Words, data: Bytes) -> None:
        self.views = views
        self.data = data
        self.sizes = np.array([len(data)], dtype=np.int64)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        del requested_schema
        release_array, release_schema = _releases()
        buffers = (ctypes.c_void_p * 4)(None, self.views.ctypes.data, self.data.ctypes.data, self.sizes.ctypes.data)
        array = _Array(len(self.views) // 2, 0, 0, 4, 0, buffers, None, None, release_array, id(buffers))
        schema = _Schema(b"vu", b"", None, _NULLABLE, 0, None, None, release_schema, None)
        _Texts.held[id(buffers)] = (buffers, array, schema, self.views, self.data, self.sizes)
        capsule = _capsule()
        arrow_schema = capsule(ctypes.addressof(schema), b"arrow_schema", None)
        return arrow_schema, capsule(ctypes.addressof(array), b"arrow_array", None)


@cache
def _releases() -> tuple[Any, Any]:
    """What Polars calls when it lets go of an array and of its type."""

    def array(pointer: Any) -> None:  # noqa: ANN401 - a pointer of ctypes
        _Texts.held.pop(pointer.contents.private_data, None)
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


@cache
def _keep(most: int) -> Words:
    """By length: the bits that its first bytes take, of a word of `most` bytes."""
    sizes = [min(max(length, 0), most) for length in range(_INLINE + 1)]
    return np.array([(1 << (8 * size)) - 1 for size in sizes], dtype=np.uint64)


def texts(tokens: Tokens, begins: Offsets, lengths: Offsets) -> pl.Series:
    """The texts at these places, each valid UTF-8: whoever calls has seen to that.

    The column keeps the block's bytes alive where it has texts of more than twelve bytes.
    """
    views = np.zeros(2 * len(begins), dtype=np.uint64)
    rows = np.flatnonzero(lengths)
    if len(rows):
        at, size = begins.take(rows).astype(np.int64), lengths.take(rows).astype(np.int64)
        inline = np.minimum(size, _INLINE)
        first = tokens.words[at] & _keep(_PREFIX).take(inline)
        places = rows * 2
        views[places] = size.view(np.uint64) | (first << np.uint64(32))
        rest: NDArray[np.uint64] = tokens.words[at + _PREFIX] & _later().take(inline)
        is_long = np.flatnonzero(size > _INLINE)
        rest[is_long] = at.take(is_long).view(np.uint64) << np.uint64(32)
        views[places + 1] = rest
    return pl.Series(_Texts(views, tokens.codes))


@cache
def _later() -> Words:
    """By length: the bits that the bytes after the first four take."""
    sizes = [max(length - _PREFIX, 0) for length in range(_INLINE + 1)]
    return np.array([(1 << (8 * size)) - 1 for size in sizes], dtype=np.uint64)
