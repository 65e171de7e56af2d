"""`cleanclaim x12 read`: acknowledgments, claim statuses and eligibility answers, in plain words.

Claims are named by their numbers, members by the numbers of the questions: no name is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.output import ExitCode, err, out, unusable
from cleanclaim.money import dollars
from cleanclaim.records.benefits import BenefitAnswer
from cleanclaim.records.claim_status import ReportedClaim, StatusReport
from cleanclaim.reference.claim_status import Standing, explain, standing
from cleanclaim.reference.eligibility_codes import load_eligibility_codes
from cleanclaim.submission.answers import AnswerKind, ReadAnswers, faults_in_words, read_answers, refusal_in_words
from cleanclaim.submission.therapy_benefits import TherapyBenefits, therapy_benefits
from cleanclaim.units.wording import counted
from cleanclaim.x12.reader_271 import ReadBenefits, read_271

_DISCIPLINES = ("PT", "OT", "SLP")


def read(
    files: Annotated[list[Path], typer.Argument(help="Files of answers: TA1, 999, 277CA, 277, 271.")],
    *,
    discipline: Annotated[str, typer.Option("--discipline", help="Whose benefits are told: PT, OT or SLP.")] = "PT",
) -> None:
    """Tell what each file says, and leave with 1 where something was refused: a file, a claim or a question."""
    if discipline not in _DISCIPLINES:
        unusable(f"--discipline: expected one of {', '.join(_DISCIPLINES)}")
    is_refused = False
    for file in files:
        try:
            data = file.read_bytes()
        except OSError as error:
            unusable(f"{file}: {error.strerror}")
        answers = read_answers(data)
        if not answers.kinds:
            unusable(f"{file.name}: no answer was found in it; expected TA1, 999, 277CA, 277 or 271")
        out.print(f"{file.name}: {', '.join(kind.value for kind in answers.kinds)}", markup=False, soft_wrap=True)
        is_refused |= _tell_files(answers) | _tell_claims(answers)
        problems = list(answers.problems)
        if AnswerKind.BENEFITS in answers.kinds:
            told = _tell_benefits(data, discipline)
            problems += [problem for problem in told.problems if problem not in problems]
            is_refused |= any(answer.refusals for answer in told.answers)
        if AnswerKind.REMITTANCE in answers.kinds:
            _line("It holds payments: read them with cleanclaim remit.")
        for problem in problems:
            err.print(f"{file.name}: {problem}", markup=False, soft_wrap=True)
    raise typer.Exit(ExitCode.FINDINGS if is_refused else ExitCode.CLEAN)


def _tell_files(answers: ReadAnswers) -> bool:
    """What is said of whole files; whether one was refused, in part or whole."""
    is_refused = False
    for interchange in answers.interchanges:
        _line(refusal_in_words(interchange))
        is_refused |= not interchange.is_taken
    for group in answers.groups:
        outcome = "accepted" if group.is_taken else "accepted in part" if group.is_partly_taken else "refused"
        counts = f": {group.accepted} of {group.received} transactions" if group.received is not None else ""
        _line(f"Group {group.control_number} {outcome}{counts}.")
        for sentence in faults_in_words(group):
            _line(sentence, 2)
        is_refused |= not group.is_taken
    return is_refused


def _tell_claims(answers: ReadAnswers) -> bool:
    """What is said of claims; whether one was returned."""
    for report in answers.reports:
        for depth, sentence in _report(report):
            _line(sentence, depth)
    return any(_standing(claim) is Standing.REJECTED for report in answers.reports for claim in report.claims)


def _tell_benefits(data: bytes, discipline: str) -> ReadBenefits:
    """What is said of benefits; all that was read of it."""
    told = read_271(data)
    for answer in told.answers:
        for depth, sentence in _benefits(answer, discipline):
            _line(sentence, depth)
    return told


def _line(text: str, depth: int = 1) -> None:
    out.print(f"{'  ' * depth}{text}", markup=False, soft_wrap=True)


def _standing(claim: ReportedClaim) -> Standing:
    codes = [*claim.statuses, *(code for line in claim.lines for code in line.statuses)]
    return standing(codes, refuses=claim.refuses)


def _report(report: StatusReport) -> Iterator[tuple[int, str]]:
    yield 1, f"{report.payer_name or 'A payer'} of {counted(len(report.claims), 'claim')}:"
    for code in report.statuses:
        yield 2, f"{code.text}: {explain(code).says}"
    for claim in report.claims:
        number = f", the payer's {claim.payer_control_number}" if claim.payer_control_number else ""
        stands = _standing(claim).value.replace("_", " ")
        yield 2, f"Claim {claim.control_number or claim.trace}{number}: {stands}."
        codes = [*claim.statuses, *(code for line in claim.lines for code in line.statuses)]
        for told in dict.fromkeys(explain(code) for code in codes):
            yield 3, f"{told.code.text}: {told.says}{f' {told.remedy}' if told.remedy else ''}"


def _benefits(answer: BenefitAnswer, discipline: str) -> Iterator[tuple[int, str]]:
    codes = load_eligibility_codes()
    yield 1, f"Answer to question {', '.join(answer.traces) or 'without a number'}:"
    for refusal in answer.refusals:
        yield 2, codes.refusal(refusal.reason).meaning
    if not answer.benefits:
        return
    for sentence in _sentences(therapy_benefits(answer, discipline=discipline)):
        yield 2, sentence


def _sentences(told: TherapyBenefits) -> Iterator[str]:
    in_force = {True: "in force", False: "not in force", None: "not told"}[told.is_active]
    yield f"Coverage: {in_force}{f', {told.plan_name}' if told.plan_name else ''}."
    for name, cents in (
        ("Copay a visit", told.copay_cents),
        ("Deductible", told.deductible_cents),
        ("Deductible left", told.deductible_left_cents),
        ("Most the patient still pays", told.out_of_pocket_left_cents),
        ("Therapy dollars used this year", told.used_cents),
    ):
        if cents is not None:
            yield f"{name}: {dollars(cents)}."
    if told.coinsurance_share is not None:
        yield f"Coinsurance: {told.coinsurance_share / 100:g}%."
    if told.visits_allowed is not None:
        yield f"Visits allowed: {told.visits_allowed}{f' a {told.visits_period}' if told.visits_period else ''}."
    if told.visits_remaining is not None:
        yield f"Visits left: {told.visits_remaining}."
    if told.visits_shared_with:
        yield f"Counted together with {', '.join(told.visits_shared_with)}."
    if told.authorization_needed is not None:
        yield f"Authorization: {'needed' if told.authorization_needed else 'not needed'}."
    if told.other_payer_name:
        yield f"Another payer: {told.other_payer_name}{', which comes first' if told.other_payer_first else ''}."
    if told.unclear:
        yield f"Said in two ways, and so not known: {', '.join(told.unclear)}."
