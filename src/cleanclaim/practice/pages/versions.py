"""Which version of a row a form showed, so that of two people who edit one row the second is told."""

from __future__ import annotations

from cleanclaim.practice.access import ClinicRequest


def shown_version(request: ClinicRequest) -> int:
    """The version of the row that the form showed; 0, which no row has, where the browser sent none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() else 0
