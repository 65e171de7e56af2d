"""Many rows of one table at once, without a model's instance for each: the ledger, answers and histories of a payment.

A payment of ten thousand claims writes two hundred thousand rows. Rows come as tuples of plain values; key, clinic,
moments and version are added here as a model would. Values are turned into what the database takes column by column,
and PostgreSQL gets one array a column.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, repeat
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from cleanclaim.practice import ahead, clock, tenancy
from cleanclaim.practice.models import Clinic, ClinicRow
from cleanclaim.practice.sealing import Plain, SealedField, bound_to, seal

PIECE = 2000
"""Rows in one statement."""

_OF_ANY_ROW = ("id", "clinic_id", "created_at", "changed_at", "version")
_NANOSECONDS = 1_000_000
"""In a millisecond."""
_CHANCE_LETTERS = 20
"""Letters of chance that are drawn for a key, which takes 19 of them."""
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The letter of a random UUID that says how it was made, from any letter."""
_Column = Sequence[Any]


def new_keys(count: int) -> list[str]:
    """So many keys in rising order, each a UUID (version 7) as 32 hexadecimal letters: the millisecond, then chance.

    Indexes of rows that come together so grow at one place, and not at as many as there are rows.
    """
    begun = f"{time.time_ns() // _NANOSECONDS:012x}7"
    told = secrets.token_bytes(_CHANCE_LETTERS // 2 * count).hex()
    return sorted(
        f"{begun}{told[at : at + 3]}{_VARIANT[told[at + 3]]}{told[at + 4 : at + 19]}"
        for at in range(0, _CHANCE_LETTERS * count, _CHANCE_LETTERS)
    )


def insert(
    model: type[ClinicRow],
    clinic: Clinic,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    keys: Iterable[str] | None = None,
) -> None:
    """Insert rows of a clinic in scope, in the caller's transaction.

    Args:
        model: whose table.
        clinic: whose rows.
        columns: the model's attributes that each row gives, in its order. Keys of other rows are UUIDs or their
            letters; a sealed column gives `Plain`: the bytes that its value stands for.
        rows: their values.
        keys: the rows' own keys as `new_keys` makes them, where the caller has named them elsewhere.

    Raises:
        OutOfScopeError: the clinic is not in scope.
    """
    if clinic.pk not in tenancy.clinics_in_scope():
        raise tenancy.OutOfScopeError(f"{model._meta.label}: rows of a clinic outside the scope")  # noqa: SLF001
    now = clock.now()
    same = tuple(zip((_field(model, name) for name in _OF_ANY_ROW[1:]), (clinic.pk, now, now, 1), strict=True))
    fields = [_field(model, "id"), *(_field(model, name) for name in columns)]
    write = _by_arrays if connection.vendor == "postgresql" else _one_by_one
    left, given = iter(rows), None if keys is None else iter(keys)
    while piece := list(islice(left, PIECE)):
        own = new_keys(len(piece)) if given is None else list(islice(given, len(piece)))
        told: list[_Column] = [own, *zip(*piece, strict=True)]
        for place, field in enumerate(fields):
            if isinstance(field, SealedField):
                told[place] = _sealed(field, clinic, own, told[place])
        write(model._meta.db_table, fields, same, told)  # noqa: SLF001 - its public name


def check_links() -> None:
    """Where rows are sent ahead: let PostgreSQL look now whether rows that they name are there, not when it commits."""
    if ahead.is_sent_ahead():
        ahead.send(b"SET CONSTRAINTS ALL IMMEDIATE")
        ahead.send(b"SET CONSTRAINTS ALL DEFERRED")


def insert_made(model: type[ClinicRow], clinic: Clinic, rows: Sequence[ClinicRow]) -> None:
    """Insert rows that were made as instances of a model without sealed columns, as they are, under their keys."""
    names = [one.attname for one in model._meta.concrete_fields if one.attname not in _OF_ANY_ROW]  # noqa: SLF001
    insert(model, clinic, names, map(attrgetter(*names), rows), keys=[row.pk.hex for row in rows])


def _field(model: type[ClinicRow], name: str) -> models.Field[Any, Any]:
    (field,) = (one for one in model._meta.concrete_fields if one.attname == name)  # noqa: SLF001 - its public name
    return field


def _sealed(field: SealedField, clinic: Clinic, keys: Sequence[str], values: Iterable[Plain | None]) -> list[Any]:
    table = field.model._meta.db_table  # noqa: SLF001 - its public name
    return [
        None if value is None else seal(value.data, bound_to(clinic.pk, table, _hyphened(key), field.attname))
        for key, value in zip(keys, values, strict=True)
    ]


def _hyphened(key: str) -> str:
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def _kind(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """The field whose values it holds: of a link, the key of the row that it names."""
    return field.target_field if isinstance(field, models.ForeignKey) else field


# --- PostgreSQL --------------------------------------------------------------------------------------------


def _by_arrays(
    table: str, fields: Sequence[models.Field[Any, Any]], same: Sequence[tuple[Any, Any]], told: Sequence[_Column]
) -> None:
    """One array a column, which PostgreSQL takes apart itself; what all rows share is said once."""
    given = list(zip(fields, told, strict=True))
    # A column of JSON is one value of JSON itself, where nothing is missing: JSON's null is not the database's.
    listed = [(field, column) for field, column in given if not _is_whole_json(field, column)]
    whole = [(field, column) for field, column in given if _is_whole_json(field, column)]
    own = [field for field, _column in (*listed, *whole)]
    columns = ", ".join(f'"{field.column}"' for field in (*own, *(field for field, _value in same)))
    names = ", ".join(f"column_{place}" for place, _field in enumerate(own))
    shared = ", ".join(f"%s::{field.db_type(connection)}" for field, _value in same)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field, _column in listed)
    parts = ", ".join((f"unnest({arrays})", *("jsonb_array_elements(%s::jsonb)" for _one in whole)))
    statement = (
        f'INSERT INTO "{table}" ({columns}) SELECT {names}, {shared} '  # noqa: S608 - names of our models
        f"FROM ROWS FROM ({parts}) AS told ({names})"
    )
    values = [
        *(value for _field, value in same),
        *(_array(field, column) for field, column in listed),
        *(_json(column) for _field, column in whole),
    ]
    ahead.send(statement.encode(), values)


def _is_whole_json(field: models.Field[Any, Any], values: _Column) -> bool:
    return isinstance(field, models.JSONField) and None not in values


def _array(field: models.Field[Any, Any], values: _Column) -> str:
    """A column as PostgreSQL reads an array from text."""
    written = _ARRAY_TEXTS.get(type(_kind(field)))
    if written is None:
        written = _quoted_bytes if isinstance(field, SealedField) else str
    if None in values:
        return "{" + ",".join(["NULL" if value is None else written(value) for value in values]) + "}"
    if written is quoted:
        joined = '","'.join(values)
        if "\\" not in joined and joined.count('"') == 2 * (len(values) - 1):  # nothing within is to be escaped
            return f'{{"{joined}"}}'
    return "{" + ",".join(map(written, values)) + "}"


def quoted(text: str) -> str:
    """A text as it stands in an array that PostgreSQL reads from text."""
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _quoted_json(value: Any) -> str:  # noqa: ANN401 - JSON
    return quoted(_json(value))


def _quoted_bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


_ARRAY_TEXTS: dict[type[Any], Callable[[Any], str]] = {
    models.CharField: quoted,
    models.TextField: quoted,
    models.JSONField: _quoted_json,
}
"""How a value is written in an array; those not named here are what `str` says."""


# --- SQLite ------------------------------------------------------------------------------------------------


def _one_by_one(
    table: str, fields: Sequence[models.Field[Any, Any]], same: Sequence[tuple[Any, Any]], told: Sequence[_Column]
) -> None:
    """A statement that is prepared once."""
    named = [*fields, *(field for field, _value in same)]
    columns = ", ".join(f'"{field.column}"' for field in named)
    places = ", ".join(["%s"] * len(named))
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({places})'  # noqa: S608 - names of our models
    own = [_plain_column(field, column) for field, column in zip(fields, told, strict=True)]
    shared = [repeat(field.get_db_prep_save(value, connection)) for field, value in same]
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*own, *shared, strict=False)))


def _plain_column(field: models.Field[Any, Any], values: _Column) -> Iterable[Any]:
    """A column as SQLite keeps it."""
    kind = _kind(field)
    if isinstance(kind, models.UUIDField):
        return [
            value.hex if isinstance(value, UUID) else None if value is None else value.replace("-", "")
            for value in values
        ]
    if isinstance(kind, models.JSONField):
        return [_json(value) for value in values]
    if isinstance(kind, models.DateField):  # and moments, which are dates to Django's models
        return [field.get_db_prep_save(value, connection) for value in values]
    return values


def _json(value: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(value)
