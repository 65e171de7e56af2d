"""A line points first to a diagnosis that may only stand behind another.

The first pointer says why the service was given. An external cause, a germ or a manifestation cannot say that, and the
payer denies the line.

Not flagged: such a diagnosis behind another pointer; the first diagnosis of the claim, of which DX201 to DX204 speak.
Fix: none is proposed; which diagnosis the service was for is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX210",
    name="line-led-by-secondary-diagnosis",
    over="lines",
    severity=Severity.DENY,
    applies=(col.pointer_count > 0) & (col.pointers.list.first() > 1),
    flag=col.is_led_by_secondary,
    message="{code} points first to {leading_diagnosis}, which may only stand behind another diagnosis",
    concept="pointer-to-secondary",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "chapter 20 note, note of block B95-B97, code-first notes",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx S83.511D W19.XXXD
              97110 GP x2 30min dx=2,1
            """,
            at="line 1",
            says="97110 points first to W19.XXXD, which may only stand behind another diagnosis",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx E53.8 G63
              97110 GP x2 30min dx=1
              97112 GP x1 15min dx=2
            """,
            at="line 2",
            says="97112 points first to G63, which may only stand behind another diagnosis",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx S83.511D M25.561 W19.XXXD
              97110 GP x2 30min dx=2,3
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx S83.511D W19.XXXD
              97110 GP x2 30min dx=1,2
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx W19.XXXD S83.511D
              97110 GP x2 30min dx=1,2
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx W19.XXXD
              97110 GP x2 30min dx=none
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx S83.511D ?
              97110 GP x2 30min dx=2
            """,
            lacks="diagnoses each line points to",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx S83.511D W19.XXXD
              97110 GP x2 30min dx=?
            """,
            lacks="diagnoses",
        ),
    ),
)
