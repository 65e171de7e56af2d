"""A connection by SFTP (the extra `cleanclaim[sftp]`). The other end must show a host key that a person has confirmed.

A host whose key nobody has confirmed, or whose key is another one now, is refused with the key's fingerprint, before
anything about the clinic is said: whoever sets the connection up compares it with what the clearinghouse publishes.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import asyncssh

from cleanclaim.submission.connections import (
    ConnectionProblemError,
    NameTakenError,
    RemoteFile,
    TransientProblemError,
    UnknownHostKeyError,
    plain_name,
    staged_name,
)
from cleanclaim.submission.folder import LARGEST

T = TypeVar("T")

_CONNECT = 20.0
_STEP = 120.0
"""Seconds that a step may take, such as the transfer of one file; the lease of a worker is longer."""
_TRANSIENT = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, asyncssh.SFTPLockConflict)


@dataclass(frozen=True, slots=True)
class SftpAccount:
    """An account at a clearinghouse.

    `host_key` is the key that the host must show, as a line of OpenSSH: kind and key. `private_key` is the account's
    own key in OpenSSH's form, "" where it signs in by password.
    """

    host: str
    port: int
    user_name: str
    host_key: str
    password: str = ""
    private_key: str = ""
    out_folder: str = "."
    answers_folder: str = "."

    def __repr__(self) -> str:
        """Host and user name: never what signs in."""
        return f"SftpAccount({self.user_name}@{self.host}:{self.port})"


class SftpConnection:
    """An SFTP session, opened by `with`. Each call waits for its answer."""

    def __init__(self, account: SftpAccount) -> None:
        self._account = account
        self._runner: asyncio.Runner | None = None
        self._session: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    def __enter__(self) -> Self:
        """Connect, after the host has shown the key that is known of it."""
        with ExitStack() as undone:
            self._runner = undone.enter_context(asyncio.Runner())
            self._run(self._open(), _CONNECT * 2)
            # Connected: from here on it is `__exit__` that hangs up.
            undone.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up; a line that is broken already is no problem any more."""
        if self._runner is None:
            return
        try:
            self._runner.run(self._close())
        finally:
            self._runner.close()
            self._runner = self._session = self._sftp = None

    def outgoing(self) -> Sequence[RemoteFile]:
        """What lies in the folder that files are put into."""
        return self._run(self._list(self._account.out_folder))

    def stage(self, name: str, data: bytes) -> None:
        """Write the staged file."""
        self._run(self._write(_path(self._account.out_folder, staged_name(name)), data))

    def release(self, name: str) -> None:
        """Rename the staged file, in one step of the server, which refuses a name that is taken."""
        folder = self._account.out_folder
        self._run(self._rename(_path(folder, staged_name(name)), _path(folder, plain_name(name))))

    def incoming(self) -> Sequence[RemoteFile]:
        """What lies in the folder of answers."""
        found = self._run(self._list(self._account.answers_folder))
        return [one for one in found if not one.name.startswith(".")]

    def get(self, name: str) -> bytes:
        """An answer's bytes."""
        return self._run(self._read(_path(self._account.answers_folder, plain_name(name))))

    # --- inside the loop ---

    async def _open(self) -> None:
        account = self._account
        if not account.host_key.strip():
            await self._refuse_unknown("nobody has confirmed the host's key")
        try:
            key = asyncssh.import_public_key(account.host_key.strip())
            own = [asyncssh.import_private_key(account.private_key)] if account.private_key else []
        except asyncssh.KeyImportError as error:
            raise ConnectionProblemError("a key of the connection cannot be read: expected OpenSSH's form") from error
        try:
            self._session = await asyncssh.connect(
                account.host,
                account.port,
                username=account.user_name,
                password=account.password or None,
                client_keys=own or None,
                known_hosts=([key], [], []),
                agent_path=None,
                config=None,
                connect_timeout=_CONNECT,
                login_timeout=_CONNECT,
            )
        except asyncssh.HostKeyNotVerifiable:
            await self._refuse_unknown("the host shows another key than the one that was confirmed")
        if self._session is not None:
            self._sftp = await self._session.start_sftp_client()

    async def _refuse_unknown(self, why: str) -> None:
        shown = await asyncssh.get_server_host_key(
            self._account.host, self._account.port, config=None, client_version="cleanclaim"
        )
        if shown is None:
            raise ConnectionProblemError("the host shows no key")
        fingerprint = shown.get_fingerprint()
        key = " ".join(shown.export_public_key("openssh").decode().split()[:2])
        raise UnknownHostKeyError(f"{why}: it shows {fingerprint}", fingerprint, key)

    async def _close(self) -> None:
        if self._sftp is not None:
            self._sftp.exit()
        if self._session is not None:
            self._session.close()
            await self._session.wait_closed()

    async def _list(self, folder: str) -> list[RemoteFile]:
        found = [
            RemoteFile(str(one.filename), one.attrs.size or 0, int(one.attrs.mtime or 0))
            for one in await self._client.readdir(folder)
            if one.attrs.permissions is None or stat.S_ISREG(one.attrs.permissions)
        ]
        return sorted((one for one in found if one.name not in {".", ".."}), key=lambda one: one.name)

    async def _write(self, path: str, data: bytes) -> None:
        async with self._client.open(path, "wb") as stream:
            await stream.write(data)
        written = await self._client.stat(path)
        if written.size is not None and written.size != len(data):
            raise TransientProblemError(f"{written.size:,} of {len(data):,} bytes were written")

    async def _rename(self, staged: str, final: str) -> None:
        if await self._client.exists(final):
            raise NameTakenError("a file of this name lies in the folder already")
        await self._client.rename(staged, final)

    async def _read(self, path: str) -> bytes:
        size = (await self._client.stat(path)).size
        if size is not None and size > LARGEST:
            raise ConnectionProblemError(f"an answer of more than {LARGEST:,} bytes")
        async with self._client.open(path, "rb") as stream:
            # A stream opened for bytes gives bytes; the library's types say text.
            data = cast("bytes", await stream.read())
        if size is not None and len(data) != size:
            # It is still being written: the next round finds it whole, under another time.
            raise TransientProblemError(f"{len(data):,} of {size:,} bytes were read")
        return data

    @property
    def _client(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            raise ConnectionProblemError("the connection is not open")
        return self._sftp

    def _run(self, step: Coroutine[Any, Any, T], longest: float = _STEP) -> T:
        """Do one step; what SSH calls an error becomes a problem of ours, without a word of the files' content."""
        if self._runner is None:
            step.close()
            raise ConnectionProblemError("the connection is not open")
        try:
            return self._runner.run(asyncio.wait_for(step, longest))
        except ConnectionProblemError:
            raise
        except asyncssh.PermissionDenied as error:
            raise ConnectionProblemError("the host does not let this account in") from error
        except asyncssh.SFTPError as error:
            kind = TransientProblemError if isinstance(error, _TRANSIENT) else ConnectionProblemError
            raise kind(f"the host refuses: {type(error).__name__.removeprefix('SFTP')}") from error
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise TransientProblemError(f"no connection: {type(error).__name__}") from error


def _path(folder: str, name: str) -> str:
    return f"{folder.rstrip('/') or ''}/{name}" if folder not in {"", "."} else name
