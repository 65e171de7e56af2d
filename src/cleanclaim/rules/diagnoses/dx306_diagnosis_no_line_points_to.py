"""A diagnosis stands on the claim, and no line points to it.

It does no harm and says nothing: a condition that was treated should be linked to what was done for it, because the
payer judges each line by the diagnoses it points to.

Not flagged: status codes (Z), external causes and germs, which stand there for information.
Fix: none is proposed; what the services were for is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, starts_with, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX306",
    name="diagnosis-no-line-points-to",
    over="diagnoses",
    severity=Severity.ADVICE,
    applies=starts_with(col.diagnosis_code, ["Z"]).not_() & col.is_external_cause.not_() & col.is_organism.not_(),
    flag=col.is_pointed_to.not_(),
    message="no line points to {diagnosis_as_written}",
    concept="diagnosis-unused",
    sources=(
        page(
            "NUCC and X12",
            "CMS-1500 02/12 and 837P 005010X222A1",
            "diagnosis codes and pointers: 12 a claim, 4 a line, 1 at least; read in pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="no line points to M25.561",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561
              97110 GP x2 30min dx=1
              97112 GP x1 15min dx=2
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx Z96.651
              97110 GP x2 30min dx=none
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561
              97110 GP x2 30min dx=?
            """,
            lacks="points to",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              dx W19.XXXD B95.62
              97110 GP x2 30min dx=none
        """),
    ),
)
