"""Units carry CQ or CO although no assistant furnished them.

The modifier lowers what the payer pays. On units that the therapist furnished, or furnished together with the
assistant, or of which the assistant's share is a tenth or less, it gives money away.

Not flagged: a code of which some units are an assistant's (MD204).
Fix: take the modifier off; ATTEST, because who furnished what is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    has_modifier,
    one_of,
    since,
    unknown,
    without_modifier,
)
from cleanclaim.sources import page, statute

rule = Rule(
    code="MD203",
    name="assistant-modifier-on-therapist-units",
    over="day_codes",
    severity=Severity.LEFT,
    coding_terms=True,
    effective=since(2020, 1, 1),
    payers="payers that want CQ and CO",
    applies=(
        col.payer_assistant_modifier_required
        & one_of(col.discipline, ["PT", "OT"])
        & (col.day_code_is_evaluation | col.day_code_is_reevaluation).not_()
        & col.takes_assistant_modifier
        & (col.units_by_assistant == 0)
    ),
    flag=col.billed_assistant_units > 0,
    message="{day_code} carries CQ or CO on {billed_assistant_units} of {billed_units:count unit}; by the minutes none is an assistant's",
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
    fix=Fix(
        Safety.ATTEST,
        title="Take the assistant's modifier off",
        table="lines",
        via="day_code_id",
        where=has_modifier("CQ", "CO"),
        field="modifiers",
        new=without_modifier("CQ", "CO"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP CQ x2 30min
            """,
            at="97110",
            says="97110 carries CQ or CO on 2 of 2 units; by the minutes none is an assistant's",
        ),
        bad(
            """
            visit 2022-01-01 medicare_b
              97110 GP CQ x1 20min
              did 97110 10min by=PT
              did 97110 10min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 1 of 1 unit; by the minutes none is an assistant's",
        ),
        exempt("""
            visit 2021-12-31 medicare_b
              97110 GP CQ x1 20min
              did 97110 10min by=PT
              did 97110 10min by=PTA
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 11min
              did 97110 11min by=PT
              did 97140 1min by=PTA
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_services=false
              97110 GP CQ x2 30min
            """,
            lacks="who furnished",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP CQ x1 40min
        """),
        exempt("""
            visit 2026-03-04 cash
              97110 CQ x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO CO x2 30min
              did 97535 30min by=OT
            """,
            at="97535",
            says="97535 carries CQ or CO on 2 of 2 units; by the minutes none is an assistant's",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP CQ x1 20min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              98985 GP CQ x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b discipline=SLP
              92507 GN CQ x1 30min
        """),
        bad(
            """
            visit 2020-01-01 medicare_b
              97110 GP CQ x2 30min
            """,
            at="97110",
            says="97110 carries CQ or CO on 2 of 2 units; by the minutes none is an assistant's",
        ),
    ),
)
