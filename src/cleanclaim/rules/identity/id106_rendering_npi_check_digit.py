"""The NPI of the therapist fails its check digit.

The last digit of an NPI follows from the nine before it, so most typing mistakes show. Payers turn such a number away:
it can belong to nobody.

Not flagged: a number that is not ten digits (ID105).
Fix: none; the registry of providers tells the right number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="ID106",
    name="rendering-npi-check-digit",
    over="claims",
    severity=Severity.REJECT,
    flag=col.rendering_npi_state == "check_digit",
    message="NPI {rendering_npi} of the therapist fails its check digit",
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
            visit 2026-03-04 medicare_b rendering_npi=1245319599
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_npi=1245319590
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 1245319590 of the therapist fails its check digit",
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
