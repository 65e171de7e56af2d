"""The payer's limit for filing has passed.

Each payer wants the first claim within its own time from the date of service: a calendar year for Medicare, mostly
90 to 365 days elsewhere, often longer out of network. A late claim is denied, and the patient does not owe it.

Not flagged: a corrected claim, and a claim behind another payer whose decision starts the count.
Fix: none; look for an exception or for proof that the claim was filed before.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="TF101",
    name="filing-limit-passed",
    over="claims",
    severity=Severity.DENY,
    applies=(col.frequency_code == "1") & col.filing_is_limited,
    flag=col.filing_limit_is_past,
    message="{date_of_service} billed on {as_of}, the payer takes it through {filing_deadline_latest}",
    concept="timely-filing",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 424.44", "(a) time limits", read_on=date(2026, 11, 21)),
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 29",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b as_of=2027-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b as_of=2027-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="2026-03-04 billed on 2027-03-05, the payer takes it through 2027-03-04",
        ),
        bad(
            """
            visit 2024-02-29 medicare_b as_of=2025-03-01
              97110 GP x2 30min
            """,
            at="claim",
            says="2024-02-29 billed on 2025-03-01, the payer takes it through 2025-02-28",
        ),
        good("""
            visit 2026-03-04 cigna as_of=2026-06-02 in_network=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 cigna as_of=2026-06-03 in_network=true
              97110 GP x2 30min
            """,
            at="claim",
            says="2026-03-04 billed on 2026-06-03, the payer takes it through 2026-06-02",
        ),
        good("""
            visit 2026-03-04 cigna as_of=2026-08-31 in_network=false
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 cigna as_of=2026-09-01 in_network=false
              97110 GP x2 30min
            """,
            at="claim",
            says="2026-03-04 billed on 2026-09-01, the payer takes it through 2026-08-31",
        ),
        unknown(
            """
            visit 2026-03-04 cigna as_of=2026-06-03 in_network=?
              97110 GP x2 30min
            """,
            lacks="in its network",
        ),
        good("""
            visit 2026-03-04 cigna as_of=2026-06-02 in_network=?
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 cigna as_of=2026-08-31 in_network=?
              97110 GP x2 30min
            """,
            lacks="in its network",
        ),
        bad(
            """
            visit 2026-03-04 cigna as_of=2026-09-01 in_network=?
              97110 GP x2 30min
            """,
            at="claim",
            says="2026-03-04 billed on 2026-09-01, the payer takes it through 2026-08-31",
        ),
        good("""
            visit 2026-03-04 medicare_b as_of=2027-03-04 in_network=? coverage_order=secondary
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 cigna as_of=2026-06-03 coverage_order=secondary
              97110 GP x2 30min
            """,
            lacks="other payer's decision",
        ),
        good("""
            visit 2026-03-04 cigna as_of=2026-07-19 coverage_order=secondary prior_payers=1 in_network=true
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-04-20
        """),
        bad(
            """
            visit 2026-03-04 cigna as_of=2026-07-20 coverage_order=secondary prior_payers=1 in_network=true
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-04-20
            """,
            at="claim",
            says="2026-03-04 billed on 2026-07-20, the payer takes it through 2026-07-19",
        ),
        good("""
            visit 2026-03-04 cigna as_of=2026-10-17 coverage_order=secondary prior_payers=1 in_network=false
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-04-20
        """),
        bad(
            """
            visit 2026-03-04 cigna as_of=2026-10-18 coverage_order=secondary prior_payers=1 in_network=false
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-04-20
            """,
            at="claim",
            says="2026-03-04 billed on 2026-10-18, the payer takes it through 2026-10-17",
        ),
        unknown(
            """
            visit 2026-03-04 cigna as_of=2026-07-20 coverage_order=secondary prior_payers=1 in_network=?
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-04-20
            """,
            lacks="in its network",
        ),
        good("""
            visit 2026-03-04 tricare as_of=2026-06-18 coverage_order=secondary prior_payers=1
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-03-20
        """),
        unknown(
            """
            visit 2026-03-04 tricare as_of=2026-06-19 coverage_order=secondary prior_payers=1
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-03-20
            """,
            lacks="other payer's decision",
        ),
        unknown(
            """
            visit 2026-03-04 tricare as_of=2027-03-04 coverage_order=secondary prior_payers=1
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-03-20
            """,
            lacks="other payer's decision",
        ),
        bad(
            """
            visit 2026-03-04 tricare as_of=2027-03-05 coverage_order=secondary prior_payers=1
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2026-03-20
            """,
            at="claim",
            says="2026-03-04 billed on 2027-03-05, the payer takes it through 2027-03-04",
        ),
        good("""
            visit 2026-03-04 tricare as_of=2027-04-20 coverage_order=secondary prior_payers=1
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2027-01-20
        """),
        bad(
            """
            visit 2026-03-04 tricare as_of=2027-04-21 coverage_order=secondary prior_payers=1
              97110 GP x2 30min prior_answers=1 prior_adjudicated_on=2027-01-20
            """,
            at="claim",
            says="2026-03-04 billed on 2027-04-21, the payer takes it through 2027-04-20",
        ),
        exempt("""
            visit 2026-03-04 medicare_b as_of=2027-03-05 frequency_code=7
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash as_of=2028-03-05
              97110 GP x2 30min
        """),
    ),
)
