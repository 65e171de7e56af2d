"""A patient who pays for care has no good faith estimate.

Since 2022 whoever is uninsured, or does not use insurance, is owed an estimate before scheduled care and on request. A
bill of $400 or more above it can be disputed.

Not flagged: patients whose plan is billed; who signed a Medicare notice for the day, which tells the cost.
Fix: none; give the estimate, and keep it six years.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, unknown
from cleanclaim.sources import Confidence, regulation

rule = Rule(
    code="PY106",
    name="good-faith-estimate-absent",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_good_faith_estimate_required & known_true(col.has_abn).not_(),
    flag=col.has_good_faith_estimate.not_(),
    message="no good faith estimate on file for a patient who pays",
    concept="good-faith-estimate-missing",
    sources=(
        regulation(
            "45 CFR 149.610",
            "good faith estimates, read in CMS model text and trade pages",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 cash
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 cash has_good_faith_estimate=false
              97110 x2 30min
            """,
            at="claim",
            says="no good faith estimate on file for a patient who pays",
        ),
        bad(
            """
            visit 2022-01-01 cash has_good_faith_estimate=false
              97110 x2 30min
            """,
            at="claim",
            says="no good faith estimate on file for a patient who pays",
        ),
        exempt("""
            visit 2021-12-31 cash has_good_faith_estimate=false
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b has_good_faith_estimate=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash has_good_faith_estimate=false has_abn=true
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 cash has_good_faith_estimate=?
              97110 x2 30min
            """,
            lacks="estimate",
        ),
    ),
)
