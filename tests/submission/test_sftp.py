"""SFTP against a server of its own on this machine: what is put, listed, renamed and refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from cleanclaim.submission.connections import (
    ConnectionProblemError,
    NameTakenError,
    TransientProblemError,
    UnknownHostKeyError,
)
from cleanclaim.submission.sftp import SftpAccount, SftpConnection

pytestmark = pytest.mark.enable_socket


@dataclass
class Server:
    root: Path
    account: SftpAccount
    fingerprint: str


class OneUser(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("millrace", "a long password")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("sftp")
    (root / "out").mkdir()
    (root / "in").mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    connections: list[Any] = []

    class Remembering(OneUser):
        def connection_made(self, conn: object) -> None:
            connections.append(conn)

    def factory(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(root).encode())

    async def listen() -> Any:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Remembering, server_host_keys=[key], sftp_factory=factory
        )

    listening = loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    public = " ".join(key.export_public_key("openssh").decode().split()[:2])
    account = SftpAccount(
        host="127.0.0.1",
        port=listening.get_port(),
        user_name="millrace",
        host_key=public,
        password="a long password",  # noqa: S106 - of this server alone
        out_folder="out",
        answers_folder="in",
    )
    yield Server(root, account, key.get_fingerprint())

    async def end() -> None:
        listening.close()
        await listening.wait_closed()
        for connection in connections:
            connection.abort()
        await asyncio.sleep(0.1)

    asyncio.run_coroutine_threadsafe(end(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def test_a_file_is_staged_out_of_sight_and_released_by_one_rename(server: Server) -> None:
    with SftpConnection(server.account) as connection:
        connection.stage("one.837", b"ISA first")
        connection.stage("one.837", b"ISA second try")
        assert [(one.name, one.size) for one in connection.outgoing()] == [(".one.837.part", 14)]
        connection.release("one.837")
        assert [(one.name, one.size) for one in connection.outgoing()] == [("one.837", 14)]
    assert (server.root / "out" / "one.837").read_bytes() == b"ISA second try"
    (server.root / "out" / "one.837").unlink()


def test_a_name_that_is_taken_is_never_replaced(server: Server) -> None:
    (server.root / "out" / "two.837").write_bytes(b"theirs")
    with SftpConnection(server.account) as connection:
        connection.stage("two.837", b"ours")
        with pytest.raises(NameTakenError, match="a file of this name lies in the folder already"):
            connection.release("two.837")
    assert (server.root / "out" / "two.837").read_bytes() == b"theirs"
    for path in (server.root / "out").iterdir():
        path.unlink()


def test_answers_are_listed_and_fetched_and_stay(server: Server) -> None:
    (server.root / "in" / "a.999").write_bytes(b"ISA answer")
    (server.root / "in" / ".hidden").write_bytes(b"not yet")
    (server.root / "in" / "folder").mkdir(exist_ok=True)
    with SftpConnection(server.account) as connection:
        found = connection.incoming()
        assert [(one.name, one.size) for one in found] == [("a.999", 10)]
        assert found[0].changed > 0
        assert connection.get("a.999") == b"ISA answer"
        with pytest.raises(ConnectionProblemError, match="plain name"):
            connection.get("../out/secret")
        with pytest.raises(ConnectionProblemError, match="the host refuses: NoSuchFile"):
            connection.get("b.999")
    assert (server.root / "in" / "a.999").exists()


def test_a_host_whose_key_nobody_confirmed_is_refused_with_its_fingerprint(server: Server) -> None:
    with pytest.raises(UnknownHostKeyError) as caught, SftpConnection(replace(server.account, host_key="")):
        pass
    assert caught.value.fingerprint == server.fingerprint
    assert caught.value.key == server.account.host_key
    assert str(caught.value) == f"nobody has confirmed the host's key: it shows {server.fingerprint}"


def test_a_host_that_shows_another_key_is_refused_with_its_fingerprint(server: Server) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode()
    with pytest.raises(UnknownHostKeyError) as caught, SftpConnection(replace(server.account, host_key=other)):
        pass
    assert caught.value.fingerprint == server.fingerprint
    assert str(caught.value).startswith("the host shows another key than the one that was confirmed")


def test_a_wrong_password_is_no_transient_problem(server: Server) -> None:
    with (
        pytest.raises(ConnectionProblemError, match="does not let this account in") as caught,
        SftpConnection(replace(server.account, password="another")),  # noqa: S106 - nobody's
    ):
        pass
    assert not isinstance(caught.value, TransientProblemError)


def test_a_host_that_is_not_there_is_a_transient_problem(server: Server) -> None:
    with pytest.raises(TransientProblemError), SftpConnection(replace(server.account, port=1)):
        pass


def test_what_signs_in_is_never_shown(server: Server) -> None:
    assert "a long password" not in repr(server.account)
