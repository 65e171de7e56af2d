"""A physician's office or hospital visit is billed by a therapist.

Evaluation and management codes belong to physicians and those who practice like them. A therapist bills an
evaluation or a re-evaluation of the own discipline; the visit code is denied.

Not flagged: contacts by telephone or portal that have codes for therapists.
Fix: none is proposed; the findings of the evaluation decide its level.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD110",
    name="physician-visit-by-a-therapist",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="Medicare Part B and Medicare Advantage",
    applies=one_of(col.payer_kind, ["medicare_b", "medicare_advantage"])
    & one_of(col.rendering_credential, ["PT", "PTA", "OT", "OTA", "SLP"]),
    flag=(col.code_section == "evaluation_and_management") & col.code_is_listed.not_(),
    message="{code} is a visit of a physician, the claim names {rendering_credential:article}",
    concept="physician-code-by-therapist",
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
            "evaluation and management codes are not for therapists",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              99213 GP x1
            """,
            at="line 1",
            says="99213 is a visit of a physician, the claim names a PT",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_credential=?
              99213 GP x1
            """,
            lacks="PT",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_credential=MD
              99213 x1
        """),
        exempt("""
            visit 2026-03-04 uhc_commercial
              99213 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_advantage rendering_credential=OT discipline=OT
              99213 GO x1
            """,
            at="line 1",
            says="99213 is a visit of a physician, the claim names an OT",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=PTA
              99213 GP x1
            """,
            at="line 1",
            says="99213 is a visit of a physician, the claim names a PTA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=OTA discipline=OT
              99213 GO x1
            """,
            at="line 1",
            says="99213 is a visit of a physician, the claim names an OTA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=SLP discipline=SLP
              99213 GN x1
            """,
            at="line 1",
            says="99213 is a visit of a physician, the claim names an SLP",
        ),
        good("""
            visit 2026-03-04 medicare_b
              98016 GP x1 10min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97111 GP x1
        """),
    ),
)
