"""A therapy line carries 51.

51 marks further procedures of a surgeon, for the payer to reduce. Therapy has its own reduction, which needs no
modifier; with 51 the line is reduced twice or denied.

Not flagged: codes that are no therapy codes.
Fix: take 51 off; ATTEST, because the line may be meant otherwise.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    has_modifier,
    one_of,
    unknown,
    without_modifier,
)
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD402",
    name="several-procedures-modifier-on-therapy",
    over="lines",
    severity=Severity.DENY,
    applies=one_of(col.service_designation, ["always", "sometimes"]),
    flag=has_modifier("51"),
    message="{code} carries {modifiers}; 51 is never billed on therapy codes",
    concept="modifier-51-on-therapy",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Trade pages",
            "Modifiers in therapy billing",
            "51 never on therapy codes",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(Safety.ATTEST, title="Take 51 off", field="modifiers", new=without_modifier("51")),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97140 GP 51 x1
            """,
            at="line 2",
            says="97140 carries GP, 51; 51 is never billed on therapy codes",
        ),
        bad(
            """
            visit 2026-03-04 aetna
              97014 51 x1
            """,
            at="line 1",
            says="97014 carries 51; 51 is never billed on therapy codes",
        ),
        unknown(
            """
            visit 2019-12-31 medicare_b
              97110 GP 51 x1
            """,
            lacks="always or sometimes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              98941 51 x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97597 GP 51 x1
            """,
            at="line 1",
            says="97597 carries GP, 51; 51 is never billed on therapy codes",
        ),
    ),
)
