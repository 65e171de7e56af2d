"""Write questions about benefits (270, 005010X279A1): one file asks one payer about many members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cleanclaim.x12.control import ControlNumbers
from cleanclaim.x12.inquiry_envelope import Asker, Composing, InquiryError, InquiryFile, Member, enveloped, require
from cleanclaim.x12.writer_837p import Envelope

_KIND = ("HS", "270", "005010X279A1")
_HEADER = "BHT*0022*13*{reference}*{day}*{clock}~"


@dataclass(frozen=True, slots=True)
class BenefitQuestion:
    """One question: about a member, or a dependent of theirs, on a day, by kinds of care (`30`, `PT`).

    `trace` is the number by which the answer names it.
    """

    trace: str
    member: Member
    on: date
    service_types: tuple[str, ...]
    dependent: Member | None = None


def write_270(
    questions: Sequence[BenefitQuestion],
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
        require(one.trace, one.member, one.dependent, ("a kind of care", one.service_types))
    body = list(_body(questions, asker, envelope))
    return enveloped(_KIND, _HEADER, body, envelope=envelope, control=control, created=created, production=production)


def _body(questions: Sequence[BenefitQuestion], asker: Asker, envelope: Envelope) -> Iterator[str]:
    composing = Composing()
    yield f"HL*1**20*1~{composing.organization('PR', envelope.receiver_name, 'PI', envelope.receiver_id)}"
    yield f"HL*2*1*21*1~{composing.organization('1P', asker.name, 'XX', asker.npi)}"
    level = 2
    for one in questions:
        level += 1
        # The trace's originator is the asker's tax id with a 9 before it, ten characters in all.
        origin = f"*9{asker.tax_id}" if len(asker.tax_id) == 9 else ""  # noqa: PLR2004 - digits of a tax id
        trace = f"TRN*1*{composing.text(one.trace)}{origin}~"
        asked = f"DTP*291*D8*{one.on:%Y%m%d}~" + "".join(f"EQ*{kind}~" for kind in one.service_types)
        member = composing.name("IL", one.member)
        if one.dependent is None:
            yield f"HL*{level}*2*22*0~{trace}{member}{composing.demographics(one.member)}{asked}"
            continue
        yield f"HL*{level}*2*22*1~{member}{composing.demographics(one.member)}"
        level += 1
        dependent = f"{composing.name('03', one.dependent)}{composing.demographics(one.dependent)}"
        yield f"HL*{level}*{level - 1}*23*0~{trace}{dependent}{asked}"
