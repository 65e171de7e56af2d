"""A remote monitoring supply carries CQ or CO.

The supply codes pay for the device and its data, which nobody furnishes by the minute. The assistant's modifier
belongs on set-up and management only, and lowers the payment here for nothing.

Not flagged: 98975, 98979, 98980 and 98981.
Fix: take the modifier off; ATTEST, because the payer may say otherwise.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, unknown, without_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD211",
    name="assistant-modifier-on-monitoring-supply",
    over="lines",
    severity=Severity.LEFT,
    applies=col.takes_assistant_modifier.not_(),
    flag=has_modifier("CQ", "CO"),
    message="{code} carries {modifiers}; supplies take no assistant modifier",
    concept="assistant-modifier-not-needed",
    dollars=col.assistant_reduction_cents,
    sources=(
        page(
            "ORVA",
            "Remote monitoring and the assistant modifier",
            "supply codes 98976, 98977, 98984 and 98985",
            read_on=date(2026, 11, 21),
            url="https://getorva.com",
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST, title="Take the assistant's modifier off", field="modifiers", new=without_modifier("CQ", "CO")
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              98985 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              98985 GP CQ x1
            """,
            at="line 1",
            says="98985 carries GP, CQ; supplies take no assistant modifier",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              98980 GP CQ x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              98985 code=? GP CQ x1
            """,
            lacks="procedure code",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              98985 GO CO x1
            """,
            at="line 1",
            says="98985 carries GO, CO; supplies take no assistant modifier",
        ),
    ),
)
