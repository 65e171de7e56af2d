"""How long a keystroke's check takes: the note page of the demo clinic, from the posted form to the answered panel.

Each draft of the demo day is typed into: a word more, a minute more. Server time is the whole request, storing the
draft and writing the audit log included. Where a Chromium is installed the same is measured in it, from sending the
form to the panel's new content. The promise is 150 ms.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

FOLDER = Path(__file__).parent.parent / "examples" / "clinic-day"
DAY = date(2026, 9, 25)
KEYSTROKES = 5
"""How often each note is typed into."""
PROMISE = 150
_POSTED = "application/x-www-form-urlencoded"


def main() -> None:
    """Measure in a process of its own: settings are read once, and one thread is what a web worker has."""
    if os.environ.get("CLEANCLAIM_BENCH_HOME"):
        _measure()
        return
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "CLEANCLAIM_BENCH_HOME": home,
            "CLEANCLAIM_HOME": home,
            "CLEANCLAIM_DEMO": "1",
            "CLEANCLAIM_DEMO_DAY": DAY.isoformat(),
            "DJANGO_SETTINGS_MODULE": "cleanclaim.practice.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            "POLARS_MAX_THREADS": "1",
        }
        subprocess.run([sys.executable, "-m", "benchmarks.live_check"], env=environment, check=True)


def _measure() -> None:
    import django
    from django.core.management import call_command

    from cleanclaim.practice import keys

    keys.make_field_keys()
    django.setup()
    call_command("migrate", verbosity=0)
    from cleanclaim.practice.demo import load_folder

    load_folder(FOLDER, "millrace", on=DAY)
    _measure_server()
    chromium = shutil.which("chromium")
    if chromium is None:
        _say("in the browser: not measured, no Chromium is installed")
    else:
        _measure_browser(chromium)


def _measure_server() -> None:
    from django.test import Client

    from cleanclaim.practice import tenancy
    from cleanclaim.practice.models import Clinic, Membership, Visit, VisitStatus

    clinic = Clinic.objects.get(slug="millrace")
    first: list[float] = []
    times: list[float] = []
    busy: list[float] = []
    with tenancy.scope([clinic.id]):
        drafts = list(Visit.objects.filter(status=VisitStatus.DRAFT.value).order_by("number"))
        for number, visit in enumerate(drafts):
            client = Client(SERVER_NAME="localhost")
            client.force_login(
                Membership.objects.get(clinic=clinic, provider_id=visit.therapist_id).user,
                backend="django.contrib.auth.backends.ModelBackend",
            )
            for stroke in range(KEYSTROKES + 1):
                form = urlencode(_typed(visit.pk, stroke), doseq=True)
                started, worked = time.perf_counter(), time.process_time()
                answer = client.post(f"/c/millrace/visits/{visit.pk}/check/", form, content_type=_POSTED)
                took = (time.perf_counter() - started) * 1e3
                if answer.status_code != 200:
                    raise SystemExit(f"{visit.number}: answered {answer.status_code}")
                if stroke:
                    times.append(took)
                    busy.append((time.process_time() - worked) * 1e3)
                elif number:
                    first.append(took)  # the very first of the process also reads the tables
    _tell("first check of a note, setting gathered", first)
    _tell("each further keystroke", times)
    _say(f"  of which the processor worked: median {statistics.median(busy):.0f} ms, whatever else the machine does")


def _typed(key: object, stroke: int) -> dict[str, object]:
    """The note's form as it stands, with something more typed into it."""
    from cleanclaim.practice.engine.notes import note_form
    from cleanclaim.practice.models import Visit

    visit = Visit.objects.get(pk=key)
    form = note_form.from_visit(visit)
    form.values["assessment"] += f" word{stroke}"
    form.rows.append(note_form.blank_row(note_form.first_free_key(form.rows)))
    form.rows[-1].values |= {"what": f"step-ups to {8 + stroke} inches, cued", "minutes": str(8 + stroke)}
    if len(form.rows) > 1 and stroke:
        del form.rows[-2]
    return {
        "typed": "1",
        "version": str(visit.version),
        **form.values,
        "diagnosis": form.diagnoses,
        "row_key": [row.key for row in form.rows],
        **{f"row_{name}": [row.values[name] for row in form.rows] for name in note_form.ROW_FIELDS},
    }


def _measure_browser(chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    with _served() as address, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("button", name="Kenji Morita").click()
        page.locator("[data-step]").first.click()
        page.locator("#assessment").fill("Begun.")
        page.wait_for_timeout(1500)
        times = []
        for stroke in range(4 * KEYSTROKES):
            page.evaluate(
                """() => { const form = document.getElementById("note");
                  form.addEventListener("htmx:beforeRequest", () => { window.sent = performance.now(); }, {once: true});
                  document.body.addEventListener("htmx:afterSettle",
                    () => { window.took = performance.now() - window.sent; }, {once: true});
                  window.took = 0; }"""
            )
            page.locator("#assessment").press_sequentially(f" w{stroke}", delay=40)
            while not (took := page.evaluate("window.took")):
                page.wait_for_timeout(20)
            times.append(float(took))
            page.wait_for_timeout(300)
        browser.close()
    _tell("in the browser, form sent to panel settled", times)


@contextmanager
def _served() -> Iterator[str]:
    """The app as `cleanclaim serve` runs it, in a process of its own."""
    from cleanclaim.practice.serving import open_port

    port = open_port("127.0.0.1", 8124)
    program = [sys.executable, "-c", "from cleanclaim.cli.main import run; run()", "serve", "--port", str(port)]
    server = subprocess.Popen(  # noqa: S603 - our own
        [*program, "--processes", "1", "--threads", "2", "--no-worker", "--no-migrate"]
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the app did not answer within a minute")


def _tell(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    median = statistics.median(ordered)
    kept = "kept" if p95 <= PROMISE else "not kept"
    _say(f"{what}: median {median:.0f} ms, p95 {p95:.0f} ms over {len(ordered)} (promise of {PROMISE} ms {kept})")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
