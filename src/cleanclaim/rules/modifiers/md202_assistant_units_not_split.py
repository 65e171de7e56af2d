"""Some units of a code are an assistant's, and the claim does not show them on a line of their own.

Therapist and assistant can share a code in one visit. The units of each go on lines of their own, the assistant's
with CQ or CO. Without the split the payer pays all of them in full, and takes the difference back.

Not flagged: a code of which all units are the assistant's (MD201); a split that no rule describes (MD205).
Fix: none is proposed, because the line has to become two.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import page, statute

rule = Rule(
    code="MD202",
    name="assistant-units-not-split",
    over="day_codes",
    severity=Severity.RECOUP,
    coding_terms=True,
    effective=since(2020, 1, 1),
    payers="payers that want CQ and CO",
    applies=(
        col.payer_assistant_modifier_required
        & one_of(col.discipline, ["PT", "OT"])
        & (col.day_code_is_evaluation | col.day_code_is_reevaluation).not_()
        & (col.units_by_assistant > 0)
        & (col.units_by_assistant < col.units_to_split)
    ),
    flag=col.billed_assistant_units < col.units_by_assistant,
    message="{day_code} carries CQ or CO on {billed_assistant_units} of {billed_units:count unit}; by the minutes {units_by_assistant} of them are an assistant's",
    concept="assistant-modifier-missing",
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
              did 97110 13min by=PT
              did 97110 23min by=PTA
              97140 GP x2
              did 97140 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 36min
              97140 GP x2 30min
              did 97110 13min by=PT
              did 97110 23min by=PTA
              did 97140 30min
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 26min
              did 97110 12min by=PT
              did 97110 14min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        exempt("""
            visit 2019-12-31 medicare_b
              97110 GP x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 25min
              did 97110 20min by=PT
              did 97110 ?min by=PTA
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
              97110 GP x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO x2 25min
              did 97535 20min by=OT
              did 97535 5min by=OTA
            """,
            at="97535",
            says="97535 carries CQ or CO on 0 of 2 units; by the minutes 1 of them are an assistant's",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min by=PTA
        """),
        exempt("""
            visit 2026-03-04 cash
              97110 x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b discipline=SLP
              97129 GN x2 25min
              did 97129 20min by=SLP
              did 97129 5min by=PTA
        """),
    ),
)
