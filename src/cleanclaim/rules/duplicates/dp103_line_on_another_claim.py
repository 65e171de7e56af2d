"""The same line is on another claim for the same patient and day.

Code, day, modifiers, therapist, payer and order of coverage are the same: the payer has it already and denies this one as
a duplicate. Before billing again, ask for the status of the first. A payer without a payer file is told by the number by
which the claims reach it; where that is not there either, nothing is said of two claims alike.

Not flagged: a replacement or void; a claim to another payer; a second session that 59, X or 76 tells apart; a first claim
that was voided.
Fix: drop the line; ATTEST, because it may be a second session.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DP103",
    name="line-on-another-claim",
    over="lines",
    severity=Severity.DENY,
    applies=col.frequency_code == "1",
    flag=col.same_line_claim != "",
    message="{code} {modifiers} of {line_date} is on claim {same_line_claim} already",
    concept="duplicate-claim",
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 18: exact duplicate",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Drop the line that is on another claim",
        may_reveal=("CF101", "CF102", "UN201", "UN202", "UN205"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-04 medicare_b
              97110 GP x1 15min
            """,
            at="line 1",
            says="97110 GP of 2026-03-04 is on claim C2 already",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-03 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-04 medicare_b rendering_npi=1003000126
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP 76 x2 30min
            history 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary
              97110 GP x2 30min
            history 2026-03-04 aetna coverage_order=primary
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 aetna
              97110 GP x2 30min
            history 2026-03-04 aetna
              97110 GP x2 30min
            history 2026-03-04 aetna frequency_code=8 original_reference=R7
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 aetna frequency_code=7 original_reference=R7
              97110 GP x2 30min
            history 2026-03-04 aetna
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            """,
            at="line 1",
            says="97110 GP of 2026-03-04 is on claim C1 already",
        ),
        # No payer file, and one number: one payer.
        bad(
            """
            visit 2026-03-04 payer=? payer_identifier=60054
              97110 GP x2 30min
            history 2026-03-04 payer=? payer_identifier=60054
              97110 GP x2 30min
            """,
            at="line 1",
            says="97110 GP of 2026-03-04 is on claim C2 already",
        ),
        # Two numbers may be of one payer.
        unknown(
            """
            visit 2026-03-04 payer=? payer_identifier=60054
              97110 GP x2 30min
            history 2026-03-04 payer=? payer_identifier=87726
              97110 GP x2 30min
            """,
            lacks="its identifier",
        ),
        unknown(
            """
            visit 2026-03-04 payer=? payer_identifier=none
              97110 GP x2 30min
            history 2026-03-04 payer=? payer_identifier=none
              97110 GP x2 30min
            """,
            lacks="its identifier",
        ),
        # Whoever the payer is, another day is another line.
        good("""
            visit 2026-03-04 payer=?
              97110 GP x2 30min
            history 2026-03-03 payer=?
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              97110 GP x2 30min
            """,
            lacks="other claims",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-04 medicare_b rendering_npi=?
              97110 GP x2 30min
            """,
            lacks="other claims",
        ),
    ),
)
