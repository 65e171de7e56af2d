"""The NPI of the therapist is not ten digits.

An NPI has ten digits and nothing else. Letters, blanks, dashes or a digit too few are turned away at the door.

Not flagged: ten digits of which the last does not fit (ID106); no number at all.
Fix: none; the registry of providers tells the right number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="ID105",
    name="rendering-npi-malformed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.rendering_npi_state == "malformed",
    message="NPI {rendering_npi} of the therapist, an NPI has ten digits",
    concept="rendering-npi-invalid",
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
            visit 2026-03-04 medicare_b rendering_npi=124531959
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 124531959 of the therapist, an NPI has ten digits",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_npi=124531959X
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 124531959X of the therapist, an NPI has ten digits",
        ),
        good("""
            visit 2026-03-04 medicare_b rendering_npi=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_npi=?
              97110 GP x2 30min
            """,
            lacks="NPI",
        ),
    ),
)
