"""Rows by thousands of keys or numbers in one query: `Claim.objects.filter(among("pk", keys))`.

`in` makes a parameter of each value, which takes longer to write down than the rows take to be found, and databases
bound how many there may be. Here all of them are one parameter: an array on PostgreSQL, a list in JSON on SQLite.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, ForeignKey, Lookup, Q, UUIDField
from django.db.models.sql.compiler import SQLCompiler

from cleanclaim.practice.many_rows import quoted


class _Values:
    """The values of one query; no iterable, which Django would look through."""

    def __init__(self, values: Iterable[object]) -> None:
        self.texts = sorted({value.hex if isinstance(value, UUID) else str(value) for value in values})


def among(name: str, values: Iterable[object]) -> Q:
    """Rows whose key or text column `name` holds one of these values: keys (UUIDs), or texts."""
    return Q(**{f"{name}__among": _Values(values)})


@CharField.register_lookup
@ForeignKey.register_lookup
@UUIDField.register_lookup
class Among(Lookup[Any]):
    """The condition that `among` writes."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """The condition, and the one parameter that holds all values."""
        column, parameters = self.process_lhs(compiler, connection)
        texts = self.rhs.texts
        if connection.vendor != "postgresql":
            found = "SELECT value FROM json_each(%s)"
            return f"{column} IN ({found})", (*parameters, json.dumps(texts))
        field = self.lhs.output_field
        kind = field.target_field if isinstance(field, ForeignKey) else field
        if isinstance(kind, UUIDField):
            return f"{column} = ANY (%s::uuid[])", (*parameters, "{" + ",".join(texts) + "}")
        return f"{column} = ANY (%s::text[])", (*parameters, "{" + ",".join(map(quoted, texts)) + "}")
