"""Addresses inside a clinic, by area; each area lists its own."""

from __future__ import annotations

from cleanclaim.practice.pages import (
    batches,
    calendar,
    claims,
    documents,
    figures,
    guide,
    jobs,
    notes,
    patients,
    plans,
    remittances,
    setup,
    today,
    trail,
)

urlpatterns = [
    *today.urlpatterns,
    *calendar.urlpatterns,
    *patients.urlpatterns,
    *documents.urlpatterns,
    *notes.urlpatterns,
    *plans.urlpatterns,
    *claims.urlpatterns,
    *batches.urlpatterns,
    *remittances.urlpatterns,
    *figures.urlpatterns,
    *guide.urlpatterns,
    *setup.urlpatterns,
    *jobs.urlpatterns,
    *trail.urlpatterns,
]
