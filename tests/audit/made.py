"""Frames of an audit made by hand: a few claims and findings whose sums can be done in the head."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from cleanclaim.audit.block import FRAMES
from cleanclaim.audit.decided import Parted
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.stretches import Stretches
from cleanclaim.rules import book

CLINIC, OTHER_CLINIC = "1500000009", "1500000017"
THERAPIST, OTHER_THERAPIST = "1700000007", "1700000015"

WORDS: dict[str, dict[str, Any]] = {
    "UN101": {"timed_units": 3, "timed_minutes": 37, "supported_units": 2},
    "CH101": {"code": "97110", "charge_cents": 2_000, "allowed_cents": 2_906},
}
"""The arguments of the rules' messages, where a test reads the words."""


def arguments_of(code: str, text: str = "x") -> str:
    """Arguments of a rule's message as JSON: those above, else numbers where amounts are written, and the text."""
    entry = book.entry(code)
    assert entry is not None
    fields = [(name, spec) for _, name, spec, _ in string.Formatter().parse(entry.rule.message) if name]
    made = {name: 12_345 if spec in {"money", "minutes_of_day"} else text for name, spec in fields}
    return json.dumps(WORDS.get(code, made))


def claims_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Claims by row; what is not given is as of a plain Medicare visit of three lines."""
    plain = {
        "file": 1,
        "date_of_service": date(2026, 3, 4),
        "payer": "medicare_b",
        "discipline": "PT",
        "billing_npi": CLINIC,
        "rendering_npi": THERAPIST,
        "lines": 3,
        "units": 4,
        "timed_units": 3,
        "charge_cents": 26_000,
        "allowed_cents": 10_000,
        "paid_cents": None,
        "lost_cents": 0,
        "left_cents": 0,
        "findings": 0,
    }
    full = [{"row": number, "claim": f"C{number}", **plain, **row} for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(full, schema=FRAMES["claims"])


def findings_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Findings by row, each with `row` (of its claim), `rule`, `severity` and, where known, `cents`."""
    plain = {
        "file": 1,
        "place": "claim",
        "date_of_service": date(2026, 3, 4),
        "payer": "medicare_b",
        "billing_npi": CLINIC,
        "rendering_npi": THERAPIST,
        "claim_allowed_cents": 10_000,
        "cents": None,
    }
    full = [{"claim": f"C{row['row']}", "arguments": arguments_of(row["rule"]), **plain, **row} for row in rows]
    return pl.DataFrame(full, schema=FRAMES["findings"]).sort("file", "row", "rule")


def verdicts_frame(rows: Sequence[tuple[str, int, int, int, int, str]]) -> pl.DataFrame:
    """Verdict counts: rule, passed, found, not applicable, no data, crashed."""
    return pl.DataFrame(rows, schema=FRAMES["verdicts"], orient="row")


def gaps_frame(rows: Sequence[tuple[str, str, int]]) -> pl.DataFrame:
    """Gaps: rule, missing, rows."""
    return pl.DataFrame(rows, schema=FRAMES["gaps"], orient="row")


def stretches_of(frames: Mapping[str, pl.DataFrame]) -> Stretches:
    """The claims and findings of frames, as one stretch."""
    return Stretches.of(frames["claims"], frames["findings"])


def without_claims(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames beside claims and findings."""
    return {name: frame for name, frame in frames.items() if name not in {"claims", "findings"}}


def parted_of(frames: Mapping[str, pl.DataFrame], **decided: Any) -> Parted:
    """Frames as an audit parts them."""
    return Parted(stretches_of(frames), without_claims(frames), **decided)


def same(one: Gathered, other: Gathered) -> None:
    """Fail unless both found the same of the same claims."""
    assert_frame_equal(one.stretches.claims.collect(), other.stretches.claims.collect())
    assert_frame_equal(one.stretches.findings.collect(), other.stretches.findings.collect())
    assert set(one.frames) == set(other.frames)
    for name, frame in one.frames.items():
        assert_frame_equal(frame, other.frames[name])


def archive() -> dict[str, pl.DataFrame]:
    """Six claims of two payers, two clinics and two months, with eight findings of three rules."""
    return {
        "claims": claims_frame(
            [
                {"lost_cents": 10_000, "findings": 3},
                {"lost_cents": 1_500, "left_cents": 906, "findings": 2},
                {"payer": "aetna", "allowed_cents": None, "lost_cents": 700, "findings": 1},
                {"billing_npi": OTHER_CLINIC, "rendering_npi": OTHER_THERAPIST, "left_cents": 906, "findings": 1},
                {"date_of_service": date(2026, 4, 1), "findings": 1},
                {"date_of_service": date(2026, 4, 2), "charge_cents": None, "allowed_cents": None},
            ]
        ),
        "findings": findings_frame(
            [
                {"row": 1, "rule": "UN101", "severity": "deny", "cents": 8_000},
                {"row": 1, "rule": "UN101", "severity": "deny", "cents": 7_000, "place": "line 2"},
                {"row": 1, "rule": "DX306", "severity": "advice"},
                {"row": 2, "rule": "UN101", "severity": "deny", "cents": 1_500},
                {"row": 2, "rule": "CH101", "severity": "left", "cents": 906},
                {"row": 3, "rule": "UN101", "severity": "deny", "cents": 700, "claim_allowed_cents": None},
                {"row": 4, "rule": "CH101", "severity": "left", "cents": 906, "billing_npi": OTHER_CLINIC},
                {"row": 5, "rule": "UN101", "severity": "deny", "date_of_service": date(2026, 4, 1)},
            ]
        ),
        "verdicts": verdicts_frame(
            [
                ("CH101", 4, 2, 0, 0, ""),
                ("DX306", 5, 1, 0, 0, ""),
                ("UN101", 0, 5, 1, 0, ""),
                ("UN105", 0, 0, 2, 4, ""),
            ]
        ),
        "gaps": gaps_frame(
            [("UN105", "minutes of each service", 3), ("UN105", "minutes of each service; the plan", 1)]
        ),
        "set_aside": pl.DataFrame(schema=FRAMES["set_aside"]),
    }
