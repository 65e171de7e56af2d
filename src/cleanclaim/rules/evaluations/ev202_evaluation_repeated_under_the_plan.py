"""A first evaluation is billed again under the plan of care that an earlier one began.

A course of treatment has one first evaluation. What changes while it runs is a re-evaluation, which is paid for a new
related finding or a change that was not expected; a second first evaluation is asked for with records.

Advice without dollars: a condition that comes up meanwhile and has nothing to do with the first belongs to the same
episode and gets its own first evaluation. Whether two conditions are related is in the record, not on the claim.

Not flagged: an evaluation before the first treatment day of the plan in force, which belongs to another course; one of
another discipline; payers that want no plan of care (CD160 has the days that some of them ask for).
Fix: the re-evaluation code; ATTEST, because a condition that has nothing to do with the plan gets a first evaluation
and a plan of its own.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="EV202",
    name="evaluation-repeated-under-the-plan",
    over="lines",
    severity=Severity.ADVICE,
    coding_terms=True,
    payers="payers that want a certified plan of care",
    applies=col.payer_plan_of_care_certification_required & col.is_own_evaluation,
    flag=col.evaluation_earlier_in_episode,
    message="{code} billed after the evaluation of {evaluation_earlier_on} under the same plan; a later one is a re-evaluation unless the condition is new and unrelated",
    concept="evaluation-repeated",
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Article A53309, evaluation and re-evaluation, quoted by a trade page",
            "re-evaluation of a patient who is receiving therapy: a related new condition, or a change not expected",
            read_on=date(2026, 11, 22),
            url="https://learnmedicarebilling.com/cpt-code-97164/",
            confidence=Confidence.SECONDARY,
        ),
        manual(
            "100-02",
            "ch. 15 §220, the episode of outpatient therapy: more than one condition, read in a copy",
            read_on=date(2026, 11, 22),
            url="https://old.bansdoc.gov.bd/eBook/42/files/basic-html/page167.html",
        ),
        page(
            "WebPT",
            "When to bill for PT evaluations and re-evaluations",
            "a related condition: re-evaluation; an unrelated one: first evaluation",
            read_on=date(2026, 11, 22),
            url="https://www.webpt.com/blog/post/9716-what-when-to-bill-for-pt-evals-and-re-evals",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Stride Therapy",
            "Initial evaluation, re-evaluation, progress note and recertification",
            "Pub 100-02 ch. 15 §220.3 as told there: an initial evaluation starts an episode of care",
            read_on=date(2026, 11, 22),
            url="https://stridetherapy.zendesk.com/hc/en-us/articles/42474309239315",
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Bill the re-evaluation, if the note says what changed",
        where=one_of(col.discipline, ["PT", "OT"]),
        field="code",
        new=pl.when(col.discipline == "OT").then(pl.lit("97168")).otherwise(pl.lit("97164")),
        may_reveal=("EV201", "PR102", "UN205"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97162 GP x1 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1 30min
            history 2026-02-02 medicare_b
              97162 GP x1 30min
            """,
            at="line 1",
            says="97161 billed after the evaluation of 2026-02-02 under the same plan; a later one is a re-evaluation unless the condition is new and unrelated",
        ),
        # The plan in force began after that evaluation: another course.
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1 30min
            history 2026-02-01 medicare_b
              97162 GP x1 30min
        """),
        good("""
            visit 2026-03-04 medicare_b plan_first_treatment_on=2026-03-04
              97161 GP x1 30min
            history 2026-02-11 medicare_b
              97161 GP x1 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1 30min
            history 2026-02-11 medicare_b discipline=OT
              97165 GO x1 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97166 GO x1 30min
            history 2026-02-11 medicare_b discipline=OT
              97165 GO x1 30min
            """,
            at="line 1",
            says="97166 billed after the evaluation of 2026-02-11 under the same plan; a later one is a re-evaluation unless the condition is new and unrelated",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              97161 GP x1 30min
            """,
            lacks="earlier claims",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_first_treatment_on=?
              97161 GP x1 30min
            history 2026-02-11 medicare_b
              97161 GP x1 30min
            """,
            lacks="first treatment day",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP x1 20min
            history 2026-02-02 medicare_b
              97162 GP x1 30min
        """),
        exempt("""
            visit 2026-03-04 cash
              97161 x1 30min
            history 2026-02-02 cash
              97162 x1 30min
        """),
    ),
)
