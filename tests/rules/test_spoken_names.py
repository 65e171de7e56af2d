"""Rules' names as people read them."""

from __future__ import annotations

import pytest

from cleanclaim.rules.rationale import spoken_name


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("referring-npi-check-digit", "referring NPI check digit"),
        ("kx-absent-above-threshold", "KX absent above threshold"),
        ("base-code-of-add-on-missing", "base code of add on missing"),
    ],
)
def test_a_rules_name_is_told_in_words(name: str, spoken: str) -> None:
    assert spoken_name(name) == spoken
