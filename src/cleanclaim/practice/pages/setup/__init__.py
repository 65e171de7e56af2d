"""The set-up: charges, providers, payers and enrollments, the clinic itself, opening balances, payer files."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.setup import (
    balances,
    charges,
    clinic,
    enrollments,
    filing_limits,
    overview,
    packs,
    payers,
    providers,
)

urlpatterns: list[URLPattern] = [
    path("setup/", overview.setup, name="setup"),
    path("setup/charges/", charges.charges, name="setup_charges"),
    path("setup/charges/add/", charges.add, name="setup_charge_add"),
    path("setup/charges/raise/", charges.raise_all, name="setup_charges_raise"),
    path("setup/charges/import/", charges.bring_in, name="setup_charges_import"),
    path("setup/charges/<uuid:key>/end/", charges.end, name="setup_charge_end"),
    path("setup/providers/", providers.providers, name="setup_providers"),
    path("setup/providers/add/", providers.add, name="setup_provider_add"),
    path("setup/providers/<uuid:key>/", providers.edit, name="setup_provider"),
    path("setup/payers/", payers.clinic_payers, name="setup_payers"),
    path("setup/payers/add/", payers.add, name="setup_payer_add"),
    path("setup/payers/<uuid:key>/", payers.edit, name="setup_payer"),
    path("setup/payers/<uuid:key>/limits/", filing_limits.filing_limits, name="setup_filing_limits"),
    path("setup/payers/<uuid:key>/limits/<uuid:limit>/remove/", filing_limits.remove, name="setup_filing_limit_remove"),
    path("setup/enrollments/", enrollments.enrollments, name="setup_enrollments"),
    path("setup/enrollments/add/", enrollments.add, name="setup_enrollment_add"),
    path("setup/enrollments/<uuid:key>/", enrollments.edit, name="setup_enrollment"),
    path("setup/clinic/", clinic.clinic, name="setup_clinic"),
    path("setup/sending/", clinic.sending, name="setup_sending"),
    path("setup/balances/", balances.balances, name="setup_balances"),
    path("setup/balances/add/", balances.add, name="setup_balance_add"),
    path("setup/balances/<uuid:key>/remove/", balances.remove, name="setup_balance_remove"),
    path("setup/packs/", packs.packs, name="setup_packs"),
    path("setup/packs/add/", packs.add, name="setup_pack_add"),
    path("setup/packs/<uuid:key>/", packs.pack, name="setup_pack"),
    path("setup/packs/<uuid:key>/remove/", packs.remove, name="setup_pack_remove"),
]
