"""A therapist bills far more timed units at a visit than the other therapists at hand.

Comparative billing reports hold a therapist's average minutes of a visit against the peers', and contractors pick whom
to review from the top. One stands out here who lies above nine in ten of the others, by a difference that chance does
not explain.

Not flagged: a therapist among fewer than eleven; one finding stands for all claims of the therapist.
Fix: none; read a sample of the notes before somebody else does.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.example_peers import other_therapists
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TD107",
    name="units-per-visit-far-from-peers",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.is_last_of_therapist & col.has_units_peers,
    flag=col.units_stands_out,
    message="{units_own_sum} timed units at {units_own_count} visits, other therapists {units_others_sum} at {units_others_count}",
    concept="units-far-from-peers",
    sources=(
        page(
            "CMS, through eGlobalTech",
            "Comparative Billing Report CBR201702, physical therapy",
            "average minutes of a visit, held against state and nation",
            read_on=date(2026, 11, 21),
            url="https://cbrinfo.net/cbr201702-faqs",
        ),
        page(
            "OptimisPT",
            "Are You Ready For An Audit?",
            "more codes a day than the national average",
            read_on=date(2026, 11, 21),
            url="https://www.optimispt.com/blog/are-you-ready-for-an-audit/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            f"""
            visit 2026-03-04 medicare_b
              97110 GP x6 90min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP x5 75min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP x6 90min
            history 2026-03-03 medicare_b patient_id=12
              97110 GP x5 75min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x3 45min")}
            """,
            at="claim",
            says="22 timed units at 4 visits, other therapists 50 at 20",
        ),
        exempt(f"""
            visit 2026-03-04 medicare_b
              97110 GP x6 90min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP x5 75min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP x6 90min
            history 2026-03-03 medicare_b patient_id=12
              97110 GP x5 75min
            {other_therapists(9, "97110 GP x2 30min", "97110 GP x3 45min")}
        """),
        good(f"""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP x3 45min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP x3 45min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x3 45min")}
        """),
        good(f"""
            visit 2026-03-04 medicare_b
              97110 GP x6 90min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x3 45min")}
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x6 90min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP x5 75min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP x6 90min
            history 2026-03-03 medicare_b patient_id=12
              97110 GP x5 75min
        """),
        unknown(
            f"""
            visit 2026-03-04 medicare_b
              97110 GP x? 90min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP x5 75min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP x6 90min
            history 2026-03-03 medicare_b patient_id=12
              97110 GP x5 75min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x3 45min")}
            """,
            lacks="timed units",
        ),
    ),
)
