"""The plan of care was certified after the time for it.

A delayed certification is accepted when the physician was involved all along. A reviewer wants the reason for the
delay and the order, notes or requests that show it; without them the services before the signature are at risk.

Not flagged: a certification within 30 days of the first treatment, or a renewal.
Fix: none; keep the reason and the requests with the plan.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual, page

rule = Rule(
    code="PC202",
    name="certified-late",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_plan_of_care_certification_required
    & col.is_first_certification
    & (col.certification_method == "signed"),
    flag=col.certified_on > col.certification_due_on,
    message="plan of care certified on {certified_on}, in time was {certification_due_on}; keep the reason for the delay and the requests",
    concept="certified-late",
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "delayed certification",
            read_on=date(2026, 11, 21),
        ),
        manual("100-02", "ch. 15 §220.1.3.D, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b certified_on=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b certified_on=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care certified on 2026-03-05, in time was 2026-03-04; keep the reason for the delay and the requests",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b certified_on=?
              97110 GP x2 30min
            """,
            lacks="date of the certifying signature",
        ),
        exempt("""
            visit 2026-05-10 medicare_b is_recertification=true plan_first_treatment_on=2026-02-02 certified_on=2026-05-01
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash certified_on=2026-03-05
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b certification_method=verbal certified_on=2026-03-05
              97110 GP x2 30min
        """),
    ),
)
