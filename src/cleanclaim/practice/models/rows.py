"""What every row of a clinic has: a key that tells nothing, its clinic, when it was made and changed, its version."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from django.db import models

from cleanclaim.practice import clock
from cleanclaim.practice.tenancy import ScopedManager, require_in_scope

R = TypeVar("R", bound="ClinicRow")


class StaleRowError(RuntimeError):
    """A row was changed by somebody else since it was read; nothing was written."""


def choices_of(values: type[StrEnum], labels: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """A form's choices of an enumeration: value and label, the value itself where there is no label."""
    return [(item.value, (labels or {}).get(item.value, item.value.replace("_", " "))) for item in values]


class Keyed(models.Model):
    """A row with a random key, which may stand in an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class ClinicRow(Keyed):
    """A row of one clinic. `objects` sees the clinics in scope; `everywhere` is for migrations and key rotation."""

    clinic = models.ForeignKey("practice.Clinic", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()
    everywhere: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "everywhere"
        default_manager_name = "objects"

    def save(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Write the row; its clinic must be in scope."""
        require_in_scope(self)
        super().save(*arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401 - Django's own
        """Remove the row; its clinic must be in scope."""
        require_in_scope(self)
        return super().delete(*arguments, **options)

    def save_if_unchanged(self, version: int, *fields: str) -> None:
        """Write these fields where nobody has changed the row since `version` was read.

        Raises `StaleRowError`, and writes nothing, where somebody has. Forms carry the version that they showed, so
        that of two people who edit one row the second is told, and no change is lost.
        """
        require_in_scope(self)
        model = type(self)
        claimed = model.objects.filter(pk=self.pk, version=version).update(version=version + 1)
        if claimed != 1:
            raise StaleRowError(f"{self._meta.verbose_name}: changed by somebody else meanwhile")
        self.version = version + 1
        super().save(update_fields=[*fields, "changed_at"])
