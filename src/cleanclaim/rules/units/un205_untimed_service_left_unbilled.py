"""A service without a time basis was furnished and is not on the claim.

A traction, an evaluation or a group belongs on the claim once, whatever its minutes. What is not billed is lost once
the filing limit has passed.

Not flagged: what Medicare bundles, does not cover or wants under another code; hot and cold packs; supervised
modalities where the payer does not pay them.
Fix: none is proposed; add the line with its diagnosis and charge.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import manual

_NOT_PAID = ("bundled", "invalid", "noncovered")
_COUNTED_OTHERWISE = ("remote_monitoring", "functional_reporting", "virtual", "unlisted", "maintenance")

rule = Rule(
    code="UN205",
    name="untimed-service-left-unbilled",
    over="day_codes",
    severity=Severity.LEFT,
    coding_terms=True,
    applies=(
        col.day_code_is_timed.not_()
        & col.has_own_basis.not_()
        & one_of(col.day_code_family, _COUNTED_OTHERWISE).not_()
        & (col.day_code != "97010")
        & ((col.payer_kind == "medicare_b") & one_of(col.day_code_medicare_status, _NOT_PAID)).not_()
        & ((col.day_code_family == "supervised_modality") & col.payer_supervised_modalities_payable.not_()).not_()
    ),
    flag=pl.when(col.knows_services).then((col.billed_units == 0) & (col.billable_services > 0)),
    message="{day_code} was furnished and is not billed",
    concept="service-not-billed",
    dollars=col.left_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97012 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97012 15min
            """,
            at="97012",
            says="97012 was furnished and is not billed",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97164 20min
            """,
            at="97164",
            says="97164 was furnished and is not billed",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97012 GP x1 15min
              did 97012 15min
              did 97012 5min by=aide
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              did 97012 15min is_billable=?
            """,
            lacks="what was done",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97110 GP x1 15min
              did 97110 15min
              did 97012 10min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97010 10min
        """),
        exempt("""
            visit 2026-03-04 bcbs_vt
              97110 GP x1 15min
              did 97110 15min
              did 97012 10min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97602 20min
              did 97014 15min
              did 97037 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 98975
              did 97799
              did 98970
              did 97550 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP x1 15min
              did 97110 15min
              did 97602 20min
            """,
            at="97602",
            says="97602 was furnished and is not billed",
        ),
        exempt("""
            visit 2026-03-04 uhc_commercial
              97110 GP x1 15min
              did 97110 15min
              did 97010 10min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97012 5min by=aide
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_services=false
              97012 GP x1 15min
            """,
            lacks="what was done",
        ),
        exempt("""
            visit 2026-03-04 uhc_commercial
              97110 GP x1 15min
              did 97110 15min
              did S8990 15min
        """),
    ),
)
