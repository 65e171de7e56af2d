"""Therapist and assistant share units in a way that no published rule describes.

The two exceptions for final units cover what one code leaves over. Where minutes of several codes are pooled, two
units of a code can rest on fewer minutes than those exceptions name. Either answer can be questioned.

Not flagged: splits that the rules decide (MD201 to MD204).
Fix: none is proposed; a person decides and notes why.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MD205",
    name="assistant-split-undescribed",
    over="day_codes",
    severity=Severity.ADVICE,
    coding_terms=True,
    effective=since(2020, 1, 1),
    payers="payers that want CQ and CO",
    applies=(
        col.payer_assistant_modifier_required
        & one_of(col.discipline, ["PT", "OT"])
        & (col.day_code_is_evaluation | col.day_code_is_reevaluation).not_()
        & (col.billed_units > 0)
    ),
    flag=col.split_is_undecided,
    message="{billed_units:count unit} of {day_code} shared by therapist and assistant, no published rule says which carry CQ or CO",
    concept="assistant-split-undescribed",
    sources=(
        page(
            "CMS",
            "Therapy Services, CY 2026",
            "CQ and CO modifiers, de minimis standard and the two exceptions for final units",
            read_on=date(2026, 11, 21),
            url="https://www.cms.gov/medicare/coding-billing/therapy-services",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 15min by=PT
              did 97110 15min by=PTA
              set unit_preference = 97110
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 20min
              97140 GP x1 20min
              did 97110 10min by=PT
              did 97110 10min by=PTA
              did 97140 20min
            """,
            at="97110",
            says="2 units of 97110 shared by therapist and assistant, no published rule says which carry CQ or CO",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 15min by=PT
              did 97110 15min by=?
            """,
            lacks="who furnished",
        ),
        exempt("""
            visit 2019-12-31 medicare_b
              97110 GP x2 20min
              97140 GP x1 20min
              did 97110 10min by=PT
              did 97110 10min by=PTA
              did 97140 20min
        """),
        exempt("""
            visit 2026-03-04 cash
              97110 x2 20min
              97140 x1 20min
              did 97110 10min by=PT
              did 97110 10min by=PTA
              did 97140 20min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP x1 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP x1 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b discipline=SLP
              97129 GN x2 30min
        """),
        bad(
            """
            visit 2020-01-01 medicare_b
              97110 GP x2 20min
              97140 GP x1 20min
              did 97110 10min by=PT
              did 97110 10min by=PTA
              did 97140 20min
            """,
            at="97110",
            says="2 units of 97110 shared by therapist and assistant, no published rule says which carry CQ or CO",
        ),
        good("""
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO x1 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP x1 30min
              did 97161 30min
              did 97110 15min
        """),
    ),
)
