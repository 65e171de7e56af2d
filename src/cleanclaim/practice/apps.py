"""The Django application `practice`."""

from __future__ import annotations

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Models, pages and API of the practice."""

    name = "cleanclaim.practice"
    label = "practice"
    verbose_name = "Practice"
