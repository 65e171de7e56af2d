"""A code is billed to Medicare that is always part of another service.

A code of status B has no payment of its own: it is denied, and the patient may not be charged for it.

Not flagged: hot and cold packs, which have a finding of their own (CD106); other payers.
Fix: the line comes off the claim; ATTEST, because another code may be what was done.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD107",
    name="bundled-code-billed-to-medicare",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="Medicare Part B",
    applies=(col.payer_kind == "medicare_b") & (col.code != "97010"),
    flag=col.medicare_status == "bundled",
    message="{code} billed, Medicare counts it as part of other services and pays nothing for it",
    concept="bundled-not-chargeable",
    sources=(
        page(
            "CMS",
            "Physician Fee Schedule relative value files (PPRRVU)",
            "STATUS CODE and MULT PROC, editions of 2020 to July 2026",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take the line off the claim; the note keeps what was done",
        may_reveal=("CF101", "CF102", "DC205", "DX306", "UN205"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97597 GP x1 20min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97602 GP x1 20min
            """,
            at="line 1",
            says="97602 billed, Medicare counts it as part of other services and pays nothing for it",
        ),
        unknown(
            """
            visit 2027-01-04 medicare_b
              97602 GP x1 20min
            """,
            lacks="fee schedule",
        ),
        unknown(
            """
            visit 2026-03-04 payer=?
              97602 GP x1 20min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 uhc_commercial
              97602 GP x1 20min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97010 GP x1 10min
        """),
    ),
)
