"""The therapist or the referring provider has an NPI and no full name.

Both are persons, and a claim names persons by family and given name beside their number.

Not flagged: claims that name no referring provider (ID109), and NPIs that are missing (ID104).
Fix: none; the registry has the names.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID232",
    name="provider-without-a-full-name",
    over="claims",
    severity=Severity.REJECT,
    flag=((col.rendering_npi != "") & ((col.rendering_family_name == "") | (col.rendering_given_name == "")))
    | ((col.referring_npi != "") & ((col.referring_family_name == "") | (col.referring_given_name == ""))),
    message="therapist or referring provider is named without family or given name",
    concept="provider-name-incomplete",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "rendering and referring provider: last name required, first name of a person; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "SimplePractice",
            "Scrub errors when filing insurance claims",
            "rendering provider's last name required",
            read_on=date(2026, 11, 21),
            url="https://support.simplepractice.com/hc/en-us/articles/115002721786-Scrub-errors-when-trying-to-file-insurance-claims",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_given_name=none
              97110 GP x2 30min
            """,
            at="claim",
            says="therapist or referring provider is named without family or given name",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_family_name=none
              97110 GP x2 30min
            """,
            at="claim",
            says="therapist or referring provider is named without family or given name",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b referring_given_name=none
              97110 GP x2 30min
            """,
            at="claim",
            says="therapist or referring provider is named without family or given name",
        ),
        good("""
            visit 2026-03-04 medicare_b referring_npi=none referring_family_name=none referring_given_name=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_family_name=?
              97110 GP x2 30min
            """,
            lacks="family name of the therapist",
        ),
    ),
)
