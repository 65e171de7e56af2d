"""The NPI of the supervising provider is not ten digits, or fails its check digit.

An NPI is ten digits of which the last is a check digit. One that does not fit is a slip of the finger, and the claim
is turned away.

Not flagged: claims that name no supervising provider.
Fix: none; look the number up in the registry.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, regulation

rule = Rule(
    code="ID230",
    name="supervising-npi-unfit",
    over="claims",
    severity=Severity.REJECT,
    applies=col.supervising_npi != "",
    flag=col.supervising_npi_state != "well_formed",
    message="{supervising_npi} of the supervising provider is not an NPI",
    concept="supervising-npi-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation(
            "45 CFR 162.406",
            "(a): ten digits with a check digit",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b supervising_npi=1003000126
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b supervising_npi=1003000127
              97110 GP x2 30min
            """,
            at="claim",
            says="1003000127 of the supervising provider is not an NPI",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b supervising_npi=100300012
              97110 GP x2 30min
            """,
            at="claim",
            says="100300012 of the supervising provider is not an NPI",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b supervising_npi=?
              97110 GP x2 30min
            """,
            lacks="NPI",
        ),
    ),
)
