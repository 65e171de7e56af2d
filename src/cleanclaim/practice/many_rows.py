"""Many rows of one table at once, without a model's instance for each: the ledger's entries of a payment, histories.

A payment of ten thousand claims writes a hundred thousand rows. Rows come as tuples of plain values; key, clinic,
moments and version are added here as a model would. Tables with sealed columns are not written this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models

from cleanclaim.practice import clock, tenancy
from cleanclaim.practice.models import Clinic, ClinicRow
from cleanclaim.practice.sealing import SealedField

PIECE = 5000
"""Rows in one statement."""


def insert(
    model: type[ClinicRow],
    clinic: Clinic,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    keys: Iterable[UUID] | None = None,
) -> None:
    """Insert rows of a clinic in scope, in the caller's transaction.

    Args:
        model: whose table.
        clinic: whose rows.
        columns: the model's attributes that each row gives, in its order: text, numbers, days, keys, booleans.
        rows: their values.
        keys: the rows' own keys, where the caller has named them elsewhere; else each gets a random one.

    Raises:
        TypeError: a column is sealed: only its row's model can seal it.
        OutOfScopeError: the clinic is not in scope.
    """
    if clinic.pk not in tenancy.clinics_in_scope():
        raise tenancy.OutOfScopeError(f"{model._meta.label}: rows of a clinic outside the scope")  # noqa: SLF001
    now = clock.now()
    named = (*_OF_ANY_ROW, *columns)
    fields = [_field(model, name) for name in named]
    own: Iterator[UUID] = iter(keys) if keys is not None else iter(uuid4, None)
    write = _by_arrays if connection.vendor == "postgresql" else _one_by_one
    write(model._meta.db_table, fields, (clinic.pk, now, now, 1), zip(own, rows, strict=False))  # noqa: SLF001


_OF_ANY_ROW = ("id", "clinic_id", "created_at", "changed_at", "version")
_Rows = Iterator[tuple[UUID, Sequence[Any]]]
"""Rows with their own keys, without what is the same in all of them."""


def _field(model: type[ClinicRow], name: str) -> models.Field[Any, Any]:
    (field,) = (one for one in model._meta.concrete_fields if one.attname == name)  # noqa: SLF001 - its public name
    if isinstance(field, SealedField):
        raise TypeError(f"{model.__name__}.{field.name}: a sealed field is written by saving its row")
    return field


def _by_arrays(table: str, fields: Sequence[models.Field[Any, Any]], same: tuple[Any, ...], rows: _Rows) -> None:
    """PostgreSQL: one array a column, which it takes apart itself; what all rows share is said once."""
    columns = ", ".join(f'"{field.column}"' for field in fields)
    shared = fields[1 : 1 + len(same)]
    told = [field for field in fields if field not in shared]
    names = [f"column_{place}" for place, _field in enumerate(told)]
    values = ", ".join([names[0], *["%s"] * len(same), *names[1:]])
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in told)
    statement = (
        f'INSERT INTO "{table}" ({columns}) SELECT {values} '  # noqa: S608 - names of our models
        f"FROM unnest({arrays}) AS told ({', '.join(names)})"
    )
    with connection.cursor() as cursor:
        while piece := list(islice(rows, PIECE)):
            own = [key for key, _row in piece]
            rest = [list(column) for column in zip(*(row for _key, row in piece), strict=True)]
            cursor.execute(statement, [*same, own, *rest])


def _one_by_one(table: str, fields: Sequence[models.Field[Any, Any]], same: tuple[Any, ...], rows: _Rows) -> None:
    """SQLite: a statement that is prepared once."""
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({places})'  # noqa: S608 - names of our models
    shared = tuple(_plain(value) for value in same)
    with connection.cursor() as cursor:
        while piece := list(islice(rows, PIECE)):
            cursor.executemany(statement, [(key.hex, *shared, *map(_plain, row)) for key, row in piece])


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of any column
    """A value as SQLite keeps it."""
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value
