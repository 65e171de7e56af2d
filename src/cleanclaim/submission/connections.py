"""What a way to a payer or clearinghouse must be able to do: two folders, one to put files into, one to fetch from.

A file goes out in two steps. It is staged under a name that the receiver does not look at, as often as it takes; then
it is released by one rename, after which the receiver may take it at any moment. So there is never half a file under
its own name, and after a crash it can be told from the folder whether the file was released: what is still staged
was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

STAGED = ".part"
"""What a staged file's name ends in, behind a dot before it."""


class ConnectionProblemError(RuntimeError):
    """What cannot be done with a connection, and why. Trying again without a change does not help."""


class TransientProblemError(ConnectionProblemError):
    """A problem that may be gone in a moment: no answer, a broken line, a busy server."""


class UnknownHostKeyError(ConnectionProblemError):
    """The other end shows a key that nobody has confirmed. `fingerprint` is that of the key, `key` its text."""

    def __init__(self, message: str, fingerprint: str, key: str) -> None:
        super().__init__(message)
        self.fingerprint = fingerprint
        self.key = key


class NameTakenError(ConnectionProblemError):
    """A file of that name lies there already; it was not touched."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at the other end: its name, how many bytes it has, and when it was changed, in seconds since 1970."""

    name: str
    size: int
    changed: int = 0

    @property
    def key(self) -> str:
        """What tells this file from another that had its name before."""
        return f"{self.name}|{self.size}|{self.changed}"


class Connection(Protocol):
    """A way to the other end. It is opened by `with`; every call may raise `ConnectionProblemError`."""

    def __enter__(self) -> Self:
        """Open it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""

    def outgoing(self) -> Sequence[RemoteFile]:
        """What lies in the folder that files are put into, staged ones too, by name."""

    def stage(self, name: str, data: bytes) -> None:
        """Write a file under its staged name; one that lies there under that name is written anew."""

    def release(self, name: str) -> None:
        """Give a staged file its own name, in one step. Raises `NameTakenError` rather than replace a file."""

    def incoming(self) -> Sequence[RemoteFile]:
        """What lies in the folder that answers are fetched from, by name."""

    def get(self, name: str) -> bytes:
        """A file of that folder; it stays there."""


def staged_name(name: str) -> str:
    """The name under which a file is staged. Raises `ConnectionProblemError` for what is no plain file name."""
    return f".{plain_name(name)}{STAGED}"


def plain_name(name: str) -> str:
    """The name, if it names a file inside a folder and nothing else.

    Raises:
        ConnectionProblemError: it is empty, hidden, holds a separator or a sign that does not print.
    """
    if not name or name.startswith(".") or any(sign in "/\\" or not sign.isprintable() for sign in name):
        raise ConnectionProblemError("file name: expected a plain name without separators, not beginning with a dot")
    return name
