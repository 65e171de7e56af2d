"""Jobs: asked for with what they are about, done once, gone on with after a killed worker, failing without data."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.models import Clinic, Job, JobStatus, Role, User

HERE = Path(__file__).parent


def asked_for(clinic: Clinic, kind: str = "count", **columns: object) -> Job:
    user = User.objects.order_by("email").first()
    assert user is not None
    job: Job = Job.objects.create(clinic=clinic, kind=kind, asked_by=user, total=3, **columns)
    return job


def count_to_three(job: Job) -> None:
    with tenancy.scope([job.clinic_id]):
        Job.objects.filter(pk=job.pk).update(done=3, status=JobStatus.DONE.value)


def stumble(job: Job) -> None:
    raise ValueError(f"patient Maria Sample of {job.pk}")


@pytest.fixture(autouse=True)
def runners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tasks.RUNNERS, "count", f"{__name__}.count_to_three")
    monkeypatch.setitem(tasks.RUNNERS, "stumble", f"{__name__}.stumble")
    monkeypatch.setattr("cleanclaim.practice.tasks.import_string", lambda path: globals()[path.rpartition(".")[2]])


def test_the_runner_of_builds_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for path in tasks.RUNNERS.values():
        assert callable(import_string(path))


def test_a_job_is_handed_out_and_done(inside: Clinic) -> None:
    job = asked_for(inside)
    tasks.enqueue(job)
    (waiting,) = DBTaskResult.objects.all()
    assert waiting.status == TaskResultStatus.READY
    assert waiting.args_kwargs == {"args": [str(inside.id), str(job.id)], "kwargs": {}}
    tasks.run_job.call(*waiting.args_kwargs["args"])
    job.refresh_from_db()
    assert (job.status, job.done) == ("done", 3)


def test_a_kind_that_nobody_runs_is_refused(inside: Clinic) -> None:
    with pytest.raises(KeyError, match="no runner for jobs of the kind 'bake'"):
        tasks.enqueue(asked_for(inside, "bake"))
    assert DBTaskResult.objects.count() == 0


def test_a_job_that_is_over_is_left_alone(inside: Clinic) -> None:
    job = asked_for(inside, "stumble", status=JobStatus.DONE.value)
    tasks.run_job.call(str(inside.id), str(job.id))
    job.refresh_from_db()
    assert (job.status, job.result) == ("done", {})


def test_a_job_of_another_clinic_is_not_found(inside: Clinic, elsewhere: Clinic) -> None:
    job = asked_for(inside)
    tasks.run_job.call(str(elsewhere.id), str(job.id))
    job.refresh_from_db()
    assert (job.status, job.done) == ("waiting", 0)


def test_a_failing_job_keeps_its_error_to_itself(inside: Clinic) -> None:
    job = asked_for(inside, "stumble")
    tasks.run_job.call(str(inside.id), str(job.id))
    job.refresh_from_db()
    assert (job.status, job.result) == ("failed", {"problem": "ValueError"})


@pytest.mark.parametrize(
    ("status", "seconds", "found"),
    [("running", 61, 1), ("waiting", 61, 1), ("running", 59, 0), ("done", 61, 0), ("failed", 61, 0)],
)
def test_a_job_that_was_left_is_handed_out_again(inside: Clinic, status: str, seconds: int, found: int) -> None:
    now = timezone.now()
    job = asked_for(inside, status=status, heartbeat_at=now)
    tasks.enqueue(job)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    assert tasks.recover(now=now + timedelta(seconds=seconds)) == found
    statuses = sorted(DBTaskResult.objects.values_list("status", flat=True))
    assert statuses == (["FAILED", "READY"] if found else ["RUNNING"])


def test_a_job_that_still_waits_is_not_handed_out_twice(inside: Clinic) -> None:
    job = asked_for(inside, heartbeat_at=timezone.now() - timedelta(hours=1))
    tasks.enqueue(job)
    assert tasks.recover() == 0
    assert DBTaskResult.objects.count() == 1


def test_a_job_that_never_began_is_handed_out_again(inside: Clinic) -> None:
    job = asked_for(inside)
    assert tasks.recover(now=job.changed_at + timedelta(seconds=61)) == 1
    assert tasks.recover() == 0


# --- its page --------------------------------------------------------------------------------------------


def test_the_page_of_a_job_asks_again_while_it_goes_on(inside: Clinic, as_role: Callable[[Role], Client]) -> None:
    job = asked_for(inside, "build", done=1, status=JobStatus.RUNNING.value)
    client = as_role(Role.BILLER)
    address = f"/c/millrace/jobs/{job.id}/"
    page = client.get(address).content.decode()
    assert f'hx-get="{address}" hx-trigger="every 1s"' in page
    assert '<progress class="job-bar" max="3" value="1"' in page
    Job.objects.filter(pk=job.pk).update(status="done", done=3, result={"ready": 2, "not_judged": 1})
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-get" not in part
    assert '<dt>not judged</dt><dd class="num">1</dd><dt>ready</dt><dd class="num">2</dd>' in part


# --- a killed worker -------------------------------------------------------------------------------------


PREPARE = """
from cleanclaim.practice import serving; serving.prepare(migrate=True)
from cleanclaim.practice.models import Clinic, Company, Job, User
from cleanclaim.practice import tasks, tenancy
tasks.RUNNERS["count"] = "x.y"
company = Company.objects.create(name="One")
clinic = Clinic.objects.create(company=company, slug="one", name="One", npi="1999000163", tax_id="009876543",
    line1="1 Rd", city="Reno", state="NV", zip_code="89501", phone="7755550100", contact="Nobody")
with tenancy.scope([clinic.id]):
    job = Job.objects.create(clinic=clinic, kind="count", asked_by=User.objects.create_user("a@b.example"), total=30)
    tasks.enqueue(job)
"""
WORKER = """
import counting_worker
from cleanclaim.practice import tasks
tasks.RUNNERS["count"] = "counting_worker.count"
tasks.work(until_empty=True)
"""
GOES_ON = """
import json, sys
from datetime import timedelta
from cleanclaim.practice import serving; serving.set_up()
from cleanclaim.practice import tasks
from cleanclaim.practice.models import Job, Patient

def tell():
    job = Job.everywhere.get(kind=sys.argv[1])
    print(json.dumps([job.status, job.done, job.result, Patient.everywhere.count()]))

tell()
tasks.RUNNERS["count"] = "counting_worker.count"
print(tasks.recover(stale=timedelta(0)))
tasks.work(until_empty=True)
tell()
"""
"""Another process after the first was killed: what it finds, how many jobs it hands out again, and the end."""


def gone_on(kind: str, environment: dict[str, str]) -> list[Any]:
    """What `GOES_ON` tells of the only job of that kind: before, how many were handed out again, after."""
    command = [sys.executable, "-c", GOES_ON, kind]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.slow
def test_a_killed_workers_job_goes_on_where_it_stopped(tmp_path: Path) -> None:
    environment = {
        **os.environ, "CLEANCLAIM_HOME": str(tmp_path), "CLEANCLAIM_DATABASE": f"sqlite:///{tmp_path}/p.sqlite3",
        "PYTHONPATH": str(HERE),
    }  # fmt: skip

    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)  # noqa: S603 - our own
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)  # noqa: S603 - our own
    with sqlite3.connect(tmp_path / "p.sqlite3") as database:
        deadline = time.monotonic() + 60
        while database.execute("SELECT done FROM practice_job").fetchone()[0] < 5:
            assert time.monotonic() < deadline
            assert worker.poll() is None
            time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    before, again, after = gone_on("count", environment)
    assert before[0] == "running"
    assert 5 <= before[1] < 30
    assert again == 1
    assert after == ["done", 30, {"counted": list(range(30))}, 0]


IMPORT = """
from cleanclaim.practice import serving; serving.prepare(migrate=True)
import io
from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.engine.jobs import import_jobs
from cleanclaim.practice.engine.jobs.importing import What
from cleanclaim.practice.models import Clinic, Company, Job, User
company = Company.objects.create(name="One")
clinic = Clinic.objects.create(company=company, slug="one", name="One", npi="1999000163", tax_id="009876543",
    line1="1 Rd", city="Reno", state="NV", zip_code="89501", phone="7755550100", contact="Nobody")
heading = "id,family_name,given_name,birth_date,sex,line1,city,state,zip_code"
rows = [f"N{number},Ashe,Nora,1950-02-03,F,1 Elm St,Peoria,IL,61602" for number in range(300)]
file = io.BytesIO("\\n".join([heading, *rows, rows[0]]).encode())
user = User.objects.create_user("a@b.example")
with tenancy.scope([clinic.id]):
    read = import_jobs.ask_to_read(clinic, user, name="p.csv", file=file, what=What.PATIENTS, signed=False)
    import_jobs.run_read(read); read.refresh_from_db()
    tasks.enqueue(import_jobs.ask_to_bring_in(clinic, user, read))
"""
SLOW_IMPORT = """
from cleanclaim.practice import serving; serving.set_up()
from cleanclaim.practice import tasks
from cleanclaim.practice.engine.jobs import import_jobs, importing
import time
import_jobs.PIECE = 5
bring_in = importing.bring_in
importing.bring_in = lambda *rows, **options: (time.sleep(0.03), bring_in(*rows, **options))[1]
tasks.work(until_empty=True)
"""


@pytest.mark.slow
def test_an_import_of_a_killed_worker_brings_each_row_in_once(tmp_path: Path) -> None:
    environment = {
        **os.environ, "CLEANCLAIM_HOME": str(tmp_path), "CLEANCLAIM_DATABASE": f"sqlite:///{tmp_path}/p.sqlite3",
    }  # fmt: skip

    subprocess.run([sys.executable, "-c", IMPORT], env=environment, check=True)  # noqa: S603 - our own
    worker = subprocess.Popen([sys.executable, "-c", SLOW_IMPORT], env=environment)  # noqa: S603 - our own
    with sqlite3.connect(tmp_path / "p.sqlite3") as database:
        asked = "SELECT done FROM practice_job WHERE kind = 'import'"
        deadline = time.monotonic() + 90
        while database.execute(asked).fetchone()[0] < 20:
            assert time.monotonic() < deadline
            assert worker.poll() is None
            time.sleep(0.005)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    (status, done, _result, people), again, after = gone_on("import", environment)
    assert (status, people) == ("running", done)
    assert 20 <= done < 300
    assert again == 1
    assert after == ["done", 300, {"brought in": 300, "problems": 1}, 300]
