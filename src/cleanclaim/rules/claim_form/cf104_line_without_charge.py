"""A line is billed for nothing.

A charge of zero is paid nothing, and most payers turn the line away. Only codes that report and are not paid go out
without a charge.

Not flagged: reporting codes (category II and their HCPCS kin).
Fix: none; the clinic's fees tell the charge.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF104",
    name="line-without-charge",
    over="lines",
    severity=Severity.REJECT,
    applies=col.code.str.contains(r"^([0-9]{4}F|G[89][0-9]{3}|M[01][0-9]{3})$").not_(),
    flag=col.charge_cents == 0,
    message="{code} is charged $0.00",
    concept="charge-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "a line is paid the lesser of the charge and the allowed amount",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $0.01
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $0.00
            """,
            at="line 1",
            says="97110 is charged $0.00",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              1101F x1 $0.00
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $?
            """,
            lacks="charge of the line",
        ),
    ),
)
