"""An evaluation or a re-evaluation was furnished by an assistant.

Evaluating is the therapist's own work; assistants treat under the plan that follows from it. Payers do not pay for an
evaluation that an assistant made, and take back what they paid.

Not flagged: an assistant who helped while the therapist evaluated.
Fix: none is proposed; a therapist has to evaluate.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD132",
    name="evaluation-by-an-assistant",
    over="services",
    severity=Severity.RECOUP,
    applies=col.day_code_is_evaluation | col.day_code_is_reevaluation,
    flag=one_of(col.by, ["PTA", "OTA"]),
    message="{service_code} was furnished by {by:article}, evaluations are the therapist's own work",
    concept="evaluation-by-assistant",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "UnitedHealthcare",
            "Commercial physical medicine and rehabilitation policy",
            "codes not paid to therapists; evaluations by assistants",
            read_on=date(2026, 11, 21),
            url="https://www.uhcprovider.com",
        ),
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "assistants do not evaluate",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
              did 97161 40min by=PT
        """),
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
              did 97161 40min by=together
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
              did 97161 40min by=PTA
            """,
            at="service 1",
            says="97161 was furnished by a PTA, evaluations are the therapist's own work",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97164 GP x1
              did 97110 15min by=PTA
              did 97164 20min by=PTA
            """,
            at="service 2",
            says="97164 was furnished by a PTA, evaluations are the therapist's own work",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
              did 97161 40min by=?
            """,
            lacks="PTA",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
              did 97110 15min by=PTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97165 GO x1 30min
              did 97165 30min by=OTA
            """,
            at="service 1",
            says="97165 was furnished by an OTA, evaluations are the therapist's own work",
        ),
    ),
)
