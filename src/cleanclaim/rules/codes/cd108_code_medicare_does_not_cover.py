"""A code is billed to Medicare that its fee schedule does not cover or does not know.

A code of status N is not covered, one of status I is not valid for Medicare. The line is denied; whether the patient
may be charged depends on a notice given before.

Not flagged: a line that says with GA, GX, GY or GZ that a denial is expected; 97014, which has its own finding.
Fix: GY on a line of status N, where a person attests that the law excludes the service and the denial is wanted. A
code of status I is billed under the one that Medicare has for it, or not at all.
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
    one_of,
    unknown,
    with_modifier,
)
from cleanclaim.sources import page

rule = Rule(
    code="CD108",
    name="code-medicare-does-not-cover",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="Medicare Part B",
    applies=(col.payer_kind == "medicare_b") & (col.code != "97014") & lacks_modifier("GA", "GX", "GY", "GZ"),
    flag=one_of(col.medicare_status, ["noncovered", "invalid"]),
    message="{code} billed, its status on the Medicare fee schedule is {medicare_status}",
    concept="not-covered-by-medicare",
    sources=(
        page(
            "CMS",
            "Physician Fee Schedule relative value files (PPRRVU)",
            "STATUS CODE and MULT PROC, editions of 2020 to July 2026",
            read_on=date(2026, 11, 21),
        ),
        page(
            "First Coast Service Options",
            "Advance beneficiary notice modifiers",
            "GA required notice, GX voluntary notice and with GY, GY excluded",
            read_on=date(2026, 11, 21),
            url="https://medicare.fcso.com/Billing_news/140588.asp",
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="State with GY that Medicare excludes the service by law, and that its denial is wanted",
        field="modifiers",
        where=col.medicare_status == "noncovered",
        new=with_modifier("GY"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2024-01-01 medicare_b
              97037 GP x1
            """,
            at="line 1",
            says="97037 billed, its status on the Medicare fee schedule is noncovered",
        ),
        bad(
            """
            visit 2020-03-31 medicare_b
              20560 GP x1
            """,
            at="line 1",
            says="20560 billed, its status on the Medicare fee schedule is noncovered",
        ),
        good("""
            visit 2020-04-01 medicare_b
              20560 GP x1
        """),
        unknown(
            """
            visit 2027-01-04 medicare_b
              97037 GP x1
            """,
            lacks="fee schedule",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97037 GP GY x1
        """),
        exempt("""
            visit 2026-03-04 uhc_commercial
              97037 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97014 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97037 GP GA x1
              97037 GP GX x1
              97037 GP GZ x1
        """),
    ),
)
