"""The services with a therapist add up to more than the treatment time that the note states.

Each minute of the therapist is counted once: minutes given to a group are not counted again one-on-one. When the
services are longer together than the whole treatment, some minutes stand in two places.

Not flagged: supervised modalities, which may run beside other services.
Fix: none is proposed; the therapist says which minutes were counted twice.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="UN304",
    name="services-over-treatment-time",
    over="claims",
    severity=Severity.RECOUP,
    flag=col.visit_attended_minutes > col.total_treatment_minutes_noted,
    message="services with a therapist add up to {visit_attended_minutes:count minute}, the note states {total_treatment_minutes_noted} in all",
    concept="minutes-counted-twice",
    sources=(
        manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),
        page(
            "CMS",
            "Transmittal 1753 (2002-05-17), as read through APTA",
            "one-on-one and group minutes are apart",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97150 GP x1 25min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97150 GP x1 25min
              set total_treatment_minutes_noted = 25
            """,
            at="claim",
            says="services with a therapist add up to 40 minutes, the note states 25 in all",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              G0283 GP x1 15min
              set total_treatment_minutes_noted = 15
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 ?min
            """,
            lacks="treatment minutes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=?
            """,
            lacks="who furnished",
        ),
    ),
)
