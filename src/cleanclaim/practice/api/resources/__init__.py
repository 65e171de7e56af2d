"""The resources of the API, each a router of its own."""

from ninja import Router

from cleanclaim.practice.api.resources import (
    batches,
    checks,
    claim_work,
    claims,
    codes,
    coverage_facts,
    coverages,
    exports,
    interchange,
    patients,
    payments,
    visits,
)

ROUTERS: tuple[Router, ...] = (
    checks.router,
    patients.router,
    coverages.router,
    coverage_facts.router,
    visits.router,
    claims.router,
    claim_work.router,
    batches.router,
    payments.router,
    codes.router,
    exports.router,
    interchange.router,
)
"""Every resource."""
