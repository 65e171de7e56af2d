"""The country of an address is none that the list of two-letter codes has.

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
    name="country-not-in-the-list",
    over="claims",
    severity=Severity.REJECT,
    flag=col.has_unlisted_country,
    message="the country of {unlisted_countries_of} is no two-letter code of a country",
    concept="country-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "address: country code of two or three letters, only outside the USA; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "tz database",
            "iso3166.tab, the codes of ISO 3166-1 alpha-2",
            "first column",
            read_on=date(2026, 11, 21),
            url="https://data.iana.org/time-zones/code/iso3166.tab",
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
            says="the country of patient is no two-letter code of a country",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_country=ca billing_country=USA
              97110 GP x2 30min
            """,
            at="claim",
            says="the country of patient, clinic is no two-letter code of a country",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_country=ZZ
              97110 GP x2 30min
            """,
            at="claim",
            says="the country of patient is no two-letter code of a country",
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
