"""A billed service is documented without the patient's response.

How the patient responded shows that somebody watched and judged. Reviewers look for it when they ask whether the
service was skilled; no rule that was read demands it for every service of every day.

Not flagged: evaluations.
Fix: none; only who furnished the service can say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC102",
    name="response-not-stated",
    over="services",
    severity=Severity.ADVICE,
    applies=col.is_billable & col.is_intervention,
    flag=col.has_response.not_(),
    message="{service_code} documented without the patient's response, reviewers look for it as a sign of skilled service",
    concept="response-missing",
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_response=true
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_response=false
            """,
            at="service 1",
            says="97110 documented without the patient's response, reviewers look for it as a sign of skilled service",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_response=?
            """,
            lacks="how the patient responded",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP 20min
              did 97164 20min has_response=false
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_response=false is_billable=false
        """),
    ),
)
