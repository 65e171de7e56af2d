"""A code among the therapy numbers is billed that the listing of therapy codes does not have.

Codes that begin with 97 are mostly physical medicine. One that is not listed there is often a slip of the finger for
its neighbor, such as 97111 for 97110, or belongs to another trade.

Not flagged: listed codes, deleted ones included (CD101), and codes outside these numbers.
Fix: none is proposed; the code has to be read again.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, starts_with, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD104",
    name="code-beside-the-therapy-codes",
    over="lines",
    severity=Severity.ADVICE,
    applies=starts_with(col.code, ["97"]) & col.code_is_possible,
    flag=col.code_is_listed.not_(),
    message="{code} is not among the therapy codes that are listed",
    concept="unknown-code",
    sources=(
        page(
            "CMS",
            "Physician Fee Schedule relative value files (PPRRVU)",
            "STATUS CODE and MULT PROC, editions of 2020 to July 2026",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              97001 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97111 GP x1
            """,
            at="line 1",
            says="97111 is not among the therapy codes that are listed",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 code=? GP x1
            """,
            lacks="procedure code",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              G0283 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 code=97A1B GP x1
        """),
    ),
)
