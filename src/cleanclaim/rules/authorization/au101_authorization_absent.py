"""The payer wants care authorized before it is given, and no authorization is on file.

Visits without the approval are denied, mostly with no right to bill the patient. Some payers exempt the evaluation or
the first visits; what the payer's file says of that is taken into account.

Not flagged: exempt visits, and a clinic in a state where the requirement does not hold.
Fix: none; ask for a retroactive authorization while the payer still gives one.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU101",
    name="authorization-absent",
    over="claims",
    severity=Severity.DENY,
    applies=col.authorization_required & col.authorization_exempt.not_(),
    flag=col.has_authorization.not_(),
    message="no authorization on file for {date_of_service}, the payer requires one before care",
    payers="payers that require authorization",
    concept="authorization-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 197",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "UnitedHealthcare",
            "Medicare Advantage outpatient therapy prior authorization, 2025",
            "what needs authorization",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_medicare_advantage has_authorization=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage has_authorization=false
              97110 GP x2 30min
            """,
            at="claim",
            says="no authorization on file for 2026-03-04, the payer requires one before care",
        ),
        exempt("""
            visit 2026-03-04 uhc_medicare_advantage has_authorization=false
              97162 GP 30min
        """),
        bad(
            """
            visit 2024-09-01 uhc_medicare_advantage has_authorization=false
              97110 GP x2 30min
            """,
            at="claim",
            says="no authorization on file for 2024-09-01, the payer requires one before care",
        ),
        unknown(
            """
            visit 2024-08-31 uhc_medicare_advantage has_authorization=false
              97110 GP x2 30min
            """,
            lacks="requires authorization",
        ),
        exempt("""
            visit 2026-01-31 uhc_medicare_advantage has_authorization=false billing_state=CA
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-02-01 uhc_medicare_advantage has_authorization=false billing_state=CA
              97110 GP x2 30min
            """,
            at="claim",
            says="no authorization on file for 2026-02-01, the payer requires one before care",
        ),
        unknown(
            """
            visit 2026-01-31 uhc_medicare_advantage has_authorization=false billing_state=?
              97110 GP x2 30min
            """,
            lacks="clinic's state",
        ),
        exempt("""
            visit 2026-03-04 wc_tx has_authorization=false plan_first_treatment_on=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 wc_tx has_authorization=false plan_first_treatment_on=2026-02-25 treatment_days_since_report=6
              97110 GP x2 30min
            history 2026-03-02 wc_tx
              97110 GP x2 30min
            """,
            at="claim",
            says="no authorization on file for 2026-03-04, the payer requires one before care",
        ),
        unknown(
            """
            visit 2026-03-04 wc_tx has_authorization=false plan_first_treatment_on=2026-02-25 treatment_days_since_report=6
              97110 GP x2 30min
            """,
            lacks="number of the visit",
        ),
        bad(
            """
            visit 2026-03-12 wc_tx has_authorization=false plan_first_treatment_on=2026-02-25 treatment_days_since_report=2
              97110 GP x2 30min
            """,
            at="claim",
            says="no authorization on file for 2026-03-12, the payer requires one before care",
        ),
        unknown(
            """
            visit 2026-03-11 wc_tx has_authorization=false plan_first_treatment_on=2026-02-25 treatment_days_since_report=2
              97110 GP x2 30min
            """,
            lacks="number of the visit",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_authorization=false
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage has_authorization=?
              97110 GP x2 30min
            """,
            lacks="an authorization is on file",
        ),
    ),
)
