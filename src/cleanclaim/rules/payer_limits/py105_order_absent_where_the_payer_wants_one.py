"""The payer wants an order or referral, and none is on file.

TRICARE, the VA and Medi-Cal pay therapy on a provider's order only. Medicare wants a certified plan, not an order.

Not flagged: payers who take patients without a referral.
Fix: none; an order is needed before care.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="PY105",
    name="order-absent-where-the-payer-wants-one",
    over="claims",
    severity=Severity.DENY,
    flag=col.has_order.not_() & col.payer_referral_required,
    message="no order on file, the payer wants one",
    concept="referral-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("22 CCR 51309", "prescription by a physician, dentist or podiatrist", read_on=date(2026, 11, 21)),
        page(
            "Department of Veterans Affairs",
            "Community Care Network",
            "care is authorized and referred first",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "TRICARE: an order is needed",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 va_ccn
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 va_ccn has_order=false
              97110 GP x2 30min
            """,
            at="claim",
            says="no order on file, the payer wants one",
        ),
        bad(
            """
            visit 2026-03-04 medicaid_ca has_order=false
              97110 GP x2 30min
            """,
            at="claim",
            says="no order on file, the payer wants one",
        ),
        good("""
            visit 2026-03-04 medicare_b has_order=false
              97110 GP x2 30min
        """),
        good("""
            visit 2025-06-16 aetna
              97110 GP x2 30min
        """),
        good("""
            visit 2025-06-17 aetna has_order=false
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2025-06-16 aetna has_order=false
              97110 GP x2 30min
            """,
            lacks="payer's file",
        ),
        unknown(
            """
            visit 2026-03-04 va_ccn has_order=?
              97110 GP x2 30min
            """,
            lacks="order",
        ),
    ),
)
