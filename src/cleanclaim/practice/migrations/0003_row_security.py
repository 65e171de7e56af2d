"""Row-level security on PostgreSQL; rows that are only ever added, on both engines."""

from __future__ import annotations

from django.db import migrations

from cleanclaim.practice import row_security


class Migration(migrations.Migration):
    dependencies = [("practice", "0002_tables")]

    operations = [migrations.RunPython(row_security.protect, row_security.unprotect)]
