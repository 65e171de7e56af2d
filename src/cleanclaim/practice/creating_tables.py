"""The tables of a first migration, made at once.

Django renders every related model anew after each operation. All tables here lead to the clinic's, so that a first
migration of some hundred and fifty operations rendered each model more than a hundred times: most of the time that a
new practice, the demo and every run of the tests took to begin.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """Makes the tables of models that are new in a migration, as all its operations together describe them.

    Args:
        operations: as Django's autodetector writes them: models, then what is added to these same models. None may
            touch what was there before.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add all models; nothing is rendered yet."""
        # A state that was rendered is rendered again with every operation.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make each table with all its columns, indexes and constraints."""
        del from_state
        for model in self._models():
            found = to_state.apps.get_model(app_label, model)
            if self.allow_migrate_model(schema_editor.connection.alias, found):
                schema_editor.create_model(found)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the tables, the last made first."""
        del to_state
        for model in reversed(self._models()):
            found = from_state.apps.get_model(app_label, model)
            if self.allow_migrate_model(schema_editor.connection.alias, found):
                schema_editor.delete_model(found)

    def describe(self) -> str:
        """What the migration says of it."""
        return f"Create {len(self._models())} tables"

    def _models(self) -> list[str]:
        return [operation.name for operation in self.operations if isinstance(operation, CreateModel)]
