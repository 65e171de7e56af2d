"""The clinic's telephone number has not ten digits.

A claim gives the number with its area code and nothing else, so that the payer can ask. Clearinghouses check the
form.

Not flagged: dots, dashes, blanks and brackets, which are left out when the claim is written; a clinic without a
number, where the submitter's is used.
Fix: none; the clinic knows its number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID128",
    name="billing-phone-malformed",
    over="claims",
    severity=Severity.REJECT,
    applies=col.billing_phone != "",
    flag=col.billing_phone.str.contains(r"^[^0-9]*([0-9][^0-9]*){10}$").not_(),
    message="telephone number {billing_phone} of the clinic, a claim takes ten digits",
    concept="billing-phone-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 004010X096A1 as reprinted by eedi.net",
            "billing provider contact: number with its area code",
            read_on=date(2026, 11, 21),
            url="http://www.eedi.net/837004010X096A1/17_837004010X096A1.htm",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "X12",
            "837P 005010X222A1",
            "billing provider contact: ten digits",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b billing_phone=3125550100
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              set billing_phone = (312) 555-0100
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_phone=312555010
              97110 GP x2 30min
            """,
            at="claim",
            says="telephone number 312555010 of the clinic, a claim takes ten digits",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_phone=13125550100
              97110 GP x2 30min
            """,
            at="claim",
            says="telephone number 13125550100 of the clinic, a claim takes ten digits",
        ),
        exempt("""
            visit 2026-03-04 medicare_b billing_phone=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_phone=?
              97110 GP x2 30min
            """,
            lacks="telephone number",
        ),
    ),
)
