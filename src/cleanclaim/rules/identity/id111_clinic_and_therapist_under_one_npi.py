"""An organization bills under the NPI of the therapist.

A clinic has an NPI of its own; so has each therapist. One number in both places contradicts the taxonomy of an
organization, and payers who enroll both deny the claim.

Not flagged: a therapist who bills alone, under a therapist's taxonomy.
Fix: none; the enrollment tells which of the two is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="ID111",
    name="clinic-and-therapist-under-one-npi",
    over="claims",
    severity=Severity.DENY,
    applies=one_of(col.billing_taxonomy_role, ["clinic", "organization"]) & (col.rendering_npi_state != "absent"),
    flag=col.billing_npi == col.rendering_npi,
    message="NPI {billing_npi} is named as clinic and as therapist, and the clinic is an organization",
    concept="clinic-and-therapist-one-npi",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation(
            "45 CFR 162.406",
            "(a) ten digits, the last a check digit",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "an organization and a person have an NPI each",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_npi=1234567893
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 1234567893 is named as clinic and as therapist, and the clinic is an organization",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_npi=1234567893 billing_taxonomy=225100000X
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_npi=?
              97110 GP x2 30min
            """,
            lacks="the clinic that bills",
        ),
        exempt("""
            visit 2026-03-04 medicare_b billing_npi=none rendering_npi=none
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_taxonomy=282N00000X billing_npi=1234567893 rendering_npi=1234567893
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 1234567893 is named as clinic and as therapist, and the clinic is an organization",
        ),
    ),
)
