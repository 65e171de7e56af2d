"""What comes back: which kinds of answers a file holds, and what an acknowledgment makes of the file it answers.

A file is known by what is in it, never by its name. One file may hold several kinds; each is read by its own reader,
and what one of them cannot read stands among the problems once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from cleanclaim.records.acknowledgments import GroupAnswer, InterchangeAnswer
from cleanclaim.records.claim_status import StatusReport
from cleanclaim.reference.acknowledgment_codes import DUPLICATE_INTERCHANGE, Place, meaning
from cleanclaim.submission.transmission import ANSWERED, State
from cleanclaim.x12.interchange import read
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reader_277 import read_277
from cleanclaim.x12.reader_999 import read_acknowledgments
from cleanclaim.x12.transactions import transactions

_CLAIM_ACKNOWLEDGMENT = "005010X214"


class AnswerKind(StrEnum):
    """A kind of answer, as the trade calls it."""

    TA1 = "TA1"
    ACKNOWLEDGMENT = "999"
    CLAIM_ACKNOWLEDGMENT = "277CA"
    STATUS = "277"
    BENEFITS = "271"
    REMITTANCE = "835"


@dataclass(slots=True)
class ReadAnswers:
    """What a file holds: kinds in order, answers, kinds of transactions that are no answer, what is unreadable."""

    kinds: list[AnswerKind] = field(default_factory=list)
    interchanges: list[InterchangeAnswer] = field(default_factory=list)
    groups: list[GroupAnswer] = field(default_factory=list)
    reports: list[StatusReport] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """The numbers by which answers name a file that was sent: of its interchange, its group, its transactions."""

    interchange_control: str
    group_control: str
    transaction_controls: tuple[str, ...]

    @property
    def references(self) -> tuple[str, ...]:
        """The transactions' own references (BHT03), by which a claim acknowledgment names them."""
        return tuple(f"{self.interchange_control}{number}" for number in self.transaction_controls)


def sent_of(data: bytes) -> Sent:
    """The numbers of a file that we wrote, which has one interchange with one group.

    Raises:
        ValueError: it has no interchange, or no transaction in a group.
    """
    file = read(data)
    sets, _problems = transactions(file)
    if not file.interchanges or not sets or not sets[0].group_control_number:
        raise ValueError("expected a file with one interchange, one group and its transactions")
    return Sent(
        file.interchanges[0].control_number,
        sets[0].group_control_number,
        tuple(item.control_number for item in sets),
    )


def read_answers(data: bytes) -> ReadAnswers:
    """Everything in a file that answers something of ours. Remittances and benefits are only told of, not read."""
    file = read(data)
    sets, _problems = transactions(file)
    acknowledged, reported = read_acknowledgments(data), read_277(data)
    found = ReadAnswers(interchanges=acknowledged.interchanges, groups=acknowledged.groups, reports=reported.reports)
    seen = dict.fromkeys([AnswerKind.TA1] if acknowledged.interchanges else [])
    for item in sets:
        kind = _kind_of(item.kind, item.version)
        if kind is None:
            found.others.append(item.kind)
        else:
            seen[kind] = None
    found.kinds = list(seen)
    found.problems = sorted(set(acknowledged.problems) | set(reported.problems))
    return found


def _kind_of(kind: str, version: str) -> AnswerKind | None:
    if kind == "277":
        is_unasked = version.startswith(_CLAIM_ACKNOWLEDGMENT)
        return AnswerKind.CLAIM_ACKNOWLEDGMENT if is_unasked else AnswerKind.STATUS
    return {
        "999": AnswerKind.ACKNOWLEDGMENT,
        "271": AnswerKind.BENEFITS,
        "835": AnswerKind.REMITTANCE,
    }.get(kind)


def after_interchange(state: State, answer: InterchangeAnswer) -> State:
    """The state of a file after a TA1 on its interchange.

    A receiver that says it had this number before may have this very file from an earlier try, or another one that
    used the number: the file is in doubt, unless an acknowledgment has settled it already.
    """
    if state in ANSWERED:
        return state
    if answer.is_taken:
        return State.SENT
    return State.IN_DOUBT if answer.note == DUPLICATE_INTERCHANGE else State.REJECTED


def after_group(state: State, answer: GroupAnswer) -> State:
    """The state of a file after a 999 on its group. A refusal that follows an acceptance does not take it back."""
    if state in {State.ACCEPTED, State.PARTLY_ACCEPTED}:
        return state
    if answer.is_taken:
        return State.ACCEPTED
    return State.PARTLY_ACCEPTED if answer.is_partly_taken else State.REJECTED


def refused_transactions(answer: GroupAnswer, sent: Sent) -> tuple[str, ...]:
    """The control numbers of our transactions that a 999 refused.

    Where a refused group names no transaction, all of them are; one that a partly accepted group does not name is not.
    """
    refused = tuple(item.control_number for item in answer.transactions if not item.is_taken)
    if answer.is_taken:
        return refused
    if answer.is_partly_taken:
        return refused
    taken = {item.control_number for item in answer.transactions if item.is_taken}
    return tuple(number for number in sent.transaction_controls if number not in taken)


def faults_in_words(answer: GroupAnswer) -> Iterator[str]:
    """What a 999 objects to, one sentence each, with places and codes and nothing of a patient's."""
    for code in answer.codes:
        yield f"Group {answer.control_number}: {meaning(Place.GROUP, code)}."
    for item in answer.transactions:
        for code in item.codes:
            yield f"Transaction {item.control_number}: {meaning(Place.TRANSACTION, code)}."
        for fault in item.faults:
            at = f", segment {fault.position}" if fault.position is not None else ""
            loop = f" in loop {fault.loop}" if fault.loop else ""
            yield f"Transaction {item.control_number}{at} {fault.tag}{loop}: {meaning(Place.SEGMENT, fault.code)}."
            for element in fault.elements:
                yield f"{fault.tag} element {element.position}: {meaning(Place.ELEMENT, element.code)}."


def refusal_in_words(answer: InterchangeAnswer) -> str:
    """What a TA1 says, in one sentence."""
    outcome = "taken" if answer.is_taken else "refused"
    return f"Interchange {answer.control_number} {outcome}: {meaning(Place.INTERCHANGE, answer.note or '000')}."
