"""The resources of the API, each a router of its own."""

from ninja import Router

from cleanclaim.practice.api.resources import checks, claims, codes, coverages, exports, interchange, patients, visits

ROUTERS: tuple[Router, ...] = (
    checks.router,
    patients.router,
    coverages.router,
    visits.router,
    claims.router,
    codes.router,
    exports.router,
    interchange.router,
)
"""Every resource."""
