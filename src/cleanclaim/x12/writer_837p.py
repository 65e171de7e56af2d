"""Claims into a professional claim file (837P, 005010X222A1).

A pure function of claims, names, numbers and the clock handed in. A transaction holds at most as many claims as the
guide says, then the next one begins. The text is composed loop by loop (`composing`) with the usual delimiters, which
no value can hold, and put into other ones at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cleanclaim.records import Claim, Submitter
from cleanclaim.x12.characters import CharacterSet, Cleaner, Replacement
from cleanclaim.x12.composing import Levels, digits_of
from cleanclaim.x12.control import ControlNumbers
from cleanclaim.x12.delimiters import STANDARD, Delimiters
from cleanclaim.x12.guide import PROFESSIONAL_CLAIM, Guide, load_guide
from cleanclaim.x12.readiness import ClaimNotWritableError, Gap, Readiness


class EnvelopeError(ValueError):
    """A sender or receiver that does not fit the envelope of a file."""


@dataclass(frozen=True, slots=True)
class Clearinghouse:
    """Who takes files for many payers: its name and identifier (ISA08), what kind that is (ISA07), and its code (GS03).

    Without a code of its own the group is addressed by the identifier.
    """

    name: str
    identifier: str
    group_code: str = ""
    qualifier: str = "ZZ"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom a file travels. Qualifiers say what kind of identifier each is; `ZZ` is mutually agreed.

    The receiver is the payer; where a clearinghouse takes the file for it, interchange and group are addressed to that.
    """

    submitter: Submitter
    receiver_name: str
    receiver_id: str
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    clearinghouse: Clearinghouse | None = None

    @property
    def addressed(self) -> Clearinghouse:
        """Whom interchange and group name: the clearinghouse, or the payer itself, with a group code in any case."""
        found = self.clearinghouse
        if found is None:
            return Clearinghouse(self.receiver_name, self.receiver_id, self.receiver_id, self.receiver_qualifier)
        return found if found.group_code else replace(found, group_code=found.identifier)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of a written file: its control number and the ids of its claims, in file order."""

    control_number: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """A written file: its bytes, its control numbers, which claim stands where, and what was changed to fit."""

    data: bytes
    interchange_control: str
    group_control: str
    transactions: tuple[Transaction, ...]
    replacements: tuple[Replacement, ...]


def write_837p(  # noqa: PLR0913 - who, to whom, when and how: each is a fact of the file
    claims: Sequence[Claim],
    *,
    submitter: Submitter,
    receiver_name: str,
    receiver_id: str,
    control: ControlNumbers,
    created: datetime,
    production: bool = False,
    delimiters: Delimiters = STANDARD,
    character_set: CharacterSet = CharacterSet.EXTENDED,
) -> bytes:
    """The claims as one 837P file; `file_837p` also reports what was changed to fit.

    Raises `ClaimNotWritableError` naming every gap, before a control number is taken.
    """
    return file_837p(
        claims,
        envelope=Envelope(submitter, receiver_name, receiver_id),
        control=control,
        created=created,
        production=production,
        delimiters=delimiters,
        character_set=character_set,
    ).data


def file_837p(  # noqa: PLR0913 - the same
    claims: Sequence[Claim],
    *,
    envelope: Envelope,
    control: ControlNumbers,
    created: datetime,
    production: bool = False,
    delimiters: Delimiters = STANDARD,
    character_set: CharacterSet = CharacterSet.EXTENDED,
) -> ClaimFile:
    """The claims as one interchange with one group and as many transactions as they need.

    Numbers are taken from `control` only when every claim can be written. `created` stamps the envelope as it is,
    in the sender's own time. Raises `ClaimNotWritableError`, `EnvelopeError` or `DelimiterError`.
    """
    guide = load_guide(PROFESSIONAL_CLAIM)
    cleaner = Cleaner(character_set, delimiters.checked())
    _check_envelope(envelope, cleaner, guide)
    if not claims:
        raise EnvelopeError("no claims: a file holds at least one")
    refuse_unready(claims, guide, cleaner)

    levels = Levels(guide, cleaner, envelope.submitter)
    interchange_control = f"{control.take_interchange():09d}"
    group_control = str(control.take_group())
    usage = "P" if production else "T"
    day, clock = f"{created:%Y%m%d}", f"{created:%H%M}"
    sender, receiver = envelope.submitter.identifier, envelope.addressed
    head = (
        f"ISA*00*{'':10}*00*{'':10}*{envelope.sender_qualifier}*{sender:15}"
        f"*{receiver.qualifier}*{receiver.identifier:15}*{day[2:]}*{clock}*^*00501*{interchange_control}*0*{usage}*:~"
        f"GS*HC*{sender}*{receiver.group_code}*{day}*{clock}*{group_control}*X*{guide.version}~"
    )
    parts = [head]
    transactions = []
    size = guide.limits["claims_per_transaction"]
    header = _header(envelope, cleaner, guide)
    for start in range(0, len(claims), size):
        batch = claims[start : start + size]
        number = f"{control.take_transaction():04d}"
        body = levels.body(batch)
        text = (
            f"ST*837*{number}*{guide.version}~"
            f"BHT*0019*00*{interchange_control}{number}*{day}*{clock}*CH~{header}{body.text}"
        )
        parts.append(f"{text}SE*{text.count('~') + 1}*{number}~")
        transactions.append(Transaction(number, body.claim_ids))
    parts.append(f"GE*{len(transactions)}*{group_control}~IEA*1*{interchange_control}~")
    return ClaimFile(
        data=_delimited("".join(parts), delimiters),
        interchange_control=interchange_control,
        group_control=group_control,
        transactions=tuple(transactions),
        replacements=tuple(cleaner.replacements),
    )


def refuse_unready(claims: Sequence[Claim], guide: Guide, cleaner: Cleaner) -> None:
    """Raise `ClaimNotWritableError` when a claim is not ready, or two claims bear the same id."""
    readiness = Readiness(guide, cleaner)
    gaps: list[Gap] = []
    seen: set[str] = set()
    for claim in claims:
        gaps.extend(readiness.gaps(claim))
        if claim.id in seen:
            gaps.append(Gap(claim.id, "claim id", "the id of another claim of this file", "an id of its own"))
        seen.add(claim.id)
    if gaps:
        raise ClaimNotWritableError(tuple(gaps))


def _check_envelope(envelope: Envelope, cleaner: Cleaner, guide: Guide) -> None:
    longest, shortest = guide.lengths["interchange_identifier"], guide.limits["interchange_identifier_at_least"]
    addressed = envelope.addressed
    for name, value in (
        ("submitter", envelope.submitter.identifier),
        ("receiver", addressed.identifier),
        ("receiver's group", addressed.group_code),
    ):
        if not shortest <= len(value) <= longest or not cleaner.is_fit(value):
            expected = f"expected {shortest} to {longest} plain characters"
            raise EnvelopeError(f"{name} identifier of {len(value)} characters: {expected}")
    for name, value in (
        ("submitter name", envelope.submitter.name),
        ("submitter contact", envelope.submitter.contact),
        ("receiver name", addressed.name),
    ):
        if not cleaner.fold(value):
            raise EnvelopeError(f"{name}: found nothing that a claim file can hold, expected a name in Latin letters")
    if len(digits_of(envelope.submitter.phone)) != 10:  # noqa: PLR2004 - a telephone number of the USA
        raise EnvelopeError("submitter phone: expected ten digits")


def _header(envelope: Envelope, cleaner: Cleaner, guide: Guide) -> str:
    """Who sends and who receives."""
    submitter, longest = envelope.submitter, guide.lengths
    name = cleaner.text(submitter.name, "submitter name", longest["last_name"])
    contact = cleaner.text(submitter.contact, "submitter contact", longest["contact_name"])
    addressed = envelope.addressed
    receiver = cleaner.text(addressed.name, "receiver name", longest["last_name"])
    return (
        f"NM1*41*2*{name}*****46*{submitter.identifier}~"
        f"PER*IC*{contact}*TE*{digits_of(submitter.phone)}~"
        f"NM1*40*2*{receiver}*****46*{addressed.identifier}~"
    )


def _delimited(text: str, delimiters: Delimiters) -> bytes:
    signs = delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
    if signs != "*:^~":
        text = text.translate(str.maketrans("*:^~", signs))
    if delimiters.line_break:
        text = text.replace(delimiters.segment, delimiters.segment + delimiters.line_break)
    return text.encode("ascii")
