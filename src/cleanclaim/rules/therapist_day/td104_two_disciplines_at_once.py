"""Two disciplines treated the patient one-on-one at the same time.

When a physical and an occupational therapist work together, the minutes are split between them or one of them bills; both
may not bill the whole time.

Not flagged: one after the other; visits of one discipline.
Fix: none; the therapists say how the minutes are split.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="TD104",
    name="two-disciplines-at-once",
    over="services",
    severity=Severity.RECOUP,
    applies=col.patient_saw_other_discipline,
    flag=col.overlaps_other_discipline,
    message="{service_code} ran while another discipline treated the patient one-on-one",
    concept="disciplines-overlap",
    sources=(
        manual(
            "100-02",
            "ch. 15 §230: two therapists with one patient",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b discipline=OT rendering_npi=1003000126
              97535 GO x1 15min
              did 97535 15min starts_at=615 by=OT
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b discipline=OT rendering_npi=1003000126
              97535 GO x1 15min
              did 97535 15min starts_at=614 by=OT
            """,
            at="service 1",
            says="97110 ran while another discipline treated the patient one-on-one",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b patient_id=2 discipline=OT rendering_npi=1003000126
              97535 GO x1 15min
              did 97535 15min starts_at=600 by=OT
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
            history 2026-03-04 medicare_b discipline=OT rendering_npi=1003000126
              97535 GO x1 15min
              did 97535 15min starts_at=614 by=OT
            """,
            lacks="began",
        ),
    ),
)
