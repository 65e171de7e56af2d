"""The clinic's figures, each with its definition and the claims behind it."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.figures import behind, money, overview

urlpatterns: list[URLPattern] = [
    path("figures/", overview.figures, name="figures"),
    path("figures/money/", money.money, name="figures_money"),
    path("figures/money/<slug:measure>/", money.behind, name="figures_behind"),
    path("figures/<slug:metric>/", behind.figure, name="figure"),
]
