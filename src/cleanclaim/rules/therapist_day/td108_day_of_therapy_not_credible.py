"""One patient is billed for more timed therapy in a day than anybody bears.

The Inspector General picks out days with more than eight hours of outpatient therapy; no plan of care asks for that.

Not flagged: codes without a time basis.
Fix: none; hold the units against the note.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TD108",
    name="day-of-therapy-not-credible",
    over="days",
    severity=Severity.RECOUP,
    flag=col.timed_units * col.minutes_per_unit > col.questionable_day_minutes,
    message="{timed_units:count timed unit} in a day, more than the {questionable_day_minutes} minutes from which a day is questioned",
    concept="patient-day-implausible",
    sources=(
        page(
            "HHS Office of Inspector General",
            "Questionable Billing for Medicare Outpatient Therapy Services, OEI-04-09-00540, December 2010",
            "characteristic 6: more than 8 hours in a single day, as told by a law firm's page",
            read_on=date(2026, 11, 21),
            url="https://www.healthindustrywashingtonwatch.com/2010/12/articles/other-health-policy-developments/other-oig-developments/questionable-billing-for-medicare-therapy-services/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x16 240min
              97530 GP x16 240min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x17 255min
              97530 GP x16 240min
            """,
            at="day",
            says="33 timed units in a day, more than the 480 minutes from which a day is questioned",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x17 255min
            history 2026-03-04 medicare_b
              97530 GP x16 240min
            """,
            at="day",
            says="33 timed units in a day, more than the 480 minutes from which a day is questioned",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x17 255min
            history 2026-03-03 medicare_b
              97530 GP x16 240min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x?
            """,
            lacks="billed units",
        ),
    ),
)
