"""A whole clinic as one file, and that file as a clinic elsewhere.

The file is a zip of `clinic.json` (what the file is, the clinic's own data, how many rows of each table, the SHA-256
of each part) and one JSON Lines file a table, each row with every column, sealed ones opened: whoever holds the file
holds the clinic's record. Left out are secrets (tokens, passwords, keys) and the audit log, whose chain proves nothing
outside the database that it was kept in; people are named by e-mail address and get no access elsewhere.

Read in, rows get new keys, so that a clinic may come back beside itself. Everything is written, or nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import IO, Any, cast
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.jobs import carried_ledger, tables
from cleanclaim.practice.engine.jobs.loading import load_payer_files
from cleanclaim.practice.models import (
    Clinic,
    ClinicRow,
    Company,
    LedgerEntry,
    LedgerTransaction,
    Membership,
    PackFile,
    Role,
    User,
)
from cleanclaim.practice.sealing import Plain, SealedBytesField, SealedField

FORMAT = "cleanclaim-clinic"
VERSION = 1
_HEAD = "clinic.json"
_IN_MEMORY = 16 * 1024 * 1024
_MOST_BYTES = 4 * 1024 * 1024 * 1024
_LONGEST_LINE = 64 * 1024 * 1024
_NOT_CARRIED = {"TrailEntry"}
_OWN = frozenset({"id", "company", "slug", "version", "sends_production"})
"""Columns of the clinic that the new one has of its own; its files are tests until its owner switches."""


class CarriedFileError(ValueError):
    """A file that cannot be read in: names the part, the row and the field, and what was expected."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The file of a clinic, at its beginning, and how many rows of each table it holds."""

    file: IO[bytes]
    counts: dict[str, int]


def carried() -> list[tables.Table]:
    """The tables that go along, each after those that its rows point to."""
    listed = {table.model: table for table in tables.tables().values() if table.model.__name__ not in _NOT_CARRIED}
    order = TopologicalSorter({model: _before(model) for model in listed})
    return [listed[model] for model in order.static_order()]


def _before(model: type[ClinicRow]) -> list[type[ClinicRow]]:
    """The other tables that a table's rows point to, by name."""
    targets = {target for _field, target in _pointers(model) if target is not model}
    if model is LedgerEntry:  # the ledger's entries are written before their transactions
        targets.remove(LedgerTransaction)
    elif model is LedgerTransaction:
        targets.add(LedgerEntry)
    return sorted(targets, key=lambda target: target.__name__)


def _pointers(model: type[ClinicRow]) -> Iterator[tuple[models.ForeignKey[Any, Any], type[ClinicRow]]]:
    """The columns of a model that point to rows of the clinic."""
    for field in model._meta.concrete_fields:  # noqa: SLF001 - its public name
        target = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(target, type) and issubclass(target, ClinicRow):
            yield field, target


# --- out ---------------------------------------------------------------------------------------------------


def pack(clinic: Clinic) -> Packed:
    """Write a clinic that is in scope into one file, all of it as it stands at one moment."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by who sends it
    people = dict(User.objects.filter(memberships__clinic=clinic).values_list("pk", "email"))
    counts: dict[str, int] = {}
    parts: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, _one_moment():
        for table in carried():
            name = f"{table.name}.jsonl"
            digest, count = hashlib.sha256(), 0
            with archive.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as part:
                for row in table.model.objects.order_by("pk").iterator(chunk_size=tables.PIECE):
                    line = json.dumps(_written(row, people), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                    digest.update(line)
                    part.write(line)
                    count += 1
            counts[table.name], parts[name] = count, digest.hexdigest()
        head = {
            "format": FORMAT,
            "version": VERSION,
            "clinic": {name: value for name, value in _columns_of(clinic).items() if name not in _OWN},
            "people": [
                {"email": item.user.email, "name": item.user.name, "role": item.role}
                for item in Membership.objects.filter(clinic=clinic).select_related("user").order_by("user__email")
            ],
            "payer_files": {one.payer: one.text for one in PackFile.objects.filter(clinic=clinic).order_by("payer")},
            "counts": counts,
            "sha256": parts,
        }
        archive.writestr(zipfile.ZipInfo(_HEAD, (1980, 1, 1, 0, 0, 0)), json.dumps(head, indent=1, ensure_ascii=False))
    file.seek(0)
    return Packed(file, counts)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as it stands now, while others go on writing; inside a transaction, as that one sees it."""
    if connection.in_atomic_block:
        yield
        return
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_postgresql else "BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _columns_of(row: models.Model) -> dict[str, Any]:
    return {
        field.name: _plain(getattr(row, field.attname), field)
        for field in row._meta.concrete_fields  # noqa: SLF001 - its public name
    }


def _written(row: ClinicRow, people: Mapping[Any, str]) -> dict[str, Any]:
    """A row's columns; users by their address, the clinic left out."""
    found = _columns_of(row)
    del found["clinic"]
    for field in row._meta.concrete_fields:  # noqa: SLF001 - its public name
        if field.related_model is User and found[field.name] is not None:
            found[field.name] = people.get(getattr(row, field.attname), "")
    return found


def _plain(value: Any, field: models.Field[Any, Any]) -> Any:  # noqa: ANN401 - a value of any column
    if isinstance(field, SealedBytesField):
        return None if value is None else base64.b64encode(value.data).decode()
    if value is None or isinstance(value, str | bool | int | list | dict):
        return value
    return tables.plain(value)


# --- in ----------------------------------------------------------------------------------------------------


@transaction.atomic
def unpack(file: IO[bytes], company: Company, slug: str, by: User) -> tuple[Clinic, dict[str, int]]:
    """Read a clinic's file as a new clinic of a company, whose owner is who reads it; all of it, or nothing.

    Returns the clinic and how many rows of each table it has now, which are as many as the file says.

    Raises:
        CarriedFileError: it is no such file, of another version, damaged, or holds a row that cannot be a row.
    """
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise CarriedFileError("expected the file of a clinic, a zip") from error
    with archive:
        head = _head(archive)
        clinic = _clinic(head, company, slug)
        with tenancy.scope([clinic.pk]):
            Membership.objects.create(user=by, clinic=clinic, role=Role.OWNER.value)
            load_payer_files(company, head["payer_files"], clinic)
            counts = _Reading(clinic, by).all(archive, head)
    return clinic, counts


def _head(archive: zipfile.ZipFile) -> dict[str, Any]:
    expected = {_HEAD, *(f"{table.name}.jsonl" for table in carried())}
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if sum(sizes.values()) > _MOST_BYTES:
        raise CarriedFileError(f"{sum(sizes.values()):,} bytes unpacked; expected at most {_MOST_BYTES:,}")
    if set(sizes) != expected or len(archive.infolist()) != len(expected):
        odd = sorted(set(sizes) ^ expected)
        raise CarriedFileError(f"{', '.join(odd[:5]) or 'parts twice'}; expected {_HEAD} and one part a table")
    try:
        head = json.loads(archive.read(_HEAD))
        known = (head["format"], head["version"]) == (FORMAT, VERSION)
        whole = all(isinstance(head[name], dict) for name in ("clinic", "counts", "sha256", "payer_files"))
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise CarriedFileError(f"{_HEAD}: expected what a clinic's file begins with") from error
    if not (known and whole):
        raise CarriedFileError(f"{_HEAD}: expected format {FORMAT}, version {VERSION}")
    found: dict[str, Any] = head
    return found


def _clinic(head: Mapping[str, Any], company: Company, slug: str) -> Clinic:
    clinic = Clinic(company=company, slug=slug)
    known = {field.name for field in Clinic._meta.concrete_fields} - _OWN  # noqa: SLF001 - its public name
    for name, value in head["clinic"].items():
        if name not in known:
            raise CarriedFileError(f"{_HEAD}: clinic has {name!r}; expected {', '.join(sorted(known))}")
        setattr(clinic, name, value)
    _check(clinic, f"{_HEAD}: clinic", exclude=("company",))
    clinic.save()
    return clinic


class _Reading:
    """Rows on their way in: which new key each old one has got."""

    def __init__(self, clinic: Clinic, by: User) -> None:
        self.clinic, self.by = clinic, by
        self.keys: dict[str, UUID] = {}
        self.old: dict[UUID, str] = {}
        self.there: set[tuple[type[ClinicRow], UUID]] = set()
        self.awaited: dict[tuple[type[ClinicRow], UUID], str] = {}

    def all(self, archive: zipfile.ZipFile, head: Mapping[str, Any]) -> dict[str, int]:
        counts = {}
        for table in carried():
            name = f"{table.name}.jsonl"
            digest, count = hashlib.sha256(), 0
            piece: list[ClinicRow] = []
            with archive.open(name) as part:
                for number, line in enumerate(_lines(part, name), start=1):
                    digest.update(line)
                    piece.append(self._row(table, line, f"{name}, row {number}"))
                    count += 1
                    # The ledger's transactions go in together: one may take back another.
                    if len(piece) == tables.PIECE and table.model is not LedgerTransaction:
                        table.model.objects.bulk_create(piece)
                        piece = []
            if table.model is LedgerTransaction:
                self._digest_anew(cast("list[LedgerTransaction]", piece))
            table.model.objects.bulk_create(piece, batch_size=tables.PIECE)
            if digest.hexdigest() != head["sha256"].get(name):
                raise CarriedFileError(f"{name}: expected the contents that {_HEAD} gives the SHA-256 of")
            if count != head["counts"].get(table.name):
                raise CarriedFileError(f"{name}: {count} rows; expected {head['counts'].get(table.name)}")
            counts[table.name] = int(table.model.objects.count())
        for where in self.awaited.values():
            raise CarriedFileError(f"{where}: expected the key of a row in the file")
        return counts

    def _digest_anew(self, rows: list[LedgerTransaction]) -> None:
        names = {row.pk: row.key for row in rows}
        reverses = {row.pk: names.get(row.reverses_id, "") for row in rows if row.reverses_id is not None}
        carried_ledger.digest_anew(rows, self.old, reverses)

    def _row(self, table: tables.Table, line: bytes, where: str) -> ClinicRow:
        """A row that is not saved yet."""
        try:
            values = json.loads(line)
        except ValueError as error:
            raise CarriedFileError(f"{where}: expected JSON") from error
        fields = {one.name: one for one in table.model._meta.concrete_fields if one.name != "clinic"}  # noqa: SLF001 - its public name
        if not isinstance(values, dict) or set(values) != set(fields):
            odd = sorted(set(values) ^ set(fields)) if isinstance(values, dict) else []
            raise CarriedFileError(f"{where}: {', '.join(odd[:5]) or 'no row'}; expected every column, and no other")
        row = table.model(clinic=self.clinic)
        pointers = dict(_pointers(table.model))
        naming = carried_ledger.NAMING.get(table.model, ())
        for name, field in fields.items():
            value = values[name]
            if name == "id":
                row.pk = self._new(str(value))
                self.there.add((table.model, row.pk))
                self.awaited.pop((table.model, row.pk), None)
            elif isinstance(field, models.ForeignKey) and field in pointers:
                if value is not None:
                    setattr(row, field.attname, self._key(pointers[field], str(value), f"{where}: {name}"))
            elif name in naming:
                setattr(row, field.attname, carried_ledger.renamed(value, self._new))
            elif field.related_model is User:
                setattr(row, field.attname, self._person(value, field))
            else:
                setattr(row, field.attname, _read(value, field, f"{where}: {name}"))
        return row

    def _new(self, old: str) -> UUID:
        """The new key of a row, whether it was read yet or not."""
        if old not in self.keys:
            self.keys[old] = uuid4()
            self.old[self.keys[old]] = old
        return self.keys[old]

    def _key(self, model: type[ClinicRow], old: str, where: str) -> UUID:
        """The same, of a row that must be in the file."""
        found = self._new(old)
        if (model, found) not in self.there:
            self.awaited.setdefault((model, found), where)
        return found

    def _person(self, email: str | None, field: models.Field[Any, Any]) -> UUID | None:
        """Whoever reads the file in stands for people who are not known; where nobody need stand there, nobody does."""
        if email is None or (email != self.by.email and field.null):
            return None
        return self.by.pk


def _lines(part: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while line := part.readline(_LONGEST_LINE):
            if not line.endswith(b"\n"):
                raise CarriedFileError(f"{name}: a row is cut off, or longer than {_LONGEST_LINE:,} bytes")
            yield line
    except zipfile.BadZipFile as error:
        raise CarriedFileError(f"{name}: expected a part that is whole") from error


def _read(value: Any, field: models.Field[Any, Any], where: str) -> Any:  # noqa: ANN401 - a value of any column
    if isinstance(field, SealedBytesField):
        return None if value is None else Plain(base64.b64decode(value))
    if isinstance(field, SealedField) or isinstance(value, list | dict):
        return value
    try:
        return field.to_python(value)
    except ValidationError as error:
        raise CarriedFileError(f"{where}: expected {field.description}") from error


def _check(row: models.Model, where: str, *, exclude: tuple[str, ...]) -> None:
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        fields = ", ".join(sorted(error.message_dict))
        raise CarriedFileError(f"{where}: expected other values of {fields}") from error
