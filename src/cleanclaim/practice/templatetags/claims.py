"""Words of claims on pages beside the claims' own."""

from __future__ import annotations

from django import template

from cleanclaim.practice.models import Claim
from cleanclaim.practice.pages.claims.words import STATUS_LABELS, Label

register = template.Library()


@register.filter
def status_label(claim: Claim) -> Label:
    """A claim's status as the queue calls it, with its color."""
    return STATUS_LABELS[claim.status]
