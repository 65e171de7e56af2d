"""A therapy line carries a modifier that only physicians use.

Modifiers of surgery and of the parts of a test (24, 26, 57, 58, 78, 79, TC) say nothing about therapy, and 25 stands on
a visit, never on a treatment. A line that carries one is questioned or denied.

Not flagged: 51 and AT, and 25 on an evaluation, which have findings of their own; codes that are no therapy codes.
Fix: take them off; ATTEST, because the code may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD404",
    name="physician-modifier-on-therapy",
    over="lines",
    severity=Severity.DENY,
    applies=one_of(col.service_designation, ["always", "sometimes"]),
    flag=col.modifiers_out_of_place.list.len() > 0,
    message="{code} carries {modifiers_out_of_place}, which does not belong on therapy codes",
    concept="physician-modifier-on-therapy",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "modifiers of physicians",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take them off",
        field="modifiers",
        new=col.modifiers.list.set_difference(col.modifiers_out_of_place),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP 79 x1
            """,
            at="line 1",
            says="97110 carries 79, which does not belong on therapy codes",
        ),
        bad(
            """
            visit 2026-03-04 aetna
              97014 25 x1
            """,
            at="line 1",
            says="97014 carries 25, which does not belong on therapy codes",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP 25 79 x1
            """,
            at="line 1",
            says="97110 carries 79, 25, which does not belong on therapy codes",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97161 GP 25 x1
        """),
        unknown(
            """
            visit 2019-12-31 medicare_b
              97110 GP 79 x1
            """,
            lacks="always or sometimes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              98941 26 x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97597 GP 79 x1
            """,
            at="line 1",
            says="97597 carries 79, which does not belong on therapy codes",
        ),
    ),
)
