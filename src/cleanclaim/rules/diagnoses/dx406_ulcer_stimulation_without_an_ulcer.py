"""Stimulation of chronic ulcers (G0281) is billed to Medicare without a diagnosis of an ulcer.

Medicare covers G0281 for chronic pressure ulcers of stage III or IV, arterial, diabetic and venous ulcers that have not
healed in 30 days of usual care. Stimulation for anything else is G0283.

Not flagged: any ulcer of those kinds; the stage and the 30 days are for the record to show.
Fix: none is proposed; either the code or the diagnosis is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page

_FIT = (
    "L89", "L97", "L98.4", "I70.23", "I70.24", "I70.25", "I70.33", "I70.34", "I70.35", "I70.43", "I70.44", "I70.45",
    "I70.53", "I70.54", "I70.55", "I70.63", "I70.64", "I70.65", "I70.73", "I70.74", "I70.75", "I83.0", "I83.2",
    "I87.01", "I87.03", "I87.31", "I87.33", "E08.62", "E09.62", "E10.62", "E11.62", "E13.62",
)  # fmt: skip

rule = Rule(
    code="DX406",
    name="ulcer-stimulation-without-an-ulcer",
    over="lines",
    severity=Severity.DENY,
    payers="Medicare Part B",
    applies=(col.payer_kind == "medicare_b") & one_of(col.code, ["G0281"]),
    flag=any_starts_with(col.claim_diagnoses, _FIT).not_(),
    message="{code} with {claim_diagnoses}; Medicare covers it for pressure, arterial, diabetic and venous ulcers",
    concept="procedure-diagnosis-misfit",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "NCD 270.1, electrical stimulation and electromagnetic therapy for the treatment of wounds",
            "covered indications",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              G0281 GP x1 15min
            """,
            at="line 1",
            says="G0281 with M54.50; Medicare covers it for pressure, arterial, diabetic and venous ulcers",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx L89.153
              G0281 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx E11.621 L97.411
              G0281 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M54.50
              G0283 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ?
              G0281 GP x1 15min
            """,
            lacks="every diagnosis",
        ),
        exempt("""
            visit 2026-03-04 aetna
              dx M54.50
              G0281 GP x1 15min
        """),
    ),
)
