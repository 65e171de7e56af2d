"""The resources of the API, each a router of its own."""

from ninja import Router

from cleanclaim.practice.api.resources import coverages, patients

ROUTERS: tuple[Router, ...] = (patients.router, coverages.router)
"""Every resource."""
