"""The clinic's figures, each with its definition and the claims behind it."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.figures import behind, overview

urlpatterns: list[URLPattern] = [
    path("figures/", overview.figures, name="figures"),
    path("figures/<slug:metric>/", behind.figure, name="figure"),
]
