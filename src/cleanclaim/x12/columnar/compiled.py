"""Loops over bytes and segments as machine code, where numba is installed (the extra `fast`); the same results without.

A kernel is an ordinary function over numpy arrays that numba can compile. Compiling takes some seconds the first time
on a machine and part of one afterwards (the code is kept beside the module, or where NUMBA_CACHE_DIR says), so that
it is worth it for large files only. Kernels hold no lock while they run: threads work side by side.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

WORTHWHILE = 8_000_000
"""Bytes of a file from which on kernels are compiled for it."""


@cache
def is_available() -> bool:
    """Whether numba is installed and works with the numpy at hand."""
    return _numba() is not None


def kernel(function: Kernel, *parts: Callable[..., Any]) -> Kernel:
    """The function as machine code, compiled when it is first called; `parts` are functions of its module it calls.

    Without numba it is the function itself, as slow as Python is.
    """
    return cast("Kernel", _compiled(function, parts))


@cache
def _compiled(function: Callable[..., Any], parts: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    numba = _numba()
    if numba is None:
        return function
    for part in parts:
        _inner(part)
    if parts:
        # A kernel kept on disk is known by its name and the text of its own module; what it calls may be in others.
        function.__qualname__ = f"{function.__name__}_{_digest(parts)}"
    try:
        made: Callable[..., Any] = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        # No folder can be written to: the kernel lasts as long as the process.
        made = numba.njit(nogil=True)(function)
    return made


def _digest(parts: Iterable[Callable[..., Any]]) -> str:
    """What changes with the text of the modules in which these functions are."""
    modules = sorted({part.__module__ for part in parts})
    texts = "".join(inspect.getsource(sys.modules[name]) for name in modules)
    return hashlib.sha256(texts.encode()).hexdigest()[:16]


@cache
def _inner(part: Callable[..., Any]) -> None:
    """Make a function known to numba, once, so that kernels may call it."""
    importlib.import_module("numba.extending").register_jitable(part)


@cache
def _numba() -> Any | None:  # noqa: ANN401 - a module that may not be there
    try:
        return importlib.import_module("numba")
    except ImportError:
        return None
