"""The report of an audit: one page that a practice owner and a payer's auditor both understand.

What would be lost and what is left stand on top, and beside them what nobody could judge. Every rule says in words what
is wrong, who says so, what to do, and shows three claims. The page asks nothing of any other host, and its content
policy allows no script and no style but its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2
import polars as pl

from cleanclaim.audit import plots, totals, totals_peers
from cleanclaim.audit.archive import LeftOut
from cleanclaim.audit.decided import Parted
from cleanclaim.audit.report_decided import decided_parts
from cleanclaim.audit.report_peers import peers_part
from cleanclaim.audit.report_rules import rule_rows
from cleanclaim.audit.sampling import Sample
from cleanclaim.audit.totals import Totals
from cleanclaim.check.summary import OUTCOMES
from cleanclaim.dates import with_written_days, written_month
from cleanclaim.money import dollars
from cleanclaim.reference import payers as payer_files

_PARTS_SHOWN = 25
_INPUTS_SHOWN = 30
_CELLS_SHOWN = 30
_FILES_SHOWN = 40
_MONTHS_SHOWN = 60

SEVERITY_WORDS = {name: words[:1].upper() + words[1:] for name, words in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure on top."""

    label: str
    amount: str
    detail: str
    tone: str


@dataclass(frozen=True, slots=True)
class PartlyCovering:
    """A table whose editions do not cover the dates of some claims."""

    label: str
    since: str
    """The first day that it covers; empty where that is open."""
    through: str
    """The last one."""
    claims: int
    """Claims of other dates."""


@dataclass(frozen=True, slots=True)
class HowMade:
    """What the report says of how it was made."""

    lines: Sequence[tuple[str, str]]
    """What it was made with, a line each."""
    partly_covering: Sequence[PartlyCovering] = ()
    """Reference tables that do not cover the dates of all claims."""
    left_out: Sequence[LeftOut] = ()
    """Files of the archive that were not read, and parts of others."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One payer, clinic or therapist; amounts as they are shown, `unknown` where nothing has a price."""

    label: str
    claims: int
    flagged: int
    per_hundred: str
    charge_cents: int
    allowed: str
    at_risk: str
    left: str
    bar: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A table by payer, clinic or therapist: the rows shown, and the others in one."""

    heading: str
    rows: Sequence[PartRow]
    rest: PartRow | None


def render_report(found: Parted, come_to: Totals, made: HowMade, *, as_of: str, sample: Sample | None = None) -> str:
    """The report as one HTML page.

    Args:
        found: claims and findings, frames `verdicts` and `set_aside` with the columns of
            `cleanclaim.audit.block.FRAMES`, and what of the findings was decided about before.
        come_to: what these come to.
        made: how the report was made.
        as_of: the day of the audit.
        sample: the claims drawn for review.
    """
    frames = found.frames
    claims, verdicts = found.stretches.claims, frames["verdicts"]
    figures = come_to.overview
    style = _text("report.css")
    context: dict[str, Any] = {
        "figures": figures,
        "tiles": tiles(figures),
        "crashed": verdicts.filter(pl.col("crashed") != "").select("rule", "crashed").rows(),
        "outcomes": come_to.outcomes.to_dicts(),
        "months": _months(claims),
        "rules": rule_rows(found.stretches, come_to.rules),
        "payers": _parts("Payer", totals.by_part(claims, pl.col("payer")), _payer_name),
        "clinics": _parts("Billing NPI", totals.by_part(claims, pl.col("billing_npi")), _npi),
        "therapists": _parts("Rendering NPI", totals.by_part(claims, pl.col("rendering_npi")), _npi),
        "peers": [peers_part(group) for group in totals_peers.peers(claims)],
        **decided_parts(found),
        "missing": _missing(come_to.missing),
        "partly_covering": made.partly_covering,
        "left_out": {
            "total": len(made.left_out),
            "files": len({one.path for one in made.left_out}),
            "rows": _first_damaged(made.left_out)[:_FILES_SHOWN],
        },
        "set_aside": _set_aside(frames["set_aside"]),
        "sample": _sample(sample),
    }
    return _template().render(
        **context,
        as_of=as_of,
        made=made.lines,
        rule_count=verdicts.height,
        contents=_contents(context),
        least_visits=totals_peers.LEAST_VISITS,
        severity_words=SEVERITY_WORDS,
        dollars=dollars,
        # The content policy names the digest of our own style, and allows no other.
        style=style,
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def tiles(figures: totals.Overview) -> list[Tile]:
    """The figures on top: what was billed, what is at risk and left, what could not be judged."""
    priced = figures.claims - figures.claims_without_allowed
    unpriced = f"; {figures.findings_without_price:,} findings have no known price"
    checks = figures.judged + figures.not_judged
    return [
        Tile(
            "Claims",
            f"{figures.claims:,}",
            f"{figures.lines:,} billed lines; {figures.claims_with_findings:,} claims have a finding",
            "plain",
        ),
        Tile(
            "Charged",
            dollars(figures.charge_cents),
            f"unknown on {figures.claims_without_charge:,} claims"
            if figures.claims_without_charge
            else "on all claims",
            "plain",
        ),
        Tile(
            "Allowed, where known",
            dollars(figures.allowed_cents) if priced else "unknown",
            f"known on {priced:,} of {figures.claims:,} claims",
            "plain",
        ),
        *_paid(figures),
        Tile(
            "At risk",
            dollars(figures.lost_cents) if figures.has_prices else "unknown",
            "would be rejected, denied, or paid and taken back" + (unpriced if figures.findings_without_price else ""),
            "risk",
        ),
        Tile(
            "Left on the table",
            dollars(figures.left_cents) if figures.has_prices else "unknown",
            "billed or charged below what was earned",
            "left",
        ),
        Tile(
            "Could not be judged",
            f"{figures.not_judged:,}",
            f"of {checks:,} checks, for want of an input" if figures.not_judged else "every check was judged",
            "unknown",
        ),
    ]


def _paid(figures: totals.Overview) -> list[Tile]:
    """What was paid, where the archive says it."""
    known = figures.claims - figures.claims_without_paid
    said = f"known on {known:,} of {figures.claims:,} claims"
    return [Tile("Paid, by the archive", dollars(figures.paid_cents), said, "plain")] if known else []


_TITLES = {
    "crashed": ("crashed", "rules that crashed"),
    "outcomes": ("outcomes", "what would happen"),
    "months": ("months", "by month"),
    "rules": ("rules", "by rule"),
    "payers": ("payers", "by payer"),
    "clinics": ("clinics", "by clinic"),
    "therapists": ("therapists", "by therapist"),
    "peers": ("peers-1", "units compared"),
    "known": ("known", "known before"),
    "suppressed": ("suppressed", "suppressed"),
    "missing": ("missing", "what could not be judged"),
    "partly_covering": ("coverage", "tables that end early"),
    "left_out": ("left-out", "files not read"),
    "set_aside": ("set-aside", "rows set aside"),
    "sample": ("sample", "sample"),
}

_ALWAYS = (("meaning", "what the figures mean"), ("made", "how it was made"))


def _contents(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts that the report has, with their anchors."""

    def is_there(part: Any) -> bool:  # noqa: ANN401 - parts are of many types
        if isinstance(part, Parts):
            return bool(part.rows)
        return bool(part.get("rows")) if isinstance(part, dict) and "rows" in part else bool(part)

    return [*(title for name, title in _TITLES.items() if is_there(context[name])), *_ALWAYS]


# --- by month ----------------------------------------------------------------------------------------------


def _months(claims: pl.LazyFrame) -> dict[str, Any] | None:
    every = totals.by_part(claims, totals.MONTH).drop_nulls("part").sort("part").to_dicts()
    rows = every[-_MONTHS_SHOWN:]
    if not rows:
        return None
    most = max(row["lost_cents"] for row in rows)
    money, rates = [], []
    for row in rows:
        lost, left = row["lost_cents"], row["left_cents"]
        month = written_month(row["part"])
        about = f"{month}: {row['claims']:,} claims"
        money.append(
            plots.Column(
                month,
                (("risk", lost / 100), ("left", left / 100)),
                f"{about}, {dollars(lost)} at risk, {dollars(left)} left",
            )
        )
        rate = 100 * row["findings"] / row["claims"]
        rates.append(plots.Column(month, (("count", rate),), f"{about}, {row['findings']:,} findings"))
    return {
        "dollars": plots.columns(money, name="Dollars at risk and left by month", said=_short_dollars),
        "rates": plots.columns(rates, name="Findings per 100 claims by month", said=lambda value: f"{value:g}"),
        "table": Parts("Month", [_part(row, written_month(row["part"]), most) for row in rows], None),
        "earlier": len(every) - len(rows),
    }


def _short_dollars(value: float) -> str:
    """An amount for an axis: `$1.5M`, `$20k`, `$250`."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"${value / size:g}{letter}"
    return f"${value:g}"


# --- by payer, clinic, therapist ---------------------------------------------------------------------------


def _parts(heading: str, table: pl.DataFrame, named: Callable[[str | None], str]) -> Parts:
    most = max(table.get_column("lost_cents").to_list(), default=0)
    rows = [_part(row, named(row["part"]), most) for row in table.head(_PARTS_SHOWN).to_dicts()]
    rest = table[_PARTS_SHOWN:]
    if not rest.height:
        return Parts(heading, rows, None)
    summed = rest.drop("part").sum().row(0, named=True)
    return Parts(heading, rows, _part(summed, f"{rest.height:,} more, in claims.parquet", 0))


def _part(row: Mapping[str, Any], label: str, most: int) -> PartRow:
    partly = " *" if row["priced"] < row["claims"] else ""

    def priced(name: str) -> str:
        if not row["priced"] and not row[name]:
            return "unknown"
        return dollars(row[name]) + partly

    return PartRow(
        label,
        row["claims"],
        row["flagged"],
        f"{100 * row['findings'] / row['claims']:.1f}",
        row["charge_cents"],
        priced("allowed_cents"),
        priced("lost_cents"),
        priced("left_cents"),
        plots.bar(row["lost_cents"], most, "risk") if most and row["lost_cents"] else "",
    )


def _payer_name(payer: str | None) -> str:
    if payer is None:
        return "payer unknown"
    try:
        return f"{payer_files.get(payer).label} ({payer})"
    except payer_files.UnknownPayerError:
        return payer


def _npi(npi: str | None) -> str:
    return npi or "not stated"


# --- the rest ----------------------------------------------------------------------------------------------


def _missing(rows: pl.DataFrame) -> dict[str, Any]:
    return {"rows": rows.head(_INPUTS_SHOWN).to_dicts(), "more": max(0, rows.height - _INPUTS_SHOWN)}


def _set_aside(rows: pl.DataFrame) -> dict[str, Any]:
    counted = rows.group_by("field", "expected").agg(pl.len().alias("cells"))
    ordered = counted.sort("cells", "field", "expected", descending=[True, False, False]).head(_CELLS_SHOWN)
    return {"total": rows.height, "rows": ordered.to_dicts()}


def _first_damaged(left_out: Sequence[LeftOut]) -> list[LeftOut]:
    return sorted(left_out, key=lambda one: (not one.is_damaged, one.path))


def _sample(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    return {
        "count": sample.claims.height,
        "universe": sum(stratum.universe for stratum in sample.strata),
        "seed": sample.plan.seed,
        "by": ", ".join(sample.plan.strata),
        "strata": sample.strata,
    }


def _text(name: str) -> str:
    return resources.files("cleanclaim.audit").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["whole"] = lambda number: f"{number:,}"
    environment.filters["days"] = with_written_days
    return environment.from_string(_text("report.html.j2"))
