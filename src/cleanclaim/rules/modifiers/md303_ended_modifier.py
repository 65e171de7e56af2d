"""A modifier is billed after its last day.

Modifiers end like codes do. The severity modifiers CH to CN of functional reporting ended with 2019; a line that still
carries one is turned away.

Not flagged: dates of service on or before the last day.
Fix: take the ended modifiers off; ATTEST, because another may have to take their place.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MD303",
    name="ended-modifier",
    over="lines",
    severity=Severity.REJECT,
    flag=col.modifiers_ended.list.len() > 0,
    message="{code} carries {modifiers_ended}, which ended before the date of service",
    concept="modifier-ended",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "End of functional reporting",
            "severity modifiers ended with their codes at the end of 2019",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take the ended modifiers off",
        field="modifiers",
        new=col.modifiers.list.set_difference(col.modifiers_ended),
    ),
    examples=(
        good("""
            visit 2019-12-31 medicare_b
              97110 GP CK x1
        """),
        bad(
            """
            visit 2020-01-01 medicare_b
              97110 GP CK x1
            """,
            at="line 1",
            says="97110 carries CK, which ended before the date of service",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 CJ GP CK x1
            """,
            at="line 1",
            says="97110 carries CJ, CK, which ended before the date of service",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b date_of_service=?
              97110 GP CK x1
            """,
            lacks="date",
        ),
    ),
)
