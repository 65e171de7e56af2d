"""The claim has no date of birth.

Payers find a member by number, name and date of birth; a claim file without it is turned away.

Not flagged: dates that stand there and are not credible (ID203, TF106) or could not be read.
Fix: none; the patient's card or the intake form has it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, left_empty, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID219",
    name="birth-date-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=left_empty(col.birth_date, "birth_date", col.claim_fields_absent),
    message="no date of birth on the claim, the payer wants one",
    concept="birth-date-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "patient: date of birth required; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b birth_date=? claim_fields_absent=birth_date
              97110 GP x2 30min
            """,
            at="claim",
            says="no date of birth on the claim, the payer wants one",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b birth_date=? claim_fields_absent=?
              97110 GP x2 30min
            """,
            lacks="columns of dates",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b birth_date=? claim_fields_absent=none
              97110 GP x2 30min
            """,
            lacks="date of birth",
        ),
    ),
)
