"""The report a clinic owner reads: what would be lost, what is left unbilled, what nobody could judge, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import jinja2

from cleanclaim.bill.job import Billed, BilledClaim, ClaimState
from cleanclaim.check.findings import Finding
from cleanclaim.check.summary import BLOCKING, at_stake_cents, most_cents
from cleanclaim.dates import written
from cleanclaim.money import dollars
from cleanclaim.records.reading import Rejection
from cleanclaim.reference import procedures
from cleanclaim.rules.book import entry
from cleanclaim.rules.kit import Severity
from cleanclaim.rules.rationale import spoken_name

STATE_WORDS = {
    ClaimState.READY: "Ready to file",
    ClaimState.HELD: "Held",
    ClaimState.QUESTION: "Waiting for an answer",
    ClaimState.SUPERBILL: "Superbill",
    ClaimState.NOT_JUDGED: "Not judged",
}
SEVERITY_WORDS = {
    Severity.REJECT.value: "Rejected at the door",
    Severity.DENY.value: "Denied",
    Severity.RECOUP.value: "Paid, then taken back",
    Severity.LEFT.value: "Money left",
    Severity.ADVICE.value: "Advice",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top of the report. `amount` is empty where nothing has a price."""

    label: str
    amount: str
    detail: str
    tone: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of the summary: how often it objected and for how much."""

    code: str
    name: str
    severity: str
    severity_words: str
    count: int
    amount: str


def _sum(claims: Sequence[BilledClaim], severities: frozenset[str]) -> tuple[int, int, int]:
    """Cents, findings with a price, findings without one."""
    cents = priced = unpriced = 0
    for claim in claims:
        for finding in claim.findings:
            if finding.severity in severities:
                if finding.cents is None:
                    unpriced += 1
                else:
                    cents += finding.cents
                    priced += 1
    return cents, priced, unpriced


def _allowed(claim: BilledClaim) -> int | None:
    """What the whole claim is allowed, where every line has a known price."""
    amounts = [line["allowed_cents"] for line in claim.lines]
    known = [amount for amount in amounts if isinstance(amount, int)]
    return sum(known) if known and len(known) == len(amounts) else None


def held_cents(claims: Sequence[BilledClaim]) -> tuple[int, int]:
    """What the held claims can lose, in cents, and how many of them have no known price."""
    held = [(claim, _allowed(claim)) for claim in claims if claim.state is ClaimState.HELD]
    lost = [most_cents(allowed, claim.charge_cents) or 0 for claim, allowed in held if allowed is not None]
    return sum(lost), len(held) - len(lost)


def tiles(billed: Billed) -> list[Tile]:
    """The three figures on top: at risk, left, not judged."""
    claims = billed.claims
    at_risk, no_price = held_cents(claims)
    held = sum(claim.state is ClaimState.HELD for claim in claims)
    left, _, left_unpriced = _sum(claims, frozenset({Severity.LEFT.value}))
    left_count = sum(finding.severity == Severity.LEFT.value for claim in claims for finding in claim.findings)
    missing = Counter(name for claim in claims for entry_ in claim.unjudged for name in entry_.missing)
    unjudged_claims = sum(bool(claim.unjudged) for claim in claims)
    return [
        Tile(
            "At risk",
            dollars(at_risk),
            f"{held} claims held back" + (f"; {no_price} of them without a known price" if no_price else ""),
            "risk",
        ),
        Tile(
            "Left on the table",
            dollars(left),
            f"{left_count} findings" + (f"; {left_unpriced} without a known price" if left_unpriced else ""),
            "left",
        ),
        Tile(
            "Could not be judged",
            f"{sum(len(claim.unjudged) for claim in claims):,} checks",
            f"on {unjudged_claims} claims, for want of {len(missing)} kinds of input" if missing else "nothing",
            "unknown",
        ),
    ]


def rule_rows(claims: Sequence[BilledClaim]) -> list[RuleRow]:
    """Findings by rule, the costliest kinds first; no rule loses more of a claim than the claim can lose.

    Rules may object to the same line, so their amounts do not add up to what is at risk.
    """
    counts: Counter[str] = Counter()
    cents: dict[str, int] = defaultdict(int)
    about: dict[str, tuple[str, str]] = {}
    for claim in claims:
        own: dict[str, list[Finding]] = defaultdict(list)
        for finding in claim.findings:
            counts[finding.code] += 1
            own[finding.code].append(finding)
            about[finding.code] = (finding.name, finding.severity)
        for code, findings in own.items():
            cents[code] += at_stake_cents(findings, most_cents(_allowed(claim), claim.charge_cents))
    order = list(SEVERITY_WORDS)
    return [
        RuleRow(
            code,
            spoken_name(about[code][0]),
            about[code][1],
            SEVERITY_WORDS[about[code][1]],
            count,
            dollars(cents[code]) if cents[code] else "",
        )
        for code, count in sorted(counts.items(), key=lambda item: (order.index(about[item[0]][1]), -item[1], item[0]))
    ]


def missing_rows(claims: Sequence[BilledClaim]) -> list[tuple[str, int, int]]:
    """Missing inputs with the number of rules and of checks that wait for each, most first."""
    checks: Counter[str] = Counter()
    waiting: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        for item in claim.unjudged:
            for name in item.missing:
                checks[name] += 1
                waiting[name].add(item.code)
    return [(name, len(waiting[name]), count) for name, count in checks.most_common()]


def render_report(billed: Billed, *, clinic_name: str, as_of: date, rejections: Sequence[Rejection] = ()) -> str:
    """The report as one HTML page that needs nothing from outside.

    Args:
        billed: the job's result.
        clinic_name: for the heading; no patient's name stands anywhere in the report.
        as_of: the day billed on.
        rejections: records that could not be read.
    """
    order = [ClaimState.NOT_JUDGED, ClaimState.HELD, ClaimState.QUESTION, ClaimState.READY, ClaimState.SUPERBILL]
    return _template().render(
        clinic_name=clinic_name,
        as_of=as_of,
        tiles=tiles(billed),
        states=[(state, STATE_WORDS[state], [c for c in billed.claims if c.state is state]) for state in order],
        rules=rule_rows(billed.claims),
        missing=missing_rows(billed.claims),
        unconfirmed=dict(Counter(table for claim in billed.claims for table in claim.unconfirmed).most_common()),
        rejections=rejections,
        crashed=billed.crashed,
        blocking=BLOCKING,
        severity_words=SEVERITY_WORDS,
        dollars=dollars,
        written=written,
        label=_label,
        rationale=_rationale,
    )


def _label(code: str | None) -> str:
    procedure = procedures.get(code) if code else None
    return procedure.label if procedure else ""


def _rationale(code: str) -> str:
    found = entry(code)
    return found.rationale.splitlines()[0] if found and found.rationale else ""


@cache
def _template() -> jinja2.Template:
    text = resources.files("cleanclaim.bill").joinpath("report.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(text)
