"""Plans of care: their state on a day, and writing, certifying and reporting on them."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.plans import changing, showing

urlpatterns: list[URLPattern] = [
    path("patients/<uuid:patient>/plan/", showing.plan, name="plan"),
    path("patients/<uuid:patient>/plan/new/", changing.new_plan, name="plan_new"),
    path("plans/<uuid:plan>/", changing.edit_plan, name="plan_edit"),
    path("plans/<uuid:plan>/certifications/", changing.certify, name="plan_certify"),
]
