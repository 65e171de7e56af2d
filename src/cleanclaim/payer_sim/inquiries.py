"""What is asked of the payer: about a member's benefits (270), or about a claim (276), read from the transaction alone.

Levels hang together by their numbers; a subscriber who is the patient is asked for on the subscriber's own level, any
other patient on the level below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cleanclaim.money import AmountError, Cents, scaled
from cleanclaim.x12 import Segment, TransactionSet

ELIGIBILITY, STATUS = "270", "276"
_SOURCE, _RECEIVER, _PROVIDER, _SUBSCRIBER, _DEPENDENT = "20", "21", "19", "22", "23"
_TRACES = 3


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named on a level: name, given name, kind of number and number, and whether it is a person."""

    name: str = ""
    given_name: str = ""
    number_kind: str = ""
    number: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked for, and by whom: `traces` are given back as they came; `day` is the day asked about."""

    payer: Party = Party()
    receiver: Party = Party()
    provider: Party = Party()
    subscriber: Party = Party()
    dependent: Party | None = None
    born: date | None = None
    sex: str = ""
    day: date | None = None
    traces: tuple[tuple[str, ...], ...] = ()

    @property
    def given_name(self) -> str:
        """The patient's given name."""
        return (self.dependent or self.subscriber).given_name


@dataclass(frozen=True, slots=True)
class EligibilityInquiry:
    """One question about benefits; `service_types` are the kinds of care asked about."""

    who: Asked
    service_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusInquiry:
    """One question about a claim, by as many of its marks as the biller has."""

    who: Asked
    payer_claim: str = ""
    account: str = ""
    charge_cents: Cents | None = None
    through: date | None = None


@dataclass(slots=True)
class Level:
    """A level of a transaction: number, the level above it, kind, and its segments."""

    number: str
    above: str
    kind: str
    segments: list[Segment] = field(default_factory=list)


def reference(transaction: TransactionSet) -> str:
    """The sender's reference of the transaction (BHT03)."""
    return next((one.text(3) for one in transaction.segments if one.id == "BHT"), "")


def eligibility_inquiries(transaction: TransactionSet) -> Iterator[EligibilityInquiry]:
    """The questions of a 270, in their order."""
    for who, level in _asked(transaction):
        types = [part for one in level.segments if one.id == "EQ" for part in _repeated(one, 1)]
        if types or any(one.id == "EQ" for one in level.segments):
            yield EligibilityInquiry(who, tuple(dict.fromkeys(part for part in types if part)))


def status_inquiries(transaction: TransactionSet) -> Iterator[StatusInquiry]:
    """The questions of a 276, in their order: each begins with its trace."""
    for who, level in _asked(transaction):
        for part in _traced(level.segments):
            numbers = {one.text(1): one.text(2) for one in part if one.id == "REF"}
            first, through = next((_days(one) for one in part if one.id == "DTP"), (None, None))
            yield StatusInquiry(
                replace(who, traces=(tuple(part[0].text(place) for place in (2,)),), day=first),
                payer_claim=numbers.get("1K", ""),
                account=numbers.get("EJ", ""),
                charge_cents=next((_cents(one.text(2)) for one in part if one.id == "AMT"), None),
                through=through,
            )


def _asked(transaction: TransactionSet) -> Iterator[tuple[Asked, Level]]:
    """Each subscriber or dependent level, with what is known of it from the levels above."""
    levels: dict[str, Level] = {}
    order: list[Level] = []
    for segment in transaction.segments:
        if segment.id == "HL":
            level = Level(segment.text(1), segment.text(2), segment.text(3))
            levels[level.number] = level
            order.append(level)
        elif order and segment.id != "SE":
            order[-1].segments.append(segment)
    for level in order:
        if level.kind in {_SUBSCRIBER, _DEPENDENT}:
            yield _who(level, levels), level


def _who(level: Level, levels: dict[str, Level]) -> Asked:
    parties: dict[str, Party] = {}
    at: Level | None = level
    for _step in range(len(levels)):
        if at is None:
            break
        parties.setdefault(at.kind, _party(at.segments))
        at = levels.get(at.above)
    born = next((_day(one.text(2)) for one in level.segments if one.id == "DMG"), None)
    receiver = parties.get(_RECEIVER, Party())
    return Asked(
        payer=parties.get(_SOURCE, Party()),
        receiver=receiver,
        provider=parties.get(_PROVIDER, receiver),
        subscriber=parties.get(_SUBSCRIBER, Party()),
        dependent=parties.get(_DEPENDENT),
        born=born,
        sex=next((one.text(3) for one in level.segments if one.id == "DMG"), ""),
        day=next((_days(one)[0] for one in level.segments if one.id == "DTP" and one.text(1) == "291"), None),
        traces=tuple(
            tuple(one.text(place) for place in range(2, 2 + _TRACES)) for one in level.segments if one.id == "TRN"
        ),
    )


def _party(segments: Sequence[Segment]) -> Party:
    found = next((one for one in segments if one.id == "NM1"), None)
    if found is None:
        return Party()
    return Party(found.text(3), found.text(4), found.text(8), found.text(9), is_person=found.text(2) == "1")


def _traced(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    part: list[Segment] = []
    for segment in segments:
        if segment.id == "TRN":
            if part:
                yield part
            part = [segment]
        elif part:
            part.append(segment)
    if part:
        yield part


def _repeated(segment: Segment, position: int) -> list[str]:
    sign = segment.delimiters.repetition
    text = segment.text(position)
    return text.split(sign) if sign else [text]


def _cents(text: str) -> Cents | None:
    try:
        return scaled(text, 100)
    except AmountError:
        return None


def _days(segment: Segment) -> tuple[date | None, date | None]:
    first, _dash, last = segment.text(3).partition("-")
    day = _day(first)
    return day, _day(last) if last else day


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
