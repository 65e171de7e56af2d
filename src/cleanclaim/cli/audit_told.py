"""What `cleanclaim audit run` tells on the terminal, as JSON, and of how a report was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from rich.table import Table
from rich.text import Text

from cleanclaim import __version__
from cleanclaim.audit import totals
from cleanclaim.audit.archive import LeftOut
from cleanclaim.audit.decided import Parted, amounts
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.manifest import Made, TableEdition, package_digest
from cleanclaim.audit.report import PartlyCovering
from cleanclaim.audit.sampling import Sample
from cleanclaim.audit.totals import Totals
from cleanclaim.check.summary import OUTCOMES
from cleanclaim.cli.decisions import Decisions, say_stale, say_written, suppression_json
from cleanclaim.cli.output import err, out
from cleanclaim.dates import written as written_day
from cleanclaim.money import dollars

_RULES_SHOWN = 15
_INPUTS_SHOWN = 8
_FILES_SHOWN = 8
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Told:
    """An audit as it ended: what was found, and what it was made of."""

    made: Made
    parted: Parted
    come_to: Totals
    decisions: Decisions
    sample: Sample | None


def partly_covering(tables: Sequence[TableEdition], gathered: Gathered) -> list[PartlyCovering]:
    """Tables, by label, of which no edition covers the date of some claims."""
    by_label: dict[str, list[TableEdition]] = {}
    for table in tables:
        by_label.setdefault(table.label, []).append(table)
    by_day = totals.claims_by_day(gathered.stretches.claims)
    found = []
    for label, editions in by_label.items():
        if any(edition.through is None for edition in editions):
            continue
        outside = totals.claims_outside(by_day, [(edition.first_day, edition.through) for edition in editions])
        first = min((edition.first_day or date.min) for edition in editions)
        last = max(edition.through for edition in editions if edition.through is not None)
        if outside:
            since = "" if first == date.min else first.isoformat()
            found.append(PartlyCovering(label, since, last.isoformat(), outside))
    return sorted(found, key=lambda one: (-one.claims, one.label))


def lines_of(made: Made, gathered: Gathered) -> list[tuple[str, str]]:
    """What the report was made with, in lines for people; the manifest says all of it."""
    rows = sum(one["rows"] or 0 for one in made.inputs)
    lines = [
        ("Program", f"cleanclaim {__version__}, sha256 {package_digest('')}"),
        ("Rules", f"{len(made.rules):,}, sha256 {package_digest('rules')}"),
        ("Reference tables", f"{len(made.tables):,}, sha256 of those shipped {package_digest('reference')}"),
        ("Files read", f"{len(made.inputs):,}, tables among them with {rows:,} rows; {gathered.lines:,} lines judged"),
        ("As of", written_day(made.settings.as_of)),
        ("Payer where none is named", made.settings.default_payer or "none: such claims have no payer"),
    ]
    lines += [
        ("Locality where none is named", f"{place}, {f'of claims of {npi}' if npi else 'of all other claims'}")
        for npi, place in made.settings.localities
    ]
    lines += [("Payer file of your own", f"{one.id}, sha256 {one.sha256}") for one in made.payer_files]
    for name, file in (("Findings known before", made.baseline), ("Suppressions", made.suppressions)):
        if file is not None:
            lines.append((name, f"{file.count:,} in the file, sha256 {file.sha256}"))
    lines += [
        ("Rules ignored", f"{one.word} ({len(one.codes)} rules) by {one.by}: {one.reason}") for one in made.ignored
    ]
    return lines


def as_json(told: Told, written: Sequence[Path]) -> dict[str, Any]:
    """The audit as `schemas/audit.schema.json` says."""
    frames, made, sample, come_to = told.parted.frames, told.made, told.sample, told.come_to
    verdicts = frames["verdicts"]
    return {
        "as_of": made.settings.as_of,
        "files": [str(path) for path in written],
        "figures": asdict(come_to.overview),
        "outcomes": come_to.outcomes.to_dicts(),
        "rules": come_to.rules.to_dicts(),
        "missing_inputs": come_to.missing.to_dicts(),
        "cells_set_aside": frames["set_aside"].height,
        "files_left_out": [{"path": one.path, "why": one.why} for one in made.left_out],
        "crashed": dict(verdicts.filter(verdicts.get_column("crashed") != "").select("rule", "crashed").rows()),
        "ignored": [
            {"word": one.word, "rules": list(one.codes), "reason": one.reason, "by": one.by} for one in made.ignored
        ],
        "suppressed": _suppressed_json(told),
        "stale_suppressions": [
            {**suppression_json(one.suppression), "why": one.standing.value} for one in told.parted.stale
        ],
        "baseline": _baseline_json(told),
        "sample": None if sample is None else {"claims": sample.claims.height, "seed": sample.plan.seed},
    }


def _suppressed_json(told: Told) -> list[dict[str, Any]]:
    rows = told.parted.frames.get("suppressed")
    names = ("claim", "rule", "severity", "place", "cents", "reason", "by", "on", "until")
    return [] if rows is None else rows.select(*names, pl.col("entry").alias("line")).to_dicts()


def _baseline_json(told: Told) -> dict[str, Any] | None:
    known, written = told.parted.frames.get("known"), told.parted.to_write
    if known is None and not told.made.writes_baseline:
        return None
    lost, left = (0, 0) if known is None else amounts(known, told.parted.stretches.claims.collect())
    by_rule = Counter() if known is None else Counter(known.get_column("rule"))
    return {
        "known": 0 if known is None else known.height,
        "lost_cents": lost,
        "left_cents": left,
        "by_rule": dict(sorted(by_rule.items())),
        "not_met": told.parted.not_met,
        "written": None if written is None else sum(written.known.values()),
    }


def say(told: Told, folder: Path) -> None:
    """Say on the terminal what was found."""
    frames, made, sample = told.parted.frames, told.made, told.sample
    verdicts, figures = frames["verdicts"], told.come_to.overview
    for code, why in verdicts.filter(verdicts.get_column("crashed") != "").select("rule", "crashed").rows():
        err.print(Text.assemble((f"rule {code} crashed: ", "bold red"), why))
    out.print(Text(f"{figures.claims:,} claims audited as of {made.settings.as_of} by {len(made.rules)} rules", "bold"))
    if not figures.claims:
        out.print(Text("Nothing could be judged."))
    out.print(_figures(figures, frames["set_aside"].height))
    if made.left_out:
        _say_left_out(made.left_out)
    if told.come_to.rules.height:
        out.print(_rules(told.come_to.rules))
    elif figures.claims:
        is_more_known = any(frames[name].height for name in ("known", "suppressed") if name in frames)
        out.print(Text(f"No {'other ' if is_more_known else ''}finding, as far as judged."))
    _say_decided(told)
    missing = told.come_to.missing
    if missing.height:
        out.print(Text("\nCould not be judged, for want of", "bold"))
        for row in missing.head(_INPUTS_SHOWN).iter_rows(named=True):
            out.print(Text(f"  {row['checks']:>11,}  {row['missing']}"))
        if missing.height > _INPUTS_SHOWN:
            out.print(Text(f"  and {missing.height - _INPUTS_SHOWN} inputs more, in the report", "dim"))
    if sample is not None:
        out.print(Text(f"\n{sample.claims.height:,} claims drawn for review with seed {sample.plan.seed}: sample.csv"))
    out.print(Text(f"\nThe report: {folder / 'report.html'}"), soft_wrap=True)


def _say_decided(told: Told) -> None:
    """Say what was found and is not among the findings, and who decided that."""
    frames, parted = told.parted.frames, told.parted
    if "known" in frames:
        rest = f"; {parted.not_met:,} known ones have not come up" if parted.not_met else ""
        out.print(Text(f"\nknown before: {_worth(frames['known'], parted)}{rest}"), soft_wrap=True)
    if "suppressed" in frames:
        rows = frames["suppressed"]
        out.print(Text(f"\nsuppressed: {_worth(rows, parted)}"))
        for row in rows.head(_NAMED).iter_rows(named=True):
            until = f" until {row['until']}" if row["until"] else ""
            said = f"  {row['claim']}  {row['rule']}  {row['place']}  by {row['by']} on {row['on']}{until}"
            out.print(Text(f"{said}: {row['reason']}", "dim"), soft_wrap=True)
        if rows.height > _NAMED:
            out.print(Text(f"  and {rows.height - _NAMED:,} more, in suppressed.parquet", "dim"))
    say_stale(parted.stale)
    if told.made.writes_baseline:
        say_written(told.decisions.write_to, None if parted.to_write is None else sum(parted.to_write.known.values()))


def _worth(findings: pl.DataFrame, parted: Parted) -> str:
    lost, left = amounts(findings, parted.stretches.claims.collect())
    return f"{findings.height:,} findings, {dollars(lost)} at risk, {dollars(left)} left on the table"


def _figures(figures: totals.Overview, set_aside: int) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(dollars(figures.charge_cents), "charged")
    known = figures.claims - figures.claims_without_allowed
    table.add_row(dollars(figures.allowed_cents) if known else "unknown", f"allowed, known on {known:,} claims")
    if paid := figures.claims - figures.claims_without_paid:
        table.add_row(dollars(figures.paid_cents), f"paid, by the archive, known on {paid:,} claims")
    lost, left = (
        dollars(cents) if figures.has_prices else "unknown" for cents in (figures.lost_cents, figures.left_cents)
    )
    table.add_row(lost, "at risk: would be turned away, denied or taken back")
    table.add_row(left, "left on the table")
    table.add_row(
        f"{figures.findings:,}", f"findings, {figures.findings_without_price:,} of them without a known price"
    )
    table.add_row(f"{figures.not_judged:,}", f"checks of {figures.judged + figures.not_judged:,} could not be judged")
    if set_aside:
        table.add_row(f"{set_aside:,}", "cells could not be read, see set_aside.parquet")
    return table


def _say_left_out(left_out: Sequence[LeftOut]) -> None:
    count = len({one.path for one in left_out})
    said = "files of the archive, or parts of them, were" if count != 1 else "file of the archive, or a part of it, was"
    out.print(Text(f"\n{count:,} {said} not read", "bold"))
    for one in left_out[:_FILES_SHOWN]:
        out.print(Text(f"  {one.path}: {one.why}", "yellow" if one.is_damaged else ""), soft_wrap=True)
    if len(left_out) > _FILES_SHOWN:
        out.print(Text(f"  and {len(left_out) - _FILES_SHOWN:,} more, in the report", "dim"))


def _rules(rows: pl.DataFrame) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading, side in (("findings", "right"), ("claims", "right"), ("rule", "left"), ("if it stays", "left")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    table.add_column("dollars", justify="right")
    for row in rows.head(_RULES_SHOWN).iter_rows(named=True):
        amount = dollars(row["cents"]) if row["cents"] else ""
        said = OUTCOMES[row["severity"]]
        table.add_row(f"{row['findings']:,}", f"{row['claims']:,}", row["rule"], said, amount)
    if rows.height > _RULES_SHOWN:
        table.add_row("", "", f"and {rows.height - _RULES_SHOWN} more", "", "")
    return table
