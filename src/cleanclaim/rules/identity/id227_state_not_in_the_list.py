"""A state of an address, or of the accident, is none.

States are written by the postal service's two letters. Claims with another word or a slip of the finger are turned
away.

Not flagged: states of addresses outside the USA; territories and military posts, which are on the list.
Fix: none; read the address again.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID227",
    name="state-not-in-the-list",
    over="claims",
    severity=Severity.REJECT,
    flag=col.has_unlisted_state,
    message="the state of {unlisted_states_of} is none of the postal service",
    concept="state-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "United States Postal Service",
            "Publication 28",
            "Appendix B: two-letter abbreviations",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b patient_state=PR
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b patient_state=AE
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_state=IO
              97110 GP x2 30min
            """,
            at="claim",
            says="the state of patient is none of the postal service",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_state=Illinois billing_state=il
              97110 GP x2 30min
            """,
            at="claim",
            says="the state of patient, clinic is none of the postal service",
        ),
        good("""
            visit 2026-03-04 medicare_b patient_state=ON patient_country=CA
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=XX accident_on=2026-02-01
              97110 GP x2 30min
            """,
            at="claim",
            says="the state of accident is none of the postal service",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_state=?
              97110 GP x2 30min
            """,
            lacks="addresses",
        ),
    ),
)
