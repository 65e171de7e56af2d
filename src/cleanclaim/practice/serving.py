"""Run the app: prepare its home, its database and its keys, find a port, and serve until somebody stops it.

Nothing here needs Django before `prepare` has read the environment, so that a command can still change it.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cleanclaim.practice import environment, keys

DEMO_DAY = date(2026, 9, 25)
"""The day on which the sample clinic's notes are half written: the demo plays on it."""

DEMO_SLUG = "millrace"
SECOND_SLUG = "heronlake"
_SAMPLE = Path("examples") / "clinic-day"
_STAMP = "demo-stamp"
_HERE = Path(__file__).parent
_WAIT = 0.05
_PATIENCE = 10.0
_CONNECTIONS = 512
"""Browsers keep theirs open: a process takes many more connections than it has threads that answer."""


class ServingError(RuntimeError):
    """Why the app cannot be served, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how wide the app is served: processes, and threads in each."""

    host: str
    port: int
    processes: int
    threads: int

    @property
    def address(self) -> str:
        """The address to type into a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


# --- before ----------------------------------------------------------------------------------------------


def use_demo_home() -> Path:
    """Point the environment at a home, a database and a day of the demo's own; returns the home.

    A demo signs people in by a click, so it never runs on a database that may hold patients: whatever the environment
    says of one is set aside. The home lies under the practice's own, or in a temporary folder where that cannot be
    written.
    """
    for name in ("CLEANCLAIM_DATABASE", "CLEANCLAIM_OWNER_DATABASE", "CLEANCLAIM_FIELD_KEYS_FILE"):
        os.environ.pop(name, None)
    try:
        home = environment.home() / "demo"
        home.mkdir(mode=0o700, exist_ok=True)
        writable = os.access(home, os.W_OK)
    except (environment.EnvironmentProblemError, OSError):
        home, writable = Path(), False
    if not writable:
        home = Path(tempfile.mkdtemp(prefix="cleanclaim-demo-"))
    environment.home.cache_clear()
    os.environ.update(
        CLEANCLAIM_HOME=str(home),
        CLEANCLAIM_DEMO="1",
        CLEANCLAIM_DEMO_DAY=DEMO_DAY.isoformat(),
        CLEANCLAIM_HTTPS="0",
    )
    return home


def set_up() -> None:
    """Load Django with the practice's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.practice.settings")
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    import django  # noqa: PLC0415 - reads the environment when it is set up

    django.setup()


def prepare(*, migrate: bool) -> None:
    """Make the keys of a new home and bring the database up to date; refuse what would end in lost data.

    Args:
        migrate: change the tables; otherwise only say that they are behind.

    Raises:
        ServingError: the database is behind and may not be changed, or cannot be reached.
        KeyFileError: there are patients, and the keys that sealed them are gone.
    """
    set_up()
    from django.core.management import call_command  # noqa: PLC0415 - after set_up
    from django.db import DatabaseError, OperationalError, connection  # noqa: PLC0415 - after set_up

    try:
        behind = migrations_to_run()
        if behind and not migrate:
            raise ServingError(
                f"the database is behind by {len(behind)} migrations, the first is {behind[0]}: run `cleanclaim "
                "practice migrate` as the role that owns the tables (CLEANCLAIM_OWNER_DATABASE)"
            )
        if behind:
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        require_keys()
    except OperationalError as error:
        raise ServingError(f"the database cannot be reached: {_one_line(error)}") from error
    except DatabaseError as error:
        raise ServingError(f"the database cannot be prepared: {_one_line(error)}") from error
    finally:
        connection.close()


def require_keys() -> None:
    """Make the first keys of an empty practice; raise `KeyFileError` where a practice has lost its keys."""
    from cleanclaim.practice.models import Clinic  # noqa: PLC0415 - after set_up

    if keys.field_keys_path().is_file() or Clinic.objects.exists():
        keys.read_field_keys()
    else:
        keys.make_field_keys()


def migrations_applied() -> list[str]:
    """The migrations that the database has seen, by application and name."""
    from django.db import connection  # noqa: PLC0415 - after set_up
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415 - after set_up

    return sorted(f"{label}.{name}" for label, name in MigrationRecorder(connection).applied_migrations())


def migrations_to_run() -> list[str]:
    """The migrations that the database has not seen, in the order in which they run."""
    from django.db import connection  # noqa: PLC0415 - after set_up
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - after set_up

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


# --- the demo --------------------------------------------------------------------------------------------


def sample_folder() -> Path:
    """The sample clinic's folder: in the installed package, or in a checkout beside it."""
    for folder in (_HERE / "sample_clinic", _HERE.parents[2] / _SAMPLE):
        if (folder / "clinic.json").is_file():
            return folder
    raise ServingError(f"the sample clinic is not here: expected {_SAMPLE} in a checkout")


def load_demo(home: Path, *, fresh: bool = False) -> bool:
    """Load the sample clinic into the demo's home, unless it is there; says whether it was loaded.

    What people did in the demo stays for the next time, until `fresh` is asked for or the tables have changed.
    """
    folder = sample_folder()
    stamp = home / _STAMP
    expected = _stamp_of(folder)
    with _alone(home):
        is_there = stamp.is_file() and stamp.read_text(encoding="utf-8") == expected
        if is_there and not fresh:
            prepare(migrate=True)
            return False
        stamp.unlink(missing_ok=True)
        for path in home.glob("practice.sqlite3*"):
            path.unlink()
        prepare(migrate=True)
        from cleanclaim.practice.demo import load_folder  # noqa: PLC0415 - after set_up
        from cleanclaim.practice.demo_weeks import load_weeks  # noqa: PLC0415 - after set_up

        load_weeks(load_folder(folder, DEMO_SLUG, on=DEMO_DAY), SECOND_SLUG, on=DEMO_DAY)
        stamp.write_text(expected, encoding="utf-8")
    return True


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Whoever starts a second demo meanwhile waits until the first has loaded it."""
    with (home / "demo-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp_of(folder: Path) -> str:
    """A digest of what the demo's database is made from: the tables, the sample clinic, and how it is loaded."""
    digest = hashlib.sha256()
    made_from = [*(_HERE / "migrations").glob("*.py"), *_HERE.glob("engine/*.py"), *_HERE.glob("demo*.py")]
    for path in sorted([*made_from, *(item for item in folder.rglob("*") if item.is_file())]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


# --- serving ---------------------------------------------------------------------------------------------


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reached_at() -> str:
    """Where people reach the app: under the first of its names that others know, else on this machine."""
    known = [name for name in environment.hosts() if name != "*" and not is_loopback(name.strip("[]"))]
    if not known:
        return "http://127.0.0.1:8000/"
    # Django takes `.practice.example` for the name and everything below it.
    return f"{'https' if environment.flag('CLEANCLAIM_HTTPS') else 'http'}://{known[0].removeprefix('.')}/"


def open_port(host: str, wanted: int) -> int:
    """The wanted port, or a free one where that is busy. Raises `ServingError` where the host cannot be listened on."""
    for port in (wanted, 0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except PermissionError as error:
                raise ServingError(
                    f"port {wanted} is only for the system's administrator; choose one above 1023"
                ) from error
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise ServingError(f"cannot listen on {host}")


def serve(server: Server, when_ready: Callable[[Server], None], *, with_worker: bool = True) -> None:
    """Serve until Ctrl-C or SIGTERM; calls `when_ready` once the app takes connections.

    Args:
        server: where and how wide.
        when_ready: told once.
        with_worker: also do the work behind the pages, in a process of its own.
    """
    from granian.constants import Interfaces  # noqa: PLC0415 - only needed here
    from granian.log import LogLevels  # noqa: PLC0415 - only needed here
    from granian.server import Server as Granian  # noqa: PLC0415 - only needed here

    # A process forked after Polars has started its threads can hang.
    multiprocessing.set_start_method("spawn", force=True)
    granian = Granian(
        "cleanclaim.practice.wsgi:application",
        address=server.host,
        port=server.port,
        interface=Interfaces.WSGI,
        workers=server.processes,
        blocking_threads=server.threads,
        backpressure=_CONNECTIONS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    threading.Thread(target=_announce, args=(server, when_ready), daemon=True).start()
    worker = multiprocessing.Process(target=_work, name="worker", daemon=True) if with_worker else None
    if worker is not None:
        worker.start()
    try:
        granian.serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.join(_PATIENCE)
        sys.stdout.flush()


def _work() -> None:
    """The process of the worker; imports what it needs once it is there."""
    set_up()
    from cleanclaim.practice import tasks  # noqa: PLC0415 - after set_up

    tasks.work()


def _announce(server: Server, when_ready: Callable[[Server], None]) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.host, server.host)  # noqa: S104 - any address: ask here
    while True:
        try:
            socket.create_connection((host, server.port), timeout=1).close()
        except OSError:
            time.sleep(_WAIT)
        else:
            when_ready(server)
            return
