"""A diagnosis stands before the disease that its code-first note puts first.

Under some codes ICD-10-CM names the diseases that are coded before them: an ulcer of the foot goes behind the diabetes
or the veins that made it. In the other order the payer reads the effect as the reason for the visit.

Advice without dollars: the payers' edits on sequence that we have read turn away manifestations, external causes and
sequelae in the first place (DX201 to DX204), and none an effect that may also stand alone.

Not flagged: a manifestation in the first place (DX202); a code that stands without the company it wants (DX208);
diseases that the note names in words alone.
Fix: none is proposed; the lines' pointers go with the order, which is for who codes the visit to set.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, known_true, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX211",
    name="effect-before-its-cause",
    over="diagnoses",
    severity=Severity.ADVICE,
    flag=(
        col.stands_before_cause
        & known_true((col.position == 1) & col.is_manifestation).not_()
        & known_true(col.lacks_companion).not_()
    ),
    message="{diagnosis_as_written} stands before {cause_behind}; by {diagnosis_notes}, under {cause_noted_under}, {cause_behind} goes first",
    concept="effect-before-cause",
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "code-first notes",
            read_on=date(2026, 11, 21),
        ),
        page(
            "UnitedHealthcare",
            "ICD-10-CM claim placement policy, quoted by a policy tracker",
            "code-first sequencing asked for; denials named for manifestations, external causes and sequelae",
            read_on=date(2026, 11, 22),
            url="https://www.openpayer.com/policy-updates/unitedhealthcare/reimbursement-payment/unitedhealthcare-icd-10-cm-claim-placement-policy",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-04-06 medicare_b
              dx L97.421 E11.621
              97597 GP x1 dx=1,2
            """,
            at="diagnosis 1",
            says="L97.421 stands before E11.621; by the notes of 2026-04-01, under L97, E11.621 goes first",
        ),
        good("""
            visit 2026-04-06 medicare_b
              dx E11.621 L97.421
              97597 GP x1 dx=1,2
        """),
        # A range of the note: chronic venous hypertension with an ulcer.
        bad(
            """
            visit 2026-04-06 medicare_b
              dx M62.81 L97.821 I87.312
              97597 GP x1 dx=1,2,3
            """,
            at="diagnosis 2",
            says="L97.821 stands before I87.312; by the notes of 2026-04-01, under L97, I87.312 goes first",
        ),
        # Diabetes with another complication is not among the causes that the note names.
        good("""
            visit 2026-04-06 medicare_b
              dx L97.421 E11.42
              97597 GP x1 dx=1,2
        """),
        # DX202 has the manifestation in the first place.
        good("""
            visit 2026-04-06 medicare_b
              dx G63 E85.4
              97110 GP x1 dx=1,2
        """),
        unknown(
            """
            visit 2026-04-06 medicare_b
              dx L97.421 ?
              97597 GP x1 dx=1,2
            """,
            lacks="every diagnosis",
        ),
    ),
)
