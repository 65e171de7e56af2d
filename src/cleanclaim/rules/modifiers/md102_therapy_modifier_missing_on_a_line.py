"""A line carries none of GP, GO and GN, and the payer wants one on every line.

Some payers tell the disciplines apart by the modifier and want it on every therapy line, whatever Medicare says of
the code. Lines without it are denied.

Not flagged: payers that want it on always-therapy codes only (MD101).
Fix: the modifier of the visit's discipline; ATTEST, because the line may not be therapy.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    lacks_modifier,
    unknown,
    with_claim_modifier,
)
from cleanclaim.sources import page

rule = Rule(
    code="MD102",
    name="therapy-modifier-missing-on-a-line",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that want the modifier on every line",
    applies=col.payer_therapy_modifier == "every_line",
    flag=lacks_modifier("GP", "GO", "GN"),
    message="{code} carries none of GP, GO and GN, the payer wants one on every line",
    concept="therapy-modifier-missing",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Blue Cross Blue Shield of North Dakota",
            "Physical, occupational and speech therapy modifiers",
            "reimbursement policy",
            read_on=date(2026, 11, 21),
            url="https://www.bcbsnd.com/providers/policies-precertification/reimbursement-policy/physical-occupational-and-speech-therapy-modifiers",
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Add the modifier of the visit's discipline",
        where=col.therapy_modifier.is_not_null(),
        field="modifiers",
        new=with_claim_modifier(col.therapy_modifier, first=True),
        may_reveal=("MD307",),
    ),
    examples=(
        good("""
            visit 2026-03-04 bcbs_nd
              97110 GP x1 15min
              97010 GP x1 10min
        """),
        bad(
            """
            visit 2026-03-04 bcbs_nd
              97110 GP x1 15min
              97010 x1 10min
            """,
            at="line 2",
            says="97010 carries none of GP, GO and GN, the payer wants one on every line",
        ),
        unknown(
            """
            visit 2026-03-04 cigna
              97110 x1 15min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 x1 15min
        """),
        good("""
            visit 2026-03-04 bcbs_nd discipline=OT
              97535 GO x1 15min
        """),
        good("""
            visit 2026-03-04 bcbs_nd discipline=SLP
              92507 GN x1 30min
        """),
    ),
)
