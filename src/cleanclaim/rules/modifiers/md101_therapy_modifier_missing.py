"""A code that is always therapy carries none of GP, GO and GN.

The modifier says under which discipline's plan of care the service was furnished. On an always-therapy code a line
without it is denied, whoever billed it.

Not flagged: codes that are therapy only under a plan (MD103); payers that want the modifier on every line (MD102).
Fix: GP where a physical therapist is named and a plan of care is on file; SAFE, because nothing else can be meant.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, lacks_modifier, unknown, with_modifier
from cleanclaim.sources import Confidence, manual, page

_MOST = 4
"""A claim line has room for four modifiers."""

rule = Rule(
    code="MD101",
    name="therapy-modifier-missing",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that want the modifier on always-therapy codes",
    applies=(col.payer_therapy_modifier == "always_therapy") & (col.therapy_designation == "always"),
    flag=lacks_modifier("GP", "GO", "GN"),
    message="{code} carries none of GP, GO and GN, the payer takes it only with one",
    concept="therapy-modifier-missing",
    dollars=col.allowed_cents,
    sources=(
        manual(
            "100-04", "ch. 5 §20.1, discipline modifiers", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY
        ),
        page(
            "CMS",
            "Physician Fee Schedule relative value files (PPRRVU)",
            "STATUS CODE and MULT PROC, editions of 2020 to July 2026",
            read_on=date(2026, 11, 21),
        ),
        page(
            "UnitedHealthcare",
            "Commercial physical medicine and rehabilitation policy",
            "GP, GO and GN from 2020-07-01; CQ and CO",
            read_on=date(2026, 11, 21),
            url="https://www.uhcprovider.com",
        ),
    ),
    fix=Fix(
        Safety.SAFE,
        title="Add GP: a physical therapist furnished it under a plan of care",
        where=(
            (col.discipline == "PT")
            & (col.rendering_credential == "PT")
            & col.has_plan_of_care
            & lacks_modifier("CO")
            & (col.modifiers.list.len() < _MOST)
        ),
        field="modifiers",
        new=with_modifier("GP", first=True),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 x2 30min
            """,
            at="line 1",
            says="97110 carries none of GP, GO and GN, the payer takes it only with one",
        ),
        bad(
            """
            visit 2020-07-01 uhc_commercial
              97110 x2 30min
            """,
            at="line 1",
            says="97110 carries none of GP, GO and GN, the payer takes it only with one",
        ),
        exempt("""
            visit 2020-06-30 uhc_commercial
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97530 59 x1 15min
            """,
            at="line 2",
            says="97530 carries none of GP, GO and GN, the payer takes it only with one",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97110 x2 30min
            """,
            lacks="payer's file",
        ),
        unknown(
            """
            visit 2019-12-31 medicare_b
              97110 x2 30min
            """,
            lacks="always or sometimes",
        ),
        exempt("""
            visit 2026-03-04 cash
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97597 x1 20min
        """),
        good("""
            visit 2026-03-04 medicare_b discipline=OT rendering_credential=OT
              97535 GO x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b discipline=SLP rendering_credential=SLP
              92507 GN x1 30min
        """),
    ),
)
