"""A line lacks the modifier of the advance notice that the patient signed for its service.

On the notice the patient asked that Medicare be billed. GA says that the required notice is on file: if Medicare denies
the service as not necessary, the patient owes it and may appeal. Without it the denial falls on the clinic, notice or
not. For a service that Medicare never covers, GY says so, and GX that a notice was given all the same.

Not flagged: services that no signed notice names by their code; payers whose patients get no such notice, Medicare
Advantage among them.
Fix: the notice's modifiers in place of KX and of others about notices; ATTEST, because the line then says that a denial
is expected.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    known_true,
    unknown,
    without_modifier,
)
from cleanclaim.sources import manual, page

_carried = col.notice_modifiers.list.set_intersection(col.modifiers).list.len()

rule = Rule(
    code="MD312",
    name="notice-modifier-missing",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers whose patients get the Medicare notice",
    applies=col.payer_abn_used & known_true(col.notice_choice == "1"),
    flag=_carried < col.notice_modifiers.list.len(),
    message="{code} carries {modifiers}; the notice that the patient signed calls for {notice_modifiers}",
    concept="notice-modifier-missing",
    dollars=col.allowed_cents,
    sources=(
        page(
            "First Coast Service Options",
            "Advance beneficiary notice modifiers",
            "GA required notice, GX voluntary notice and with GY, GY excluded",
            read_on=date(2026, 11, 21),
            url="https://medicare.fcso.com/Billing_news/140588.asp",
        ),
        manual("100-04", "ch. 30 §50, as contractors' pages name it", read_on=date(2026, 11, 21)),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Put the signed notice's modifiers on the line, and take KX off",
        field="modifiers",
        new=pl.concat_list(without_modifier("KX", "GA", "GX", "GY", "GZ"), col.notice_modifiers),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP GA x1 notice_choice=1 notice_modifiers=GA
        """),
        good("""
            visit 2026-03-04 medicare_b has_abn=true
              97037 GX GP GY x1 notice_choice=1 notice_modifiers=GY,GX
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP x1 notice_choice=1 notice_modifiers=GA
            """,
            at="line 1",
            says="97110 carries GP; the notice that the patient signed calls for GA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=true
              97140 GP x1
              97110 GP KX x1 notice_choice=1 notice_modifiers=GA
            """,
            at="line 2",
            says="97110 carries GP, KX; the notice that the patient signed calls for GA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP GZ x1 notice_choice=1 notice_modifiers=GA
            """,
            at="line 1",
            says="97110 carries GP, GZ; the notice that the patient signed calls for GA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=true
              97037 GP GY x1 notice_choice=1 notice_modifiers=GY,GX
            """,
            at="line 1",
            says="97037 carries GP, GY; the notice that the patient signed calls for GY, GX",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP x1 notice_choice=1 notice_modifiers=?
            """,
            lacks="notice",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_advantage has_abn=true
              97110 GP x1 notice_choice=1 notice_modifiers=GA
        """),
    ),
)
