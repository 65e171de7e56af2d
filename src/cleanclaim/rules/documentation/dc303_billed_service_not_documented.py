"""A service without a time basis is billed, and the visit's record does not have it.

The treatment note identifies each intervention and modality that is billed, timed or not. What it does not hold was not
furnished, as far as a reviewer can tell, and the payment is taken back.

Not flagged: 15-minute codes, whose units the minutes decide; evaluations and monitoring, which have records of their
own; days on which something else was done and not billed, where the code may be the mistake; notes whose services were
read from prose.
Fix: none; take the line off, or let who furnished it complete the record.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import manual

_OWN_RECORDS = (
    "evaluation",
    "reevaluation",
    "remote_monitoring",
    "functional_reporting",
    "virtual",
    "unlisted",
    "maintenance",
)

rule = Rule(
    code="DC303",
    name="billed-service-not-documented",
    over="day_codes",
    severity=Severity.RECOUP,
    applies=(
        (col.billed_units > 0)
        & col.day_code_is_timed.not_()
        & col.has_own_basis.not_()
        & one_of(col.day_code_family, _OWN_RECORDS).not_()
    ),
    flag=col.lists_services & (col.services_furnished == 0) & col.holds_service_not_billed.not_(),
    message="{day_code} billed, the record of the visit does not have it",
    concept="service-not-documented",
    dollars=col.day_code_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              97012 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              97016 GP x1
              did 97110 30min
            """,
            at="97016",
            says="97016 billed, the record of the visit does not have it",
        ),
        # Another claim of the day may hold the service.
        good("""
            visit 2026-03-04 medicare_b
              97016 GP x1
              did nothing
            history 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min
              did 97016 15min
        """),
        # The note has traction: which of the two was done is told elsewhere.
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              97016 GP x1
              did 97110 30min
              did 97012 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97016 GP x1
              did 97016 15min by=aide
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97140 GP x1
              did 97110 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP
              did nothing
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97016 GP x1
              did ? 30min
            """,
            lacks="under which code",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b lists_services=?
              97110 GP x2 30min
              97016 GP x1
              did 97110 30min
            """,
            lacks="lists what was done",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_services=false lists_services=?
              97016 GP x1
              did nothing
            """,
            lacks="what was done",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP x1 20min
              98975 GP x1
              98970 GP x1
              97799 GP x1
              S8990 GP x1
              97545 GP x1 120min
              did 97110 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97016 10min
        """),
    ),
)
