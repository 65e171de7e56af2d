"""Numbers of estimates, notices and invoices: one row a clinic, locked while one is taken; none is given twice."""

from __future__ import annotations

from typing import Literal

from cleanclaim.practice.models import Clinic, NoticeNumbers

Series = Literal["next_estimate", "next_notice", "next_invoice"]


def take_number(clinic: Clinic, series: Series) -> int:
    """The next number of a series, in the caller's transaction."""
    held, _made = NoticeNumbers.objects.select_for_update().get_or_create(clinic=clinic)
    taken: int = getattr(held, series)
    setattr(held, series, taken + 1)
    held.save_if_unchanged(held.version, series)
    return taken
