"""Files that come in: known by what is in them, kept as they came, and each answer put where it belongs.

A TA1 or 999 belongs to a file that went out, a 277CA and a 277 to claims, an 835 to the payments, where a person looks
before it is posted. The same bytes again change nothing. What answers nothing of ours is kept and shown, never dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from cleanclaim.practice import audit_trail, clock
from cleanclaim.practice.engine.claims.building import add_events
from cleanclaim.practice.engine.claims.outgoing import ways_out
from cleanclaim.practice.engine.exchange.benefit_answers import take_benefits
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.payments.remitting import keep_file
from cleanclaim.practice.models import (
    Batch,
    BatchAnswer,
    Claim,
    ClaimReport,
    ClaimStatus,
    Clinic,
    ClinicRow,
    Inquiry,
    ReceivedFile,
    Transmission,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records.acknowledgments import GroupAnswer, InterchangeAnswer
from cleanclaim.records.claim_status import ReportedClaim, StatusCode, StatusKind, StatusReport
from cleanclaim.reference.claim_status import Standing, explain, standing
from cleanclaim.submission.answers import (
    AnswerKind,
    ReadAnswers,
    Sent,
    after_group,
    after_interchange,
    faults_in_words,
    read_answers,
    refusal_in_words,
    refused_transactions,
)
from cleanclaim.submission.transmission import ANSWERED, State
from cleanclaim.x12.reader_837p import read_837p

R = TypeVar("R", bound=ClinicRow)

_CLAIM_KINDS = {StatusKind.ACKNOWLEDGMENT: "277CA", StatusKind.ANSWER: "277"}
_MOST_PROBLEMS = 100
_MOST_SENTENCES = 40
_ASKED_AT_ONCE = 500
REFUSED_FILE = "999"
"""The kind of a report on a claim that was in a file, or a part of one, that the receiver did not read."""


def digest_of(data: bytes) -> str:
    """By what the same bytes are known again."""
    return hashlib.sha256(data).hexdigest()


@transaction.atomic
def take(clinic: Clinic, user: User, name: str, data: bytes, *, origin: str = "") -> ReceivedFile:
    """Keep a file that came in and put what it says where it belongs; the same bytes again are the same file.

    Args:
        clinic: whose file; in scope.
        user: who brought it, or who set up the connection that it came by.
        name: its name, for people.
        data: its bytes.
        origin: the address the request came from, for the audit log.
    """
    digest = digest_of(data)
    known: ReceivedFile | None = ReceivedFile.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    answers = read_answers(data)
    file: ReceivedFile = ReceivedFile.objects.create(
        clinic=clinic,
        name=name[:200],
        content=Plain(data),
        sha256=digest,
        size=len(data),
        kinds=[kind.value for kind in answers.kinds],
        others=sorted(set(answers.others)),
        problems=[str(problem) for problem in answers.problems[:_MOST_PROBLEMS]],
        read_by=user,
    )
    _Taking(clinic, user, file).take(answers, data)
    detail = f"{', '.join(file.kinds) or 'nothing that is known'}; {file.matched} matched, {file.unmatched} not"
    audit_trail.record(clinic.id, user, "create", "received file", file.pk, detail=detail, origin=origin)
    return file


@dataclass(slots=True)
class _Taking:
    """One file as it is taken apart."""

    clinic: Clinic
    user: User
    file: ReceivedFile
    reports: list[ClaimReport] = field(default_factory=list)

    def take(self, answers: ReadAnswers, data: bytes) -> None:
        """Everything that the file says, in the order in which it must be known: the file, then its claims."""
        if answers.interchanges or answers.groups:
            ways_out(self.user)
        for interchange in answers.interchanges:
            self._interchange(interchange)
        for group in answers.groups:
            self._group(group)
        for report in answers.reports:
            self._report(report)
        if AnswerKind.BENEFITS in answers.kinds:
            matched, unmatched, problems = take_benefits(self.clinic, data)
            self._count(matched, unmatched)
            told = dict.fromkeys([*self.file.problems, *(str(problem) for problem in problems)])
            self.file.problems = list(told)[:_MOST_PROBLEMS]
        if AnswerKind.REMITTANCE in answers.kinds:
            self.file.remittance_file = keep_file(self.clinic, self.user, data)
            self._count(1, 0)
        ClaimReport.objects.bulk_create(self.reports)
        self.file.save_if_unchanged(self.file.version, "matched", "unmatched", "remittance_file", "problems")
        self._tell()

    def _count(self, matched: int, unmatched: int) -> None:
        self.file.matched += matched
        self.file.unmatched += unmatched

    # --- whole files ---

    def _interchange(self, answer: InterchangeAnswer) -> None:
        rows = Transmission.objects.select_for_update(of=("self",)).select_related("batch")
        row = rows.filter(interchange_control=answer.control_number.zfill(9)).first()
        kept = self._keep("TA1", answer.segment, answer.control_number, answer.outcome, [refusal_in_words(answer)], row)
        if row is None:
            return
        before = State(row.state)
        self._settle(row, after_interchange(before, answer), kept)
        if State(row.state) is State.REJECTED and before is not State.REJECTED:
            self._refuse(row, kept, None)

    def _group(self, answer: GroupAnswer) -> None:
        number = answer.control_number.lstrip("0")
        rows = Transmission.objects.select_for_update(of=("self",)).select_related("batch")
        row = rows.filter(group_control__in={answer.control_number, number}).order_by("-created_at").first()
        says = list(faults_in_words(answer))[:_MOST_SENTENCES]
        kept = self._keep("999", answer.segment, answer.control_number, answer.outcome, says, row)
        if row is None:
            return
        sent = Sent(row.interchange_control, row.group_control, tuple(row.transaction_controls))
        before = State(row.state)
        self._settle(row, after_group(before, answer), kept)
        refused = refused_transactions(answer, sent)
        if refused and before not in ANSWERED:
            self._refuse(row, kept, refused)

    def _keep(
        self, kind: str, segment: int, number: str, outcome: str, says: Sequence[str], row: Transmission | None
    ) -> BatchAnswer:
        self._count(int(row is not None), int(row is None))
        kept: BatchAnswer = BatchAnswer.objects.create(
            clinic=self.clinic,
            file=self.file,
            transmission=row,
            segment=segment,
            kind=kind,
            control_number=number[:9],
            outcome=outcome,
            says=list(says),
        )
        return kept

    def _settle(self, row: Transmission, state: State, kept: BatchAnswer) -> None:
        if state.value == row.state:
            return
        problem = kept.says[0][:300] if state in {State.REJECTED, State.IN_DOUBT} and kept.says else ""
        row.state, row.problem = state.value, problem
        row.sent_at = row.sent_at or clock.now()
        row.answered_at = clock.now() if state in ANSWERED else row.answered_at
        row.save_if_unchanged(row.version, "state", "problem", "sent_at", "answered_at")

    def _refuse(self, row: Transmission, kept: BatchAnswer, refused: Sequence[str] | None) -> None:
        """A file, or some of its transactions, was not read: none of its claims reached a payer."""
        if row.batch is None:
            Inquiry.objects.filter(transmission=row, answered_on=None).update(
                refused_because=(kept.says[0] if kept.says else "the file was refused")[:200]
            )
            return
        claims = list(row.batch.claims.filter(status=ClaimStatus.SUBMITTED.value).order_by("number"))
        if refused is not None and set(refused) != set(row.transaction_controls):
            inside = _numbers_in(row.batch.content.data, set(refused))
            claims = [claim for claim in claims if claim.number in inside]
        for claim in claims:
            self.reports.append(
                ClaimReport(
                    clinic=self.clinic,
                    file=self.file,
                    answer=kept,
                    claim=claim,
                    batch=row.batch,
                    segment=kept.segment,
                    kind=REFUSED_FILE,
                    control_number=claim.number,
                    standing=Standing.REJECTED.value,
                    codes=[],
                )
            )

    # --- claims ---

    def _report(self, report: StatusReport) -> None:
        found = self._claims_of(report.claims)
        batch = self._batch_of(report)
        for said in report.claims:
            claim = found.get(said.segment)
            self._count(int(claim is not None), int(claim is None))
            self.reports.append(self._row(report, said, claim, batch))
            if claim is not None and report.kind is StatusKind.ANSWER:
                Inquiry.objects.filter(trace=said.trace, claim=claim).update(
                    answered_on=report.reported_on or today_at(self.clinic)
                )
        self._whole(report, batch)

    def _whole(self, report: StatusReport, batch: Batch | None) -> None:
        """A status of everything that was sent, or that one biller sent, where it names no claim of its own."""
        if batch is None or report.claims:
            return
        for codes, refuses in [
            (report.statuses, report.refuses),
            *((one.statuses, one.refuses) for one in report.billers),
        ]:
            if standing(codes, refuses=refuses) is not Standing.REJECTED:
                continue
            for claim in batch.claims.filter(status=ClaimStatus.SUBMITTED.value).order_by("number"):
                said = ReportedClaim(segment=report.segment, control_number=claim.number, statuses=codes)
                self._count(1, 0)
                self.reports.append(self._row(report, said, claim, batch))
            return

    def _batch_of(self, report: StatusReport) -> Batch | None:
        """The file that a claim acknowledgment answers, by our transaction's own reference."""
        reference = report.batch_reference
        if report.kind is not StatusKind.ACKNOWLEDGMENT or len(reference) <= 9:  # noqa: PLR2004 - control number first
            return None
        found: Batch | None = Batch.objects.filter(interchange_control=reference[:9]).defer("content").first()
        return found

    def _claims_of(self, said: Sequence[ReportedClaim]) -> dict[int, Claim]:
        """The filed claim that each report speaks of, by its segment: by our number, or the trace we asked with."""
        numbers = {one.segment: one.control_number.upper() for one in said if one.control_number}
        # A claim that went out in parts has the part behind its own number.
        wanted = {name for number in numbers.values() for name in (number, number.rpartition("-")[0])} - {""}
        filed: dict[str, Claim] = {}
        for claim in _in_pieces(Claim.objects.exclude(batch=None).select_related("batch"), "number__in", wanted):
            filed[claim.number.upper()] = claim
        traces = {one.trace for one in said if one.trace}
        asked = {
            row.trace: row.claim
            for row in _in_pieces(Inquiry.objects.exclude(claim=None).select_related("claim"), "trace__in", traces)
        }
        found = {}
        for one in said:
            number = numbers.get(one.segment, "")
            claim = asked.get(one.trace) or filed.get(number) or filed.get(number.rpartition("-")[0])
            if claim is not None:
                found[one.segment] = claim
        return found

    def _row(self, report: StatusReport, said: ReportedClaim, claim: Claim | None, batch: Batch | None) -> ClaimReport:
        codes = [*said.statuses, *(code for line in said.lines for code in line.statuses)]
        return ClaimReport(
            clinic=self.clinic,
            file=self.file,
            claim=claim,
            batch=batch or (claim.batch if claim is not None else None),
            segment=said.segment,
            kind=_CLAIM_KINDS[report.kind],
            control_number=said.control_number[:40],
            payer_control_number=said.payer_control_number[:50],
            standing=standing(codes, refuses=said.refuses).value,
            codes=list(dict.fromkeys(code.text for code in codes)),
            reported_on=said.effective_on or report.reported_on,
            charge_cents=said.charge_cents,
            paid_cents=said.paid_cents,
            record=said.model_dump(mode="json"),
        )

    def _tell(self) -> None:
        """Into each claim's history, what was said of it."""
        for report in self.reports:
            if report.claim is not None:
                says = " ".join(says_of(report)) or report.standing
                add_events([report.claim], None, report.standing[:20], f"{report.kind}: {says}")


def says_of(report: ClaimReport) -> list[str]:
    """What a report says, one sentence a status, in plain words."""
    if report.answer is not None:
        return list(report.answer.says) or ["The receiver did not read the file that the claim was in."]
    return [explain(code_of(text)).says for text in report.codes]


def code_of(text: str) -> StatusCode:
    """A status code as it is kept: `A7:562:85`."""
    category, status, *entity = text.split(":")
    return StatusCode(category=category, status=status, entity=entity[0] if entity else "")


def rejections() -> QuerySet[ClaimReport]:
    """Claims in scope that a front end returned and that nobody has dealt with, the oldest first.

    A claim stands there once for each time it was returned since it was last sent; it leaves the list when it is
    corrected and sent again (`reopening`), or set aside.
    """
    return (
        ClaimReport.objects.filter(
            standing=Standing.REJECTED.value, handled_at=None, claim__status=ClaimStatus.SUBMITTED.value
        )
        .select_related("claim__patient", "batch", "answer", "file")
        .defer("batch__content", "file__content", "claim__record", "claim__questions", "claim__evidence")
        .order_by("created_at", "segment")
    )


def unmatched() -> QuerySet[ReceivedFile]:
    """Files in scope that say something of what is not known here, or in which nothing was found; the newest first."""
    nothing = Q(kinds=[])
    return ReceivedFile.objects.filter(Q(unmatched__gt=0) | nothing).defer("content").order_by("-created_at")


def _numbers_in(data: bytes, transactions: set[str]) -> set[str]:
    """The numbers of the claims in some transactions of a file that we wrote; of a part, the whole claim's."""
    claims, _problems = read_837p(data)
    inside = {claim.id for claim in claims if claim.transaction_control in transactions}
    return inside | {number.rpartition("-")[0] for number in inside} - {""}


def _in_pieces(rows: QuerySet[R], column: str, values: Iterable[str]) -> list[R]:
    """Rows whose column has one of many values, asked for in pieces that every database takes."""
    wanted = sorted(values)
    found: list[R] = []
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        found += rows.filter(**{column: wanted[start : start + _ASKED_AT_ONCE]})
    return found
