"""The files of the repository, read once, for tests that look at source text."""

from __future__ import annotations

import ast
import functools
import gc
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "cleanclaim"

# Where git is absent, these are not part of the repository.
_OUTSIDE = {"__pycache__", "dist", "mutants", "node_modules", "out", "site"}
_BINARY = {".gz", ".ico", ".parquet", ".pdf", ".png", ".ttf", ".woff2", ".xlsx", ".zip"}


class Module(NamedTuple):
    """A Python file: its path below the repository, with forward slashes, and its syntax tree."""

    path: str
    tree: ast.Module


class Place(NamedTuple):
    """Something found on a line of a file."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def listed(places: list[Place], remedy: str) -> str:
    """The message of an assertion: what to do, then where."""
    return "\n".join([remedy, *map(str, places)])


@functools.cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, by path."""
    found = tuple(
        Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_bytes(), str(path)))
        for path in sorted(PACKAGE.rglob("*.py"))
    )
    gc.freeze()  # the trees stay until the end: looking for garbage in them takes a second each time
    return found


def module(source: str, path: str = "src/cleanclaim/sample.py") -> Module:
    """A module from text, to show that a check can fail."""
    return Module(path, ast.parse(source))


@functools.cache
def texts() -> tuple[tuple[str, str], ...]:
    """Path and text of every text file in the repository; what is not UTF-8 is no text."""
    found = []
    for path in _tracked() or _walked():
        if path.suffix in _BINARY or not path.is_file():
            continue
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return tuple(found)


def _tracked() -> list[Path]:
    """What git tracks; nothing where there is no git, or it distrusts the folder's owner."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return []
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def _walked() -> list[Path]:
    """Every file below the repository that is neither a cache nor built."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(
            name for name in below if name not in _OUTSIDE and (not name.startswith(".") or name == ".ci")
        )
        found += [Path(folder, name) for name in sorted(names)]
    return found
