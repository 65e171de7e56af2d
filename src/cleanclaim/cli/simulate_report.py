"""What `cleanclaim simulate` prints of a year: the two desks side by side, every cent, every denial, every slip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from cleanclaim.cli.output import out
from cleanclaim.money import dollars
from cleanclaim.reference import adjustments
from cleanclaim.simulation.run import BY_HABIT, DESKS, WITH_CHECKS, Told

_TITLES = {BY_HABIT: "by habit", WITH_CHECKS: "with checks"}
_ABOUT = {
    BY_HABIT: "files what the notes come to and hears no check; sends again what was denied",
    WITH_CHECKS: "mends or attests what a check objects to, then files; appeals what can be won",
}
_FORESIGHT = ("foreseen", "unforeseen", "no_rule")
_FIGURES = 57
"""Signs that a row of denials takes beside the payer's reason."""
_PLACES = {
    "charged": "charged",
    "paid_by_payers": "  paid by payers",
    "paid_by_patients": "  paid by patients",
    "contractual": "  given up by contract or law",
    "written_off": "  written off for a reason",
    "open_to_payers": "  open to payers",
    "open_to_patients": "  open to patients",
    "difference": "  not accounted for",
    "interest": "beside the lines: interest",
    "provider_adjustments": "  payers' other adjustments",
    "suspense": "  paid, and not placed yet",
    "patient_credit": "  patients' credit",
    "cash": "received in all",
}
"""Where a cent can stand, in words; those further in are parts of what was charged."""

Desk = Mapping[str, Any]


def say(told: Told, folder: Path) -> None:
    """Print a year."""
    entered, desks = told.report["entered"], told.report["desks"]
    out.print(f"[bold]{entered['visits']:,} visits of {entered['patients']:,} patients in {told.report['year']}[/]")
    for name in DESKS:
        out.print(f"  {_TITLES[name]}: {_ABOUT[name]}", soft_wrap=True)
    _say_desks(entered, desks)
    _say_dollars(desks)
    for name in DESKS:
        _say_denials(_TITLES[name], desks[name])
    _say_slips(entered)
    times = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in told.seconds.items())
    out.print(f"\n{times}; at most {told.megabytes:,} MB in one process", soft_wrap=True)
    out.print(
        f"Written to {folder}: report.json, key.json, and claims, answers, letters and the ledger of each desk",
        soft_wrap=True,
    )


def _say_desks(entered: Mapping[str, Any], desks: Mapping[str, Desk]) -> None:
    table = _table("", *(_TITLES[name] for name in DESKS))
    first, outcomes = entered["clean_at_first_look"], entered["outcomes"]

    def checks_only(label: str, value: str) -> None:
        table.add_row(label, "", value)

    def both(label: str, value: Callable[[Desk], str]) -> None:
        table.add_row(label, *(value(desks[name]) for name in DESKS))

    table.add_row("[bold]before filing[/]")
    checks_only("  no check objected", _share(first["claims"], first["of"]))
    checks_only("  mended or attested by a person", f"{outcomes['mended']:,}")
    checks_only("  filed all the same, for nothing was wrong", f"{outcomes['set aside']:,}")
    checks_only("  not filed, for it could not be set right", f"{outcomes['not filed'] + outcomes['dropped']:,}")
    table.add_row("[bold]claims[/]")
    both("  filed", lambda one: f"{_filed(one):,}")
    both(
        "  paid as filed, at the first pass",
        lambda one: _share(one["claims"]["first_pass"]["claims"], one["claims"]["filed"]),
    )
    both("  returned by the front end", lambda one: f"{sum(one['claims']['returned'].values()):,}")
    both("  days from filing to payment", lambda one: one["days_to_payment"] or "")
    both("  paid though a check had objected", lambda one: dollars(one["paid_against_objections_cents"]))
    table.add_row("[bold]lines denied[/]")
    both("  by payers, at any time", lambda one: f"{sum(item['lines'] for item in one['denials']):,}")
    both("  of these, foretold by no check", lambda one: f"{one['not_predicted']:,}")
    table.add_row("[bold]worked[/]")
    both("  filed again, or to the next payer", lambda one: f"{one['claims']['filed_again']:,}")
    both("  of these, sent again as they were", lambda one: f"{one['sent_again_unchanged']['claims']:,}")
    both("  what that brought", lambda one: dollars(one["sent_again_unchanged"]["paid_cents"]))
    both("  appeals filed", lambda one: f"{one['appeals']['filed']:,}")
    both("  won", lambda one: _share(one["appeals"]["overturned"], one["appeals"]["filed"], none=""))
    both("  what they brought", lambda one: dollars(one["appeals"]["won_cents"]))
    both("  repaid to payers by check", lambda one: dollars(one["repaid_by_check_cents"]))
    table.add_row("[bold]accounts[/]")
    both("  statements to patients", lambda one: f"{one['patients']['statements']:,}")
    both("  days in receivables at the year's end", lambda one: one["days_in_receivables"]["days"] or "")
    both("  ledger transactions", lambda one: f"{one['ledger']['transactions']:,}")
    both("  faults of the ledger", lambda one: str(len(one["ledger"]["faults"])))
    out.print(table)


def _filed(desk: Desk) -> int:
    found: int = desk["claims"]["filed"]
    return found


def _say_dollars(desks: Mapping[str, Desk]) -> None:
    table = _table("where every cent stands", *(_TITLES[name] for name in DESKS))
    for key, words in _PLACES.items():
        table.add_row(words, *(dollars(desks[name]["dollars"][key]) for name in DESKS))
    out.print(table)


def _say_denials(title: str, desk: Desk) -> None:
    """Denials by reason, with whether a check had foretold them, a rule had been silent, or there is no rule."""
    out.print(f"\n[bold]lines denied, {title}[/]")
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    # Figures keep their width; the reason is cut where the line is short.
    table.add_column("the payer's reason", no_wrap=True, overflow="ellipsis", max_width=max(out.width - _FIGURES, 12))
    for name in ("lines", "dollars", "foretold", "not", "no rule"):
        table.add_column(name, justify="right", no_wrap=True)
    found: Sequence[Mapping[str, Any]] = desk["denials"]
    for one in found:
        known = adjustments.carc(one["reason"])
        _say_denial(table, f"{one['group']}-{one['reason']}", known.meaning if known is not None else "", [one])
    _say_denial(table, "all", "", found)
    out.print(table)


def _say_denial(table: Table, label: str, words: str, rows: Sequence[Mapping[str, Any]]) -> None:
    sums = {key: sum(row[key] for row in rows) for key in ("lines", "cents", *_FORESIGHT)}
    seen = (f"{sums[kind]:,}" for kind in _FORESIGHT)
    table.add_row(label, words, f"{sums['lines']:,}", dollars(sums["cents"]), *seen)


def _say_slips(entered: Mapping[str, Any]) -> None:
    table = _table("what went wrong at a desk", "times", "seen", "held")
    for one in entered["slips"]:
        table.add_row(one["slip"].replace("_", " "), *(f"{one[key]:,}" for key in ("times", "seen", "held")))
    without = entered["held_without_cause"]
    table.add_row("nothing, and held all the same", "", "", _share(without["visits"], without["of"]))
    out.print(table)


def _table(first: str, *others: str) -> Table:
    """A table without lines, an empty one above it: words on the left, figures on the right."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"\n{first}")
    for title in others:
        table.add_column(f"\n{title}", justify="right")
    return table


def _share(part: int, whole: int, *, none: str = "0") -> str:
    """A count with its share: `9,412 (96.1%)`; `none` where there is nothing to share."""
    if not whole:
        return none
    tenths = (2_000 * part + whole) // (2 * whole)
    return f"{part:,} ({tenths // 10}.{tenths % 10}%)"
