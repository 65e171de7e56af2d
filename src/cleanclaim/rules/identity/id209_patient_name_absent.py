"""The patient has no family name.

Payers find a member by number, name and date of birth, and a claim file must hold the name.

Not flagged: a patient with one name only, which stands as the family name.
Fix: none; the card has it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID209",
    name="patient-name-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=col.patient_family_name == "",
    message="the patient has no family name",
    concept="patient-name-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "patient: last name required; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b patient_family_name=Sukarno patient_given_name=none
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_family_name=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient has no family name",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_family_name=?
              97110 GP x2 30min
            """,
            lacks="family name of the patient",
        ),
    ),
)
