"""A drug on a line is not written in eleven digits.

Claims carry the national drug code as five, four and two digits without hyphens. The package shows ten, so that a zero
is missing in one of the three parts.

Not flagged: lines without a drug, as nearly all of therapy.
Fix: none; which part wants the zero is read off the package's hyphens.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF111",
    name="drug-code-malformed",
    over="lines",
    severity=Severity.REJECT,
    applies=col.drug_code != "",
    flag=col.drug_code.str.contains(r"^[0-9]{11}$").not_(),
    message="{code} names a drug of another form, a claim wants eleven digits without hyphens",
    concept="drug-code-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "drug: national drug code, 5-4-2 form",
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
              J1100 x1 0min drug_code=0406-0488-01 drug_unit=ML
            """,
            at="line 1",
            says="J1100 names a drug of another form, a claim wants eleven digits without hyphens",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              J1100 x1 0min drug_code=0406048801 drug_unit=ML
            """,
            at="line 1",
            says="J1100 names a drug of another form, a claim wants eleven digits without hyphens",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min drug_code=?
            """,
            lacks="national drug code",
        ),
    ),
)
