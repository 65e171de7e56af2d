"""More units of a code are billed for a day than Medicare ever pays for a day.

For these codes (adjudication indicator 2) the limit follows from the code or from policy: one evaluation a day, one
first 15 minutes of a code that has add-ons. Everything billed under the code that day is denied, and no modifier,
second line, second claim or appeal changes it.

Not flagged: codes with a limit that an appeal may lift (MU103); payers who do not apply Medicare's limits.
Fix: none is proposed; which of the lines or claims is one too many is for a person to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MU102",
    name="day-units-over-absolute-limit",
    over="day_codes",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's unit limits",
    applies=col.payer_mue_applies & col.has_unit_limit & (col.limit_mai == 2) & (col.limit_units > 0),  # noqa: PLR2004
    flag=(col.billed_units > col.limit_units) | (col.billed_units_in_all > col.limit_units),
    message="{billed_units:count unit} of {day_code} on one day; by {limit_basis} no more than {limit_units} is ever paid",
    concept="units-over-mue",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI medically unlikely edits, practitioner services",
            "2024-07-01 whole; 2026 quarter 2, adjudication indicator 3; read in copies",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2024-08-01 medicare_b visit_kind=evaluation
              97161 GP x2 30min
            """,
            at="97161",
            says="2 units of 97161 on one day; by the edition of 2024-07-01 no more than 1 is ever paid",
        ),
        good("""
            visit 2024-08-01 medicare_b visit_kind=evaluation
              97161 GP x1 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=reevaluation
              97164 GP x1 20min
            history 2026-03-04 medicare_b visit_kind=reevaluation
              97164 GP x1 20min
            """,
            at="97164",
            says="2 units of 97164 on one day; by the edition of 2024-07-01 (unconfirmed for 2026-03-04) no more than 1 "
            "is ever paid",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_kind=reevaluation
              97164 GP x1 20min
            history 2026-03-03 medicare_b visit_kind=reevaluation
              97164 GP x1 20min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97110 GP x7 105min
        """),
        exempt("""
            visit 2024-08-01 cash
              97161 x2 60min
        """),
        unknown(
            """
            visit 2024-08-01 medicare_b knows_history=false visit_kind=evaluation
              97161 GP x1 30min
            """,
            lacks="other claims",
        ),
        unknown(
            """
            visit 2024-08-01 aetna visit_kind=evaluation
              97161 GP x2 30min
            """,
            lacks="payer's file",
        ),
        bad(
            """
            visit 2024-08-01 medicare_b knows_history=false visit_kind=evaluation
              97161 GP x2 30min
            """,
            at="97161",
            says="2 units of 97161 on one day; by the edition of 2024-07-01 no more than 1 is ever paid",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              98016 GP x1 10min
        """),
    ),
)
