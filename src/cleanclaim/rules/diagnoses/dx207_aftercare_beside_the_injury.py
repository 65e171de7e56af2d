"""An aftercare code stands beside the injury whose own 7th character already says it.

A healing fracture is coded as the fracture with D, not as orthopedic aftercare (Z47); after surgery for an injury the
injury is coded with D, not Z48. Together they say the same thing twice, and the payer denies.

Not flagged: aftercare after a planned joint replacement (Z47.1) without an injury.
Fix: none is proposed; the aftercare code usually goes, and the pointers with it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX207",
    name="aftercare-beside-the-injury",
    over="diagnoses",
    severity=Severity.DENY,
    flag=col.stands_beside_unfit,
    message="{diagnosis_as_written} beside {unfit_companion}: {unfit_because}",
    concept="aftercare-with-injury",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "Excludes1 notes of Z47 and Z48",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx S72.001D Z47.89
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="Z47.89 beside S72.001D: a healing fracture is coded as the fracture with its 7th character, not as "
            "orthopedic aftercare",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx Z47.1 Z96.651
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx S72.001D M25.551
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx Z47.89 ?
              97110 GP x2 30min
            """,
            lacks="every diagnosis",
        ),
    ),
)
