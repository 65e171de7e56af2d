"""Seal everything anew with the newest key, in chunks, so that it can be stopped and gone on with at any time.

A value names the key it was sealed with, so what is left to do is seen in the values themselves: nothing needs to be
remembered of an earlier run. The app may go on meanwhile; a process that read the keys before the new one was added
seals by the old one until it is started again, and the next run seals that anew.
"""

from __future__ import annotations

import base64
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models, transaction

from cleanclaim.practice import row_security, tenancy
from cleanclaim.practice.keys import read_field_keys
from cleanclaim.practice.models import Clinic
from cleanclaim.practice.sealing import SealedField, key_number, seal, unseal
from cleanclaim.practice.sign_in import PLACE

_CHUNK = 500
_SECRETS = frozenset({"secret", "seed"})
"""What allauth has sealed among the data of a second factor."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one chunk did: the table, rows looked at, values sealed anew."""

    table: str
    rows: int
    values: int


def sealed_models() -> list[tuple[type[models.Model], list[str]]]:
    """The tables with sealed fields, and the names of these."""
    found = []
    for model in apps.get_app_config("practice").get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedField)]  # noqa: SLF001
        if names:
            found.append((model, names))
    return found


def reseal(*, chunk: int = _CHUNK) -> Generator[Resealed, None, None]:
    """Seal anew what was not sealed with the newest key; one result for each chunk, after it is written.

    Raises `UnsealError` where a value does not open: what was sealed before it stays sealed anew.
    """
    kept = {item.table: item for item in row_security.KEPT if item.sealed}
    for clinic in Clinic.objects.order_by("id").values_list("id", flat=True):
        for model, names in sealed_models():
            table = model._meta.db_table  # noqa: SLF001 - its public name
            last: UUID | None = None
            while True:
                lifted = row_security.resealing(connection, kept[table]) if table in kept else nullcontext()
                with transaction.atomic(), tenancy.scope([clinic]), lifted:
                    rows = _next(model, names, last, chunk)
                    values = sum(
                        _reseal_row(model, clinic, key, dict(zip(names, sealed, strict=True))) for key, *sealed in rows
                    )
                if not rows:
                    break
                last = rows[-1][0]
                yield Resealed(table, len(rows), values)


def _next(model: type[models.Model], names: list[str], last: UUID | None, chunk: int) -> list[tuple[UUID, ...]]:
    rows = model._default_manager.order_by("pk")  # noqa: SLF001 - scoped
    if last is not None:
        rows = rows.filter(pk__gt=last)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update()
    return list(rows.values_list("pk", *names)[:chunk])


def _reseal_row(model: type[models.Model], clinic: UUID, key: UUID, sealed: dict[str, object]) -> int:
    newest = read_field_keys().newest
    table = model._meta.db_table  # noqa: SLF001 - its public name
    anew: dict[str, bytes] = {}
    for name, value in sealed.items():
        if value is None or key_number(bytes(value)) == newest:  # type: ignore[call-overload]
            continue
        place = f"{clinic}|{table}|{key}|{name}"
        anew[name] = seal(unseal(bytes(value), place), place)  # type: ignore[call-overload]
    if anew:
        columns = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in anew)
        pk = models.UUIDField().get_db_prep_value(key, connection)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {columns} WHERE id = %s", [*anew.values(), pk])  # noqa: S608 - our own names
    return len(anew)


def reseal_second_factors() -> int:
    """Seal anew the secrets of authenticator apps and recovery codes; says how many."""
    newest = read_field_keys().newest
    count = 0
    for key in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            one = Authenticator.objects.select_for_update().get(pk=key)
            for name in _SECRETS & one.data.keys():
                sealed = base64.b64decode(one.data[name])
                if key_number(sealed) != newest:
                    one.data[name] = base64.b64encode(seal(unseal(sealed, PLACE), PLACE)).decode()
                    count += 1
            one.save(update_fields=["data"])
    return count


def left_with_old_keys() -> dict[int, int]:
    """How many values each older key still seals, by its number."""
    newest = read_field_keys().newest
    counts: dict[int, int] = {}
    for clinic in Clinic.objects.order_by("id").values_list("id", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            for model, names in sealed_models():
                for row in model._default_manager.values_list(*names).iterator(chunk_size=2000):  # noqa: SLF001
                    for value in row:
                        number = newest if value is None else key_number(bytes(value))
                        if number != newest:
                            counts[number] = counts.get(number, 0) + 1
    return counts
