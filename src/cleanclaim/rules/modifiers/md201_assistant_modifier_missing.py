"""An assistant furnished the units of a code and the line does not say so.

When an assistant's own minutes pass a tenth of a service, or of a 15-minute unit, the units carry CQ or CO. Payers
that pay less for assistants take the difference back when the records show one.

Not flagged: minutes of both together, which count as the therapist's; from 2022 a final unit of which the therapist
furnished 8 minutes; a code of which only some units are the assistant's (MD202).
Fix: add the assistant's modifier; ATTEST, because who furnished what is for the therapist to say.
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
    lacks_modifier,
    one_of,
    since,
    unknown,
    with_claim_modifier,
)
from cleanclaim.sources import page, statute

rule = Rule(
    code="MD201",
    name="assistant-modifier-missing",
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
        & (col.units_by_assistant == col.units_to_split)
    ),
    flag=col.billed_assistant_units < col.units_by_assistant,
    message="{day_code} carries CQ or CO on {billed_assistant_units} of {billed_units:count unit}; by the minutes an assistant furnished {units_by_assistant}",
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
    fix=Fix(
        Safety.ATTEST,
        title="Add the assistant's modifier",
        table="lines",
        via="day_code_id",
        where=lacks_modifier("CQ", "CO") & col.assistant_modifier.is_not_null(),
        field="modifiers",
        new=with_claim_modifier(col.assistant_modifier),
        may_reveal=("MD206", "MD207", "MD307"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP CQ x2 30min
              did 97110 30min by=PTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 2 units; by the minutes an assistant furnished 2",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 5min by=PT
              did 97110 10min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 1 unit; by the minutes an assistant furnished 1",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97012 GP x1 15min
              did 97012 13min by=PT
              did 97012 2min by=PTA
            """,
            at="97012",
            says="97012 carries CQ or CO on 0 of 1 unit; by the minutes an assistant furnished 1",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 8min by=PT
              did 97110 7min by=PTA
        """),
        bad(
            """
            visit 2021-12-31 medicare_b
              97110 GP x1 15min
              did 97110 8min by=PT
              did 97110 7min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 1 unit; by the minutes an assistant furnished 1",
        ),
        exempt("""
            visit 2022-01-01 medicare_b
              97110 GP x1 15min
              did 97110 8min by=PT
              did 97110 7min by=PTA
        """),
        exempt("""
            visit 2019-12-31 medicare_b
              97110 GP x2 30min
              did 97110 30min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97112 GP x2 30min
              did 97112 30min by=together
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=?
            """,
            lacks="who furnished",
        ),
        unknown(
            """
            visit 2026-03-04 cigna
              97110 GP x1 15min
              did 97110 15min by=PTA
            """,
            lacks="payer's file",
        ),
        bad(
            """
            visit 2020-01-01 medicare_b
              97110 GP x2 30min
              did 97110 30min by=PTA
            """,
            at="97110",
            says="97110 carries CQ or CO on 0 of 2 units; by the minutes an assistant furnished 2",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO x2 30min
              did 97535 30min by=OTA
            """,
            at="97535",
            says="97535 carries CQ or CO on 0 of 2 units; by the minutes an assistant furnished 2",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 25min
              did 97110 20min by=PT
              did 97110 5min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP x1 30min
              did 97161 30min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP x1 20min
              did 97164 20min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b discipline=SLP
              97129 GN x1 15min
              did 97129 15min by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=PT
              did 97140 5min by=PT
        """),
    ),
)
