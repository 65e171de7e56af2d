"""A modality without constant attendance is billed to a payer that pays only attended services.

Some payers pay only what a therapist does with the patient at hand. Heat, traction, unattended stimulation and the
like are denied there.

Not flagged: payers that pay them; a payer whose rule has not been read is no data.
Fix: none is proposed; the line comes off the claim and stays in the note.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD111",
    name="supervised-modality-not-paid",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    applies=col.family == "supervised_modality",
    flag=col.payer_supervised_modalities_payable.not_(),
    message="{code} billed, the payer pays only services with constant attendance",
    concept="supervised-modality-not-paid",
    sources=(
        page(
            "Blue Cross Blue Shield of Vermont",
            "Physical therapy policy 8.03.VT02 (2021)",
            "constant attendance",
            read_on=date(2026, 11, 21),
            url="https://docslib.org/doc/8315578",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97012 GP x1
        """),
        bad(
            """
            visit 2026-03-04 bcbs_vt
              97012 GP x1
            """,
            at="line 1",
            says="97012 billed, the payer pays only services with constant attendance",
        ),
        good("""
            visit 2026-03-04 cash
              97012 x1
        """),
        unknown(
            """
            visit 2026-03-04 humana
              97012 GP x1
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 bcbs_vt
              97032 GP x1
        """),
    ),
)
