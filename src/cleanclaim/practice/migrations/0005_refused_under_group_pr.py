"""What an answer refuses under group PR, apart from the patient's share of cost; told of answers that are there."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from cleanclaim.practice import row_security
from cleanclaim.reference.denials import is_cost_share
from cleanclaim.remittance.effects import Effect


def tell(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - Django's own
    """Add it up from what was written for each line."""
    answers = apps.get_model("practice", "ClaimAnswer").objects.using(schema_editor.connection.alias)
    for clinic in row_security.each_clinic(apps, schema_editor.connection):
        own = answers.filter(clinic=clinic)
        for row in own.exclude(patient_cents=0).only("pk", "posted").iterator():
            parts = [part for _line, _paid, unpaid in row.posted for part in unpaid]
            refused = sum(cents for effect, cents, why in parts if effect == Effect.PATIENT and not is_cost_share(why))
            if refused:
                own.filter(pk=row.pk).update(refused_cents=refused)


class Migration(migrations.Migration):
    dependencies = [("practice", "0004_filing_limit_of_a_contract")]

    operations = [
        migrations.AddField("claimanswer", "refused_cents", models.IntegerField(default=0)),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
