"""Two remote monitoring codes are billed for one period of which only one is due.

Management of a month is either ten to nineteen minutes or the first twenty, once; the supply of thirty days is either
the short or the long count of days, once. The second one in a period is denied.

Not flagged: codes of different months or periods; the same code on two lines of a day, which is a duplicate (DP101).
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
    effective=since(2022, 1, 1),
    applies=one_of(col.code, ["98976", "98977", "98978", "98979", "98980", "98984", "98985", "98986"]),
    flag=col.monitoring_clash,
    message="{code} billed, and {monitoring_partner} for the same period; one of the two is paid",
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
            "PT Management Support Systems",
            "Remote therapeutic monitoring by physical and occupational therapists",
            "98977 once every 30 days, 98980 by the calendar month",
            read_on=date(2026, 11, 22),
            url="https://pt-management.com/blog/remote-therapeutic-monitoring-by-physical-and-occupational-therapists/",
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
            says="98980 billed, and 98979 for the same period; one of the two is paid",
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
            says="98977 billed, and 98985 for the same period; one of the two is paid",
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
        good("""
            visit 2025-12-31 medicare_b
              98980 GP x1
        """),
        exempt("""
            visit 2021-12-31 medicare_b
              98977 GP x1
            history 2021-12-20 medicare_b
              98977 GP x1
        """),
        bad(
            """
            visit 2022-01-30 medicare_b
              98977 GP x1
            history 2022-01-01 medicare_b
              98977 GP x1
            """,
            at="line 1",
            says="98977 billed, and 98977 for the same period; one of the two is paid",
        ),
        good("""
            visit 2026-03-31 medicare_b
              98977 GP x1
            history 2026-03-01 medicare_b
              98977 GP x1
        """),
        # The first of a period is paid; its successor is what is flagged.
        good("""
            visit 2026-03-04 medicare_b
              98977 GP x1
            history 2026-03-20 medicare_b
              98977 GP x1
        """),
        bad(
            """
            visit 2026-03-31 medicare_b
              98980 GP x1
            history 2026-03-01 medicare_b
              98980 GP x1
            """,
            at="line 1",
            says="98980 billed, and 98980 for the same period; one of the two is paid",
        ),
        good("""
            visit 2026-04-01 medicare_b
              98980 GP x1
            history 2026-03-31 medicare_b
              98980 GP x1
        """),
        bad(
            """
            visit 2026-03-31 medicare_b
              98984 GP x1
            history 2026-03-20 medicare_b
              98976 GP x1
            """,
            at="line 1",
            says="98984 billed, and 98976 for the same period; one of the two is paid",
        ),
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
            says="98985 billed, and 98977 for the same period; one of the two is paid",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              98979 GP x1
            history 2026-03-01 medicare_b
              98980 GP x1
            """,
            at="line 1",
            says="98979 billed, and 98980 for the same period; one of the two is paid",
        ),
    ),
)
