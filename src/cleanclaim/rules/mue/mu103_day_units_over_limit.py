"""More units of a code are billed for a day than Medicare pays without a look at the record.

For these codes (adjudication indicator 3) the limit counts every line and claim of the day. Everything under the
code is denied; units above the limit are paid only on appeal, with a record that shows why they were needed.

Not flagged: the limit itself; 97110 at 7 units is over, at 6 it is not, though 8 is often printed; payers who do not
apply Medicare's limits.
Fix: none is proposed; the units may be right and the appeal the way.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MU103",
    name="day-units-over-limit",
    over="day_codes",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's unit limits",
    applies=col.payer_mue_applies & col.has_unit_limit & (col.limit_mai == 3) & (col.limit_units > 0),  # noqa: PLR2004
    flag=(col.billed_units > col.limit_units) | (col.billed_units_in_all > col.limit_units),
    message="{billed_units:count unit} of {day_code} on one day; by {limit_basis} the payer pays {limit_units}, more only on appeal "
    "with the record",
    concept="units-over-mue",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI medically unlikely edits, practitioner services",
            "2024-07-01 whole; 2026 quarter 2, adjudication indicator 3; read in copies",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-04-01 medicare_b
              97110 GP x7 105min
            """,
            at="97110",
            says="7 units of 97110 on one day; by the edition of 2026-04-01 the payer pays 6, more only on appeal with the record",
        ),
        good("""
            visit 2026-04-01 medicare_b
              97110 GP x6 90min
              97535 GP x8 120min
        """),
        bad(
            """
            visit 2026-07-01 medicare_b
              97140 GP x4 60min
              97140 GP CQ x3 45min pta=45
            """,
            at="97140",
            says="7 units of 97140 on one day; by the edition of 2026-04-01 (unconfirmed for 2026-07-01) the payer pays 6, more "
            "only on appeal with the record",
        ),
        bad(
            """
            visit 2026-04-01 medicare_b
              97112 GP x3 45min
            history 2026-04-01 medicare_b
              97112 GP x2 30min
            """,
            at="97112",
            says="5 units of 97112 on one day; by the edition of 2026-04-01 the payer pays 4, more only on appeal with the record",
        ),
        good("""
            visit 2026-04-01 medicare_b
              97112 GP x3 45min
            history 2026-04-01 medicare_b billing_npi=1003000126
              97112 GP x2 30min
        """),
        exempt("""
            visit 2026-04-01 cash
              97110 x7 105min
        """),
        unknown(
            """
            visit 2026-04-01 medicare_b
              97110 GP x? 105min
            """,
            lacks="billed units",
        ),
        unknown(
            """
            visit 2026-04-01 medicare_b knows_history=false
              97110 GP x6 90min
            """,
            lacks="other claims",
        ),
        bad(
            """
            visit 2026-04-01 medicare_b knows_history=false
              97110 GP x7 105min
            """,
            at="97110",
            says="7 units of 97110 on one day; by the edition of 2026-04-01 the payer pays 6, more only on appeal with the record",
        ),
        good("""
            visit 2026-04-01 medicare_b
              97112 GP x2 30min
            history 2026-04-01 medicare_b
              97112 GP x1 15min
        """),
        exempt("""
            visit 2026-04-01 medicare_b
              97161 GP x1 30min
        """),
        exempt("""
            visit 2026-04-01 medicare_b
              97010 GP x1 10min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              98016 GP x1 10min
        """),
    ),
)
