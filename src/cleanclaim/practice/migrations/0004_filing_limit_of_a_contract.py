"""The filing limit that a clinic's own contract with a payer names."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0003_row_security")]

    operations = [
        migrations.AddField("clinicpayer", "filing_days", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddField(
            "clinicpayer", "filing_days_behind", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            "clinicpayer",
            models.CheckConstraint(
                condition=models.Q(("filing_days_behind", None), ("filing_days__isnull", False), _connector="OR"),
                name="contract_counts_from_the_service_too",
            ),
        ),
    ]
