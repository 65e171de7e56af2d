"""Write questions about claims (276, 005010X212): one file asks one payer where many claims stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cleanclaim.money import plain
from cleanclaim.x12.control import ControlNumbers
from cleanclaim.x12.inquiry_envelope import Asker, Composing, InquiryError, InquiryFile, Member, enveloped, require
from cleanclaim.x12.writer_837p import Envelope

_KIND = ("HR", "276", "005010X212")
_HEADER = "BHT*0010*13*{reference}*{day}*{clock}~"


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """One question: about a claim by our number, the payer's where it is known, its charge in cents, and its days."""

    trace: str
    member: Member
    control_number: str
    charge_cents: int
    begins_on: date
    ends_on: date
    payer_control_number: str = ""
    dependent: Member | None = None


def write_276(
    questions: Sequence[StatusQuestion],
    *,
    asker: Asker,
    envelope: Envelope,
    control: ControlNumbers,
    created: datetime,
    production: bool = False,
) -> InquiryFile:
    """The questions as one file to the payer that the envelope names.

    Raises `InquiryError` where there is no question, or one lacks what every payer asks for; nothing is numbered then.
    Raises `EnvelopeError` or `ControlNumberError` as for claims.
    """
    if not questions:
        raise InquiryError("no questions: a file asks at least one")
    for one in questions:
        require(one.trace, one.member, one.dependent, ("the claim's number", one.control_number))
    body = list(_body(questions, asker, envelope))
    return enveloped(_KIND, _HEADER, body, envelope=envelope, control=control, created=created, production=production)


def _body(questions: Sequence[StatusQuestion], asker: Asker, envelope: Envelope) -> Iterator[str]:
    composing = Composing()
    submitter = envelope.submitter
    yield f"HL*1**20*1~{composing.organization('PR', envelope.receiver_name, 'PI', envelope.receiver_id)}"
    yield f"HL*2*1*21*1~{composing.organization('41', submitter.name, '46', submitter.identifier)}"
    yield f"HL*3*2*19*1~{composing.organization('1P', asker.name, 'XX', asker.npi)}"
    level = 3
    for one in questions:
        level += 1
        number = f"REF*1K*{composing.text(one.payer_control_number)}~" if one.payer_control_number else ""
        asked = (
            f"TRN*1*{composing.text(one.trace)}~{number}REF*EJ*{composing.text(one.control_number)}~"
            f"AMT*T3*{plain(one.charge_cents)}~DTP*472*RD8*{one.begins_on:%Y%m%d}-{one.ends_on:%Y%m%d}~"
        )
        member = composing.name("IL", one.member)
        if one.dependent is None:
            yield f"HL*{level}*3*22*0~{composing.demographics(one.member)}{member}{asked}"
            continue
        yield f"HL*{level}*3*22*1~{member}"
        level += 1
        dependent = f"{composing.demographics(one.dependent)}{composing.name('QC', one.dependent)}"
        yield f"HL*{level}*{level - 1}*23*0~{dependent}{asked}"
