"""Addresses. A clinic's pages begin with its slug under `/c/`; no address holds patient data, only random keys."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cleanclaim.practice.api.application import api
from cleanclaim.practice.pages import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("demo/be/", home.be, name="be"),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("c/<slug:slug>/", include("cleanclaim.practice.pages.urls")),
]
