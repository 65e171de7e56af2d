"""More units of a code carry CQ or CO than an assistant furnished.

Where therapist and assistant share a code, only the assistant's units carry the modifier. On the others it lowers what
the payer pays for nothing.

Not flagged: a code of which no unit is an assistant's (MD203).
Fix: none is proposed, because the line has to become two.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import page, statute

rule = Rule(
    code="MD204",
    name="assistant-modifier-on-too-many-units",
    over="day_codes",
    severity=Severity.LEFT,
    coding_terms=True,
    effective=since(2020, 1, 1),
    payers="payers that want CQ and CO",
    applies=(
        col.payer_assistant_modifier_required
        & one_of(col.discipline, ["PT", "OT"])
        & (col.day_code_is_evaluation | col.day_code_is_reevaluation).not_()
        & (col.units_by_assistant > 0)
    ),
    flag=col.billed_assistant_units > col.units_by_assistant,
    message="{day_code} carries CQ or CO on {billed_assistant_units} of {billed_units:count unit}; by the minutes {units_by_assistant} of them are an assistant's",
    concept="assistant-modifier-not-needed",
    dollars=col.assistant_units_cents,
    sources=(
        statute(
            "42 USC 1395m", "(v): modifier from 2020-01-01, reduced payment from 2022-01-01", read_on=date(2026, 11, 21)
        ),
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
              97110 GP x1
              97110 GP CQ x1
              did 97110 20min by=PT
              did 97110 5min by=PTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP CQ x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 2 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        exempt("""
            visit 2019-12-31 medicare_b
              97110 GP CQ x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP CQ x2 25min
              did 97110 20min by=PT
              did 97110 5min by=?
            """,
            lacks="who furnished",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2020-01-01 medicare_b
              97110 GP CQ x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 2 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO CO x2 25min
              did 97535 20min by=OT
              did 97535 5min by=OTA
            """,
            at="97535",
            says="97535 carries CQ or CO on 2 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        exempt("""
            visit 2026-03-04 cash
              97110 CQ x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b discipline=SLP
              97129 GN CQ x2 25min
              did 97129 20min by=SLP
              did 97129 5min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP CQ x1 30min
              did 97161 30min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP CQ x1 30min
              did 97164 30min by=PTA
        """),
    ),
)
