"""The country of an address is not written in two letters.

A claim names a country only outside the USA, and by its two-letter code; Canada is CA, not Canada.

Not flagged: addresses in the USA, which name none.
Fix: none; look the code up.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID228",
    name="country-not-in-two-letters",
    over="claims",
    severity=Severity.REJECT,
    flag=col.has_malformed_country,
    message="the country of {malformed_countries_of} is not written in two letters",
    concept="country-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "address: country code of two or three letters, only outside the USA; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b patient_country=MX
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_country=Canada
              97110 GP x2 30min
            """,
            at="claim",
            says="the country of patient is not written in two letters",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_country=ca billing_country=USA
              97110 GP x2 30min
            """,
            at="claim",
            says="the country of patient, clinic is not written in two letters",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_country=?
              97110 GP x2 30min
            """,
            lacks="addresses",
        ),
    ),
)
