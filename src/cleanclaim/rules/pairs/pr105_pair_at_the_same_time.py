"""Two codes of a separable pair were furnished at the same time, and both are billed.

The payer pays both only when they were apart. Where the note's own times show both in the same minutes no modifier
can truthfully separate them, and the code in column 2 is denied.

Not flagged: services of which one begins as the other ends (PR102 asks for the modifier). Without start times this
is no data.
Fix: none is proposed; which of the two to bill for those minutes is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PR105",
    name="pair-at-the-same-time",
    over="pairs",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's pair edits, or list pairs of their own",
    applies=col.pair_applies & col.bypass_allowed & (col.first_is_separated | col.second_is_separated).not_(),
    flag=col.blocks_overlap,
    message="{first_code} and {second_code} on one day: {block_words}; by {pair_basis} only {first_code} is paid for "
    "those minutes",
    concept="pair-at-the-same-time",
    dollars=col.second_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI practitioner procedure-to-procedure edits, version 30.2",
            "rows active on 2024-07-01, modifier indicator",
            read_on=date(2026, 11, 21),
        ),
        page(
            "WebPT",
            "97140 and 97530 together",
            "59 asks for different 15-minute intervals, documented",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
            """,
            at="lines 1 and 2",
            says="97150 and 97110 on one day: 97150 10:00 to 10:30, 97110 10:29 to 10:44, at the same time; by the "
            "edition of 2024-07-01 only 97150 is paid for those minutes",
        ),
        bad(
            """
            visit 2024-10-01 medicare_b
              97012 GP x1 15min
              97140 GP x1 10min
              did 97012 15min starts_at=600
              did 97140 10min starts_at=605
            """,
            at="lines 1 and 2",
            says="97012 and 97140 on one day: 97012 10:00 to 10:15, 97140 10:05 to 10:15, at the same time; by the "
            "edition of 2024-07-01 (unconfirmed for 2024-10-01) only 97012 is paid for those minutes",
        ),
        good("""
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=630
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97530 GP x1 15min
              97140 GP x1 15min
              did 97530 15min starts_at=600
              did 97140 15min starts_at=610
        """),
        unknown(
            """
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP x1 15min
            """,
            lacks="start times",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP 59 x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97150 GP 59 x1 30min
              97110 GP x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97140 GP x1 15min
              97124 GP x1 15min
              did 97140 15min starts_at=600
              did 97124 15min starts_at=610
        """),
        unknown(
            """
            visit 2024-08-01 wc_ny
              97150 GP x1 30min
              97110 GP x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
            """,
            lacks="whether the payer applies",
        ),
    ),
)
