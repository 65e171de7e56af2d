"""Two codes of a separable pair stand on one day, and no modifier tells them apart.

In this kind of edit (indicator 1) the payer denies the code in column 2 unless a modifier says that the two were
furnished apart, in different 15-minute intervals, and the note shows it. The modifier is a statement about the
visit, so the finding tells what the note says about the times, and asks. Beside 59 and X the payer heeds 24, 25 and 57
on a clinician's visit, 91 on a test, 58, 78 and 79 on an operation, and modifiers of two parts of the body.

Not flagged: a pair whose services ran at the same time (PR105), for which the modifier would be untrue; a pair that
Medicare's list no longer holds, such as 97530 with 97140. A payer whose use of the list was not read is no data.
Fix: add 59, to a visit 25, to the code in column 2; ATTEST, because it states that the services were apart.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    known_true,
    starts_with,
    unknown,
    with_modifier,
)
from cleanclaim.sources import Confidence, page

_VISITS = ("992", "993", "994", "980", "92002", "92004", "92012", "92014", "G0402", "G0438", "G0439")

rule = Rule(
    code="PR102",
    name="pair-without-a-modifier",
    over="pairs",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's pair edits, or list pairs of their own",
    applies=col.pair_applies & col.bypass_allowed & known_true(col.blocks_overlap).not_(),
    flag=(col.first_is_separated | col.second_is_separated | col.told_apart_otherwise).not_(),
    message="{first_code} and {second_code} on one day without {separating_words}; by {pair_basis} {second_code} is "
    "paid only {separate_service_words} ({block_words})",
    concept="pair-without-modifier",
    dollars=col.second_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI practitioner procedure-to-procedure edits, version 30.2",
            "rows active on 2024-07-01, modifier indicator",
            read_on=date(2026, 11, 21),
        ),
        page(
            "CMS",
            "NCCI policy manual, chapter I, as a coding tool lists it",
            "modifiers that may be used to bypass an edit: anatomic, global surgery, others",
            url="https://findacode.com/tools/ncci-edit-modifiers.php",
            read_on=date(2026, 11, 23),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "WebPT",
            "97140 and 97530 together",
            "59 asks for different 15-minute intervals, documented",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="State with modifier 59, on a visit with 25, that the two services stood apart, if the note shows it",
        table="lines",
        via="second_line_id",
        field="modifiers",
        new=pl.when(starts_with(col.code, _VISITS)).then(with_modifier("25")).otherwise(with_modifier("59")),
    ),
    examples=(
        bad(
            """
            visit 2024-08-01 medicare_b
              97110 GP x1 15min
              97150 GP x1 30min
            """,
            at="lines 1 and 2",
            says="97150 and 97110 on one day without 59 or an X modifier; by the edition of 2024-07-01 97110 is paid "
            "only at a separate time (no times noted)",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97012 GP x1 15min
              97140 GP x1 15min
              did 97012 15min starts_at=540
              did 97140 15min starts_at=555
            """,
            at="lines 1 and 2",
            says="97012 and 97140 on one day without 59 or an X modifier; by the edition of 2024-07-01 (unconfirmed for "
            "2026-03-04) 97140 is paid only at a separate time (97012 09:00 to 09:15, 97140 09:15 to 09:30, apart)",
        ),
        good("""
            visit 2024-08-01 medicare_b
              97110 GP 59 x1 15min
              97150 GP x1 30min
        """),
        good("""
            visit 2024-08-01 medicare_b
              97110 GP x1 15min
              97150 GP XU x1 30min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97012 GP x1 15min
              97140 GP x1 15min
              did 97012 15min starts_at=540
              did 97140 15min starts_at=554
        """),
        bad(
            """
            visit 2024-08-01 medicare_b
              97110 GP x1 15min
            history 2024-08-01 medicare_b
              97150 GP x1 30min
            """,
            at="line 1 and line 1 of C2",
            says="97150 and 97110 on one day without 59 or an X modifier; by the edition of 2024-07-01 97110 is paid "
            "only at a separate time (no times noted)",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              97110 GP x1 15min
            history 2024-08-01 medicare_b rendering_npi=1003000126
              97150 GP x1 30min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97530 GP x1 15min
              97140 GP x1 15min
              97116 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97140 GP x1 15min
              97124 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 cash
              97110 GP x1 15min
              97150 GP x1 30min
        """),
        unknown(
            """
            visit 2024-08-01 wc_ny
              97110 GP x1 15min
              97150 GP x1 30min
            """,
            lacks="whether the payer applies",
        ),
    ),
)
