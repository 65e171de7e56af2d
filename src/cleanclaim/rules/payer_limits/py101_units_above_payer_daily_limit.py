"""More units are billed for a day than the payer pays.

Several payers pay four units a day, some of timed codes, some of all; what lies above is denied, and the patient does not
owe it.

Not flagged: places the payer leaves out, such as the home; payers without a limit.
Fix: none; which units stay is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="PY101",
    name="units-above-payer-daily-limit",
    over="claims",
    severity=Severity.DENY,
    coding_terms=True,
    applies=col.place_has_daily_cap,
    flag=(col.claim_capped_units > col.payer_daily_unit_cap_units)
    | (col.day_capped_units > col.payer_daily_unit_cap_units),
    message="{claim_capped_units:count unit} on this claim, {day_capped_units} on all claims of the day, the payer pays {payer_daily_unit_cap_units}",
    concept="payer-daily-units",
    sources=(
        page(
            "UnitedHealthcare",
            "Physical medicine and rehabilitation, maximum combined frequency per day",
            "timed codes; home and rehabilitation centers exempt",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Anthem Blue Cross and Blue Shield",
            "Provider news, Wisconsin 6707",
            "four units or one hour a day, from 2021-04-01",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Blue Cross Blue Shield of North Dakota",
            "Physical therapy",
            "four units a date and provider",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x2 30min
              97140 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP x3 45min
              97140 GP x2 30min
            """,
            at="claim",
            says="5 units on this claim, 5 on all claims of the day, the payer pays 4",
        ),
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x4 60min
              97161 GP x1 20min
        """),
        bad(
            """
            visit 2026-03-04 bcbs_nd
              97110 GP x4 60min
              97161 GP x1 20min
            """,
            at="claim",
            says="5 units on this claim, 5 on all claims of the day, the payer pays 4",
        ),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP x3 45min
            history 2026-03-04 uhc_commercial
              97140 GP x2 30min
            """,
            at="claim",
            says="3 units on this claim, 5 on all claims of the day, the payer pays 4",
        ),
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x3 45min
            history 2026-03-03 uhc_commercial
              97140 GP x2 30min
        """),
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x3 45min
            history 2026-03-04 uhc_commercial rendering_npi=1003000126
              97140 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 anthem_midwest
              97110 GP x3 45min
            history 2026-03-04 anthem_midwest rendering_npi=1003000126
              97140 GP x2 30min
            """,
            at="claim",
            says="3 units on this claim, 5 on all claims of the day, the payer pays 4",
        ),
        good("""
            visit 2026-03-04 anthem_midwest
              97110 GP x3 45min
            history 2026-03-04 anthem_midwest discipline=OT
              97535 GO x2 30min
        """),
        bad(
            """
            visit 2021-04-01 anthem_midwest
              97110 GP x5 75min
            """,
            at="claim",
            says="5 units on this claim, 5 on all claims of the day, the payer pays 4",
        ),
        unknown(
            """
            visit 2021-03-31 anthem_midwest
              97110 GP x5 75min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 uhc_commercial place_of_service=12
              97110 GP x5 75min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x5 75min
        """),
        unknown(
            """
            visit 2026-03-04 uhc_commercial knows_history=false
              97110 GP x3 45min
            """,
            lacks="other claims",
        ),
        unknown(
            """
            visit 2026-03-04 aetna
              97110 GP x5 75min
            """,
            lacks="payer's file",
        ),
        bad(
            """
            visit 2026-03-04 uhc_commercial knows_history=false
              97110 GP x5 75min
            """,
            at="claim",
            says="5 units on this claim, unknown on all claims of the day, the payer pays 4",
        ),
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x2 30min
            history 2026-03-04 uhc_commercial
              97140 GP x1 15min
        """),
    ),
)
