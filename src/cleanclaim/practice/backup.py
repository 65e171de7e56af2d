"""Back a practice up, and bring it back: one file that holds every row, sealed as it is, and never the keys.

A backup is a zip archive of `manifest.json` and either the database file, as SQLite's online backup gives it, or
(PostgreSQL, or where it is asked for) one gzipped file of JSON lines for each table, taken in one snapshot. Rows come
back on either engine, so that a practice that began on SQLite moves to PostgreSQL by a backup and a restore.

The manifest holds how many rows each table has, how each clinic's audit log ends, and a text that was sealed with the
keys of the practice: a restore begins by opening that, and stops where the keys are missing or others.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers import sort_dependencies
from django.db import connection, models, transaction

from cleanclaim import __version__
from cleanclaim.practice import audit_trail, keys, tenancy
from cleanclaim.practice.models import Clinic, TrailHead
from cleanclaim.practice.sealing import UnsealError, seal, unseal
from cleanclaim.practice.serving import migrations_applied, prepare

FORMAT = "cleanclaim-practice/1"
_MANIFEST = "manifest.json"
_DATABASE = "practice.sqlite3"
_CHUNK = 2000
_PROOF = "cleanclaim: these are the keys"
_PLACE = "backup|manifest|proof|text"
_LEFT_OUT = frozenset({"sessions.session", "contenttypes.contenttype", "auth.permission", "auth.group"})
"""Made anew by a migration, or worth nothing in another place."""


class BackupError(RuntimeError):
    """A backup that cannot be made or brought back: names the file and what was expected."""


# --- making ----------------------------------------------------------------------------------------------


def write_backup(path: Path, *, as_rows: bool = False) -> dict[str, Any]:
    """Write a backup to a new file that only its owner reads; returns the manifest.

    Args:
        path: the file to make; one that is there is never replaced.
        as_rows: rows even of SQLite, to bring them back on PostgreSQL.

    Raises:
        BackupError: the file is there, or cannot be written.
        KeyFileError: the practice has no keys, so that the backup could not be opened either.
    """
    keys.read_field_keys()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupError(f"{path}: there is a file already; a backup never replaces one") from error
    except OSError as error:
        raise BackupError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            is_file = connection.vendor == "sqlite" and not as_rows
            manifest = _add_database_file(archive) if is_file else _add_rows(archive)
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return manifest


def _manifest(holds: str, heads: dict[str, list[Any]], rows: dict[str, int]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "holds": holds,
        "migrations": migrations_applied(),
        "keys": sorted(keys.read_field_keys().keys),
        "proof": base64.b64encode(seal(_PROOF.encode(), _PLACE)).decode(),
        "trail": heads,
        "rows": rows,
    }


def _add_database_file(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The database as SQLite's online backup copies it, while the app goes on; waits for ever inside a transaction."""
    if connection.in_atomic_block:
        raise BackupError("a backup of the database's file cannot be made inside a transaction")
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / _DATABASE
        connection.ensure_connection()
        with closing(sqlite3.connect(copied)) as copy:
            connection.connection.backup(copy)
            rows = {_table(model): _count(copy, _table(model)) for model in _models()}
            found = copy.execute("SELECT clinic_id, sequence, digest FROM practice_trailhead")
            heads = {str(UUID(clinic)): [sequence, digest] for clinic, sequence, digest in found}
        archive.write(copied, _DATABASE)
    return _manifest("file", heads, rows)


def _count(copy: sqlite3.Connection, table: str) -> int:
    return int(copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a table of our own


def _add_rows(archive: zipfile.ZipFile) -> dict[str, Any]:
    clinics = list(Clinic.objects.order_by("id").values_list("id", flat=True))
    is_alone = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with tenancy.scope(clinics):
            rows = {}
            for model in _models():
                with archive.open(f"{_table(model)}.jsonl.gz", "w", force_zip64=True) as member:
                    rows[_table(model)] = _write_rows(model, member)
            heads = {str(head.clinic_id): [head.sequence, head.digest] for head in TrailHead.objects.all()}
            return _manifest("rows", heads, rows)


def _models() -> list[type[models.Model]]:
    """The tables that are backed up, each after those it points to."""
    wanted: list[tuple[Any, Any]] = [
        (config, [model for model in config.get_models() if model._meta.label_lower not in _LEFT_OUT])  # noqa: SLF001
        for config in apps.get_app_configs()
        if not config.name.startswith("django_tasks")
    ]
    return sort_dependencies(wanted, allow_cycles=True)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 - its public name


def _write_rows(model: type[models.Model], member: IO[bytes]) -> int:
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 - Django's public door
    count = 0
    with gzip.GzipFile(fileobj=member, mode="wb", compresslevel=5, mtime=0, filename="") as packed:
        packed.write(json.dumps(names).encode() + b"\n")
        rows = model._base_manager.order_by("pk").values_list(*names)  # noqa: SLF001 - every row
        for row in rows.iterator(chunk_size=_CHUNK):
            packed.write(json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


# --- bringing back ---------------------------------------------------------------------------------------


def restore_backup(path: Path) -> dict[str, Any]:
    """Bring a backup back into an empty database, and hold it against its manifest; returns the manifest.

    Raises:
        BackupError: the file is no backup, the database is not empty, or what came back is not what went in.
        KeyFileError: there is no file of keys.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"{path}: not a backup: expected a zip archive with {_MANIFEST}") from error
    with archive:
        manifest = _read_manifest(path, archive)
        require_keys_of(path, manifest)
        if manifest["holds"] == "file":
            _bring_database_file(path, archive)
            prepare(migrate=True)
        else:
            prepare(migrate=True)
            _require_empty()
            with transaction.atomic():
                _bring_rows(path, archive, manifest)
    _compare(path, manifest)
    return manifest


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError(f"{path}: not a backup: {_MANIFEST} is missing or damaged") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{path}: a backup of the format {manifest.get('format')!r}; expected {FORMAT!r}")
    return manifest


def require_keys_of(path: Path, manifest: dict[str, Any]) -> None:
    """Raise where the keys at hand do not open what the backup holds."""
    held = keys.read_field_keys()
    missing = sorted(set(manifest["keys"]) - set(held.keys))
    try:
        opened = unseal(base64.b64decode(manifest["proof"]), _PLACE).decode()
    except UnsealError:
        opened = ""
    if missing or opened != _PROOF:
        numbers = ", ".join(str(number) for number in manifest["keys"])
        raise BackupError(
            f"{path}: sealed with keys {numbers} of another file than {keys.field_keys_path()}; its notes and "
            "identifiers cannot be read without them. Nothing was brought back: put the right file there, or name it "
            "in CLEANCLAIM_FIELD_KEYS_FILE"
        )


def _require_empty() -> None:
    if Clinic.objects.exists():
        raise BackupError("the database holds clinics: a backup is brought back into an empty one only")


def _bring_database_file(path: Path, archive: zipfile.ZipFile) -> None:
    if connection.vendor != "sqlite":
        raise BackupError(f"{path}: holds a SQLite database; for PostgreSQL back up with --rows")
    connection.ensure_connection()
    if "practice_clinic" in connection.introspection.table_names():
        _require_empty()
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(archive.extract(_DATABASE, folder))
        with closing(sqlite3.connect(copied)) as copy:
            copy.backup(connection.connection)
    connection.close()


def _bring_rows(path: Path, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    clinics = [UUID(key) for key in _clinic_keys(archive)]
    unknown = sorted(set(manifest["rows"]) - {_table(model) for model in _models()})
    if unknown:
        raise BackupError(f"{path}: made by version {manifest['version']} with a table {unknown[0]} that is not here")
    with tenancy.scope(clinics):
        for model in _models():
            if _table(model) in manifest["rows"]:
                _bring_table(path, archive, model, manifest["version"])
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
                cursor.execute(statement)


def _clinic_keys(archive: zipfile.ZipFile) -> list[str]:
    names, *rows = _lines(archive, "practice_clinic")
    return [row[names.index("id")] for row in rows]


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[list[Any]]:
    with archive.open(f"{table}.jsonl.gz") as member, gzip.GzipFile(fileobj=member) as lines:
        for line in lines:
            yield json.loads(line)


def _bring_table(path: Path, archive: zipfile.ZipFile, model: type[models.Model], version: str) -> None:
    fields = list(model._meta.concrete_fields)  # noqa: SLF001 - Django's public door
    lines = _lines(archive, _table(model))
    names = next(lines)
    if sorted(names) != sorted(field.attname for field in fields):
        raise BackupError(f"{path}: {_table(model)} has other columns than here: bring it back with version {version}")
    by_name = {field.attname: field for field in fields}
    ordered = [by_name[name] for name in names]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in ordered)
    places = ", ".join(["%s"] * len(ordered))
    statement = f"INSERT INTO {_table(model)} ({columns}) VALUES ({places})"  # noqa: S608 - names of our own
    chunk: list[list[Any]] = []
    with connection.cursor() as cursor:
        for line in lines:
            chunk.append([_stored(field, value) for field, value in zip(ordered, line, strict=True)])
            if len(chunk) == _CHUNK:
                cursor.executemany(statement, chunk)
                chunk = []
        if chunk:
            cursor.executemany(statement, chunk)


def _stored(field: models.Field[Any, Any], value: Any) -> Any:  # noqa: ANN401 - a column's value
    if value is None:
        return None
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    return field.get_db_prep_save(field.to_python(value), connection)


def _compare(path: Path, manifest: dict[str, Any]) -> None:
    """Raise where a table has another number of rows than went in, or an audit log does not end as it did."""
    clinics = list(Clinic.objects.order_by("id").values_list("id", flat=True))
    with transaction.atomic(), tenancy.scope(clinics):
        by_table = {_table(model): model for model in _models()}
        for table, count in manifest["rows"].items():
            found = by_table[table]._base_manager.count() if table in by_table else 0  # noqa: SLF001 - every row
            if found != count:
                raise BackupError(f"{path}: {table} came back with {found} rows; the backup holds {count}")
        for clinic in clinics:
            head = TrailHead.objects.filter(clinic_id=clinic).first()
            if ([head.sequence, head.digest] if head else None) != manifest["trail"].get(str(clinic)):
                raise BackupError(f"{path}: the audit log of clinic {clinic} does not end as it did")
            broken = next(audit_trail.verify(clinic), None)
            if broken is not None:
                raise BackupError(f"{path}: the audit log of clinic {clinic}: {broken.problem}")
