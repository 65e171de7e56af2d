"""In a private practice an assistant treated a Medicare patient, and no therapist was on site.

Until the end of 2024 Medicare wanted direct supervision in private practices: the therapist in the office, at once
available. Services furnished without were taken back. Since 2025 general supervision is enough.

Not flagged: days from 2025 on; other payers; what therapist and assistant did together. A state may still ask for more.
Fix: none; the schedule of the day tells who was there.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Period, Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="PY108",
    name="assistant-without-a-therapist-on-site",
    over="services",
    severity=Severity.RECOUP,
    applies=(col.payer_kind == "medicare_b") & one_of(col.by, ["PTA", "OTA"]),
    effective=Period(through=date(2024, 12, 31)),
    flag=col.therapist_on_site.not_(),
    message="an assistant furnished {service_code}, no therapist was on site",
    payers="Medicare Part B",
    concept="assistant-supervision",
    sources=(
        regulation(
            "42 CFR 410.60",
            "(a)(3)(ii): direct supervision until 2024-12-31, general from 2025-01-01; read on secondary pages",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "OptimisPT",
            "Are You Ready For An Audit?",
            "failure to provide adequate PTA supervision",
            read_on=date(2026, 11, 21),
            url="https://www.optimispt.com/blog/are-you-ready-for-an-audit/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2024-12-31 medicare_b
              97110 GP CQ x2 30min pta=30
        """),
        bad(
            """
            visit 2024-12-31 medicare_b therapist_on_site=false
              97110 GP CQ x2 30min pta=30
            """,
            at="service 1",
            says="an assistant furnished 97110, no therapist was on site",
        ),
        exempt("""
            visit 2025-01-01 medicare_b therapist_on_site=false
              97110 GP CQ x2 30min pta=30
        """),
        exempt("""
            visit 2024-12-31 medicare_b therapist_on_site=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2024-12-31 aetna therapist_on_site=false
              97110 GP CQ x2 30min pta=30
        """),
        unknown(
            """
            visit 2024-12-31 medicare_b therapist_on_site=?
              97110 GP CQ x2 30min pta=30
            """,
            lacks="on site",
        ),
        unknown(
            """
            visit 2024-12-31 medicare_b therapist_on_site=false
              97110 GP x2 30min
              did 97110 30min by=?
            """,
            lacks="PT, PTA",
        ),
    ),
)
