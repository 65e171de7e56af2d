"""A line names a drug and not the unit in which it is counted, or one that claims do not know.

The quantity of a drug means nothing without its unit: milliliters, milligrams, grams, units, or international units.

Not flagged: lines without a drug.
Fix: none; the record of what was given tells the unit.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF112",
    name="drug-without-its-unit",
    over="lines",
    severity=Severity.REJECT,
    applies=col.drug_code != "",
    flag=one_of(col.drug_unit, ["F2", "GR", "ME", "ML", "UN"]).not_(),
    message="{code} names a drug with the unit {drug_unit}, a claim knows F2, GR, ME, ML and UN",
    concept="drug-unit-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "drug quantity: unit of measure F2, GR, ME, ML or UN",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              J1100 x1 0min drug_code=00406048801 drug_unit=ML
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              J1100 x1 0min drug_code=00406048801
            """,
            at="line 1",
            says="J1100 names a drug with the unit none, a claim knows F2, GR, ME, ML and UN",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              J1100 x1 0min drug_code=00406048801 drug_unit=CC
            """,
            at="line 1",
            says="J1100 names a drug with the unit CC, a claim knows F2, GR, ME, ML and UN",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min drug_code=00406048801 drug_unit=?
            """,
            lacks="unit in which",
        ),
    ),
)
