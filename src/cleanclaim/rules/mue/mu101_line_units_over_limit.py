"""One line bills more units than Medicare pays on a line.

For a few codes the limit counts line by line (adjudication indicator 1): the whole line above it is denied. Units
that were truly needed go on a second line with a modifier that says why.

Not flagged: codes whose limit counts over the day (MU102, MU103); payers who do not apply Medicare's limits.
Fix: none is proposed; the units or the note may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MU101",
    name="line-units-over-limit",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's unit limits",
    applies=col.payer_mue_applies & col.has_unit_limit & (col.limit_mai == 1) & (col.limit_units > 0),
    flag=col.units > col.limit_units,
    message="{units:count unit} of {code} on one line; by {limit_basis} a line is paid up to {limit_units}",
    concept="units-over-mue",
    dollars=col.allowed_cents,
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
            visit 2024-08-01 medicare_b
              99486 x5
            """,
            at="line 1",
            says="5 units of 99486 on one line; by the edition of 2024-07-01 a line is paid up to 4",
        ),
        good("""
            visit 2024-08-01 medicare_b
              99486 x4
              99486 76 x1
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97110 GP x7 105min
        """),
        exempt("""
            visit 2024-08-01 cash
              99486 x5
        """),
        unknown(
            """
            visit 2024-08-01 medicare_b
              99486 x?
            """,
            lacks="units billed",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              98016 GP x1 10min
        """),
    ),
)
