"""Who could have kept a finding from happening: front office, documentation, coding or payer, by rule."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources


class Cause(StrEnum):
    """Where a finding comes from."""

    FRONT_OFFICE = "front office"
    DOCUMENTATION = "documentation"
    CODING = "coding"
    PAYER = "payer"


@cache
def causes() -> dict[str, Cause]:
    """Cause by the beginning of a rule's code, as `causes.toml` lists them."""
    text = resources.files("cleanclaim.practice.engine").joinpath("causes.toml").read_text(encoding="utf-8")
    return {begins: Cause(cause) for begins, cause in tomllib.loads(text)["causes"].items()}


@cache
def cause_of(rule: str) -> Cause:
    """The cause of a rule's findings. Raises `KeyError` for a code that no entry begins."""
    listed = causes()
    for length in range(len(rule), 1, -1):
        if rule[:length] in listed:
            return listed[rule[:length]]
    raise KeyError(f"rule {rule}: causes.toml has no entry for it")
