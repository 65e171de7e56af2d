"""The ZIP code of the patient is neither five nor nine digits.

Clearinghouses check the form and turn the claim away.

Not flagged: nine digits with a dash.
Fix: none; the address tells it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID205",
    name="patient-zip-malformed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.patient_zip.str.contains(r"^[0-9]{5}(-?[0-9]{4})?$").not_(),
    message="the ZIP code of the patient has neither five nor nine digits",
    concept="patient-zip-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "ZIP code: five or nine digits",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b patient_zip=60601
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b patient_zip=60601-1234
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_zip=6060
              97110 GP x2 30min
            """,
            at="claim",
            says="the ZIP code of the patient has neither five nor nine digits",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_zip=?
              97110 GP x2 30min
            """,
            lacks="ZIP",
        ),
    ),
)
