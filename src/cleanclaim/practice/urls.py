"""Addresses. A clinic's pages begin with its slug under `/c/`; no address holds patient data, only random keys."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cleanclaim.practice.api.application import addresses
from cleanclaim.practice.pages import company, home, invoices
from cleanclaim.practice.pages.claims import bulk, queue
from cleanclaim.practice.pages.follow_up import worklist

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("health/", home.health, name="health"),
    path("demo/be/", home.be, name="be"),
    path("account/", include("allauth.urls")),
    path("api/v1/", addresses()),
    path("queue/", queue.queue, name="queue"),
    path("queue/act/", bulk.queue_act, name="queue_act"),
    path("follow-up/", worklist.follow_up_everywhere, name="follow_up_everywhere"),
    path("follow-up/act/", worklist.follow_up_everywhere_act, name="follow_up_everywhere_act"),
    *company.urlpatterns,
    *invoices.urlpatterns,
    path("c/<slug:slug>/", include("cleanclaim.practice.pages.urls")),
]
