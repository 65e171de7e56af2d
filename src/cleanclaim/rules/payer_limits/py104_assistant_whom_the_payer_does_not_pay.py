"""An assistant furnished a service that the payer pays only to a therapist.

Some payers do not pay assistants at all. TRICARE did not before 2020-04-16.

Not flagged: minutes given by therapist and assistant together.
Fix: none; a service already given cannot change hands.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, has_modifier, unknown
from cleanclaim.sources import page

rule = Rule(
    code="PY104",
    name="assistant-whom-the-payer-does-not-pay",
    over="lines",
    severity=Severity.DENY,
    flag=((col.assistant_minutes > 0) | has_modifier("CQ", "CO")) & col.payer_pay_assistants.not_(),
    message="{code} was furnished by an assistant, the payer pays therapists only",
    concept="assistant-not-paid",
    dollars=col.allowed_cents,
    sources=(
        page(
            "American Physical Therapy Association",
            "TRICARE and therapist assistants",
            "recognized from 2020-04-16",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2020-04-15 tricare
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2020-04-15 tricare
              97110 GP CQ x2 30min pta=30
            """,
            at="line 1",
            says="97110 was furnished by an assistant, the payer pays therapists only",
        ),
        bad(
            """
            visit 2020-04-15 tricare
              97110 GP x2 30min pta=5
            """,
            at="line 1",
            says="97110 was furnished by an assistant, the payer pays therapists only",
        ),
        good("""
            visit 2020-04-16 tricare
              97110 GP CQ x2 30min pta=30
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP CQ x2 30min pta=30
        """),
        good("""
            visit 2026-03-04 aetna
              97110 GP x2 30min
        """),
        good("""
            visit 2020-04-15 tricare
              97110 GP x2 30min together=30
        """),
        unknown(
            """
            visit 2020-04-15 tricare
              97110 GP x2 30min pta=?
            """,
            lacks="assistant",
        ),
        unknown(
            """
            visit 2026-03-04 aetna
              97110 GP CQ x2 30min pta=30
            """,
            lacks="payer's file",
        ),
        bad(
            """
            visit 2020-04-15 tricare
              97110 GP CQ x2 30min pta=0
            """,
            at="line 1",
            says="97110 was furnished by an assistant, the payer pays therapists only",
        ),
        bad(
            """
            visit 2020-04-15 tricare discipline=OT
              97535 GO CO x2 30min pta=0
            """,
            at="line 1",
            says="97535 was furnished by an assistant, the payer pays therapists only",
        ),
        bad(
            """
            visit 2020-04-15 tricare
              97110 GP x2 30min pta=1
            """,
            at="line 1",
            says="97110 was furnished by an assistant, the payer pays therapists only",
        ),
    ),
)
