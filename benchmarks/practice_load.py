"""How fast the practice's pages are for many people at once, on PostgreSQL: `./dev bench practice_load`.

In a billing company of eight clinics with 200,000 claims (`_filled_practice`) fifty people sign in and, when all have,
work for a minute on the same machine: they open the queue and its pages, claims, patients, figures and the day, and put
claims on hold, with two seconds of thought between two pages. Printed are the times of the pages, errors, and whether
every change that was answered is there afterwards.

Smaller: `CLAIMS=20000 USERS=50 SECONDS=30 ./dev bench practice_load`; `KEEP=FOLDER` keeps the practice for next time.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape

from benchmarks._filled_practice import begin_the_day, filled_practice

USERS = int(os.environ.get("USERS", "50"))
SECONDS = float(os.environ.get("SECONDS", "60"))
THINK = 2.0
WARMING, WARM_UP = 8, 10.0
"""Before anything is measured so many people work for so many seconds: each process reads its tables and templates."""
TARGET = 0.300
_STARTING = 180.0
"""Seconds in which the app must answer for the first time, also beside other work."""
SHARES = {
    "queue": 20, "queue filtered": 15, "claim": 25, "hold": 6, "patients": 12, "patient": 10, "today": 8, "figures": 4,
}  # fmt: skip
"""How often each page is asked for, of a hundred times."""
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_CLAIM = re.compile(r"/c/[a-z0-9-]+/claims/([0-9a-f-]{36})/")
_PATIENT = re.compile(r"/c/[a-z0-9-]+/patients/([0-9a-f-]{36})/")
_ONWARD = re.compile(r'href="(\?[^"]*after=[^"]*)"')


def onward(page: str) -> str:
    """The address of a list's next part, from the one that is shown; empty at its end."""
    found = _ONWARD.search(page)
    return unescape(found[1]) if found else ""


def main() -> None:
    """Fill the database, let people work, print what they waited for."""
    with filled_practice():
        begin_the_day()
        measure()
        verify()


# --- working ---------------------------------------------------------------------------------------------


@dataclass
class Waited:
    """What all people waited for: seconds by page, what went wrong, and the claims whose hold was answered."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Person:
    """Somebody with a browser: a connection kept open, cookies, and a habit."""

    def __init__(self, number: int, port: int, member: tuple[str, str], waited: Waited) -> None:
        self.random = random.Random(number)
        self.port, self.waited = port, waited
        self.user, slug = member
        self.place = f"/c/{slug}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.claims: list[str] = []
        self.onward = ""
        self.more_patients = ""
        self.patients: list[str] = []

    def ask(self, page: str, path: str, form: dict[str, str] | None = None) -> str:
        """One request; what was answered, with the time that it took under the page's name."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        seconds = time.perf_counter() - started
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        found = _TOKEN.search(text)
        if found:
            self.token = found[1]
        with self.waited.lock:
            self.waited.seconds[page].append(seconds)
            if answer.status >= 400:
                self.waited.errors.append(f"{page}: {answer.status} {path}")
        return text

    def work(self, seconds: float, all_in: threading.Barrier) -> None:
        """Sign in; when everybody has, do what comes to mind for so long, thinking in between."""
        time.sleep(self.random.random() * THINK)
        self.ask("sign in", "/")
        self.ask("sign in", "/demo/be/", {"user": self.user})
        all_in.wait()
        until = time.monotonic() + seconds
        time.sleep(self.random.random() * THINK)
        while time.monotonic() < until:
            self.step()
            time.sleep(self.random.uniform(0.5, 1.5) * THINK)
        self.connection.close()

    def step(self) -> None:
        """One page."""
        kind = self.random.choices(tuple(SHARES), tuple(SHARES.values()))[0]
        if kind == "queue":
            queue = f"{self.place}/claims/"
            page = self.ask(kind, queue + self.onward)
            self.claims, self.onward = _CLAIM.findall(page), onward(page)
        elif kind == "queue filtered":
            status = self.random.choice(("ready", "held", "question", "not_judged"))
            self.claims = _CLAIM.findall(self.ask(kind, f"{self.place}/claims/?status={status}"))
        elif kind in {"claim", "hold"} and self.claims:
            key = self.random.choice(self.claims)
            self.ask("claim", f"{self.place}/claims/{key}/")
            if kind == "hold":
                text = self.ask("hold", f"{self.place}/claims/{key}/hold/", {"reason": f"asked by {self.user[:8]}"})
                del text
                with self.waited.lock:
                    self.waited.held.add(key)
        elif kind == "patients":
            page = self.ask(kind, f"{self.place}/patients/{self.more_patients}")
            self.patients, self.more_patients = _PATIENT.findall(page), onward(page)
        elif kind == "patient" and self.patients:
            self.ask(kind, f"{self.place}/patients/{self.random.choice(self.patients)}/")
        elif kind == "figures":
            self.ask(kind, f"{self.place}/figures/")
        else:
            self.ask("today", f"{self.place}/today/?all")


def measure() -> None:
    """Serve, let everybody work, and print."""
    from cleanclaim.practice.serving import open_port

    users = _users()
    port = open_port("127.0.0.1", 8123)
    command = [sys.executable, "-c", "from cleanclaim.cli.main import run; run()", "serve", "--port", str(port)]
    server = subprocess.Popen(  # noqa: S603 - our own
        [*command, "--processes", "2", "--threads", "2", "--no-worker", "--no-migrate"]
    )
    try:
        _wait_for(port)
        waited = Waited()
        _work([Person(-number, port, users[number % len(users)], Waited()) for number in range(WARMING)], WARM_UP)
        _work([Person(number, port, users[number % len(users)], waited) for number in range(USERS)], SECONDS)
    finally:
        server.terminate()
        server.wait(30)
    everything = [one for name, times in waited.seconds.items() for one in times if name != "sign in"]
    print(f"{len(everything):,} pages for {USERS} people in {SECONDS:.0f} s, {len(waited.errors)} errors")
    for name, times in sorted(waited.seconds.items()):
        print(
            f"  {name:15} {len(times):6,}  p50 {_percentile(times, 50):6.0f} ms  p95 {_percentile(times, 95):6.0f} ms"
        )
    p95 = _percentile(everything, 95)
    print(f"  {'all':15} {len(everything):6,}  p50 {_percentile(everything, 50):6.0f} ms  p95 {p95:6.0f} ms")
    print(f"  target: p95 at most {TARGET * 1000:.0f} ms: {'met' if p95 <= TARGET * 1000 else 'MISSED'}")
    for error in waited.errors[:5]:
        print(f"  error: {error}")
    _HELD.update(waited.held)


def _work(people: list[Person], seconds: float) -> None:
    """Let these people work for so long."""
    all_in = threading.Barrier(len(people))
    threads = [threading.Thread(target=person.work, args=(seconds, all_in)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


_HELD: set[str] = set()


def _percentile(times: list[float], percent: int) -> float:
    ordered = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return ordered[percent - 1] * 1000


def _users() -> list[tuple[str, str]]:
    """Billers and owners, each with the short name of their clinic."""
    from cleanclaim.practice.models import Membership

    roles = ("biller", "owner")
    found = Membership.objects.filter(role__in=roles).order_by("clinic__slug", "role")
    return [(str(key), slug) for key, slug in found.values_list("user_id", "clinic__slug")]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _STARTING
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the app did not answer")


def verify() -> None:
    """Every hold that was answered has its event, and the audit log, which all wrote at once, is whole."""
    from django.db import connection, transaction

    from cleanclaim.practice import audit_trail, tenancy
    from cleanclaim.practice.models import ClaimEvent, Clinic, TrailEntry

    connection.close()
    lost, entries, broken = set(_HELD), 0, []
    for clinic in Clinic.objects.values_list("pk", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            events = ClaimEvent.objects.filter(action="held", claim__in=_HELD).values_list("claim_id", flat=True)
            lost -= {str(key) for key in events}
            broken += list(audit_trail.verify(clinic))
            entries += TrailEntry.objects.count()
    state = f"BROKEN: {broken[0].problem}" if broken else "whole"
    print(f"  {len(_HELD)} claims put on hold, {len(lost)} lost; audit logs of {entries:,} entries {state}")
    assert not lost
    assert not broken


if __name__ == "__main__":
    main()
