"""A code is billed after its last day.

The code sets change once or more a year. A claim for a date after a code ended is turned away, whatever the service
was: the code that replaced it has to be billed.

Not flagged: dates of service on or before the last day, however late the claim is made.
Fix: the replacement, where there is only one; ATTEST, because its meaning can differ.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD101",
    name="deleted-code",
    over="lines",
    severity=Severity.REJECT,
    flag=col.code_has_ended,
    message="{code} ended on {code_ended_on}; billed in its place: {code_replaced_by}",
    concept="deleted-code",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI procedure-to-procedure edits, practitioner, edition of 2024-07-01",
            "latest deletion date over all pairs of the code",
            read_on=date(2026, 11, 21),
        ),
        page(
            "CMS",
            "Physician Fee Schedule relative value files (PPRRVU)",
            "STATUS CODE and MULT PROC, editions of 2020 to July 2026",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Bill the code that replaced it",
        where=col.code_replaced_by.list.len() == 1,
        field="code",
        new=col.code_replaced_by.list.first(),
        may_reveal=("PR101", "PR102", "UN103", "UN201", "UN202"),
    ),
    examples=(
        good("""
            visit 2017-12-31 medicare_b
              97762 GP x1 15min
        """),
        bad(
            """
            visit 2018-01-01 medicare_b
              97762 GP x1 15min
            """,
            at="line 1",
            says="97762 ended on 2017-12-31; billed in its place: 97763",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97762 GP x1 15min
            """,
            at="line 2",
            says="97762 ended on 2017-12-31; billed in its place: 97763",
        ),
        good("""
            visit 2019-12-31 medicare_b
              G0515 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 code=? GP x1
            """,
            lacks="procedure code",
        ),
        unknown(
            """
            visit 2027-01-04 medicare_b
              97110 GP x1
            """,
            lacks="procedure code",
        ),
    ),
)
