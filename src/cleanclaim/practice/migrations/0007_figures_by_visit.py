"""The figures' index in the order in which visits are counted, so that PostgreSQL need not sort each day's claims."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0006_filing_limits_from_a_day")]

    operations = [
        migrations.RemoveIndex("claim", "figures_of_claims"),
        migrations.AddIndex(
            "claim",
            models.Index(
                fields=["clinic", "date_of_service", "visit"],
                include=(
                    "id", "therapist", "payer", "payer_name", "frequency", "follows", "status", "batch",
                    "first_passed", "at_stake_cents", "left_cents", "left_units", "billed_units",
                ),
                name="figures_of_claims",
            ),
        ),
    ]  # fmt: skip
