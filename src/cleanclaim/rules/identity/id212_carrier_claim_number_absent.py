"""The carrier's own claim number is not on the claim.

Workers' compensation and auto carriers file a bill under the number they gave the accident, and return one without it.

Not flagged: health plans.
Fix: none; the carrier tells the number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID212",
    name="carrier-claim-number-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.payer_claim_number_required,
    flag=col.claim_number == "",
    message="no claim number of the carrier",
    concept="carrier-claim-number-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "property and casualty claim number: REF Y4; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "workers' compensation and auto carriers return a bill without it",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=none employer=Northwind
              97110 x2 30min
            """,
            at="claim",
            says="no claim number of the carrier",
        ),
        bad(
            """
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=NY accident_on=2026-02-01 claim_number=none member_id=none
              97110 x2 30min
            """,
            at="claim",
            says="no claim number of the carrier",
        ),
        exempt("""
            visit 2026-03-04 medicare_b claim_number=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=? employer=Northwind
              97110 x2 30min
            """,
            lacks="claim number",
        ),
    ),
)
