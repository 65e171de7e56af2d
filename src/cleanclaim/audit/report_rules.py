"""What the report says of each rule: the defect in a sentence, why it matters, who says so, what to do, three claims.

Findings carry arguments, not words; the words of the three claims are made here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from cleanclaim.audit import totals
from cleanclaim.audit.stretches import Stretches
from cleanclaim.check.findings import render
from cleanclaim.dates import written
from cleanclaim.rules import book
from cleanclaim.rules.kit import Rule, Safety
from cleanclaim.rules.rationale import spoken_name

_MESSAGE_LENGTH = 400
"""Characters of a message; a day with dozens of lines names them all."""


def rule_rows(found: Stretches, rules: pl.DataFrame) -> list[dict[str, Any]]:
    """The rules that found something, in their order of `totals.by_rule`, each with its words and examples.

    A row has the columns of `totals.by_rule`, and `code`, `name`, `sentence`, `why` (paragraphs), `fix`, `sources`
    and `examples` (claim, day, place, message, cents).
    """
    shown: dict[str, list[dict[str, Any]]] = {}
    for row in totals.examples(found).iter_rows(named=True):
        shown.setdefault(row["rule"], []).append(row)
    return [_rule(row, shown.get(row["rule"], [])) for row in rules.to_dicts()]


def _rule(row: Mapping[str, Any], shown: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    entry = book.entry(row["rule"])
    if entry is None:
        raise KeyError(row["rule"])
    sentence, why, fix = _told(entry.rationale)
    return {
        **row,
        "code": row["rule"],
        "name": spoken_name(entry.rule.name),
        "sentence": sentence,
        "why": why,
        "fix": _fix(entry.rule, fix),
        "sources": [source.cite() for source in entry.rule.sources],
        "examples": [
            {
                "claim": one["claim"] or "no number",
                "day": written(one["date_of_service"]) if one["date_of_service"] else "unknown",
                "place": one["place"] or "",
                "message": _message(entry.rule, one["arguments"]),
                "cents": one["cents"],
            }
            for one in shown
        ],
    }


def _message(rule: Rule, arguments: str) -> str:
    said = render(rule.message, json.loads(arguments))
    return said if len(said) <= _MESSAGE_LENGTH else f"{said[:_MESSAGE_LENGTH]}…"


def _told(rationale: str) -> tuple[str, list[str], str]:
    """A rule's docstring: its sentence, its paragraphs, and what it says of a fix."""
    sentence, _, rest = rationale.partition("\n")
    why, fix = [], ""
    for paragraph in rest.strip().split("\n\n"):
        joined: list[str] = []
        for line in paragraph.split("\n"):
            if line.startswith(("Fix:", "Not flagged:")):
                joined.append("")
            joined[-1:] = [f"{joined[-1]} {line.strip()}".strip()] if joined else [line.strip()]
        for said in joined:
            if said.startswith("Fix:"):
                fix = said.removeprefix("Fix:").strip()
            elif said:
                why.append(said.replace("`", ""))
    return sentence.strip(), why, fix.replace("`", "")


def _fix(rule: Rule, told: str) -> str:
    if rule.fix is None:
        return told[:1].upper() + told[1:] if told else "none is proposed."
    who = "may be applied at once" if rule.fix.safety is Safety.SAFE else "a named person decides"
    return f"{rule.fix.title} ({who})."
