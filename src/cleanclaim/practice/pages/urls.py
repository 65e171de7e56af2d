"""Addresses inside a clinic, by area; each area lists its own."""

from __future__ import annotations

from cleanclaim.practice.pages import (
    batches,
    calendar,
    claims,
    documents,
    exports,
    figures,
    guide,
    imports,
    jobs,
    notes,
    notices,
    patients,
    people,
    plans,
    remittances,
    setup,
    today,
    tokens,
    trail,
)

urlpatterns = [
    *today.urlpatterns,
    *calendar.urlpatterns,
    *patients.urlpatterns,
    *documents.urlpatterns,
    *notices.urlpatterns,
    *notes.urlpatterns,
    *plans.urlpatterns,
    *claims.urlpatterns,
    *batches.urlpatterns,
    *remittances.urlpatterns,
    *figures.urlpatterns,
    *guide.urlpatterns,
    *setup.urlpatterns,
    *tokens.urlpatterns,
    *people.urlpatterns,
    *imports.urlpatterns,
    *exports.urlpatterns,
    *jobs.urlpatterns,
    *trail.urlpatterns,
]
