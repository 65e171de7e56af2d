"""A payer's answers on benefits (271) become the facts that the front desk works by, with the day they were asked.

An answer belongs to the question whose trace number it gives back; one that gives none back, or another's, is not
guessed at: it is counted as unmatched, and the file is kept.
"""

from __future__ import annotations

from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Clinic, Coverage, EligibilityAnswer, Inquiry
from cleanclaim.records.benefits import BenefitAnswer
from cleanclaim.reference.eligibility_codes import load_eligibility_codes
from cleanclaim.submission.therapy_benefits import TherapyBenefits, therapy_benefits
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reader_271 import read_271

SOURCE = "eligibility answer (271)"
"""How an answer was got, where a payer gave it."""


def take_benefits(clinic: Clinic, data: bytes) -> tuple[int, int, list[Problem]]:
    """Put each answer of a file onto the coverage that was asked about; the clinic is in scope, in a transaction.

    Returns how many were matched, how many not, and what could not be read.
    """
    read = read_271(data)
    traces = [trace for answer in read.answers for trace in answer.traces]
    asked = {
        row.trace: row
        for row in Inquiry.objects.select_for_update(of=("self",))
        .filter(trace__in=traces)
        .exclude(coverage=None)
        .select_related("coverage")
    }
    matched = 0
    for answer in read.answers:
        row = next((asked[trace] for trace in answer.traces if trace in asked), None)
        if row is None:
            continue
        matched += 1
        _answered(clinic, row, answer)
    return matched, len(read.answers) - matched, read.problems


def _answered(clinic: Clinic, row: Inquiry, answer: BenefitAnswer) -> None:
    row.answered_on = answer.answered_on or today_at(clinic)
    if answer.refusals and not answer.benefits:
        codes = load_eligibility_codes()
        row.refused_because = " ".join(codes.refusal(one.reason).meaning for one in answer.refusals)[:200]
        row.save_if_unchanged(row.version, "answered_on", "refused_because")
        return
    row.refused_because = ""
    row.save_if_unchanged(row.version, "answered_on", "refused_because")
    if row.coverage is not None:
        _facts(clinic, row.coverage, row, answer).save()


def _facts(clinic: Clinic, coverage: Coverage, row: Inquiry, answer: BenefitAnswer) -> EligibilityAnswer:
    told = therapy_benefits(answer, in_network=coverage.in_network, on=row.asked_on)
    return EligibilityAnswer(
        clinic=clinic,
        coverage=coverage,
        asked_on=row.asked_on,
        source=SOURCE,
        is_active=told.is_active,
        other_payer_first=told.other_payer_first,
        qmb=told.is_protected,
        year=row.asked_on.year if told.used_cents is not None else None,
        at_least_cents=told.used_cents,
        deductible_met_cents=told.deductible_met_cents,
        visits_remaining=told.visits_remaining,
        plan_name=told.plan_name[:80],
        deductible_cents=told.deductible_cents,
        deductible_left_cents=told.deductible_left_cents,
        out_of_pocket_left_cents=told.out_of_pocket_left_cents,
        copay_cents=told.copay_cents,
        coinsurance_share=told.coinsurance_share,
        visits_allowed=told.visits_allowed,
        visits_period=told.visits_period[:24],
        visits_shared_with=", ".join(told.visits_shared_with)[:80],
        authorization_needed=told.authorization_needed,
        other_payer_name=told.other_payer_name[:80],
        details=answer.model_dump(mode="json"),
    )


def benefits_of(answer: EligibilityAnswer) -> TherapyBenefits | None:
    """What a kept answer of a payer comes to, with what it leaves unclear; `None` for one that a person typed."""
    if answer.details is None:
        return None
    record = BenefitAnswer.model_validate(answer.details)
    return therapy_benefits(record, in_network=answer.coverage.in_network, on=answer.asked_on)
