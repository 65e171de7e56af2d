"""The patient's name holds a digit.

The name must stand as on the card, and no card has digits in it: a slip of the keyboard. Clearinghouses refuse the
character, or the payer finds no such member.

Not flagged: apostrophes, hyphens, blanks and letters with accents; digits in a suffix.
Fix: none; the card has the name.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID218",
    name="digit-in-patient-name",
    over="claims",
    severity=Severity.REJECT,
    flag=col.patient_family_name.str.contains("[0-9]") | col.patient_given_name.str.contains("[0-9]"),
    message="the patient's name holds a digit, names on cards hold none",
    concept="patient-name-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Kareo",
            "Claim rejections",
            "insured last name: characters that are not allowed",
            read_on=date(2026, 11, 21),
            url="https://helpme.kareo.com/01_Kareo_PM/Claim_Rejections/Trizetto_Claim_Rejections/Insured_Last_Name_INVALID_CHARACTER(S)",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b patient_given_name=Zoë
              set patient_family_name = O'Dell-Van der Meer
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_family_name=Ash9rove
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient's name holds a digit, names on cards hold none",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b patient_given_name=Mar3n
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient's name holds a digit, names on cards hold none",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_family_name=?
              97110 GP x2 30min
            """,
            lacks="family name of the patient",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_given_name=?
              97110 GP x2 30min
            """,
            lacks="given name of the patient",
        ),
    ),
)
