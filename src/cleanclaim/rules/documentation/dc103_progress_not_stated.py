"""A billed service is documented without what changed since the last visits.

Progress belongs to the progress report; a daily note need not state it. Notes that never state it make the next
report hard to believe.

Not flagged: evaluations.
Fix: none; only who furnished the service can say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC103",
    name="progress-not-stated",
    over="services",
    severity=Severity.ADVICE,
    applies=col.is_billable & col.is_intervention,
    flag=col.has_progress.not_(),
    message="{service_code} documented without what changed, the next progress report rests on it",
    concept="progress-missing",
    sources=(manual("100-02", "ch. 15 §220.3.D and E, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_progress=true
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_progress=false
            """,
            at="service 1",
            says="97110 documented without what changed, the next progress report rests on it",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_progress=?
            """,
            lacks="what changed",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP 30min
              did 97161 30min has_progress=false
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min has_progress=false is_billable=false
        """),
    ),
)
