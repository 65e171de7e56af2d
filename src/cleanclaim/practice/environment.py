"""What a deployment sets from outside: environment variables, each with a default that suits one laptop.

Variables that end in `_FILE` name a file that holds the value, as secrets of containers do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class EnvironmentProblemError(ValueError):
    """A variable whose value cannot be used: names the variable and what was expected."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable that a deployment may set."""

    name: str
    says: str
    default: str


VARIABLES: tuple[Variable, ...] = (
    Variable("CLEANCLAIM_HOME", "Folder of the database, keys and stored files.", "~/.local/share/cleanclaim/practice"),
    Variable(
        "CLEANCLAIM_DATABASE",
        "postgresql://USER:PASSWORD@HOST:PORT/NAME, or sqlite:///PATH; also as CLEANCLAIM_DATABASE_FILE.",
        "SQLite at home",
    ),
    Variable(
        "CLEANCLAIM_OWNER_DATABASE",
        "PostgreSQL as the role that owns the tables, for `cleanclaim practice` commands; also as …_FILE.",
        "CLEANCLAIM_DATABASE",
    ),
    Variable("CLEANCLAIM_APP_ROLE", "PostgreSQL role that the app connects as; it owns no table.", "cleanclaim_app"),
    Variable("CLEANCLAIM_SECRET_KEY", "Signs sessions; also as CLEANCLAIM_SECRET_KEY_FILE.", "made once, kept at home"),
    Variable("CLEANCLAIM_FIELD_KEYS_FILE", "Keys that seal notes and identifiers; keep it out of backups.", "at home"),
    Variable("CLEANCLAIM_AUDIT_ANCHOR", "File outside the database that keeps the audit log's heads.", "at home"),
    Variable("CLEANCLAIM_EXCHANGE", "Folder of files that go to and come from clearinghouses by folders.", "at home"),
    Variable("CLEANCLAIM_HOSTS", "Host names that the app answers to, by commas.", "localhost,127.0.0.1,[::1]"),
    Variable("CLEANCLAIM_HTTPS", "1 where the app is reached over HTTPS: secure cookies, HSTS.", "0"),
    Variable(
        "CLEANCLAIM_PROXY_HEADERS", "1 behind a proxy that sets X-Forwarded-Proto and X-Forwarded-For itself.", "0"
    ),
    Variable(
        "CLEANCLAIM_MAIL", "smtp://USER:PASSWORD@HOST:PORT (with STARTTLS) or smtps://…; also as …_FILE.", "no mail"
    ),
    Variable("CLEANCLAIM_MAIL_FROM", "The address that mail comes from.", "cleanclaim@localhost"),
    Variable("CLEANCLAIM_SESSION_MINUTES", "Minutes without a request after which a session ends.", "30"),
    Variable("CLEANCLAIM_API_CALLS_PER_MINUTE", "How often a minute one API token may call.", "600"),
    Variable("CLEANCLAIM_DEMO", "1 for a demo: synthetic people, sign-in by one click. Never with patients.", "0"),
    Variable("CLEANCLAIM_DEMO_DAY", "The day that a demo takes for today, as 2026-09-25.", "today"),
)
"""Every variable that is read, for the documentation and `cleanclaim doctor`."""

_LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"


def table() -> str:
    """The variables as a table in Markdown, for the documentation."""
    rows = [f"| `{one.name}` | {one.says} | {one.default} |" for one in VARIABLES]
    return "\n".join(["| variable | what it says | default |", "| --- | --- | --- |", *rows]) + "\n"


def text(name: str, default: str = "") -> str:
    """A variable's value: from `NAME`, else from the file that `NAME_FILE` names, else the default."""
    if name in os.environ:
        return os.environ[name]
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvironmentProblemError(f"{name}_FILE: {path} cannot be read: {error.strerror}") from error


def flag(name: str) -> bool:
    """Whether a variable is 1. Anything but 0, 1 or nothing is refused."""
    value = text(name, "0")
    if value not in {"", "0", "1"}:
        raise EnvironmentProblemError(f"{name}: expected 0 or 1")
    return value == "1"


def number(name: str, default: int) -> int:
    """A whole number above zero."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) == 0:
        raise EnvironmentProblemError(f"{name}: expected a whole number above 0")
    return int(value)


def day(name: str) -> date | None:
    """A day, or `None` where none is set."""
    value = text(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise EnvironmentProblemError(f"{name}: expected a day as 2026-09-25") from error


def hosts() -> list[str]:
    """The host names that the app answers to."""
    return [name.strip() for name in text("CLEANCLAIM_HOSTS", _LOCAL_HOSTS).split(",") if name.strip()]


def sends_mail() -> bool:
    """Whether there is a mail server."""
    return bool(text("CLEANCLAIM_MAIL"))


def mail() -> dict[str, object]:
    """Django's settings of the mail server that `CLEANCLAIM_MAIL` names; always encrypted."""
    parts = urlsplit(text("CLEANCLAIM_MAIL"))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise EnvironmentProblemError("CLEANCLAIM_MAIL: expected smtp://USER:PASSWORD@HOST:PORT or smtps://…")
    is_wrapped = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_wrapped else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_wrapped,
        "EMAIL_USE_TLS": not is_wrapped,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": text("CLEANCLAIM_MAIL_FROM", "cleanclaim@localhost"),
    }


MANY_SHORT_QUERIES = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"
"""What is asked of each PostgreSQL session: pages are many and each of their queries is short, so that compiling one or
sharing it out costs more than it saves; and what they look up lies in memory or on flash, not on a turning disk."""

PREPARED_AFTER = 2
"""A statement that a session has asked so often is prepared: planning costs a page of short queries as much as they do
themselves."""

PREPARED_MOST = 400
"""How many statements a session keeps prepared: the pages' own are about three hundred."""


@cache
def home() -> Path:
    """The folder of the database, keys and stored files; made where it is missing, its owner's alone."""
    named = os.environ.get("CLEANCLAIM_HOME")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folder = Path(named) if named else Path(data) / "cleanclaim" / "practice"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EnvironmentProblemError(f"CLEANCLAIM_HOME: {folder} cannot be made: {error.strerror}") from error
    return folder.resolve()


def exchange_folder() -> Path:
    """The folder under which each clinic that exchanges files by folders has its own."""
    named = os.environ.get("CLEANCLAIM_EXCHANGE")
    return Path(named) if named else home() / "exchange"


def database() -> dict[str, object]:
    """Django's setting of the database that `CLEANCLAIM_DATABASE` names.

    SQLite writes ahead and takes its write lock when a transaction begins, so that two writers wait and do not fail
    half-way. PostgreSQL connections are kept for as long as a worker's requests come; what follows `?` in its address
    goes to the driver (`sslmode=verify-full`), `host=/FOLDER` there names a folder with its socket, `options=-c …`
    takes the place of what is asked of each session, and `prepare=0` keeps statements from being prepared, for a pool
    between app and database that hands each transaction another session.
    """
    named = text("CLEANCLAIM_DATABASE") or f"sqlite:///{home() / 'practice.sqlite3'}"
    parts = urlsplit(named)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path) if parts.netloc == "" else parts.netloc,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        told = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        folder, prepares = told.pop("host", ""), told.pop("prepare", "1")
        if prepares not in {"0", "1"}:
            raise EnvironmentProblemError("CLEANCLAIM_DATABASE: expected prepare=0 or prepare=1")
        options: dict[str, object] = {"options": MANY_SHORT_QUERIES, **told}
        if prepares == "1":
            options |= {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": folder or parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise EnvironmentProblemError("CLEANCLAIM_DATABASE: expected postgresql://… or sqlite:///…")
