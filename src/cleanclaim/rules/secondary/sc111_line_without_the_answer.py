"""An earlier payer answered on other lines of the claim, and nothing is said of its answer on this one.

The next payer prices each line by what the payer before it left. A line without that answer is turned away, or denied
until the remittance is sent.

Not flagged: claims that tell of an earlier payer's answer on no line.
Fix: none; the remittance has an answer for every line, of nothing paid too.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC111",
    name="line-without-the-answer",
    over="lines",
    severity=Severity.REJECT,
    applies=(col.prior_payers > 0) & col.has_prior_answer_on_a_line,
    flag=col.prior_answers < col.prior_answers_on_one_line,
    message="earlier payers that answered on {code}: {prior_answers}, on another line of the claim: "
    "{prior_answers_on_one_line}",
    payers="payers billed after another",
    concept="secondary-answer-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "line adjudication of other payers, coordination of benefits by lines",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=2000 prior_adjustments=1 prior_adjudicated_on=2026-03-20
              97140 GP x1 15min $60.00 prior_answers=1 line_prior_paid_cents=0 line_prior_adjusted_cents=6000 prior_adjustments=1 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=2000 prior_adjustments=1 prior_adjudicated_on=2026-03-20
              97140 GP x1 15min $60.00
            """,
            at="line 2",
            says="earlier payers that answered on 97140: 0, on another line of the claim: 1",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=tertiary prior_payers=2 prior_paid_cents=11000 medicare_secondary_type=12
              97110 GP x2 30min $120.00 prior_answers=2 line_prior_paid_cents=11000 line_prior_adjusted_cents=13000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
              97140 GP x1 15min $60.00 prior_answers=1 line_prior_paid_cents=0 line_prior_adjusted_cents=6000 prior_adjustments=1 prior_adjudicated_on=2026-03-20
            """,
            at="line 2",
            says="earlier payers that answered on 97140: 1, on another line of the claim: 2",
        ),
        exempt("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $120.00
              97140 GP x1 15min $60.00
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=2000 prior_adjustments=1 prior_adjudicated_on=2026-03-20
              97140 GP x1 15min $60.00 prior_answers=?
            """,
            lacks="whose answer",
        ),
    ),
)
