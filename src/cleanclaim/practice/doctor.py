"""What is wrong with a deployment: looked at from the outside in, each problem with what to do about it.

Nothing is changed, and nothing of a patient is read but whether one sealed value of each table opens.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cleanclaim.practice import audit_anchor, environment, keys, row_security, serving, tenancy
from cleanclaim.practice.models import Clinic, Job, JobStatus
from cleanclaim.practice.rotation import sealed_models
from cleanclaim.practice.sealing import UnsealError, unseal

_LEAST_FREE = 1024**3
_SILENT = timedelta(minutes=2)
_ANCHOR_AGE = timedelta(days=2)
_FIRST_START = "run `cleanclaim practice migrate`, or `cleanclaim serve` on this machine: the first start makes them"


class State(StrEnum):
    """How a thing is."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at: how it is, what was found, what to do."""

    about: str
    state: State
    found: str
    remedy: str = ""


def examine() -> list[Looked]:
    """Look at everything, what others build on first; stops where the database is out of reach."""
    unreachable = _unreachable()
    applied = [] if unreachable else [name for name in serving.migrations_applied() if name.startswith("practice.")]
    behind = [] if unreachable else serving.migrations_to_run()
    is_new = not unreachable and not (Clinic.objects.exists() if applied and not behind else applied)
    found = [*_variables(), *_home(), *_secrets(is_new=is_new), *_reach()]
    if unreachable:
        return [*found, Looked("database", State.BAD, f"cannot be reached: {unreachable}", "check CLEANCLAIM_DATABASE")]
    if not applied:
        return [*found, Looked("tables", State.BAD, "none yet: nothing is set up here", _FIRST_START)]
    if behind:
        remedy = "run `cleanclaim practice migrate`"
        return [*found, Looked("tables", State.BAD, f"behind by {len(behind)} migrations", remedy)]
    found += [Looked("database", State.GOOD, f"{connection.vendor}, tables up to date")]
    looks: tuple[Callable[[], Iterator[Looked]], ...] = (_guards, _sealed, _anchor, _work, _pages)
    for look in looks:
        found += look()
    return found


def _unreachable() -> str:
    """What the database says where it cannot be reached, in one line; empty where it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""


# --- from outside ----------------------------------------------------------------------------------------


def _variables() -> Iterator[Looked]:
    known = {variable.name for variable in environment.VARIABLES}
    known |= {f"{name}_FILE" for name in known} | {"CLEANCLAIM_DATA", "CLEANCLAIM_VENV"}
    for name in sorted(os.environ):
        if name.startswith("CLEANCLAIM_") and name not in known and not name.startswith("CLEANCLAIM_TEST_"):
            yield Looked("environment", State.DOUBTFUL, f"{name} is no variable that is read", "look for a slip in it")


def _home() -> Iterator[Looked]:
    home = environment.home()
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        yield Looked("home", State.BAD, f"{home} can be entered by others (mode {mode:o})", f"chmod 700 {home}")
    else:
        yield Looked("home", State.GOOD, str(home))
    free = shutil.disk_usage(home).free
    if free < _LEAST_FREE:
        yield Looked("disk", State.DOUBTFUL, f"{free // 2**20:,} MB free at {home}", "make room")


def _secrets(*, is_new: bool) -> Iterator[Looked]:
    """The keys that seal fields. Where nobody's fields were sealed yet (`is_new`), none are missing."""
    path = keys.field_keys_path()
    if is_new and not path.exists():
        yield Looked("keys", State.DOUBTFUL, f"none yet in {path}, and nothing that they seal", _FIRST_START)
        return
    try:
        held = keys.read_field_keys()
    except keys.KeyFileError as error:
        yield Looked("keys", State.BAD, str(error), "put back the file that was kept beside the backups")
        return
    if not _is_private(path):
        yield Looked("keys", State.BAD, f"{path} can be read by others", f"chmod 600 {path}")
    else:
        yield Looked("keys", State.GOOD, f"{len(held.keys)} in {path}, the newest is {held.newest}")


def _is_private(path: Path) -> bool:
    return not stat.S_IMODE(path.stat().st_mode) & 0o077


def _reach() -> Iterator[Looked]:
    is_local = all(serving.is_loopback(host.strip("[]")) for host in settings.ALLOWED_HOSTS)
    if settings.IS_DEMO:
        yield Looked("demo", State.BAD, "CLEANCLAIM_DEMO is 1: anybody signs in by a click", "never with patients")
    if "*" in settings.ALLOWED_HOSTS:
        yield Looked("hosts", State.BAD, "CLEANCLAIM_HOSTS allows any name", "name the hosts")
    if settings.IS_HTTPS:
        problems = checks.run_checks(include_deployment_checks=True)
        for problem in problems:
            yield Looked("checks", State.BAD, f"{problem.id}: {problem.msg}", str(problem.hint or ""))
        if not problems:
            yield Looked("https", State.GOOD, "secure cookies, HSTS, deployment checks passed")
    elif not is_local:
        remedy = "serve behind TLS and set CLEANCLAIM_HTTPS=1"
        yield Looked("https", State.BAD, "answers to other names than localhost, without HTTPS", remedy)
    else:
        yield Looked("https", State.GOOD, "not needed: this machine only")
    if not settings.SENDS_MAIL:
        remedy = "set CLEANCLAIM_MAIL; until then `cleanclaim practice create-owner` prints links"
        yield Looked("mail", State.DOUBTFUL, "no mail server: nobody resets a password alone", remedy)


# --- inside the database ---------------------------------------------------------------------------------


def _guards() -> Iterator[Looked]:
    missing = row_security.missing_triggers(connection)
    if missing:
        remedy = "go back to practice 0001 and migrate again, as the owner"
        yield Looked("kept rows", State.BAD, f"{len(missing)} triggers missing, the first is {missing[0]}", remedy)
    if connection.vendor != "postgresql":
        yield Looked("tenants", State.GOOD, "held by the program; PostgreSQL would hold them twice")
        return
    for problem in row_security.role_problems(connection):
        yield Looked("tenants", State.BAD, problem, "connect as CLEANCLAIM_APP_ROLE, and migrate as the owner")
    for table in row_security.unprotected_tables(connection, apps):
        yield Looked("tenants", State.BAD, f"{table} has no row-level security", "migrate again, as the owner")


def _sealed() -> Iterator[Looked]:
    opened = 0
    for clinic in Clinic.objects.order_by("id").values_list("id", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            for model, names in sealed_models():
                for name in names:
                    table = model._meta.db_table  # noqa: SLF001 - its public name
                    rows = model._default_manager.exclude(**{f"{name}__isnull": True})  # noqa: SLF001 - scoped
                    row = rows.order_by("pk").values_list("pk", name).first()
                    if row is None:
                        continue
                    try:
                        unseal(bytes(row[1]), f"{clinic}|{table}|{row[0]}|{name}")
                    except (UnsealError, keys.KeyFileError) as error:
                        yield Looked("sealed", State.BAD, str(error), "put back the keys that sealed it")
                        return
                    opened += 1
    yield Looked("sealed", State.GOOD, f"{opened} values tried, all open")


def _anchor() -> Iterator[Looked]:
    path = audit_anchor.anchor_path()
    try:
        anchors = audit_anchor.read_anchors(path)
    except audit_anchor.AnchorError as error:
        yield Looked("audit log", State.BAD, str(error), "compare it with a copy of the anchor")
        return
    newest = max((anchor.at for anchor in anchors), default="")
    if newest < (timezone.now() - _ANCHOR_AGE).isoformat():
        remedy = "run `cleanclaim verify-audit` every night; a worker anchors every hour"
        yield Looked("audit log", State.DOUBTFUL, f"last anchored {newest or 'never'} in {path}", remedy)
    else:
        yield Looked("audit log", State.GOOD, f"anchored {newest} in {path}")
    if connection.vendor == "sqlite" and path.parent == Path(str(connection.settings_dict["NAME"])).parent:
        remedy = "set CLEANCLAIM_AUDIT_ANCHOR to a place that the app may only append to"
        yield Looked("audit log", State.DOUBTFUL, "the anchor lies beside the database", remedy)


def _work() -> Iterator[Looked]:
    since = timezone.now() - _SILENT
    waiting = 0
    for clinic in Clinic.objects.order_by("id").values_list("id", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            waiting += Job.objects.filter(status=JobStatus.WAITING.value, created_at__lt=since).count()
    if waiting:
        yield Looked("worker", State.BAD, f"{waiting} jobs wait for a worker", "start `cleanclaim practice worker`")
    else:
        yield Looked("worker", State.GOOD, "no job waits")


def _pages() -> Iterator[Looked]:
    if finders.find("practice/practice.css") is None:
        yield Looked("pages", State.BAD, "the style sheets are not installed", "install cleanclaim again")
