"""A line names a drug and not how much of it was given.

The payer prices a drug by its quantity; a claim that states none, or zero, is turned away.

Not flagged: lines without a drug.
Fix: none; the record of what was given tells the quantity.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CF113",
    name="drug-without-its-quantity",
    over="lines",
    severity=Severity.REJECT,
    applies=col.drug_code != "",
    flag=col.has_drug_quantity.not_(),
    message="{code} names a drug without its quantity",
    concept="drug-quantity-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Stedi",
            "Changelog",
            "claim edit: drug unit count above zero",
            read_on=date(2026, 11, 21),
            url="https://www.stedi.com/changelog",
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
              J1100 x1 0min drug_code=00406048801 drug_unit=ML has_drug_quantity=false
            """,
            at="line 1",
            says="J1100 names a drug without its quantity",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min has_drug_quantity=false
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min drug_code=00406048801 has_drug_quantity=?
            """,
            lacks="quantity of the drug",
        ),
    ),
)
