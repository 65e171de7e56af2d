"""The NPI of the referring provider is not ten digits.

An NPI has ten digits and nothing else. Letters, blanks, dashes or a digit too few are turned away at the door.

Not flagged: ten digits of which the last does not fit (ID108); no number at all.
Fix: none; the registry of providers tells the right number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="ID107",
    name="referring-npi-malformed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.referring_npi_state == "malformed",
    message="NPI {referring_npi} of the referring provider, an NPI has ten digits",
    concept="referring-npi-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation(
            "45 CFR 162.406",
            "(a) ten digits, the last a check digit",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "CMS",
            "National provider identifier",
            "check digit: Luhn over 80840 and the ten digits; computed on numbers in use",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b referring_npi=100300012
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 100300012 of the referring provider, an NPI has ten digits",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b referring_npi=100300012X
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 100300012X of the referring provider, an NPI has ten digits",
        ),
        good("""
            visit 2026-03-04 medicare_b referring_npi=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b referring_npi=?
              97110 GP x2 30min
            """,
            lacks="NPI",
        ),
    ),
)
