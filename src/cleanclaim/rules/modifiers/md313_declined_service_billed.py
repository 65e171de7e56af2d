"""A service is billed that the patient declined on a signed advance notice.

Option 3 of the notice says that the patient does not want the care. Then it is not given and nothing is billed, to
Medicare or to the patient. A line for it is a mistake of the note, of the code, or of the notice.

Not flagged: services that no signed notice names by their code.
Fix: none is proposed; a person finds out whether the care was given, and has the notice made anew if it was wanted.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, unknown
from cleanclaim.sources import page

rule = Rule(
    code="MD313",
    name="declined-service-billed",
    over="lines",
    severity=Severity.RECOUP,
    payers="payers whose patients get the Medicare notice",
    applies=col.payer_abn_used & known_true(col.notice_choice != ""),
    flag=col.notice_choice == "3",
    message="{code} billed, on the notice that the patient signed they did not want the care",
    concept="declined-service",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Advance Beneficiary Notice of Noncoverage (ABN) Form Tutorial",
            "blank G: the third option, care not received and not billed",
            read_on=date(2026, 11, 21),
            url="https://med.noridianmedicare.com/web/jfb/topics/abn/abn-tutorial",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP GA x1 notice_choice=1 notice_modifiers=GA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_abn=true
              97110 GP x1
              97140 GP x1 notice_choice=3
            """,
            at="line 2",
            says="97140 billed, on the notice that the patient signed they did not want the care",
        ),
        unknown(
            """
            visit 2026-03-04 payer=? has_abn=true
              97140 GP x1 notice_choice=3
            """,
            lacks="payer",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97140 GP x1
        """),
    ),
)
