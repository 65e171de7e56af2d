"""A service that takes hands or equipment beside the patient is billed as telehealth.

Manual therapy, massage, traction and the other modalities cannot be given over video; none was on the list of therapy
codes that Medicare took by telehealth.

Not flagged: exercise, gait, activities and evaluations.
Fix: none; the visit tells the place.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

_HANDS_ON = (
    "95992", "97010", "97012", "97014", "97016", "97018", "97022", "97024", "97026", "97028", "97032", "97033",
    "97034", "97035", "97036", "97113", "97124", "97140", "97597", "97598",
    "97602", "97605", "97606", "97610", "20560", "20561", "G0281", "G0283", "G0329"
)  # fmt: skip

rule = Rule(
    code="PS105",
    name="hands-on-code-by-telehealth",
    over="lines",
    severity=Severity.RECOUP,
    applies=col.place_is_telehealth,
    flag=one_of(col.code, _HANDS_ON),
    message="{code} takes hands or equipment beside the patient, place of service {place_of_service} is telehealth",
    concept="hands-on-by-telehealth",
    sources=(
        page(
            "American Physical Therapy Association",
            "Telehealth by physical therapists under Medicare, 2020",
            "codes on the list: evaluations, exercise, gait, group, activities, self-care, devices",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b place_of_service=10
              97110 GP 95 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=10
              97110 GP 95 x1 15min
              97140 GP 95 x1 15min
            """,
            at="line 2",
            says="97140 takes hands or equipment beside the patient, place of service 10 is telehealth",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=02
              G0283 GP 95 x1
            """,
            at="line 1",
            says="G0283 takes hands or equipment beside the patient, place of service 02 is telehealth",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97140 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b place_of_service=10
              97110 GP 95 x2 30min code=?
            """,
            lacks="code",
        ),
    ),
)
