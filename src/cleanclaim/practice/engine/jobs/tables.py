"""Every table of a clinic as columns: for CSV, with formulas made harmless, and for Parquet, with types.

The tables are those of the models, so that none is forgotten: a new model is exported, or named in `LEFT_OUT` with the
reason. Sealed columns are opened. Files stored in rows are told by their size, and taken along by `carrying` alone.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

import polars as pl
from django.apps import apps
from django.db import models, transaction

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import ClinicRow
from cleanclaim.practice.sealing import SealedBytesField

LEFT_OUT = {
    "ApiToken": "a secret's digest opens nothing elsewhere",
    "ExchangeConnection": "what signs in at a clearinghouse stays where it is",
    "FetchedName": "which files of a clearinghouse this server has seen",
    "IdempotencyKey": "answers of the API, kept for a while",
    "Job": "work behind the pages, over when it is done",
    "JobFile": "what that work reads and makes",
    "KeptReadiness": "an answer that is asked again from the records themselves",
}
"""Tables that are no part of a clinic's record, and why."""

SECRET_COLUMNS = frozenset({"ssn"})
"""Columns that go along with the whole clinic, and into no table by itself."""

PIECE = 500
"""Rows that are read at a time, each piece in a transaction and a scope of its own."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.BooleanField, pl.Boolean),
    (models.IntegerField, pl.Int64),
    (models.DateTimeField, pl.Datetime("us", "UTC")),
    (models.DateField, pl.Date),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its Polars type, and the model's attribute that holds it."""

    name: str
    dtype: Any
    attribute: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name for files and addresses, what it is called, its model and columns."""

    name: str
    label: str
    model: type[ClinicRow]
    columns: tuple[Column, ...]


@cache
def tables() -> dict[str, Table]:
    """Every table of a clinic's record by its name, sorted."""
    found = {}
    for model in apps.get_app_config("practice").get_models():
        if issubclass(model, ClinicRow) and model.__name__ not in LEFT_OUT:
            label = str(model._meta.verbose_name_plural)  # noqa: SLF001 - its public name
            name = label.lower().replace(" ", "_")
            columns = tuple(
                _column(field)
                for field in model._meta.concrete_fields  # noqa: SLF001 - its public name
                if field.name not in {"clinic", *SECRET_COLUMNS}
            )
            found[name] = Table(name, label, model, columns)
    return dict(sorted(found.items()))


def _column(field: models.Field[Any, Any]) -> Column:
    is_file = isinstance(field, SealedBytesField)
    name = f"{field.attname}_bytes" if is_file else field.attname
    dtype = pl.Int64 if is_file else next((dtype for kind, dtype in _TYPES if isinstance(field, kind)), pl.String)
    return Column(name, dtype, field.attname, is_file)


def rows_of(clinic: UUID, model: type[ClinicRow]) -> Iterator[Any]:
    """The rows of a clinic in the order of their keys, read in pieces; each piece opens the scope itself.

    So a response may be sent while it is read, after the request is over. Rows that come or change meanwhile may be in
    it or not; each row is whole.
    """
    last: UUID | None = None
    while True:
        with transaction.atomic(), tenancy.scope([clinic]):
            found = model.objects.order_by("pk")
            piece = list((found if last is None else found.filter(pk__gt=last))[:PIECE])
        yield from piece
        if len(piece) < PIECE:
            return
        last = piece[-1].pk


def count_of(table: Table) -> int:
    """How many rows a table has; its clinic is in scope."""
    return int(table.model.objects.count())


def csv_lines(table: Table, rows: Iterable[Any]) -> Iterator[str]:
    """A table as CSV, line by line: a heading, then a line a row; unknown is empty."""
    yield _line([column.name for column in table.columns])
    for row in rows:
        yield _line([cell(_value(row, column)) for column in table.columns])


def parquet(table: Table, rows: Iterable[Any]) -> bytes:
    """A table as a Parquet file; unknown is null."""
    cells = [[_typed(_value(row, column), column) for column in table.columns] for row in rows]
    frame = pl.DataFrame(cells, schema={column.name: column.dtype for column in table.columns}, orient="row")
    held = io.BytesIO()
    frame.write_parquet(held)
    return held.getvalue()


def _value(row: Any, column: Column) -> Any:  # noqa: ANN401 - a row of any model, a value of any column
    value = getattr(row, column.attribute)
    if column.is_file:
        return None if value is None else len(value)
    return value


def _typed(value: Any, column: Column) -> Any:  # noqa: ANN401 - the same
    if value is None or column.dtype != pl.String or isinstance(value, str):
        return value
    return plain(value)


def cell(value: Any) -> str:  # noqa: ANN401 - the same
    """A value as a cell. Text that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(value: Any) -> str:  # noqa: ANN401 - the same
    """A value as text: days and times in ISO form, what has parts as JSON, bytes in base64."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dict | list | bool | int):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _line(cells: Sequence[str]) -> str:
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerow(cells)
    return held.getvalue()
