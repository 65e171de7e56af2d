"""The plan of care was certified by a chiropractor or a dentist.

For therapy, Medicare takes neither as a physician: they may not refer, establish or certify. A plan that rests on
such a signature is not certified.

Not flagged: a podiatrist or optometrist, who may certify within the scope of the license.
Fix: none; another physician or practitioner must certify.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="PC107",
    name="plan-certified-by-chiropractor",
    over="claims",
    severity=Severity.DENY,
    applies=(col.payer_kind == "medicare_b")
    & one_of(col.certification_method, ["signed", "verbal", "order_exception"]),
    flag=one_of(col.referring_credential, ["DC", "DDS", "DMD"]),
    message="plan of care certified by {referring_credential}, Medicare takes a physician, NP, CNS or PA",
    payers="Medicare Part B",
    concept="certifier-not-allowed",
    dollars=col.claim_allowed_cents,
    sources=(
        manual("100-02", "ch. 15 §220.1.3: chiropractors, read in a copy", read_on=date(2026, 11, 21)),
        manual("100-02", "ch. 15 §220: dentists", read_on=date(2026, 11, 21), confidence=Confidence.MEMORY),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b referring_credential=DPM
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b referring_credential=DC
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care certified by DC, Medicare takes a physician, NP, CNS or PA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b referring_credential=DDS
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care certified by DDS, Medicare takes a physician, NP, CNS or PA",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b referring_credential=?
              97110 GP x2 30min
            """,
            lacks="MD, NP, DC",
        ),
        exempt("""
            visit 2026-03-04 uhc_commercial referring_credential=DC
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b referring_credential=DC certification_method=not_certified
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b referring_credential=DC certification_method=verbal
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care certified by DC, Medicare takes a physician, NP, CNS or PA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b referring_credential=DC certification_method=order_exception
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care certified by DC, Medicare takes a physician, NP, CNS or PA",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b referring_credential=DMD
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care certified by DMD, Medicare takes a physician, NP, CNS or PA",
        ),
    ),
)
