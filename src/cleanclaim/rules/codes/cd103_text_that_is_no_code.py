"""What stands in the place of the procedure code cannot be a procedure code.

A procedure code is five characters: five digits, four digits and a letter, or a letter and four digits, in ranges that
are fixed; no HCPCS code begins with F, I, N, O or a letter past V. Anything else, such as the letter O for a zero, is
turned away at the door.

Not flagged: a number of the right form that is not listed here; the full code sets are not.
Fix: none is proposed; the code has to be read again.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD103",
    name="text-that-is-no-code",
    over="lines",
    severity=Severity.REJECT,
    flag=col.code_is_possible.not_(),
    message="{code} is not a procedure code: five digits, four digits and a letter, or a letter and four digits",
    concept="unknown-code",
    dollars=col.claim_allowed_cents,
    sources=(
        page("CMS", "HCPCS Level II quarterly file, 2024", "form of the codes", read_on=date(2026, 11, 21)),
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "ranges of the code sets",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              L1833 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              9711O GP x1
            """,
            at="line 1",
            says="9711O is not a procedure code: five digits, four digits and a letter, or a letter and four digits",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97110 code=O7110 GP
            """,
            at="line 2",
            says="O7110 is not a procedure code: five digits, four digits and a letter, or a letter and four digits",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97110 code=9714 GP
            """,
            at="line 2",
            says="9714 is not a procedure code: five digits, four digits and a letter, or a letter and four digits",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 code=? GP x1
            """,
            lacks="procedure code",
        ),
    ),
)
