"""The plan of care was established by somebody who may not establish one.

A therapist, physician or nonphysician practitioner sets the plan; an assistant carries it out. A plan under an
assistant's name is no plan, so everything furnished under it can be taken back.

Not flagged: an assistant who helped to write a plan that a therapist established.
Fix: none; who established the plan is what the record shows.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import manual, regulation

rule = Rule(
    code="PC103",
    name="plan-established-by-assistant",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care,
    flag=one_of(col.plan_established_by, ["PTA", "OTA", "ATC", "aide", "student"]),
    message="plan of care established by {plan_established_by}, only a therapist, physician or nonphysician practitioner may",
    concept="plan-author-not-allowed",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 410.61", "(b), (c): plan of treatment", read_on=date(2026, 11, 21)),
        manual("100-02", "ch. 15 §220.1.2, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b plan_established_by=NP
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_established_by=PTA
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care established by PTA, only a therapist, physician or nonphysician practitioner may",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_established_by=?
              97110 GP x2 30min
            """,
            lacks="credential of who wrote the plan",
        ),
        exempt("""
            visit 2026-03-04 cash plan_established_by=PTA
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b has_plan_of_care=false plan_established_by=PTA
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_established_by=OTA discipline=OT
              97535 GO x2 30min
            """,
            at="claim",
            says="plan of care established by OTA, only a therapist, physician or nonphysician practitioner may",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b plan_established_by=ATC
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care established by ATC, only a therapist, physician or nonphysician practitioner may",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b plan_established_by=aide
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care established by aide, only a therapist, physician or nonphysician practitioner may",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b plan_established_by=student
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care established by student, only a therapist, physician or nonphysician practitioner may",
        ),
    ),
)
