"""Unattended electrical stimulation is billed under the code that this payer does not take.

There are two codes for one service. Medicare does not know 97014 and wants G0283; other payers may take only 97014.
The other code is denied.

Not flagged: a payer whose code has not been read, which is no data.
Fix: the payer's own code; ATTEST, because G0283 also says that no wound was treated.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD105",
    name="stimulation-code-of-another-payer",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    applies=one_of(col.code, ["97014", "G0283"]),
    flag=col.code != col.payer_electrical_stimulation_code,
    message="{code} billed for unattended stimulation, the payer takes {payer_electrical_stimulation_code}",
    concept="wrong-code-for-payer",
    dollars=col.left_cents,
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
        title="Bill the code that the payer takes",
        field="code",
        new=col.payer_electrical_stimulation_code,
        may_reveal=("UN205",),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              G0283 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97014 GP x1 15min
            """,
            at="line 1",
            says="97014 billed for unattended stimulation, the payer takes G0283",
        ),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage
              97014 GP x1 15min
            """,
            at="line 1",
            says="97014 billed for unattended stimulation, the payer takes G0283",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97014 GP x1 15min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97032 GP x1 15min
        """),
    ),
)
