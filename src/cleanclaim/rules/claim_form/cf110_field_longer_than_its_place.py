"""A name, address or number on the claim is longer than its place in a claim file.

Clearinghouses reject what does not fit, or cut it off, and then the payer finds no such member, street or
authorization.

Not flagged: texts that fill their place to the last character; a street that takes both of its lines.
Fix: none; shorten it as the card, the postal service or the payer writes it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CF110",
    name="field-longer-than-its-place",
    over="claims",
    severity=Severity.REJECT,
    flag=col.has_long_field,
    message="too long for a claim file: {long_fields}",
    concept="field-too-long",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "lengths of names, addresses and references; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b patient_family_name=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_family_name=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
              97110 GP x2 30min
            """,
            at="claim",
            says="too long for a claim file: patient's family name (at most 60)",
        ),
        good("""
            visit 2026-03-04 aetna member_id=11111111111111111111111111111111111111111111111111111111111111111111111111111111
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 aetna member_id=111111111111111111111111111111111111111111111111111111111111111111111111111111111 claim_key=CCCCCCCCCCCCCCCCCCCCC
              97110 GP x2 30min
            """,
            at="claim",
            says="too long for a claim file: member number (at most 80), claim number (at most 20)",
        ),
        good("""
            visit 2026-03-04 medicare_b claim_key=CCCCCCCCCCCCCCCCCCCC
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b patient_street=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx patient_street_longest=55
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b patient_street=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx patient_street_longest=56
              97110 GP x2 30min
            """,
            at="claim",
            says="too long for a claim file: patient's street (at most 55 in a line)",
        ),
        good("""
            visit 2026-03-04 medicare_b billing_street=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx billing_street_longest=?
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_street=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx billing_street_longest=?
              97110 GP x2 30min
            """,
            lacks="names, addresses",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_street=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx billing_street_longest=?
              97110 GP x2 30min
            """,
            at="claim",
            says="too long for a claim file: clinic's street (at most 111)",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b patient_city=?
              97110 GP x2 30min
            """,
            lacks="names, addresses",
        ),
    ),
)
