"""One statement for many counts: rows are gathered once, in the database, and counted there in several ways.

Querysets say which rows, so that scope and filters are said where they always are; what is counted of them is SQL of
the caller's own. Only names written in code go into that SQL: whatever an address asks for is among the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Part:
    """Named rows: of a queryset of `values_list`, or of SQL over the parts before it.

    What is gathered is worked out once, whatever asks for it; what is not is woven into what asks.
    """

    name: str
    columns: tuple[str, ...]
    rows: QuerySet[Any, Any] | str
    is_gathered: bool = True


def counted(parts: Sequence[Part], asked: Sequence[str], values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What these `SELECT`s over the parts find, all in one statement.

    Args:
        parts: in the order in which they build on each other.
        asked: statements with the same number and types of columns; their order is kept by nothing but their words.
        values: for the placeholders in `asked`.
    """
    stated: list[str] = []
    told: list[Any] = []
    for part in parts:
        if isinstance(part.rows, str):
            sql = part.rows
        else:
            sql, own = part.rows.query.sql_with_params()
            told += own
        how = "MATERIALIZED" if part.is_gathered else "NOT MATERIALIZED"
        stated.append(f"{part.name} ({', '.join(part.columns)}) AS {how} ({sql})")
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(stated)} {' UNION ALL '.join(asked)}", [*told, *values])
        return list(cursor.fetchall())
