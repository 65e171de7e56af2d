"""Infrared (97026) is billed to Medicare for neuropathy, or for a wound or ulcer.

Medicare does not cover infrared for diabetic and other peripheral neuropathy, or for wounds and ulcers, since
2006-10-24, and the pain from them.

Not flagged: earlier dates; other conditions, for which no national decision speaks.
Fix: none is proposed; the service is not covered, so the patient is told beforehand or it is not given.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import page

_NOT_COVERED = (
    "E08.4", "E09.4", "E10.4", "E11.4", "E13.4", "G57.9", "G60", "G61", "G62", "G63", "G65", "L89", "L97", "L98.4",
    "I70.23", "I70.24", "I70.25", "I70.33", "I70.34", "I70.35", "I70.43", "I70.44", "I70.45", "I70.53", "I70.54",
    "I70.55", "I70.63", "I70.64", "I70.65", "I70.73", "I70.74", "I70.75", "I83.0", "I83.2", "I87.01", "I87.03",
    "I87.31", "I87.33", "E08.62", "E09.62", "E10.62", "E11.62", "E13.62", "T81.3", "S81", "S91",
)  # fmt: skip

rule = Rule(
    code="DX407",
    name="infrared-for-neuropathy-or-wounds",
    over="lines",
    severity=Severity.DENY,
    payers="Medicare Part B",
    effective=since(2006, 10, 24),
    applies=(col.payer_kind == "medicare_b") & one_of(col.code, ["97026"]),
    flag=any_starts_with(col.claim_diagnoses, _NOT_COVERED),
    message="{code} with {claim_diagnoses}; Medicare does not cover it for neuropathy, wounds and ulcers",
    concept="procedure-diagnosis-misfit",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "NCD 270.6, infrared therapy devices",
            "non-covered from 2006-10-24; read in a copy at HHS",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx E11.42
              97026 GP x1 15min
            """,
            at="line 1",
            says="97026 with E11.42; Medicare does not cover it for neuropathy, wounds and ulcers",
        ),
        bad(
            """
            visit 2006-10-24 medicare_b
              dx G62.9
              97026 GP x1 15min
            """,
            at="line 1",
            says="97026 with G62.9; Medicare does not cover it for neuropathy, wounds and ulcers",
        ),
        exempt("""
            visit 2006-10-23 medicare_b
              dx G62.9
              97026 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97026 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx E11.42
              97024 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 ?
              97026 GP x1 15min
            """,
            lacks="every diagnosis",
        ),
        exempt("""
            visit 2026-03-04 aetna
              dx E11.42
              97026 GP x1 15min
        """),
    ),
)
