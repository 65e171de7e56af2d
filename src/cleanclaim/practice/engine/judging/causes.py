"""Who could have kept a finding from happening: front office, documentation, coding or payer, by rule."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TypeVar


class Cause(StrEnum):
    """Where a finding comes from."""

    FRONT_OFFICE = "front office"
    DOCUMENTATION = "documentation"
    CODING = "coding"
    PAYER = "payer"


class Reader(StrEnum):
    """Who reads of a finding while the note is written: the therapist, or the office that settles it."""

    THERAPIST = "therapist"
    OFFICE = "office"


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = resources.files("cleanclaim.practice.engine.judging").joinpath("causes.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def causes() -> dict[str, Cause]:
    """Cause by the beginning of a rule's code, as `causes.toml` lists them."""
    return {begins: Cause(cause) for begins, cause in _tables()["causes"].items()}


@cache
def readers() -> dict[str, Reader]:
    """Who reads of a rule's findings, by the beginning of its code, where the cause does not tell it."""
    return {begins: Reader(reader) for begins, reader in _tables()["readers"].items()}


@cache
def cause_of(rule: str) -> Cause:
    """The cause of a rule's findings. Raises `KeyError` for a code that no entry begins."""
    found = _longest(causes(), rule)
    if found is None:
        raise KeyError(f"rule {rule}: causes.toml has no entry for it")
    return found


@cache
def reader_of(rule: str) -> Reader:
    """Who reads of a rule's findings while the note is written. Raises `KeyError` as `cause_of` does."""
    told = _longest(readers(), rule)
    if told is not None:
        return told
    return Reader.THERAPIST if cause_of(rule) in {Cause.DOCUMENTATION, Cause.CODING} else Reader.OFFICE


V = TypeVar("V")


def _longest(listed: Mapping[str, V], rule: str) -> V | None:
    """The entry whose key is the longest that begins the rule's code."""
    return next((listed[rule[:length]] for length in range(len(rule), 1, -1) if rule[:length] in listed), None)
