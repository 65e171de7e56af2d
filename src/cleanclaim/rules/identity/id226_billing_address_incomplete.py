"""A part of the clinic's address is empty.

The billing address is where the payer knows the clinic by; without street, city, state and ZIP code the file is turned
away for all its claims.

Not flagged: a box as address (ID127), a ZIP code of the wrong form or too short (ID125, ID126).
Fix: none; the enrollment tells the address.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID226",
    name="billing-address-incomplete",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_address_has_gaps,
    message="the clinic's address lacks {billing_address_gaps}",
    concept="billing-address-incomplete",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "billing provider address: street, city, and state and ZIP code in the USA; read in the map of pyx12 4.0.0",
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
            visit 2026-03-04 medicare_b billing_street=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic's address lacks street",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_city=none billing_state=none billing_zip=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic's address lacks city, state, ZIP code",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_street=?
              97110 GP x2 30min
            """,
            lacks="addresses",
        ),
    ),
)
