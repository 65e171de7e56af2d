"""The claim has more than fifty service lines.

A claim file holds fifty lines; longer claims have to be split, each with its own total.

Not flagged: fifty.
Fix: none is needed; the claim is split when it is written.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good
from cleanclaim.sources import page

_MOST = 50

rule = Rule(
    code="CF103",
    name="more-lines-than-a-claim-holds",
    over="claims",
    severity=Severity.ADVICE,
    flag=col.line_count > _MOST,
    message="{line_count} lines, a claim holds 50",
    concept="too-many-lines",
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "service line loop: 50 a claim; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("visit 2026-03-04 medicare_b" + 50 * "\n  97110 GP x1 15min"),
        bad(
            "visit 2026-03-04 medicare_b" + 51 * "\n  97110 GP x1 15min",
            at="claim",
            says="51 lines, a claim holds 50",
        ),
    ),
)
