"""A deployment: its settings over HTTPS, its doctor, its files, and what the documentation says of its variables."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cleanclaim.practice import environment, logs, serving

ROOT = Path(__file__).parents[3]
CHECK = """
from cleanclaim.practice import serving; serving.set_up()
from django.core import checks
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
from django.conf import settings
import json; print(json.dumps([
    settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT,
    settings.SECURE_HSTS_SECONDS, settings.DEBUG, settings.SESSION_COOKIE_AGE, settings.IS_DEMO,
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS,
]))
"""


def run(program: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLEANCLAIM_")}
    told = {**kept, "CLEANCLAIM_HOME": str(home), **variables}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False)  # noqa: S603 - our own


@pytest.mark.slow
def test_the_deployment_checks_pass_over_https(tmp_path: Path) -> None:
    done = run(
        CHECK, tmp_path, CLEANCLAIM_HTTPS="1", CLEANCLAIM_HOSTS="practice.example", CLEANCLAIM_SESSION_MINUTES="15",
        CLEANCLAIM_MAIL="smtp://u:p%40w@mail.example",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1]) == [
        True, True, True, 31536000, False, 900, False, "mail.example", 587, True,
    ]  # fmt: skip


DOCTOR = "from cleanclaim.cli.main import run; run(['doctor', '--format', 'json'])"
PREPARE = "from cleanclaim.practice import serving; serving.prepare(migrate=True); " + DOCTOR


@pytest.mark.slow
def test_the_doctor_finds_nothing_wrong_with_a_new_home_and_names_what_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    early = json.loads(run(DOCTOR, home).stdout)
    found = {one["about"]: one for one in early["looked_at"]}
    assert (found["keys"]["state"], found["tables"]["state"], early["exit_code"]) == ("doubtful", "bad", 1)
    # Nothing was ever sealed here: nobody is told to put back what never was.
    assert "put" not in found["keys"]["found"] + found["keys"]["remedy"]
    assert found["tables"]["found"] == "none yet: nothing is set up here"
    assert "the first start makes them" in found["tables"]["remedy"]
    good = run(PREPARE, home)
    assert good.returncode == 0, good.stdout
    assert {one["state"] for one in json.loads(good.stdout)["looked_at"]} == {"good", "doubtful"}
    home.chmod(0o755)
    (home / "field-keys.json").chmod(0o644)
    bad = run(DOCTOR, home, CLEANCLAIM_HOSTS="*", CLEANCLAIM_HOST="slip", CLEANCLAIM_DEMO="1")
    assert bad.returncode == 1
    told = {(one["about"], one["state"]) for one in json.loads(bad.stdout)["looked_at"]}
    assert {
        ("environment", "doubtful"), ("home", "bad"), ("keys", "bad"), ("demo", "bad"), ("hosts", "bad"), ("https", "bad"),
    } <= told  # fmt: skip


LOSE = """
from cleanclaim.practice import serving; serving.prepare(migrate=True)
from cleanclaim.practice import keys; from cleanclaim.practice.models import Clinic, Company
if "CLINIC" in __import__("os").environ:
    Clinic.objects.create(company=Company.objects.create(name="Millrace"), name="Millrace", slug="millrace")
keys.field_keys_path().unlink()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("clinic", "state"), [({}, "doubtful"), ({"CLINIC": "1"}, "bad")])
def test_keys_are_missing_only_where_there_is_a_practice_that_they_sealed(
    tmp_path: Path, clinic: dict[str, str], state: str
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    lost = run(LOSE, home, **clinic)
    assert lost.returncode == 0, lost.stderr
    told = json.loads(run(DOCTOR, home).stdout)
    (keys,) = [one for one in told["looked_at"] if one["about"] == "keys"]
    assert keys["state"] == state
    assert ("put it back" in keys["found"]) is (state == "bad")


def test_the_documentation_lists_every_variable() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    found = text.partition("<!-- variables -->\n")[2].partition("<!-- /variables -->")[0]
    assert found == environment.table(), "put what environment.table() says between the marks of docs/deployment.md"


@pytest.mark.parametrize("path", ["compose.yaml", "deploy/cleanclaim.service", "deploy/cleanclaim-worker.service"])
def test_files_of_a_deployment_name_variables_that_are_read(path: str) -> None:
    known = {one.name for one in environment.VARIABLES}
    text = (ROOT / path).read_text(encoding="utf-8")
    named = set(re.findall(r"CLEANCLAIM_[A-Z_]+", text))
    assert len(named) >= 3
    assert {name if name in known else name.removesuffix("_FILE") for name in named} <= known


@pytest.mark.parametrize("path", ["Dockerfile", "deploy/cleanclaim.service", "deploy/cleanclaim-worker.service"])
def test_files_of_a_deployment_start_commands_that_there_are(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(r'cleanclaim"?,? "?(serve|practice"?,? ?"?worker)', text)
    assert "0.0.0.0" not in text or path == "Dockerfile"  # noqa: S104 - looked for


# --- variables -------------------------------------------------------------------------------------------


PREPARED = {"server_side_binding": True, "prepare_threshold": environment.PREPARED_AFTER}


def test_a_postgres_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql://app:p%40ss@db.example:5433/practice?sslmode=verify-full"
    monkeypatch.setenv("CLEANCLAIM_DATABASE", address)
    found = environment.database()
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "practice", "USER": "app", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433",
        "OPTIONS": {"sslmode": "verify-full", "options": environment.MANY_SHORT_QUERIES, **PREPARED},
    }  # fmt: skip


def test_a_folder_with_a_socket_is_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_DATABASE", "postgresql://app@/practice?host=/run/postgresql")
    found = environment.database()
    assert found["HOST"] == "/run/postgresql"
    assert found["OPTIONS"] == {"options": environment.MANY_SHORT_QUERIES, **PREPARED}


def test_what_is_asked_of_each_session_may_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_DATABASE", "postgresql://app@db/practice?options=-c%20jit%3Don")
    assert environment.database()["OPTIONS"] == {"options": "-c jit=on", **PREPARED}


def test_statements_are_not_prepared_where_a_pool_changes_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_DATABASE", "postgresql://app@db/practice?prepare=0")
    assert environment.database()["OPTIONS"] == {"options": environment.MANY_SHORT_QUERIES}
    monkeypatch.setenv("CLEANCLAIM_DATABASE", "postgresql://app@db/practice?prepare=often")
    with pytest.raises(environment.EnvironmentProblemError, match="expected prepare=0 or prepare=1"):
        environment.database()


@pytest.mark.parametrize("value", ["mysql://a@b/c", "practice.sqlite3"])
def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CLEANCLAIM_DATABASE", value)
    with pytest.raises(environment.EnvironmentProblemError, match="CLEANCLAIM_DATABASE: expected postgresql"):
        environment.database()


@pytest.mark.parametrize(
    ("value", "port", "wrapped"), [("smtps://m.example", 465, True), ("smtp://m.example:25", 25, False)]
)
def test_mail_is_always_encrypted(monkeypatch: pytest.MonkeyPatch, value: str, port: int, *, wrapped: bool) -> None:
    monkeypatch.setenv("CLEANCLAIM_MAIL", value)
    found = environment.mail()
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (port, wrapped, not wrapped)


def test_another_mail_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_MAIL", "mail.example")
    with pytest.raises(environment.EnvironmentProblemError, match="CLEANCLAIM_MAIL: expected smtp"):
        environment.mail()


# --- serving ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "said"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("example.org", False)],  # noqa: S104
)
def test_loopback_is_told_from_the_rest(host: str, *, said: bool) -> None:
    assert serving.is_loopback(host) is said


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "http://127.0.0.1:80/"), ("::1", "http://[::1]:80/")])
def test_the_address_can_be_typed(host: str, address: str) -> None:
    assert serving.Server(host, 80, 1, 1).address == address


def test_a_demo_never_runs_on_a_practices_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CLEANCLAIM_DATABASE", "CLEANCLAIM_OWNER_DATABASE", "CLEANCLAIM_FIELD_KEYS_FILE", "CLEANCLAIM_DEMO"):
        monkeypatch.setenv(name, "postgresql://real@db/practice")
    monkeypatch.setenv("CLEANCLAIM_HOME", str(tmp_path))
    environment.home.cache_clear()
    home = serving.use_demo_home()
    environment.home.cache_clear()
    assert home == tmp_path / "demo"
    assert os.environ["CLEANCLAIM_HOME"] == str(home)
    assert os.environ["CLEANCLAIM_DEMO"] == "1"
    assert not {"CLEANCLAIM_DATABASE", "CLEANCLAIM_OWNER_DATABASE", "CLEANCLAIM_FIELD_KEYS_FILE"} & set(os.environ)


# --- logs ------------------------------------------------------------------------------------------------


def test_values_of_a_refused_row_stay_out_of_the_log() -> None:
    told = 'duplicate key value violates "x"\nDETAIL:  Key (number)=(P-1, Sample) already exists.\nnext line'
    record = logging.LogRecord("django", logging.ERROR, "a.py", 1, told, (), None)
    assert logs.WithoutValues().format(record) == 'duplicate key value violates "x"\n(values left out)\nnext line'


@pytest.mark.parametrize(
    ("hosts", "https", "expected"),
    [
        (None, None, "http://127.0.0.1:8000/"),
        ("localhost,127.0.0.1", "1", "http://127.0.0.1:8000/"),
        ("localhost, practice.example,other.example", "1", "https://practice.example/"),
        (".practice.example", "0", "http://practice.example/"),
        ("*", "1", "http://127.0.0.1:8000/"),
    ],
)
def test_links_lead_to_the_name_under_which_people_reach_the_app(
    monkeypatch: pytest.MonkeyPatch, hosts: str | None, https: str | None, expected: str
) -> None:
    for name, value in (("CLEANCLAIM_HOSTS", hosts), ("CLEANCLAIM_HTTPS", https)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert serving.reached_at() == expected
