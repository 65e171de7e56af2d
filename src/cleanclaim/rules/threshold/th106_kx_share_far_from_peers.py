"""A therapist bills KX for a far larger share of patients than the other therapists at hand.

Excess KX is the first trigger on every list. Comparative billing reports hold the share of a therapist's patients with
KX against the peers'; one stands out here who lies above nine in ten of the others, by a difference that chance does
not explain.

Not flagged: a therapist among fewer than eleven; one finding stands for all claims of the therapist.
Fix: none; see whether the year's dollars of these patients had passed the threshold.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.example_peers import other_therapists
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TH106",
    name="kx-share-far-from-peers",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.is_last_of_therapist & col.has_kx_peers,
    flag=col.kx_stands_out,
    message="KX for {kx_own_sum} of {kx_own_count} patients, other therapists {kx_others_sum} of {kx_others_count}",
    concept="kx-far-from-peers",
    sources=(
        page(
            "CMS, through eGlobalTech",
            "Comparative Billing Report CBR201702, physical therapy",
            "percentage of patients with KX, held against state and nation",
            read_on=date(2026, 11, 21),
            url="https://cbrinfo.net/cbr201702-faqs",
        ),
        page(
            "OptimisPT",
            "Are You Ready For An Audit?",
            "excessive, above the norm, use of the KX modifier",
            read_on=date(2026, 11, 21),
            url="https://www.optimispt.com/blog/are-you-ready-for-an-audit/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            f"""
            visit 2026-03-04 medicare_b
              97110 GP KX x2 30min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP KX x2 30min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP KX x2 30min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP KX x2 30min
            history 2026-03-05 medicare_b patient_id=13
              97110 GP KX x2 30min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x2 30min")}
            """,
            at="claim",
            says="KX for 5 of 5 patients, other therapists 0 of 20",
        ),
        exempt(f"""
            visit 2026-03-04 medicare_b
              97110 GP KX x2 30min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP KX x2 30min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP KX x2 30min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP KX x2 30min
            history 2026-03-05 medicare_b patient_id=13
              97110 GP KX x2 30min
            {other_therapists(9, "97110 GP x2 30min", "97110 GP x2 30min")}
        """),
        good(f"""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP x2 30min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP KX x2 30min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP x2 30min
            history 2026-03-05 medicare_b patient_id=13
              97110 GP x2 30min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP KX x2 30min")}
        """),
        good(f"""
            visit 2026-03-04 medicare_b
              97110 GP KX x2 30min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x2 30min")}
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP KX x2 30min
            history 2026-03-02 medicare_b patient_id=10
              97110 GP KX x2 30min
            history 2026-03-03 medicare_b patient_id=11
              97110 GP KX x2 30min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP KX x2 30min
            history 2026-03-05 medicare_b patient_id=13
              97110 GP KX x2 30min
        """),
        unknown(
            f"""
            visit 2026-03-04 medicare_b discipline=?
              97110 GP x2 30min
            {other_therapists(10, "97110 GP x2 30min", "97110 GP x2 30min")}
            """,
            lacks="KX of every visit",
        ),
    ),
)
