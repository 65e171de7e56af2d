"""A therapist's line carries AT.

AT tells a chiropractor's active treatment from maintenance. Therapists have no such modifier; the line reads as
chiropractic.

Not flagged: claims of chiropractors.
Fix: take AT off; ATTEST, because the rendering provider may be what is wrong.
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
    code="MD403",
    name="active-treatment-modifier-by-a-therapist",
    over="lines",
    severity=Severity.ADVICE,
    applies=one_of(col.rendering_credential, ["PT", "PTA", "OT", "OTA", "SLP"]),
    flag=has_modifier("AT"),
    message="{code} carries {modifiers} for {rendering_credential:article}; AT belongs to chiropractors",
    concept="modifier-at-by-therapist",
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "AT is for chiropractors only",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(Safety.ATTEST, title="Take AT off", field="modifiers", new=without_modifier("AT")),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97140 GP AT x1
            """,
            at="line 1",
            says="97140 carries GP, AT for a PT; AT belongs to chiropractors",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_credential=?
              97140 GP AT x1
            """,
            lacks="PT",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_credential=DC
              98941 AT x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=PTA
              97140 GP AT x1
            """,
            at="line 1",
            says="97140 carries GP, AT for a PTA; AT belongs to chiropractors",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=OT discipline=OT
              97140 GO AT x1
            """,
            at="line 1",
            says="97140 carries GO, AT for an OT; AT belongs to chiropractors",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=OTA discipline=OT
              97140 GO AT x1
            """,
            at="line 1",
            says="97140 carries GO, AT for an OTA; AT belongs to chiropractors",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=SLP discipline=SLP
              92507 GN AT x1
            """,
            at="line 1",
            says="92507 carries GN, AT for an SLP; AT belongs to chiropractors",
        ),
    ),
)
