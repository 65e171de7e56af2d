"""The date of birth makes the patient older than people become.

A year of birth in another century is mostly a mistyped one, and the payer does not find the member.

Not flagged: a date of service before birth (TF106).
Fix: none; the card tells the date.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID203",
    name="birth-date-not-credible",
    over="claims",
    severity=Severity.ADVICE,
    flag=col.patient_age_months > col.credible_age_months,
    message="the date of birth lies more than {credible_age_months} months before the date of service",
    concept="birth-date-implausible",
    sources=(page("CleanClaim", "Project figure", "identity: age of a patient", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b birth_date=1911-03-31
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b birth_date=1911-02-28
              97110 GP x2 30min
            """,
            at="claim",
            says="the date of birth lies more than 1380 months before the date of service",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b birth_date=?
              97110 GP x2 30min
            """,
            lacks="date of birth",
        ),
    ),
)
