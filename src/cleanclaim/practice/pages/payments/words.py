"""What payers' codes say, in our words: how a claim was processed, and why money was taken or added beside claims."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

STATUS_WORDS = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "processed as primary, sent on",
    "20": "processed as secondary, sent on",
    "21": "processed as tertiary, sent on",
    "22": "taken back",
    "23": "not theirs, sent on",
    "25": "estimate only",
}


def status_words(code: str) -> str:
    """How a payer says that it processed a claim."""
    return STATUS_WORDS.get(code, "unknown status")


def adjustment_words(reason: str) -> str:
    """Why money was taken from a payment, or added to it; empty for a reason that is not described here."""
    return _reasons().get(reason, "")


@cache
def _reasons() -> Mapping[str, str]:
    text = resources.files("cleanclaim.practice.pages.payments").joinpath("provider_adjustments.toml")
    found: dict[str, str] = tomllib.loads(text.read_text(encoding="utf-8"))["reason"]
    return found
