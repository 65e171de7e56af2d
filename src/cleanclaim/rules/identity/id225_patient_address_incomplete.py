"""A part of the patient's address is empty.

Claims want street, city, state and ZIP code of the patient; clearinghouses stop a claim for the city alone.

Not flagged: state and ZIP code of an address outside the USA; a ZIP code of the wrong form (ID205).
Fix: none; ask the patient.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID225",
    name="patient-address-incomplete",
    over="claims",
    severity=Severity.REJECT,
    flag=col.patient_address_has_gaps,
    message="the patient's address lacks {patient_address_gaps}",
    concept="patient-address-incomplete",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "patient address: street, city, and state and ZIP code in the USA; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Practice management help center",
            "Claim scrubbing errors",
            "patient address missing",
            read_on=date(2026, 11, 21),
            url="https://support.practiceadmin.com/portal/en/kb/articles/claim-scrubbing-errors",
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
            visit 2026-03-04 medicare_b patient_street=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient's address lacks street",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_city=none patient_state=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient's address lacks city, state",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_zip=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient's address lacks ZIP code",
        ),
        good("""
            visit 2026-03-04 medicare_b patient_state=none patient_zip=none patient_country=MX patient_city=Tijuana
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_city=none patient_country=MX
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient's address lacks city",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_city=?
              97110 GP x2 30min
            """,
            lacks="addresses",
        ),
    ),
)
