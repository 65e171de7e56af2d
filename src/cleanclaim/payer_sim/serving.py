"""The payer behind a door: SFTP on this machine alone (the extra `cleanclaim[sftp]`); claims in, answers out.

What is put into `in` is answered as soon as it is whole: when the file is closed, or gets its name. A name that begins
with a dot is of a file that is not whole yet. Answers lie in `out`. Whoever signs in sees these folders and no other.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import asyncssh

from cleanclaim.payer_sim.answering import Answered, answer
from cleanclaim.payer_sim.memory import load_memory, save_memory

HOST = "127.0.0.1"
USER = "clinic"
_HOST_KEY, _PASSWORD, _STATE, _OPEN = "host-key", "password", "memory.json", "files"
_IN, _OUT = "in", "out"


@dataclass(slots=True)
class Counter:
    """What lies behind the door: the two folders in `files`, and beside them the host key, password and memory.

    `told` hears of each run that had something to answer or to pay.
    """

    root: Path
    seed: int
    scenario: str
    today: Callable[[], date]
    settle: bool = False
    told: Callable[[Answered], None] = lambda _found: None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _met: object = None
    """The day and the files of the last run: nothing is done twice for the same."""

    def prepare(self) -> None:
        """Make what is missing: the folders, the host key and the password, for their owner only.

        Raises `OSError` where that cannot be, and `MemoryFileError` where the memory is of another seed or scenario.
        """
        for folder in (self.root, self.files, self.files / _IN, self.files / _OUT):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.root / _HOST_KEY).exists():
            _write(self.root / _HOST_KEY, asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        if not (self.root / _PASSWORD).exists():
            _write(self.root / _PASSWORD, secrets.token_urlsafe(18).encode())
        load_memory(self.root / _STATE, seed=self.seed, scenario=self.scenario)

    @property
    def files(self) -> Path:
        """The folder that whoever signs in sees as the root."""
        return self.root / _OPEN

    @property
    def host_key(self) -> asyncssh.SSHKey:
        """The key by which this host is known."""
        return asyncssh.import_private_key((self.root / _HOST_KEY).read_bytes())

    @property
    def password(self) -> str:
        """The password of the one account."""
        return (self.root / _PASSWORD).read_text("utf-8").strip()

    async def serve_once(self) -> None:
        """Answer what is new and pay what is due; one run at a time."""
        async with self._lock:
            now = (self.today(), [(path.name, path.stat().st_size) for path in self._whole()])
            if now == self._met:
                return
            found = await asyncio.to_thread(self.work)
            self._met = now
        if found.files:
            self.told(found)

    def work(self) -> Answered:
        """The same, here and now."""
        memory = load_memory(self.root / _STATE, seed=self.seed, scenario=self.scenario)
        files = [(path.stem, path.read_bytes()) for path in self._whole()]
        found = answer(files, memory, today=self.today(), settle=self.settle)
        for name, data in found.files.items():
            _write(self.files / _OUT / name, data)
        # Last: a run that dies before this is repeated to the byte.
        save_memory(self.root / _STATE, memory)
        return found

    def _whole(self) -> list[Path]:
        found = sorted((self.files / _IN).iterdir())
        return [path for path in found if path.is_file() and not path.name.startswith(".")]


async def open_door(counter: Counter, port: int) -> asyncssh.SSHAcceptor:
    """Listen on the loopback of this machine; port 0 takes a free one."""
    return await asyncssh.create_server(
        lambda: _Door(counter.password),
        HOST,
        port,
        server_host_keys=[counter.host_key],
        sftp_factory=lambda channel: _Files(channel, counter),
        allow_scp=False,
        agent_forwarding=False,
    )


class _Door(asyncssh.SSHServer):
    """Who may come in: one account, by its password."""

    def __init__(self, password: str) -> None:
        self._password = password

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - everybody is asked
        """Ask everybody."""
        return True

    def password_auth_supported(self) -> bool:
        """By password."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Whether it is the account and its password."""
        return username == USER and hmac.compare_digest(password.encode(), self._password.encode())


class _Files(asyncssh.SFTPServer):
    """The two folders; the payer goes to work when a file of `in` is whole."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], counter: Counter) -> None:
        self._counter = counter
        super().__init__(channel, chroot=os.fsencode(counter.files.resolve()))

    async def close(self, file_obj: object) -> None:
        """The file is closed."""
        super().close(file_obj)
        await self._counter.serve_once()

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """The file has its name."""
        super().rename(oldpath, newpath)
        await self._counter.serve_once()

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """The same, for whoever asks for it in the other way."""
        super().posix_rename(oldpath, newpath)
        await self._counter.serve_once()


def _write(path: Path, data: bytes) -> None:
    """Put a file in place as a whole, for its owner only."""
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    part.replace(path)
