"""The Django application `practice`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from cleanclaim.practice.environment import PREPARED_MOST

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class PracticeConfig(AppConfig):
    """Models, pages and API of the practice."""

    name = "cleanclaim.practice"
    label = "practice"
    verbose_name = "Practice"

    def ready(self) -> None:
        """From now on each new session of PostgreSQL keeps as many statements prepared as the pages have."""
        connection_created.connect(_keep_statements, dispatch_uid="keep_statements")


def _keep_statements(connection: BaseDatabaseWrapper, **_told: Any) -> None:  # noqa: ANN401 - the signal's
    """Let a session keep the statements of all pages prepared; the driver's own limit is below what they need."""
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = PREPARED_MOST
