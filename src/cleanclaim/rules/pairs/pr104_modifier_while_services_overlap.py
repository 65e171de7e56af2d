"""A separable pair carries 59 or an X modifier, but the two services ran at the same time.

The modifier states that the services were furnished in different 15-minute intervals. Where the note's own times
show both in the same minutes, the payer that reads the record takes the money for column 2 back.

Not flagged: services of which one begins as the other ends. Without start times this is no data: the modifier may
be right, but nothing in the visit shows it.
Fix: none is proposed; either the times or the modifier is wrong, and only the therapist knows which.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PR104",
    name="modifier-while-services-overlap",
    over="pairs",
    severity=Severity.RECOUP,
    coding_terms=True,
    payers="payers that apply Medicare's pair edits, or list pairs of their own",
    applies=col.pair_applies & col.bypass_allowed & (col.first_is_separated | col.second_is_separated),
    flag=col.blocks_overlap,
    message="59 or an X modifier says that {first_code} and {second_code} were apart; the note says {block_words}",
    concept="modifier-contradicts-times",
    dollars=col.second_allowed_cents,
    sources=(
        page(
            "WebPT",
            "97140 and 97530 together",
            "59 asks for different 15-minute intervals, documented",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "CMS",
            "NCCI practitioner procedure-to-procedure edits, version 30.2",
            "rows active on 2024-07-01, modifier indicator",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP 59 x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
            """,
            at="lines 1 and 2",
            says="59 or an X modifier says that 97150 and 97110 were apart; the note says 97150 10:00 to 10:30, 97110 "
            "10:29 to 10:44, at the same time",
        ),
        good("""
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP 59 x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=630
        """),
        good("""
            visit 2024-08-01 medicare_b
              97012 GP x1 15min
              97140 GP 59 x2 30min
              did 97140 15min starts_at=540
              did 97012 15min starts_at=555
              did 97140 15min starts_at=570
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=615
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97530 GP 59 x1 15min
              97140 GP x1 15min
              did 97530 15min starts_at=600
              did 97140 15min starts_at=610
        """),
        unknown(
            """
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP 59 x1 15min
            """,
            lacks="start times",
        ),
        unknown(
            """
            visit 2024-08-01 medicare_b
              97012 GP x1 15min
              97140 GP 59 x2 30min
              did 97140 15min starts_at=540
              did 97012 15min starts_at=555
              did 97140 15min
            """,
            lacks="start times",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              97140 GP x1 15min
              97124 GP 59 x1 15min
              did 97140 15min starts_at=600
              did 97124 15min starts_at=610
        """),
        exempt("""
            visit 2024-08-01 cash
              97150 x1 30min
              97110 59 x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
        """),
        bad(
            """
            visit 2024-08-01 medicare_b
              97150 GP 59 x1 30min
              97110 GP x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
            """,
            at="lines 1 and 2",
            says="59 or an X modifier says that 97150 and 97110 were apart; the note says 97150 10:00 to 10:30, 97110 10:29 to 10:44, at the same time",
        ),
        unknown(
            """
            visit 2024-08-01 wc_ny
              97150 GP x1 30min
              97110 GP 59 x1 15min
              did 97150 30min starts_at=600 group_size=3
              did 97110 15min starts_at=629
            """,
            lacks="whether the payer applies",
        ),
    ),
)
