"""The payer behind its SFTP door on this machine: what is put in is answered, and nobody else comes in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.payer_sim import Answered, MemoryFileError
from cleanclaim.x12.reader_835 import read_835
from tests.payer_sim.claim_files import TODAY, Claim, claim_file

pytest.importorskip("asyncssh")

from cleanclaim.payer_sim.serving import HOST, USER, Counter, open_door
from cleanclaim.submission.connections import ConnectionProblemError
from cleanclaim.submission.sftp import SftpAccount, SftpConnection

pytestmark = pytest.mark.enable_socket


class Door:
    """The payer's door in a thread of its own; `today` is what the payer takes the day to be."""

    def __init__(self, root: Path) -> None:
        self.today = TODAY
        self.told: list[Answered] = []
        self.counter = Counter(root, 1, "none", lambda: self.today, told=self.told.append)
        self.counter.prepare()
        self.loop = asyncio.new_event_loop()
        self.acceptor = self.loop.run_until_complete(open_door(self.counter, 0))
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def look(self) -> None:
        asyncio.run_coroutine_threadsafe(self.counter.serve_once(), self.loop).result(timeout=20)

    def account(self) -> SftpAccount:
        return SftpAccount(
            host=HOST,
            port=self.acceptor.get_port(),
            user_name=USER,
            host_key=" ".join(self.counter.host_key.export_public_key().decode().split()[:2]),
            password=self.counter.password,
            out_folder="in",
            answers_folder="out",
        )

    def close(self) -> None:
        async def stop() -> None:
            self.acceptor.close()
            await self.acceptor.wait_closed()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(timeout=20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=20)
        self.loop.close()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    opened = Door(tmp_path / "payer")
    yield opened
    opened.close()


def kinds(names: list[str]) -> list[str]:
    return sorted(name.rpartition(".")[2] for name in names)


def test_what_is_put_in_is_answered_when_it_has_its_name_and_paid_on_its_day(door: Door) -> None:
    with SftpConnection(door.account()) as connection:
        connection.stage("B1.837", claim_file(Claim()))
        assert list(connection.incoming()) == []
        connection.release("B1.837")
        assert kinds([one.name for one in connection.incoming()]) == ["277", "999"]
        door.today = date(2026, 11, 29)
        door.look()
        assert kinds([one.name for one in connection.incoming()]) == ["277", "999"]
        door.today = date(2026, 11, 30)
        door.look()
        (paid,) = [one.name for one in connection.incoming() if one.name.endswith(".835")]
        (remittance,) = read_835(connection.get(paid)).remittances
    assert (remittance.amount_cents, remittance.claims[0].control_number) == (0, "C1")
    assert [found.claims for found in door.told] == [1, 0]


def test_nothing_but_the_two_folders_is_seen(door: Door) -> None:
    account = replace(door.account(), out_folder="..", answers_folder="/")
    with SftpConnection(account) as connection:
        assert sorted(one.name for one in connection.outgoing()) == []
        assert list(connection.incoming()) == []
    assert sorted(path.name for path in door.counter.root.iterdir()) == ["files", "host-key", "password"]
    modes = {path.name: path.stat().st_mode & 0o777 for path in door.counter.root.iterdir()}
    assert modes == {"files": 0o700, "host-key": 0o600, "password": 0o600}


@pytest.mark.parametrize("name", [USER, "somebody"])
def test_nobody_else_comes_in(door: Door, name: str) -> None:
    account = replace(door.account(), user_name=name)
    if name == USER:
        account = replace(account, password="another")  # noqa: S106 - a wrong one
    with pytest.raises(ConnectionProblemError), SftpConnection(account):
        pass


def test_the_keys_are_made_once_and_the_memory_is_of_one_seed(tmp_path: Path) -> None:
    first = Counter(tmp_path, 1, "none", lambda: TODAY)
    first.prepare()
    before = (first.host_key.get_fingerprint(), first.password)
    again = Counter(tmp_path, 1, "none", lambda: TODAY)
    again.prepare()
    assert (again.host_key.get_fingerprint(), again.password) == before
    (tmp_path / "files" / "in" / "a.837").write_bytes(claim_file(Claim()))
    assert again.work().claims == 1
    with pytest.raises(MemoryFileError, match="expected the same again"):
        Counter(tmp_path, 2, "none", lambda: TODAY).prepare()
