"""Pain in a joint stands beside the arthritis of that joint, which explains it.

A symptom is not coded beside the definite diagnosis that explains it; the pain adds nothing, and a reviewer reads it as
padding.

Not flagged: pain in another joint or on the other side; symptom codes that say what is treated, such as gait problems.
Fix: none is proposed; the symptom usually goes, and the pointers with it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, good, starts_with, unknown
from cleanclaim.sources import Confidence, page

_HIP = {
    "right": ["M160", "M1611", "M162", "M1631", "M164", "M1651"],
    "left": ["M160", "M1612", "M162", "M1632", "M164", "M1652"],
}
_KNEE = {
    "right": ["M170", "M1711", "M172", "M1731", "M174"],
    "left": ["M170", "M1712", "M172", "M1732", "M174"],
}

rule = Rule(
    code="DX209",
    name="joint-pain-beside-its-cause",
    over="diagnoses",
    severity=Severity.ADVICE,
    flag=(starts_with(col.diagnosis_code, ["M25551"]) & any_starts_with(col.claim_diagnoses, _HIP["right"]))
    | (starts_with(col.diagnosis_code, ["M25552"]) & any_starts_with(col.claim_diagnoses, _HIP["left"]))
    | (starts_with(col.diagnosis_code, ["M25561"]) & any_starts_with(col.claim_diagnoses, _KNEE["right"]))
    | (starts_with(col.diagnosis_code, ["M25562"]) & any_starts_with(col.claim_diagnoses, _KNEE["left"])),
    message="{diagnosis_as_written} is pain in a joint whose arthritis is on the claim and explains it",
    concept="symptom-with-cause",
    sources=(
        page(
            "CMS and CDC/NCHS",
            "ICD-10-CM Official Guidelines for Coding and Reporting",
            "section I.B.5, symptoms that belong to a disease",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M17.11 M25.561
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="M25.561 is pain in a joint whose arthritis is on the claim and explains it",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M25.552 M16.0
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M25.552 is pain in a joint whose arthritis is on the claim and explains it",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M17.11 M25.562
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M17.11 R26.89 M25.551
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M25.561 ?
              97110 GP x2 30min
            """,
            lacks="every diagnosis",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M17.12 M25.561
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M17.0 M16.0 M25.511 M54.50
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.551 M25.552 M25.561 M25.562
              97110 GP x2 30min
        """),
    ),
)
