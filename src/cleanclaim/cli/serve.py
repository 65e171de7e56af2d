"""`cleanclaim serve`: the practice in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from cleanclaim.cli.output import err, unusable
from cleanclaim.practice import environment, keys, serving

EXAMPLE = "cleanclaim serve --demo"

_HOST = "127.0.0.1"
_PORT = 8000


def command(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; only this machine reaches the default.")] = _HOST,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port; a free one where it is busy.")] = _PORT,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve the sample clinic, in a database of its own, sign-in by a click.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="With --demo: load the sample clinic anew.")] = False,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads in each process.")] = 4,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do the work behind the pages too, in a process of its own.")
    ] = True,
    migrate: Annotated[
        bool | None,
        typer.Option("--migrate/--no-migrate", help="Bring the tables up to date first; by default with SQLite."),
    ] = None,
) -> None:
    """Serve the practice until Ctrl-C."""
    if fresh and not demo:
        unusable("--fresh goes with --demo: only the sample clinic is ever loaded anew")
    if demo and not serving.is_loopback(host):
        unusable(f"--demo signs anybody in by a click, so it listens on this machine only: not on {host}")
    try:
        if demo:
            home = serving.use_demo_home()
            if serving.load_demo(home, fresh=fresh):
                err.print("The sample clinic is loaded.")
        else:
            engine = str(environment.database()["ENGINE"])
            serving.prepare(migrate=engine.endswith("sqlite3") if migrate is None else migrate)
        server = serving.Server(host, serving.open_port(host, port), processes, threads)
    except (serving.ServingError, keys.KeyFileError, environment.EnvironmentProblemError) as error:
        unusable(str(error))
    if server.port != port:
        err.print(f"Port {port} is busy; port {server.port} is free.")
    serving.serve(server, _say, with_worker=worker)


def _say(server: serving.Server) -> None:
    typer.echo(f"CleanClaim is at {server.address} (Ctrl-C stops it)")
