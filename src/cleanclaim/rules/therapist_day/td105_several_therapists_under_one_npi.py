"""Claims of several therapists name one and the same NPI.

Every therapist is enrolled and billed under a number of his or her own. Visits billed under a colleague's or the
owner's number were furnished by somebody else than the claim says; it is a trigger of audits, and the money goes back.

Not flagged: assistants, who have no number and are billed under the therapist's; one finding stands for all claims.
Fix: none; enroll the therapist, and correct the claims.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TD105",
    name="several-therapists-under-one-npi",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.is_last_of_npi,
    flag=col.therapists_of_npi > 1,
    message="{therapists_of_npi} therapists treated under the NPI {rendering_npi}, each bills under his or her own",
    concept="therapists-under-one-npi",
    sources=(
        page(
            "OptimisPT",
            "Are You Ready For An Audit?",
            "multiple therapists billing under a single provider number",
            read_on=date(2026, 11, 21),
            url="https://www.optimispt.com/blog/are-you-ready-for-an-audit/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-03 medicare_b patient_id=2 treated_by=T2
              97110 GP x2 30min
            """,
            at="claim",
            says="2 therapists treated under the NPI 1245319599, each bills under his or her own",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-03 medicare_b patient_id=2 treated_by=T2 rendering_npi=1003000126
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-03 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-03 medicare_b patient_id=2 treated_by=T2
              97110 GP x2 30min
            history 2026-03-02 medicare_b patient_id=3 treated_by=?
              97110 GP x2 30min
            """,
            at="claim",
            says="2 therapists treated under the NPI 1245319599, each bills under his or her own",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-03 medicare_b patient_id=2 treated_by=?
              97110 GP x2 30min
            """,
            lacks="who treated",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b treated_by=?
              97110 GP x2 30min
            """,
            lacks="who treated",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_npi=none
              97110 GP x2 30min
        """),
    ),
)
