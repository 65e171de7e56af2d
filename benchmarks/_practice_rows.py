"""A practice of many claims, for measuring: the sample clinic's patients copied with all that belongs to them.

A copy is a whole patient: coverages with their answers and authorizations, plans, orders, and twelve visits with their
notes, signatures, claims, lines, findings and events. Sealed fields are sealed anew, since what is sealed opens only in
its own row. Rows go in by COPY, so that 200,000 claims take minutes less than through models; they are written by the
database's superuser, whom row-level security does not bind, because COPY cannot be used under it.
"""

from __future__ import annotations

import io
import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

VISITS_OF_A_PATIENT = 12
OPEN_ONE_IN = 12
DAYS = 730
"""Filed claims lie in so many days before the sample clinic's own; open ones in the last four weeks."""
_OPEN_DAYS = 28
_PATIENTS_AT_ONCE = 100
_OF_PATIENT = ("coverages", "plans", "referrals")
_UNDER = {
    "Coverage": ("authorizations", "eligibility"),
    "PlanOfCare": ("certifications",),
    "Visit": ("signatures", "claims"),
    "Claim": ("lines", "findings", "events"),
}


@dataclass(frozen=True, slots=True)
class Template:
    """A row to be copied: its cells as COPY reads them, and what has to change in each copy."""

    table: str
    columns: tuple[str, ...]
    cells: tuple[str, ...]
    key: uuid.UUID
    clinic: uuid.UUID
    links: tuple[tuple[int, uuid.UUID], ...]
    """Columns that name another row, with its key."""
    sealed: tuple[tuple[int, str, bytes], ...]
    """Columns that are sealed: place among the columns, field, and what is inside."""
    day: date | None


class Copied:
    """What is to be written: lines of each table, and the new key of each row that was copied."""

    def __init__(self) -> None:
        self.text: dict[tuple[str, tuple[str, ...]], io.StringIO] = defaultdict(io.StringIO)

    def add(self, row: Template, keys: dict[uuid.UUID, uuid.UUID], changes: Mapping[str, object]) -> None:
        """Copy a row under a new key; links go to the copies that `keys` knows."""
        from cleanclaim.practice.sealing import seal

        new = keys[row.key] = uuid.uuid4()
        cells = list(row.cells)
        cells[row.columns.index("id")] = str(new)
        for place, linked in row.links:
            cells[place] = str(keys.get(linked, linked))
        for place, name, plain in row.sealed:
            cells[place] = _cell(seal(plain, f"{row.clinic}|{row.table}|{new}|{name}"))
        for name, value in changes.items():
            cells[row.columns.index(name)] = _cell(value)
        self.text[row.table, row.columns].write("\t".join(cells) + "\n")

    def write(self, connection: Any) -> None:  # noqa: ANN401 - psycopg's
        """Write everything and forget it."""
        with connection.cursor() as cursor:
            for (table, columns), text in self.text.items():
                named = ", ".join(f'"{column}"' for column in columns)
                with cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy:
                    copy.write(text.getvalue())
        connection.commit()
        self.text.clear()


def multiply(address: str, clinic: Any, wanted: int) -> int:  # noqa: ANN401 - a clinic's row, in scope
    """Copy a clinic's patients until it has so many claims more; returns how many were made.

    `address` is the database as its superuser.
    """
    import psycopg

    from cleanclaim.practice.models import Patient

    trees = [tree for patient in Patient.objects.all() if len((tree := _tree(patient)).visits)]
    batch = _batch(clinic)
    copied, made, number = Copied(), 0, 0
    with psycopg.connect(address) as connection:
        # Copies link to copies written in the same breath; the database need not look each of them up.
        connection.execute("SET session_replication_role = replica")
        while made < wanted:
            made += _copy_patient(copied, trees[number % len(trees)], number, made, wanted, batch)
            number += 1
            if number % _PATIENTS_AT_ONCE == 0:
                copied.write(connection)
        copied.write(connection)
    return made


@dataclass(frozen=True, slots=True)
class _Tree:
    patient: Template
    around: tuple[Template, ...]
    visits: tuple[tuple[Template, tuple[Template, ...], Template, tuple[Template, ...]], ...]
    """Each visit with its signatures, its claim, and the rows of its claim."""


def _copy_patient(copied: Copied, tree: _Tree, number: int, made: int, wanted: int, batch: uuid.UUID) -> int:
    keys: dict[uuid.UUID, uuid.UUID] = {}
    copied.add(tree.patient, keys, {"number": f"L{number:07d}", "family_name": f"Sample {number % 9973:04d}"})
    for row in tree.around:
        copied.add(row, keys, {})
    count = min(VISITS_OF_A_PATIENT, wanted - made)
    for nth in range(count):
        visit, signatures, claim, under = tree.visits[nth % len(tree.visits)]
        place = made + nth
        is_open = place % OPEN_ONE_IN == 0
        assert visit.day is not None
        day = visit.day - timedelta(days=place % _OPEN_DAYS if is_open else place % DAYS)
        copied.add(visit, keys, {"number": f"LV{place:07d}", "date_of_service": day, "appointment_id": None})
        for row in signatures:
            copied.add(row, keys, {})
        changes: dict[str, object] = {"number": f"LC{place:07d}", "date_of_service": day}
        if not is_open:
            changes |= {"status": "submitted", "batch_id": batch}
        copied.add(claim, keys, changes)
        for row in under:
            copied.add(row, keys, {})
    return count


def _batch(clinic: Any) -> uuid.UUID:  # noqa: ANN401 - a clinic's row
    """A file for the filed copies to have gone out in."""
    from cleanclaim.practice.models import Batch
    from cleanclaim.practice.sealing import Plain

    made = Batch.objects.create(
        clinic=clinic, payer="sample", payer_name="Sample", interchange_control="999999999", file_name="sample.837",
        content=Plain(b"ISA"), sha256="0" * 64, claims_count=1, charge_cents=1,
    )  # fmt: skip
    return uuid.UUID(str(made.pk))


def _tree(patient: Any) -> _Tree:  # noqa: ANN401 - a patient's row
    from cleanclaim.practice.models import Visit

    around = [row for name in _OF_PATIENT for top in getattr(patient, name).all() for row in (top, *_under(top))]
    visits = []
    for visit in Visit.objects.filter(patient=patient, claims__isnull=False).order_by("number").distinct():
        claim = visit.claims.order_by("number")[0]
        signatures = tuple(template(row) for row in visit.signatures.all())
        visits.append((template(visit), signatures, template(claim), tuple(template(row) for row in _under(claim))))
    return _Tree(template(patient), tuple(template(row) for row in around), tuple(visits))


def _under(row: Any) -> Iterator[Any]:  # noqa: ANN401 - any row
    for name in _UNDER.get(type(row).__name__, ()):
        yield from getattr(row, name).all()


def template(row: Any) -> Template:  # noqa: ANN401 - any row of a clinic
    """A row ready to be copied."""
    from django.db.models import ForeignKey, JSONField

    from cleanclaim.practice.sealing import SealedField

    fields = row._meta.concrete_fields  # noqa: SLF001
    cells, links, sealed = [], [], []
    for place, item in enumerate(fields):
        value = getattr(row, item.attname)
        if isinstance(item, SealedField):
            if value is not None:
                sealed.append((place, item.attname, item.closed(value)))
            value = None
        elif isinstance(item, JSONField):
            value = None if value is None else json.dumps(value)
        elif isinstance(item, ForeignKey) and isinstance(value, uuid.UUID):
            links.append((place, value))
        cells.append(_cell(value))
    return Template(
        table=row._meta.db_table,  # noqa: SLF001
        columns=tuple(item.column for item in fields),
        cells=tuple(cells),
        key=row.pk,
        clinic=row.clinic_id,
        links=tuple(links),
        sealed=tuple(sealed),
        day=getattr(row, "date_of_service", None),
    )


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _cell(value: object) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value).translate(_ESCAPED)
