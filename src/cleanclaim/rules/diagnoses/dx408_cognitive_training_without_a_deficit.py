"""Cognitive training (97129, 97130) is billed without a diagnosis of a cognitive deficit or its cause.

Payers want a brain injury, a stroke or another disease of the brain behind it, or a documented deficit of attention,
memory or executive function.

Not flagged: such diagnoses, broadly taken, because no payer read gives a closed list.
Fix: none is proposed; the diagnosis must be the one the note documents.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

_FIT = (
    "A8", "C70", "C71", "C79.3", "D32", "D33", "D43", "F0", "F2", "F7", "F8", "F90", "G0", "G1", "G2", "G3", "G40",
    "G80", "G9", "I6", "Q0", "Q90", "R41", "R47", "R48", "R90", "S02.0", "S02.1", "S06", "Z85.841", "Z87.820",
)  # fmt: skip

rule = Rule(
    code="DX408",
    name="cognitive-training-without-a-deficit",
    over="lines",
    severity=Severity.ADVICE,
    applies=one_of(col.code, ["97129", "97130"]),
    flag=any_starts_with(col.claim_diagnoses, _FIT).not_(),
    message="{code} with {claim_diagnoses}; it goes with a cognitive deficit or a disease of the brain",
    concept="procedure-diagnosis-misfit",
    sources=(
        page(
            "Payer policies",
            "Cognitive rehabilitation, 97129 and 97130",
            "brain injury and cognitive deficits",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              97129 GP x1 15min
            """,
            at="line 1",
            says="97129 with M54.50; it goes with a cognitive deficit or a disease of the brain",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx I69.311
              97129 GP x1 15min
              97130 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx S06.2X1D
              97129 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97112 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ?
              97129 GP x1 15min
            """,
            lacks="every diagnosis",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              97130 GP x1 15min
            """,
            at="line 1",
            says="97130 with M54.50; it goes with a cognitive deficit or a disease of the brain",
        ),
    ),
)
