"""The guide for everyone: codes, rules, modifiers and diagnoses, each with who says so."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.guide import codes, diagnoses, modifiers, rules, search

urlpatterns: list[URLPattern] = [
    path("guide/", search.guide, name="guide"),
    path("guide/codes/<str:code>/", codes.guide_code, name="guide_code"),
    path("guide/rules/", rules.guide_rules, name="guide_rules"),
    path("guide/rules/<str:code>/", rules.guide_rule, name="guide_rule"),
    path("guide/modifiers/", modifiers.guide_modifiers, name="guide_modifiers"),
    path("guide/modifiers/<str:code>/", modifiers.guide_modifier, name="guide_modifier"),
    path("guide/diagnoses/", diagnoses.guide_diagnoses, name="guide_diagnoses"),
    path("guide/diagnoses/<str:code>/", diagnoses.guide_diagnosis, name="guide_diagnosis"),
]
