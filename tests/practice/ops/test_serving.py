"""Serving: a busy port falls back to a free one, a demo stays on this machine, Ctrl-C ends it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from cleanclaim.practice import serving

RUN = "from cleanclaim.cli.main import run; run()"


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", RUN, *words]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLEANCLAIM_")}
    return {**kept, "CLEANCLAIM_HOME": str(home)}


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
def test_the_demo_is_served_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = str(taken.getsockname()[1])
        served = subprocess.Popen(  # noqa: S603 - our own
            command("serve", "--demo", "--port", busy), env=environment(tmp_path), stdout=subprocess.PIPE, text=True
        )
        assert served.stdout is not None
        said = served.stdout.readline()
        address = re.fullmatch(r"CleanClaim is at (http://127\.0\.0\.1:(\d+)/) \(Ctrl-C stops it\)\n", said)
        assert address is not None, said
        assert address[2] != busy
        with urllib.request.urlopen(address[1], timeout=60) as answer:  # noqa: S310 - our own address
            page = answer.read().decode()
    assert answer.status == 200
    assert "The demo clinic" in page
    assert page.count('class="person"') >= 8
    served.send_signal(signal.SIGINT)
    assert served.wait(30) == 0
    served.stdout.close()
    assert (tmp_path / "demo" / "practice.sqlite3").is_file()
    assert not (tmp_path / "practice.sqlite3").exists()
