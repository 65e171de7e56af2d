"""A code is billed to Medicare for which Medicare's unit limit is 0.

A limit of 0 is Medicare's own decision that it does not pay the code: hot and cold packs (97010) are bundled into
whatever else is done, unattended stimulation is billed as G0283 and not as 97014.

Not flagged: other payers, for whom the 0 says nothing about coverage.
Fix: none is proposed; the code family says what to bill instead.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MU104",
    name="code-with-limit-zero",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="Medicare Part B",
    applies=(col.payer_kind == "medicare_b") & col.payer_mue_applies & col.has_unit_limit & (col.units > 0),
    flag=col.limit_units == 0,
    message="{units} of {code} billed; by {limit_basis} Medicare pays none",
    concept="code-not-paid",
    sources=(
        page(
            "CMS",
            "NCCI medically unlikely edits, practitioner services",
            "2024-07-01 whole; 2026 quarter 2, adjudication indicator 3; read in copies",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2024-09-30 medicare_b
              97110 GP x2 30min
              97010 GP x1 10min
            """,
            at="line 2",
            says="1 of 97010 billed; by the edition of 2024-07-01 Medicare pays none",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97014 GP x1 15min
            """,
            at="line 1",
            says="1 of 97014 billed; by the edition of 2024-07-01 (unconfirmed for 2026-03-04) Medicare pays none",
        ),
        good("""
            visit 2026-04-01 medicare_b
              G0283 GP x1 15min
        """),
        exempt("""
            visit 2026-04-01 bcbs_vt
              97010 GP x1 10min
        """),
        exempt("""
            visit 2026-04-01 medicare_advantage
              97014 GP x1 15min
        """),
        unknown(
            """
            visit 2026-04-01 medicare_b
              97010 GP code=? x1 10min
            """,
            lacks="procedure code",
        ),
        exempt("""
            visit 2026-04-01 medicare_b
              97010 GP x0 10min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              98016 GP x1 10min
        """),
    ),
)
