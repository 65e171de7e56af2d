"""Two remote monitoring codes are billed for one period of which only one is due.

Management of a month is either ten to nineteen minutes or the first twenty, not both; musculoskeletal supply of thirty
days is either the short or the long count of days, and Medicare does not pay both. The second one is denied.

Not flagged: codes of different months or periods.
Fix: none is proposed; the time and the days of data decide which one is right.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD122",
    name="monitoring-codes-that-exclude-each-other",
    over="lines",
    severity=Severity.DENY,
    effective=since(2026, 1, 1),
    applies=one_of(col.code, ["98979", "98980", "98985", "98977"]),
    flag=col.monitoring_clash,
    message="{code} billed, {monitoring_partner} is billed for the same period",
    concept="monitoring-codes-clash",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Nixon Law Group",
            "CMS finalizes 2026 remote monitoring reimbursement updates",
            "supply codes of 2 to 15 days not with those of 16 days in 30 days; 98979 for 10 to 19 minutes of a month",
            read_on=date(2026, 11, 21),
            url="https://www.nixonlawgroup.com/resources/cms-finalizes-2026-remote-monitoring-reimbursement-updates-what-changed-for-rpm-and-rtm",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "FairPath",
            "Remote therapeutic monitoring in 2026",
            "CR 14250, codes and day counts",
            read_on=date(2026, 11, 21),
            url="https://fairpath.ai",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              98980 GP x1
            history 2026-03-01 medicare_b
              98979 GP x1
            """,
            at="line 1",
            says="98980 billed, 98979 is billed for the same period",
        ),
        good("""
            visit 2026-03-04 medicare_b
              98980 GP x1
            history 2026-02-28 medicare_b
              98979 GP x1
        """),
        bad(
            """
            visit 2026-03-31 medicare_b
              98977 GP x1
            history 2026-03-02 medicare_b
              98985 GP x1
            """,
            at="line 1",
            says="98977 billed, 98985 is billed for the same period",
        ),
        good("""
            visit 2026-03-31 medicare_b
              98977 GP x1
            history 2026-03-01 medicare_b
              98985 GP x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              98980 GP x1
            """,
            lacks="earlier claims",
        ),
        exempt("""
            visit 2025-12-31 medicare_b
              98980 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2026-01-01 medicare_b
              98979 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              98985 GP x1
        """),
        bad(
            """
            visit 2026-03-31 medicare_b
              98985 GP x1
            history 2026-03-02 medicare_b
              98977 GP x1
            """,
            at="line 1",
            says="98985 billed, 98977 is billed for the same period",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              98979 GP x1
            history 2026-03-01 medicare_b
              98980 GP x1
            """,
            at="line 1",
            says="98979 billed, 98980 is billed for the same period",
        ),
    ),
)
