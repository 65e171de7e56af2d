"""Questions to a payer: who is asked about, and the envelope of the file that the questions travel in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cleanclaim.records import Sex
from cleanclaim.x12.characters import Cleaner
from cleanclaim.x12.control import ControlNumbers
from cleanclaim.x12.guide import load_guide
from cleanclaim.x12.writer_837p import Envelope, EnvelopeError


class InquiryError(ValueError):
    """A question that cannot be asked: names its trace number and what is missing, never whom it is about."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is asked about. `member_id` is the policy's; a dependent has none."""

    family_name: str
    given_name: str
    birth_date: date | None = None
    sex: Sex | None = None
    member_id: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the clinic as the payer knows it."""

    name: str
    npi: str
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class InquiryFile:
    """A written file: its bytes and the numbers by which answers name it."""

    data: bytes
    interchange_control: str
    group_control: str
    transaction_control: str


class Composing:
    """Segments of one file; text is made fit for it, and names are cut to what the guide holds."""

    def __init__(self) -> None:
        self._cleaner = Cleaner()
        self._lengths = load_guide().lengths

    def name(self, kind: str, member: Member) -> str:
        """The segment that names a person; `kind` is what they are."""
        family = self._cleaner.text(member.family_name, "family name", self._lengths["last_name"])
        given = self._cleaner.text(member.given_name, "given name", self._lengths["first_name"])
        number = f"****MI*{self.text(member.member_id)}" if member.member_id else ""
        return f"NM1*{kind}*1*{family}*{given}{number}~" if given or number else f"NM1*{kind}*1*{family}~"

    def organization(self, kind: str, name: str, qualifier: str, identifier: str) -> str:
        """The segment that names an organization."""
        told = self._cleaner.text(name, "name", self._lengths["last_name"])
        return f"NM1*{kind}*2*{told}*****{qualifier}*{self.text(identifier)}~"

    def text(self, value: str) -> str:
        """A value fit for the file."""
        return self._cleaner.text(value, "value", 80)

    @staticmethod
    def demographics(member: Member) -> str:
        """Birth date and sex; nothing where the birth date is not known."""
        if member.birth_date is None:
            return ""
        sex = member.sex.value if member.sex is not None and member.sex is not Sex.UNKNOWN else ""
        return f"DMG*D8*{member.birth_date:%Y%m%d}{f'*{sex}' if sex else ''}~"


def require(trace: str, member: Member, dependent: Member | None, own: tuple[str, object]) -> None:
    """Refuse a question that lacks what every payer asks for.

    `own` is what this kind of question asks beside the member: its name and its value. Raises `InquiryError`.
    """
    asked = (
        ("a trace number", trace),
        ("a member id", member.member_id),
        ("the member's family name", member.family_name),
        own,
        ("the patient's birth date", (dependent or member).birth_date),
    )
    lacking = [name for name, value in asked if not value]
    if lacking:
        raise InquiryError(f"question {trace or 'without a number'}: expected {', '.join(lacking)}")


def enveloped(  # noqa: PLR0913 - who, to whom, when and how: each is a fact of the file
    kind: tuple[str, str, str],
    header: str,
    body: Sequence[str],
    *,
    envelope: Envelope,
    control: ControlNumbers,
    created: datetime,
    production: bool,
) -> InquiryFile:
    """One interchange with one group and one transaction; `kind` is the group's function, the transaction, its guide.

    `header` is the transaction's first segment, in which `{reference}` stands for the file's own reference. Raises
    `EnvelopeError` where the sender or the receiver has no identifier that an envelope holds.
    """
    function, transaction, guide = kind
    limits, lengths = load_guide().limits, load_guide().lengths
    sender, receiver = envelope.submitter.identifier, envelope.addressed
    for name, value in (
        ("submitter", sender),
        ("receiver", receiver.identifier),
        ("receiver's group", receiver.group_code),
    ):
        if not limits["interchange_identifier_at_least"] <= len(value) <= lengths["interchange_identifier"]:
            raise EnvelopeError(f"{name} identifier of {len(value)} characters: expected another length")
    interchange, group = f"{control.take_interchange():09d}", str(control.take_group())
    number = f"{control.take_transaction():04d}"
    day, clock, usage = f"{created:%Y%m%d}", f"{created:%H%M}", "P" if production else "T"
    told = header.replace("{reference}", f"{interchange}{number}").replace("{day}", day).replace("{clock}", clock)
    inside = f"ST*{transaction}*{number}*{guide}~{told}{''.join(body)}"
    data = (
        f"ISA*00*{'':10}*00*{'':10}*{envelope.sender_qualifier}*{sender:15}"
        f"*{receiver.qualifier}*{receiver.identifier:15}*{day[2:]}*{clock}*^*00501*{interchange}*0*{usage}*:~"
        f"GS*{function}*{sender}*{receiver.group_code}*{day}*{clock}*{group}*X*{guide}~"
        f"{inside}SE*{inside.count('~') + 1}*{number}~GE*1*{group}~IEA*1*{interchange}~"
    )
    return InquiryFile(data.encode("ascii"), interchange, group, number)
