"""An organization bills with a given name, or a person without one.

A claim says whether a person or an organization bills. A person has a family and a given name, an organization one
name; the payer holds both against the enrollment.

Not flagged: organizations named after a person, in the one name.
Fix: none; the enrollment tells which of both bills.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID231",
    name="clinic-named-in-the-wrong-form",
    over="claims",
    severity=Severity.REJECT,
    flag=(col.billing_is_person & (col.billing_given_name == ""))
    | (col.billing_is_person.not_() & (col.billing_given_name != ""))
    | (col.billing_name == ""),
    message="the billing provider's name has not the form of a person's or of an organization's",
    concept="billing-name-form",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "billing provider name: given name only for a person; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b billing_is_person=true billing_name=Thorne billing_given_name=Avery
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_is_person=true billing_name=Thorne
              97110 GP x2 30min
            """,
            at="claim",
            says="the billing provider's name has not the form of a person's or of an organization's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_given_name=Avery
              97110 GP x2 30min
            """,
            at="claim",
            says="the billing provider's name has not the form of a person's or of an organization's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_name=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the billing provider's name has not the form of a person's or of an organization's",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_is_person=? billing_given_name=Avery
              97110 GP x2 30min
            """,
            lacks="person bills",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_given_name=?
              97110 GP x2 30min
            """,
            lacks="given name",
        ),
    ),
)
