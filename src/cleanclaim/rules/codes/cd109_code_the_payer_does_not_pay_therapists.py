"""A code is billed that the payer's policy does not pay a therapist.

Payers publish codes that they leave to physicians, call unproven, or stopped paying. The line is denied.

Not flagged: Medicare Part B, whose fee schedule says so itself (CD108); payers whose list has not been read.
Fix: none is proposed; the contract or the patient's consent decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, listed, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD109",
    name="code-the-payer-does-not-pay-therapists",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers with a published list",
    applies=col.payer_kind != "medicare_b",
    flag=listed(col.code, col.payer_not_payable_codes),
    message="{code} billed, the payer lists it among the codes that it does not pay a therapist",
    concept="not-payable-by-payer",
    sources=(
        page(
            "UnitedHealthcare",
            "Commercial physical medicine and rehabilitation policy",
            "codes not paid to therapists; evaluations by assistants",
            read_on=date(2026, 11, 21),
            url="https://www.uhcprovider.com",
        ),
        page(
            "Aetna",
            "Telehealth and e-visit policy",
            "98970 to 98972, G2250 to G2252, from 2023-12-01",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "PT Management",
            "Cigna updates its PT coverage policy",
            "not covered",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              99213 GP x1
            """,
            at="line 1",
            says="99213 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        bad(
            """
            visit 2026-03-04 cigna
              97016 GP x1
            """,
            at="line 1",
            says="97016 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        unknown(
            """
            visit 2026-03-04 tricare
              97016 GP x1
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97016 GP x1
        """),
    ),
)
