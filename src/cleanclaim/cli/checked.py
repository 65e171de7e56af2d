"""A batch with its verdicts, as `check`, `fix` and `payer diff` make and name it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import polars as pl

from cleanclaim.check.difference import Placed
from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.summary import most_cents, outcomes
from cleanclaim.cli.inputs import Batch
from cleanclaim.rules import book
from cleanclaim.rules.kit import Rule


@dataclass(frozen=True, slots=True)
class Checked:
    """One batch with its verdicts."""

    batch: Batch
    verdicts: Verdicts
    findings: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]


def check(batches: Iterable[Batch], rules: Sequence[Rule]) -> list[Checked]:
    """Judge every batch by the rules."""
    # What a claim is allowed bounds what its findings cost; without a rule that has dollars, nothing is priced.
    prices = {"claims": ("claim_allowed_cents",)} if any(rule.dollars is not None for rule in rules) else None
    judge = Judge(rules, extra=prices)
    found = []
    for batch in batches:
        verdicts = judge.judge(batch.tables, batch.context)
        found.append(Checked(batch, verdicts, tuple(verdicts.findings()), tuple(verdicts.unjudged())))
    return found


def placed(checked: Iterable[Checked]) -> list[Placed]:
    """Every finding by where it stands, so that two checks of the same files can be compared."""
    found = []
    for item in checked:
        for one in item.findings:
            named = item.batch.names[one.claim_id]
            found.append(Placed(named.file, named.key, named.day, one.code, one.place, one.message, one.cents))
    return found


@cache
def previews() -> frozenset[str]:
    """Codes of the rules whose words and reach may still change."""
    return frozenset(rule.code for rule in book.rules() if rule.preview)


def finding_json(batch: Batch, finding: Finding) -> dict[str, Any]:
    """One finding, with its claim and its fix."""
    return {
        **claim_json(batch, finding.claim_id),
        "rule": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "preview": finding.code in previews(),
        "place": finding.place,
        "message": finding.message,
        "cents": finding.cents,
        "fix": {"title": finding.fix_title, "safety": finding.fix_safety} if finding.changes else None,
    }


def claim_json(batch: Batch, claim_id: int) -> dict[str, Any]:
    """A claim as a person finds it again: file, its own key, day and payer."""
    named = batch.names[claim_id]
    return {"file": named.file, "claim": named.key, "date": named.day, "payer": named.payer}


def renumbered(checked: Sequence[Checked]) -> list[Finding]:
    """All findings, with claims of different batches told apart."""
    found, before = [], 0
    for item in checked:
        found += [replace(one, claim_id=one.claim_id + before) for one in item.findings]
        before += len(item.batch.names)
    return found


def most_at_stake(checked: Sequence[Checked]) -> dict[int, int | None]:
    """What each claim can lose in cents, where that is known, by the claim ids of `renumbered`."""
    found: dict[int, int | None] = {}
    before = 0
    for item in checked:
        allowed = _allowed(item)
        charged = item.batch.tables.lines.group_by("claim_id").agg(
            pl.when(pl.col("charge_cents").null_count() == 0).then(pl.col("charge_cents").sum())
        )
        for claim_id, cents in charged.iter_rows():
            found[before + claim_id] = most_cents(allowed.get(claim_id), cents)
        before += len(item.batch.names)
    return found


def _allowed(item: Checked) -> dict[int, int | None]:
    """What each claim is allowed, where its price is known; nothing where no rule asked for prices."""
    claims = item.verdicts.workspace.frames["claims"]
    if "claim_allowed_cents" not in claims.columns:
        return {}
    return dict(claims.select("claim_id", "claim_allowed_cents").iter_rows())


def outcomes_json(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """What the findings come to, by what would happen."""
    return [
        {
            "severity": one.severity,
            "findings": one.findings,
            "claims": one.claims,
            "cents": one.cents,
            "without_price": one.without_price,
        }
        for one in outcomes(renumbered(checked), most_at_stake(checked))
    ]
