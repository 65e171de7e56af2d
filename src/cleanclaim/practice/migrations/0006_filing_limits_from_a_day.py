"""Filing limits of a clinic's contracts by the day from which they hold; those that are there hold from the beginning."""

from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import cleanclaim.practice.clock
from cleanclaim.practice import row_security


def carry_over(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - Django's own
    """One limit of each payer file; where rows of one file differed, the shorter one, which no claim misses."""
    alias = schema_editor.connection.alias
    limits = apps.get_model("practice", "FilingLimit").objects.using(alias)
    for clinic in row_security.each_clinic(apps, schema_editor.connection):
        rows = apps.get_model("practice", "ClinicPayer").objects.using(alias)
        found: dict[str, Any] = {}
        for row in rows.filter(clinic=clinic, filing_days__isnull=False).order_by("-filing_days", "identifier"):
            found[row.payer] = row
        for payer, row in found.items():
            limits.create(clinic_id=clinic, payer=payer, days=row.filing_days, days_behind=row.filing_days_behind)


class Migration(migrations.Migration):
    dependencies = [("practice", "0005_refused_under_group_pr")]

    operations = [
        migrations.CreateModel(
            name="FilingLimit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=cleanclaim.practice.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("payer", models.CharField(max_length=38, verbose_name="payer file")),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("days", models.PositiveSmallIntegerField()),
                ("days_behind", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.clinic"
                    ),
                ),
            ],
            options={
                "ordering": ("payer", models.OrderBy(models.F("valid_from"), nulls_first=True)),
                "abstract": False,
                "base_manager_name": "everywhere",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("everywhere", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            "filinglimit",
            models.UniqueConstraint(fields=("clinic", "payer", "valid_from"), name="filing_limit_once_a_day"),
        ),
        migrations.AddConstraint(
            "filinglimit",
            models.UniqueConstraint(
                condition=models.Q(("valid_from", None)),
                fields=("clinic", "payer"),
                name="one_filing_limit_from_the_beginning",
            ),
        ),
        migrations.RunPython(row_security.protect, migrations.RunPython.noop),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveConstraint("clinicpayer", "contract_counts_from_the_service_too"),
        migrations.RemoveField("clinicpayer", "filing_days"),
        migrations.RemoveField("clinicpayer", "filing_days_behind"),
    ]
