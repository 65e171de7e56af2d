"""The NPI of the referring provider fails its check digit.

The last digit of an NPI follows from the nine before it, so most typing mistakes show. Payers turn such a number away:
it can belong to nobody.

Not flagged: a number that is not ten digits (ID107).
Fix: none; the registry of providers tells the right number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="ID108",
    name="referring-npi-check-digit",
    over="claims",
    severity=Severity.REJECT,
    flag=col.referring_npi_state == "check_digit",
    message="NPI {referring_npi} of the referring provider fails its check digit",
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
            visit 2026-03-04 medicare_b referring_npi=1003000126
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b referring_npi=1003000136
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 1003000136 of the referring provider fails its check digit",
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
