"""What a report says of findings that were decided about before: known ones by rule, suppressed ones one by one."""

from __future__ import annotations

from typing import Any

import polars as pl

from cleanclaim.audit import totals
from cleanclaim.audit.decided import Parted, amounts
from cleanclaim.check.suppression import Standing
from cleanclaim.dates import written
from cleanclaim.money import dollars
from cleanclaim.rules import book

_RULES_SHOWN = 40
_FINDINGS_SHOWN = 40

_WHY = {
    Standing.NO_SUCH_FINDING: "the rule has judged and objects to nothing there",
    Standing.ENDED: "its last day is past",
}


def decided_parts(found: Parted) -> dict[str, Any]:
    """What was known before and what was suppressed, each `None` where no file was given."""
    return {"known": _known(found), "suppressed": _suppressed(found)}


def _known(found: Parted) -> dict[str, Any] | None:
    findings = found.frames.get("known")
    if findings is None:
        return None
    claims = found.stretches.claims.collect()
    rows = totals.by_rule(findings, found.frames["verdicts"], claims)
    return {
        "total": findings.height,
        "worth": _worth(findings, claims),
        "not_met": found.not_met,
        "rules": [{**row, "name": _name(row["rule"])} for row in rows.head(_RULES_SHOWN).to_dicts()],
        "more": max(0, rows.height - _RULES_SHOWN),
    }


def _suppressed(found: Parted) -> dict[str, Any] | None:
    findings = found.frames.get("suppressed")
    if findings is None:
        return None
    return {
        "total": findings.height,
        "worth": _worth(findings, found.stretches.claims.collect()),
        "findings": [
            {**row, "on": written(row["on"]), "until": written(row["until"]) if row["until"] else ""}
            for row in findings.head(_FINDINGS_SHOWN).to_dicts()
        ],
        "stale": [
            {"line": one.suppression.line, "rule": one.suppression.rule, "why": _WHY[one.standing]}
            for one in found.stale
        ],
    }


def _worth(findings: pl.DataFrame, claims: pl.DataFrame) -> str:
    lost, left = amounts(findings, claims)
    return f"{dollars(lost)} at risk, {dollars(left)} left on the table"


def _name(code: str) -> str:
    entry = book.entry(code)
    return "" if entry is None else entry.rule.name
