"""The program's own server as a process of its own, on a home of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

RUN = "from cleanclaim.cli.main import run; run()"
_PATIENCE = 30


class Served(NamedTuple):
    """A server that answers: its process, and the address that it told."""

    process: subprocess.Popen[str]
    address: str

    def interrupt(self) -> int:
        """End it as Ctrl-C does; what it exits with."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(_PATIENCE)


def command(*words: str) -> list[str]:
    """The program with these words."""
    return [sys.executable, "-c", RUN, *words]


def environment(home: Path) -> dict[str, str]:
    """The environment of somebody who has told the program nothing but its home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANCLAIM_", "DJANGO_"))}
    return {**kept, "CLEANCLAIM_HOME": str(home), "PYTHONUNBUFFERED": "1"}


@contextmanager
def serving_demo(home: Path, port: str = "8765") -> Iterator[Served]:
    """Serve the demo from a home until the block ends.

    Raises:
        RuntimeError: it ended before it told an address; with what it said.
    """
    words = command("serve", "--demo", "--port", port)
    with subprocess.Popen(  # noqa: S603 - our own program
        words, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = []
            for line in process.stdout or ():
                said.append(line)
                told = re.fullmatch(r"CleanClaim is at (http://\S+/) \(Ctrl-C stops it\)\n", line)
                if told:
                    yield Served(process, told[1].rstrip("/"))
                    return
            raise RuntimeError("the app did not start:\n" + "".join(said))
        finally:
            process.terminate()
