"""What each page of the practice costs the processor, on PostgreSQL: `./dev bench practice_pages`.

The database is that of `practice_load`, 200,000 claims of eight clinics. Each page is asked for again and again by one
person, in this process; counted are the processor time of Python and of PostgreSQL, the queries, and the bytes. These
hold whatever else the machine does, which the times of `practice_load` do not. A page of the mix that fifty people ask
for may cost 50 ms in all, where two processors are shared with those who ask; the pages of the money are no part of it.

Smaller: `CLAIMS=20000 ./dev bench practice_pages`; `KEEP=FOLDER` keeps the practice for next time.
"""

from __future__ import annotations

import importlib
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._filled_practice import begin_the_day, filled_practice
from benchmarks.practice_load import _CLAIM, _PATIENT, SHARES, onward

REPEATED = 30
_PARTS = 40
"""Parts of the queue that are looked at, from its beginning on."""
BUDGET = 50.0
_TICK = 1000 / os.sysconf("SC_CLK_TCK")
"""Milliseconds of one tick in which the system counts a process's time."""


def main() -> None:
    """Fill the database, ask for each page, print."""
    with filled_practice():
        from django.db import connection

        begin_the_day()
        measure(connection)
        connection.close()


def measure(connection: Any) -> None:  # noqa: ANN401 - the database's
    """Ask for each page and print what it cost, and what a page of the mix costs."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections
    from django.test import Client

    from cleanclaim.practice.models import Membership

    member = Membership.objects.select_related("user", "clinic").filter(role="biller").order_by("clinic__slug")[0]
    importlib.import_module("cleanclaim.practice.wsgi")  # as a server has it: what is loaded is no garbage
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # one session, whose process is watched
    client = Client(SERVER_NAME="localhost")
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    chosen, place = random.Random(1), f"/c/{member.clinic.slug}"

    def one_of(pattern: re.Pattern[str], path: str) -> list[str]:
        return sorted(set(pattern.findall(client.get(path).content.decode())))

    def parts_of(path: str, most: int) -> list[str]:
        parts = [path]
        while len(parts) < most and (more := onward(client.get(parts[-1]).content.decode())):
            parts.append(f"{path}{more}")
        return parts

    parts = parts_of(f"{place}/claims/", _PARTS)
    people = parts_of(f"{place}/patients/", _PARTS // 2)
    claims = one_of(_CLAIM, parts[min(2, len(parts) - 1)])
    patients = one_of(_PATIENT, people[min(2, len(people) - 1)])
    statuses = ("ready", "held", "question", "not_judged")
    pages: dict[str, Callable[[], str]] = {
        "queue": lambda: chosen.choice(parts),
        "queue filtered": lambda: f"{place}/claims/?status={chosen.choice(statuses)}",
        "claim": lambda: f"{place}/claims/{chosen.choice(claims)}/",
        "hold": lambda: f"{place}/claims/{chosen.choice(claims)}/hold/",
        "patients": lambda: chosen.choice(people),
        "patient": lambda: f"{place}/patients/{chosen.choice(patients)}/",
        "today": lambda: f"{place}/today/?all",
        "figures": lambda: f"{place}/figures/",
        "money": lambda: f"{place}/figures/money/",
        "claims behind": lambda: f"{place}/figures/money/net-days/?page={chosen.randint(1, 20)}",
    }
    backend = connection.connection.info.backend_pid
    of_mix = 0.0
    for name, path in pages.items():

        def ask(name: str = name, path: Callable[[], str] = path) -> int:
            answer = client.post(path(), {"reason": "asked"}) if name == "hold" else client.get(path())
            if answer.status_code >= 400:
                raise SystemExit(f"{name}: answered {answer.status_code}")
            return len(answer.content)

        for _ in range(3):
            ask()
        asked: list[str] = []
        python, database = time.process_time(), _worked(backend)
        with connection.execute_wrapper(_noting(asked)):
            size = sum(ask() for _ in range(REPEATED))
        python, database = (time.process_time() - python) * 1000 / REPEATED, (_worked(backend) - database) / REPEATED
        of_mix += SHARES.get(name, 0) * (python + database) / sum(SHARES.values())
        print(
            f"  {name:15} Python {python:5.0f} ms  PostgreSQL {database:5.0f} ms  "
            f"{len(asked) / REPEATED:4.0f} queries  {size // REPEATED:7,} bytes"
        )
    met = "kept" if of_mix <= BUDGET else "NOT KEPT"
    print(f"  a page of the mix costs {of_mix:.0f} ms of processor time (budget of {BUDGET:.0f} ms {met})")


def _noting(asked: list[str]) -> Callable[..., Any]:
    """Something that writes down each statement and lets it run."""

    def note(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:  # noqa: ANN401 - Django's own
        asked.append(sql)
        return execute(sql, *arguments)

    return note


def _worked(process: int) -> float:
    """Milliseconds that a process has worked."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) * _TICK


if __name__ == "__main__":
    main()
