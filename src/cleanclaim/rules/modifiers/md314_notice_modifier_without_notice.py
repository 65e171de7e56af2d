"""A line says by GA or GX that the patient signed an advance notice, and none is on file.

The notice is not sent with the claim; the contractor may ask for it. Without one that was signed before care the patient
does not owe what Medicare denies, and what they paid goes back.

Not flagged: payers whose patients get no such notice; some Medicare Advantage plans take GA after their own denial.
Fix: none is proposed. Where a denial is expected and no notice was signed, the modifier is GZ, and the clinic bears the
denial; where none is expected, no modifier belongs there.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MD314",
    name="notice-modifier-without-notice",
    over="lines",
    severity=Severity.RECOUP,
    coding_terms=True,
    payers="payers whose patients get the Medicare notice",
    applies=col.payer_abn_used & has_modifier("GA", "GX"),
    flag=col.has_abn.not_(),
    message="{code} carries {modifiers}, and no signed notice is on file for the day",
    concept="notice-missing",
    dollars=col.allowed_cents,
    sources=(
        page(
            "First Coast Service Options",
            "Advance beneficiary notice modifiers",
            "GA: the notice is on file and available upon request",
            read_on=date(2026, 11, 21),
            url="https://medicare.fcso.com/Billing_news/140588.asp",
        ),
        page(
            "Palmetto GBA",
            "How to use modifiers to indicate the status of an ABN",
            "GA with a signed notice on file, GZ without",
            read_on=date(2026, 11, 21),
            url="https://www.palmettogba.com/palmetto/jja.nsf/DID/AXBMW46087",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP GA x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=false
              97110 GP GA x1
            """,
            at="line 1",
            says="97110 carries GP, GA, and no signed notice is on file for the day",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=false
              97037 GP GY GX x1
            """,
            at="line 1",
            says="97037 carries GP, GY, GX, and no signed notice is on file for the day",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b has_abn=?
              97110 GP GA x1
            """,
            lacks="notice",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_abn=false
              97110 GP GZ x1
              97037 GP GY x1
        """),
        exempt("""
            visit 2026-03-04 medicare_advantage has_abn=false
              97110 GP GA x1
        """),
    ),
)
