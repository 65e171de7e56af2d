"""Whose rows a piece of work may see: every query of a clinic's rows happens inside a scope of clinics.

Outside any scope a query of scoped rows raises; it never returns everybody's. On PostgreSQL the same scope is told to
the database for the transaction, whose row-level security holds even where a query forgets the manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

_clinics: ContextVar[frozenset[UUID] | None] = ContextVar("clinics", default=None)

_IN_ERROR = 3
"""libpq's status of a transaction in which a statement has failed."""

SETTING = "cleanclaim.clinics"
"""The PostgreSQL setting that row-level security reads: clinic ids by commas."""


class NoScopeError(RuntimeError):
    """Rows of a clinic were asked for outside any scope."""


class OutOfScopeError(RuntimeError):
    """A row of a clinic outside the scope was to be written."""


def clinics_in_scope() -> frozenset[UUID]:
    """The clinics whose rows may be seen now. Raises `NoScopeError` where nobody has said."""
    clinics = _clinics.get()
    if clinics is None:
        raise NoScopeError("rows of a clinic were asked for outside any scope")
    return clinics


@contextmanager
def scope(clinics: Iterable[UUID]) -> Iterator[None]:
    """See the rows of these clinics, and no other's, inside.

    Inside a transaction PostgreSQL is told for the transaction; outside one for the session, until the scope ends.
    """
    token = _clinics.set(frozenset(clinics))
    tell_database()
    try:
        yield
    finally:
        _clinics.reset(token)
        if not _is_lost():
            tell_database()


def _is_lost() -> bool:
    """Whether the transaction can only be rolled back: then nothing can be told, and nothing needs to be."""
    if connection.vendor != "postgresql" or connection.needs_rollback:
        return connection.needs_rollback
    session = connection.connection
    return session is None or session.closed or session.info.transaction_status == _IN_ERROR


def tell_database() -> None:
    """Tell PostgreSQL the scope; without one, row-level security shows nothing."""
    if connection.vendor != "postgresql":
        return
    clinics = ",".join(sorted(str(clinic) for clinic in _clinics.get() or ()))
    connection.ensure_connection()
    # The driver's own cursor: what a page asks of the database is counted the same on every engine.
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, %s)", [SETTING, clinics, connection.in_atomic_block])


class ScopedManager(models.Manager[M]):
    """Rows of the clinics in scope only."""

    def get_queryset(self) -> models.QuerySet[M]:
        """The rows in scope. Raises `NoScopeError` outside any scope."""
        clinics = clinics_in_scope()
        rows = super().get_queryset()
        if len(clinics) == 1:
            return rows.filter(clinic_id=next(iter(clinics)))
        return rows.filter(clinic_id__in=clinics)

    def bulk_create(self, objs: Iterable[M], *arguments: Any, **options: Any) -> list[M]:  # noqa: ANN401 - Django's own
        """Create many rows at once; each must be of a clinic in scope."""
        rows = list(objs)
        for row in rows:
            require_in_scope(row)
        return super().bulk_create(rows, *arguments, **options)


def require_in_scope(row: models.Model) -> None:
    """Raise `OutOfScopeError` where a row's clinic is not in scope."""
    if getattr(row, "clinic_id", None) not in clinics_in_scope():
        raise OutOfScopeError(f"{row._meta.label}: a row of a clinic outside the scope")  # noqa: SLF001 - its public name
