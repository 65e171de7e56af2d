"""A verbal certification was not signed in time.

A verbal certification counts when it is dated in the record and signed within 14 days. After that it is a delayed
certification, good from the day it is signed; lateness alone blocks no claim.

Not flagged: a verbal certification whose days still run.
Fix: none; obtain the signature and keep the note of the call.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="PC221",
    name="verbal-certification-unsigned",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_plan_of_care_certification_required & (col.certification_method == "verbal"),
    flag=col.verbal_signature_is_late,
    message="certified verbally on {certified_verbally_on}, to be signed by {verbal_signature_due_on}; signed on: {certified_on}",
    concept="verbal-certification-unsigned",
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "verbal certification",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b certification_method=verbal certified_verbally_on=2026-02-18 certified_on=? as_of=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b certification_method=verbal certified_verbally_on=2026-02-18 certified_on=? as_of=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="certified verbally on 2026-02-18, to be signed by 2026-03-04; signed on: unknown",
        ),
        good("""
            visit 2026-03-04 medicare_b certification_method=verbal certified_verbally_on=2026-02-18 certified_on=2026-03-04 as_of=2026-03-30
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b certification_method=verbal certified_verbally_on=2026-02-18 certified_on=2026-03-05 as_of=2026-03-30
              97110 GP x2 30min
            """,
            at="claim",
            says="certified verbally on 2026-02-18, to be signed by 2026-03-04; signed on: 2026-03-05",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b certification_method=verbal certified_verbally_on=?
              97110 GP x2 30min
            """,
            lacks="verbal certification",
        ),
        exempt("""
            visit 2026-03-04 medicare_b certification_method=signed certified_verbally_on=2026-02-02
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash certification_method=verbal certified_verbally_on=2026-02-18 certified_on=? as_of=2026-03-05
              97110 x2 30min
        """),
    ),
)
