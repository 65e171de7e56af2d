"""A connection by two folders of this machine: a clearinghouse's own program, or a share, takes files from there."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from cleanclaim.submission.connections import (
    ConnectionProblemError,
    NameTakenError,
    RemoteFile,
    TransientProblemError,
    plain_name,
    staged_name,
)

_TRANSIENT = frozenset({errno.EAGAIN, errno.EBUSY, errno.EIO, errno.EINTR, errno.ESTALE, errno.ETIMEDOUT})
LARGEST = 256 * 1024 * 1024
"""The largest answer that is fetched, in bytes."""


class FolderConnection:
    """Two folders: files are put into `out`, answers lie in `answers`. Both must be there."""

    def __init__(self, out: Path, answers: Path) -> None:
        self._out = out
        self._answers = answers

    def __enter__(self) -> Self:
        """Look whether both folders are there."""
        for folder in (self._out, self._answers):
            if not folder.is_dir():
                raise ConnectionProblemError(f"{folder.name}: expected a folder")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def outgoing(self) -> Sequence[RemoteFile]:
        """What lies in the folder `out`, staged files too."""
        return _listed(self._out)

    def stage(self, name: str, data: bytes) -> None:
        """Write the staged file, for its owner's eyes, and have it on the disk before anything else happens."""
        path = self._out / staged_name(name)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _problem(error, "writing") from error

    def release(self, name: str) -> None:
        """Rename the staged file. A file of that name is never replaced: names bear a number that is never reused."""
        staged, final = self._out / staged_name(name), self._out / plain_name(name)
        if final.exists():
            raise NameTakenError("a file of this name lies in the folder already")
        try:
            staged.rename(final)
            _settle(self._out)
        except OSError as error:
            raise _problem(error, "releasing") from error

    def incoming(self) -> Sequence[RemoteFile]:
        """What lies in the folder of answers; hidden files are nobody's answers yet."""
        return [one for one in _listed(self._answers) if not one.name.startswith(".")]

    def get(self, name: str) -> bytes:
        """An answer's bytes."""
        path = self._answers / plain_name(name)
        try:
            if path.stat().st_size > LARGEST:
                raise ConnectionProblemError(f"an answer of more than {LARGEST:,} bytes")
            return path.read_bytes()
        except OSError as error:
            raise _problem(error, "reading") from error


def _listed(folder: Path) -> list[RemoteFile]:
    """The plain files of a folder by name; links are not followed, so that nothing outside the folder is read."""
    try:
        with os.scandir(folder) as entries:
            found = [
                RemoteFile(entry.name, stat.st_size, int(stat.st_mtime))
                for entry in entries
                if entry.is_file(follow_symlinks=False) and (stat := entry.stat(follow_symlinks=False))
            ]
    except OSError as error:
        raise _problem(error, "listing") from error
    return sorted(found, key=lambda one: one.name)


def _settle(folder: Path) -> None:
    """Have a rename on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _problem(error: OSError, doing: str) -> ConnectionProblemError:
    kind = TransientProblemError if error.errno in _TRANSIENT else ConnectionProblemError
    return kind(f"{doing}: {error.strerror or type(error).__name__}")
