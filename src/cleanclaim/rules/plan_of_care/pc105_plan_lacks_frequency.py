"""The plan of care does not state how often and for how long.

A plan must state frequency and duration. Where the frequency is blank Medicare reads one treatment, and where the
duration is blank there is no span to certify; visits beyond that can be taken back.

Not flagged: an amount that is blank, which is read as one session a day.
Fix: none; frequency and duration are the therapist's to write.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual, regulation

rule = Rule(
    code="PC105",
    name="plan-lacks-frequency",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care,
    flag=col.plan_has_frequency.not_(),
    message="the plan of care does not state frequency and duration, a plan must state both",
    concept="plan-incomplete",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 410.61", "(b), (c): plan of treatment", read_on=date(2026, 11, 21)),
        manual("100-02", "ch. 15 §220.1.2, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b plan_has_frequency=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_has_frequency=false
              97110 GP x2 30min
            """,
            at="claim",
            says="the plan of care does not state frequency and duration, a plan must state both",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_has_frequency=?
              97110 GP x2 30min
            """,
            lacks="frequency and duration are written",
        ),
        exempt("""
            visit 2026-03-04 cash plan_has_frequency=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b has_plan_of_care=false plan_has_frequency=false
              97110 GP x2 30min
        """),
    ),
)
