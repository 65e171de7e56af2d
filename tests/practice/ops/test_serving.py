"""Serving: a busy port falls back to a free one, a demo stays on this machine, Ctrl-C ends it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from cleanclaim.practice import serving
from tests.practice.served import command, environment, serving_demo


@pytest.mark.enable_socket
def test_a_busy_port_falls_back_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        found = serving.open_port("127.0.0.1", port)
        assert found != port
        assert found > 1023
    assert serving.open_port("127.0.0.1", port) == port


@pytest.mark.enable_socket
def test_a_host_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(serving.ServingError, match=r"cannot listen on 203\.0\.113\.7"):
        serving.open_port("203.0.113.7", 8000)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("serve", "--demo", "--host", "0.0.0.0"), "listens on this machine only"),  # noqa: S104 - refused
        (("serve", "--fresh"), "--fresh goes with --demo"),
    ],
)
def test_what_would_show_a_demo_to_others_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own
        command(*words), env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.enable_socket
def test_the_demo_is_served_and_ends_by_ctrl_c(demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = str(taken.getsockname()[1])
        with serving_demo(home, busy) as served:
            address = re.fullmatch(r"http://127\.0\.0\.1:(\d+)", served.address)
            assert address is not None, served.address
            assert address[1] != busy
            with urllib.request.urlopen(served.address, timeout=60) as answer:  # noqa: S310 - our own address
                page = answer.read().decode()
            assert served.interrupt() == 0
    assert answer.status == 200
    assert "The demo clinic" in page
    assert page.count('class="person"') >= 8
    assert (home / "demo" / "practice.sqlite3").is_file()
    assert not (home / "practice.sqlite3").exists()
