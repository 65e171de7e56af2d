"""The visit note: what was done, checked while it is written; plans of care."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
