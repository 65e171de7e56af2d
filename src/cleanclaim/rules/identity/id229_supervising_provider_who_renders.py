"""The therapist is named as supervising provider too.

A supervising provider is named where somebody else rendered under supervision. Nobody supervises himself, and
clearinghouses turn such a claim away.

Not flagged: claims that name no supervising provider, as most of therapy.
Fix: take the supervising provider off; ATTEST, because it may be the therapist who is named wrongly.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID229",
    name="supervising-provider-who-renders",
    over="claims",
    severity=Severity.REJECT,
    applies=col.supervising_npi != "",
    flag=col.supervising_npi == col.rendering_npi,
    message="{supervising_npi} is both therapist and supervising provider",
    concept="supervising-is-rendering",
    dollars=col.claim_allowed_cents,
    fix=Fix(
        Safety.ATTEST, title="Take the supervising provider off the claim", field="supervising_npi", new=pl.lit("")
    ),
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "supervising provider: required when the rendering provider is supervised by a physician",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "clearinghouse edit: supervising provider equals rendering provider",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b supervising_npi=1003000126
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b supervising_npi=1245319599
              97110 GP x2 30min
            """,
            at="claim",
            says="1245319599 is both therapist and supervising provider",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b supervising_npi=?
              97110 GP x2 30min
            """,
            lacks="supervising provider",
        ),
    ),
)
