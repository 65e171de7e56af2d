"""Patients: finding and registering them, coverages, orders, authorizations, eligibility, and what is missing."""

from __future__ import annotations

from cleanclaim.practice.pages.patients import (
    authorizations,
    chart,
    coverages,
    eligibility,
    listing,
    orders,
    registering,
    upcoming,
)

urlpatterns = [
    *listing.urlpatterns,
    *registering.urlpatterns,
    *chart.urlpatterns,
    *coverages.urlpatterns,
    *eligibility.urlpatterns,
    *authorizations.urlpatterns,
    *orders.urlpatterns,
    *upcoming.urlpatterns,
]
