"""The ZIP code of the clinic lies in another state than the address names.

Clearinghouses hold the first three digits of a ZIP code against the state. One of the two is a slip, and the claim is
turned away.

Not flagged: codes whose first digits lie in several states; military posts; addresses abroad; states and ZIP codes that
are none by themselves (ID227, ID125).
Fix: none; read the address again.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID235",
    name="billing-zip-of-another-state",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_zip_is_elsewhere,
    message="ZIP {billing_zip} of the clinic lies in {billing_zip_states}, the address says {billing_state}",
    concept="billing-zip-state",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "ZIP code to carrier locality file",
            "October 2025, five-digit codes and their states",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "clearinghouse edit: ZIP code and state do not agree",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b billing_zip=60601 billing_state=IL
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_zip=60601 billing_state=IN
              97110 GP x2 30min
            """,
            at="claim",
            says="ZIP 60601 of the clinic lies in IL, the address says IN",
        ),
        good("""
            visit 2026-03-04 medicare_b billing_zip=834141234 billing_state=WY
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b billing_zip=83414 billing_state=ID
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_zip=83414 billing_state=MT
              97110 GP x2 30min
            """,
            at="claim",
            says="ZIP 83414 of the clinic lies in ID or WY, the address says MT",
        ),
        good("""
            visit 2026-03-04 medicare_b billing_zip=K1A0B1 billing_state=ON billing_country=CA
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_zip=?
              97110 GP x2 30min
            """,
            lacks="ZIP code, state",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_zip=09012 billing_state=AE
              97110 GP x2 30min
            """,
            lacks="ZIP code, state",
        ),
    ),
)
