"""A therapy modifier stands on a code that is never therapy.

Chiropractic and acupuncture codes and physicians' visits belong to no therapy plan of care. The modifier there
contradicts the code.

Not flagged: codes whose designation was not read.
Fix: take the modifier off; ATTEST, because the code may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, unknown, without_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD106",
    name="therapy-modifier-on-another-trade",
    over="lines",
    severity=Severity.ADVICE,
    applies=has_modifier("GP", "GO", "GN"),
    flag=(col.therapy_designation == "none")
    | ((col.code_section == "evaluation_and_management") & col.code_is_listed.not_()),
    message="{code} carries {modifiers}; the code is never furnished under a therapy plan of care",
    concept="therapy-modifier-not-needed",
    sources=(
        page(
            "CMS",
            "Annual therapy code list and dispositions",
            "always and sometimes therapy; the list itself was not read",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(Safety.ATTEST, title="Take the modifier off", field="modifiers", new=without_modifier("GP", "GO", "GN")),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=DC
              98941 GP AT x1
            """,
            at="line 1",
            says="98941 carries GP, AT; the code is never furnished under a therapy plan of care",
        ),
        bad(
            """
            visit 2026-03-04 humana rendering_credential=MD
              99213 GP x1
            """,
            at="line 1",
            says="99213 carries GP; the code is never furnished under a therapy plan of care",
        ),
        unknown(
            """
            visit 2019-12-31 medicare_b
              97110 GP x1
            """,
            lacks="always or sometimes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              98941 x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=DC
              98941 GO x1
            """,
            at="line 1",
            says="98941 carries GO; the code is never furnished under a therapy plan of care",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=DC
              98941 GN x1
            """,
            at="line 1",
            says="98941 carries GN; the code is never furnished under a therapy plan of care",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              98016 GP x1 10min
            """,
            lacks="always or sometimes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97111 GP x1 15min
            """,
            lacks="always or sometimes",
        ),
    ),
)
