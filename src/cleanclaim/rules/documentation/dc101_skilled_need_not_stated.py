"""A billed service is documented without a word on why it took a therapist.

Payers pay for the skill, not for the exercise. Where the note does not say what the therapist's judgment added,
reviewers call the service unskilled and take back what was paid.

Not flagged: evaluations, which are skilled by themselves, and services that are not billable anyway.
Fix: none; only who furnished the service can say why.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC101",
    name="skilled-need-not-stated",
    over="services",
    severity=Severity.RECOUP,
    applies=col.is_billable & col.is_intervention,
    flag=col.has_purpose.not_(),
    message="{service_code} documented without why it took a therapist, the payer pays for skilled service",
    concept="skilled-need-missing",
    dollars=col.day_code_allowed_cents,
    sources=(
        manual("100-02", "ch. 15 §220.2: skilled therapy, read in a copy", read_on=date(2026, 11, 21)),
        manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_purpose=true
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min
              did 97140 15min has_purpose=false
            """,
            at="service 2",
            says="97140 documented without why it took a therapist, the payer pays for skilled service",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_purpose=?
            """,
            lacks="why it took a therapist",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP 30min
              did 97161 30min has_purpose=false
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_purpose=false is_billable=false
        """),
    ),
)
