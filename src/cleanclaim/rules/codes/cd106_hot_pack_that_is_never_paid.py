"""Hot or cold packs are billed to a payer that does not pay for them.

Medicare counts the packs as part of the other services of the visit: nothing is paid for them, not even when they
are billed alone, and the patient may not be charged either.

Not flagged: a payer that pays them, and one whose rule has not been read, which is no data.
Fix: the line comes off the claim and stays in the note; ATTEST, because a contract may pay it after all.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD106",
    name="hot-pack-that-is-never-paid",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    applies=col.code == "97010",
    flag=col.payer_hot_cold_pack_payable.not_(),
    message="97010 billed, the payer pays nothing for hot or cold packs, alone or beside other services",
    concept="bundled-not-chargeable",
    sources=(
        page(
            "CMS",
            "Physician Fee Schedule relative value files (PPRRVU)",
            "STATUS CODE and MULT PROC, editions of 2020 to July 2026",
            read_on=date(2026, 11, 21),
        ),
        page("Palmetto GBA", "Hot or cold packs are bundled (2018)", "denial B15", read_on=date(2026, 11, 21)),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take the line off the claim; the note keeps what was done",
        may_reveal=("CF101", "CF102", "DC205", "DX306", "UN205"),
    ),
    examples=(
        good("""
            visit 2026-03-04 cash
              97010 x1 10min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97010 GP x1 10min
            """,
            at="line 2",
            says="97010 billed, the payer pays nothing for hot or cold packs, alone or beside other services",
        ),
        bad(
            """
            visit 2026-03-04 medicare_advantage
              97010 GP x1 10min
            """,
            at="line 1",
            says="97010 billed, the payer pays nothing for hot or cold packs, alone or beside other services",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97010 GP x1 10min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97012 GP x1 10min
        """),
    ),
)
