"""A diagnosis wants another beside or before it, and stands without.

Aftercare after a joint replacement (Z47.1) names the joint with Z96.6-, aftercare after an amputation (Z47.81) the limb
with Z89.-, and other aftercare (Z51) the condition. Payers ask for records where it is missing.

Not flagged: codes without such a note.
Fix: none is proposed; the missing code must be known and documented.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX208",
    name="companion-diagnosis-absent",
    over="diagnoses",
    severity=Severity.ADVICE,
    flag=col.lacks_companion,
    message="{diagnosis_as_written} stands alone: {wanted_companion}",
    concept="companion-missing",
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "notes of Z47.1, Z47.81, Z51 and Z99.3",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx Z47.1
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="Z47.1 stands alone: aftercare after a joint replacement names the joint with Z96.6-",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 Z47.81
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="Z47.81 stands alone: aftercare after an amputation names the limb with Z89.-",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx Z99.3 G82.20
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="Z99.3 stands alone: wheelchair dependence comes after its cause",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx Z47.1 Z96.651
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx G82.20 Z99.3
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx Z47.1 ?
              97110 GP x2 30min
            """,
            lacks="every diagnosis",
        ),
    ),
)
