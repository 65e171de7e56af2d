"""The code for the first encounter with a device is billed again in the same episode.

97760 and 97761 are for the initial encounter with an orthosis or prosthesis: every later one under the plan, training
included, is 97763. 98975, the set-up of remote monitoring, is paid once an episode. A second one is denied.

Not flagged: an initial encounter before the plan's first treatment day, which belongs to another episode.
Fix: bill 97763 for 97760 and 97761; ATTEST, because a second device has an initial encounter of its own. No code stands
in for a second set-up.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD140",
    name="initial-device-code-again",
    over="lines",
    severity=Severity.DENY,
    effective=since(2018, 1, 1),
    applies=((col.family == "orthotics") & (col.encounter == "initial")) | (col.code == "98975"),
    flag=col.same_code_earlier_in_episode,
    message="{code} is for the first time with a device; it was billed on {same_code_earlier_on} under the same plan",
    concept="initial-encounter-repeated",
    dollars=col.allowed_cents,
    sources=(
        page(
            "PT Management Support Systems",
            "Orthotic and prosthetic management codes",
            "initial and subsequent encounters from 2018",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "PT Management Support Systems",
            "Remote therapeutic monitoring by physical and occupational therapists",
            "98975 once an episode of care",
            read_on=date(2026, 11, 22),
            url="https://pt-management.com/blog/remote-therapeutic-monitoring-by-physical-and-occupational-therapists/",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "CMS",
            "NCCI procedure-to-procedure edits, practitioner, edition of 2024-07-01",
            "97760 and 97761 against 97763: never together",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Bill the code of later encounters",
        where=col.family == "orthotics",
        field="code",
        new=pl.lit("97763"),
        may_reveal=("PR101", "PR102", "UN103", "UN201", "UN202"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              dx Z89.511
              97761 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx Z89.511
              97761 GP x1 15min
            history 2026-02-10 medicare_b
              97761 GP x1 15min
            """,
            at="line 1",
            says="97761 is for the first time with a device; it was billed on 2026-02-10 under the same plan",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97761 GP x1 15min
            history 2026-02-01 medicare_b
              97761 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97761 GP x1 15min
            history 2026-02-10 medicare_b patient_id=2
              97761 GP x1 15min
        """),
        bad(
            """
            visit 2018-01-01 medicare_b
              97760 GP x1 15min
            history 2017-12-20 medicare_b
              97760 GP x1 15min
            """,
            at="line 1",
            says="97760 is for the first time with a device; it was billed on 2017-12-20 under the same plan",
        ),
        good("""
            visit 2026-03-04 medicare_b
              98975 GP x1 20min
            history 2026-02-01 medicare_b
              98975 GP x1 20min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              97761 GP x1 15min
            """,
            lacks="earlier claims",
        ),
        exempt("""
            visit 2017-12-31 medicare_b
              97760 GP x1 15min
            history 2017-12-20 medicare_b
              97760 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97763 GP x1 15min
        """),
    ),
)
