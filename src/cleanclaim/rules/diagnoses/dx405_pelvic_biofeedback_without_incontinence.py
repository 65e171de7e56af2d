"""Pelvic biofeedback (90912, 90913) is billed to Medicare without a diagnosis of incontinence.

Medicare's coverage decision allows biofeedback for stress and urge incontinence, after a documented trial of pelvic
muscle exercise of four weeks has failed. Without the diagnosis the line is denied.

Not flagged: incontinence of urine or stool of any kind, taken broadly; other payers.
Fix: none is proposed; the diagnosis must be the one the note documents.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page

_FIT = (
    "N39.3", "N39.4", "R15", "R32", "R39.81", "F98.0", "F98.1",
)  # fmt: skip

rule = Rule(
    code="DX405",
    name="pelvic-biofeedback-without-incontinence",
    over="lines",
    severity=Severity.DENY,
    payers="Medicare Part B",
    applies=(col.payer_kind == "medicare_b") & one_of(col.code, ["90912", "90913"]),
    flag=any_starts_with(col.claim_diagnoses, _FIT).not_(),
    message="{code} with {claim_diagnoses}; Medicare covers it for incontinence",
    concept="procedure-diagnosis-misfit",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "NCD 30.1.1, biofeedback therapy for the treatment of urinary incontinence",
            "covered indications",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              90912 GP x1 15min
            """,
            at="line 1",
            says="90912 with M54.50; Medicare covers it for incontinence",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx N39.3
              90912 GP x1 15min
              90913 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 aetna
              dx K59.02
              90912 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97032 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ?
              90912 GP x1 15min
            """,
            lacks="every diagnosis",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              90913 GP x1 15min
            """,
            at="line 1",
            says="90913 with M54.50; Medicare covers it for incontinence",
        ),
    ),
)
