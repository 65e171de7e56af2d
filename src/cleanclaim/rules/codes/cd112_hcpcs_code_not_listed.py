"""A code has the form of a HCPCS Level II code, and no such code exists on the day.

Clearinghouses hold every code against the quarter's list. A letter and four digits that are not on it are a slip of the
finger, or a code of a payer's own that others do not know.

Not flagged: codes of CPT; a code outside the days of the list at hand, which may have ended or begun since.
Fix: none is proposed; the code has to be read again.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD112",
    name="hcpcs-code-not-listed",
    over="lines",
    severity=Severity.REJECT,
    applies=col.code_is_hcpcs,
    flag=col.hcpcs_is_listed.not_(),
    message="{code} is not on the list of HCPCS codes of {date_of_service}",
    concept="unknown-code",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "HCPCS Level II, alphanumeric file",
            "quarterly update of July 2024, codes",
            read_on=date(2026, 11, 21),
        ),
        page(
            "National Government Services, Common Electronic Data Interchange",
            "Top ten edits on the 277CA, 2018 and 2022",
            "X222.351.2400.SV101-2.020: the code must be valid on the date of service",
            read_on=date(2026, 11, 21),
            url="https://ngscedi.com/web/ngscedi/w/top-10-edits-in-october-2022",
        ),
    ),
    examples=(
        good("""
            visit 2024-08-05 medicare_b
              G0283 GP x1
        """),
        bad(
            """
            visit 2024-08-05 medicare_b
              G0284 GP x1
            """,
            at="line 1",
            says="G0284 is not on the list of HCPCS codes of 2024-08-05",
        ),
        bad(
            """
            visit 2024-07-01 medicare_b
              G0284 GP x1
            """,
            at="line 1",
            says="G0284 is not on the list of HCPCS codes of 2024-07-01",
        ),
        bad(
            """
            visit 2024-09-30 medicare_b
              G0284 GP x1
            """,
            at="line 1",
            says="G0284 is not on the list of HCPCS codes of 2024-09-30",
        ),
        unknown(
            """
            visit 2024-06-30 medicare_b
              G0284 GP x1
            """,
            lacks="HCPCS",
        ),
        unknown(
            """
            visit 2024-10-01 medicare_b
              G0284 GP x1
            """,
            lacks="HCPCS",
        ),
        good("""
            visit 2026-03-04 medicare_b
              L1833 GP x1
        """),
        exempt("""
            visit 2024-08-05 medicare_b
              97110 GP x1
        """),
        unknown(
            """
            visit 2024-08-05 medicare_b
              97110 code=? GP x1
            """,
            lacks="HCPCS",
        ),
    ),
)
