"""Read eligibility answers (271, 005010X279A1) into records: each member's benefits, as the payer said them.

A value that cannot be read becomes a problem and is not said; a benefit without its code is left out; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.money import AmountError, scaled
from cleanclaim.records.benefits import (
    Benefit,
    BenefitAmount,
    BenefitAnswer,
    BenefitDates,
    BenefitEntity,
    BenefitRefusal,
)
from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.segment_values import told_day
from cleanclaim.x12.transactions import TransactionSet, sets_of

_PAYER, _RECEIVER, _SUBSCRIBER, _DEPENDENT = "20", "21", "22", "23"
_PEOPLE = frozenset({_SUBSCRIBER, _DEPENDENT})
_WHOLE = 10_000
_GROUP_NUMBERS = ("6P", "18", "IG")
"""References that name a group or policy, the best first."""
_PLAN_DATES = frozenset({"291", "307", "346", "347", "348", "349", "356", "357", "102", "152"})


@dataclass(slots=True)
class ReadBenefits:
    """The answers of a file in order, and what could not be read of it."""

    answers: list[BenefitAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_271(data: bytes) -> ReadBenefits:
    """Every answer of a file. Other transactions are passed over."""
    sets, problems = sets_of(data, "271")
    found = ReadBenefits(problems=problems)
    for item in sets:
        _read(item, found)
    return found


def _read(item: TransactionSet, found: ReadBenefits) -> None:
    reading = _Reading()
    for segment in item.segments:
        reading.take(segment)
    reading.end_person()
    if not reading.answers and reading.refusals:
        # The payer or the receiver was at fault: nobody was answered, and everybody who asked is told why.
        reading.answers.append(
            BenefitAnswer(
                segment=reading.refusals[0].segment,
                answered_on=reading.day_told,
                refusals=tuple(reading.refusals),
                **reading.payer,
            )
        )
    found.answers.extend(reading.answers)
    found.problems.extend(reading.problems)


@dataclass(slots=True)
class _Reading:
    """Follows one transaction segment by segment."""

    answers: list[BenefitAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refusals: list[BenefitRefusal] = field(default_factory=list)
    """Of the payer or the receiver, which hold for everybody below."""
    payer: dict[str, Any] = field(default_factory=dict)
    day_told: date | None = None
    _level: str = ""
    _subscriber: dict[str, Any] = field(default_factory=dict)
    _person: dict[str, Any] | None = None
    _benefit: dict[str, Any] | None = None
    _is_related: bool = False

    def take(self, segment: Segment) -> None:
        """The next segment; one that is not known changes nothing."""
        reader = _READERS.get(segment.id)
        if reader is not None:
            reader(self, segment)

    def begin(self, segment: Segment) -> None:
        """BHT: the day of the answer."""
        self.day_told = self._date(segment, 4, segment.text(4))

    def level(self, segment: Segment) -> None:
        """HL: of whom is spoken from here."""
        self.end_person()
        self._level = segment.text(3)
        if self._level == _PAYER:
            self.payer, self.refusals = {}, []
        elif self._level in _PEOPLE:
            self._person = {
                "segment": segment.number,
                "traces": [],
                "plan_dates": [],
                "refusals": [],
                "benefits": [],
                "is_dependent": self._level == _DEPENDENT,
            }
            if self._level == _DEPENDENT:
                # The member id, the group, and a number of our question that stands above are the subscriber's.
                self._person |= {
                    key: value
                    for key, value in self._subscriber.items()
                    if key in {"member_id", "group_number", "traces"}
                }
        elif self._level != _RECEIVER:
            self.problems.append(Problem(segment.number, "", "HL03", "an unknown level", "20, 21, 22 or 23"))

    def trace(self, segment: Segment) -> None:
        """TRN: the number of our question, given back."""
        if self._person is not None and segment.text(1) == "2" and segment.text(2):
            self._person["traces"] = [*self._person["traces"], segment.text(2)]

    def name(self, segment: Segment) -> None:
        """NM1: the payer, the member, or whom a benefit names."""
        if self._is_related and self._benefit is not None:
            name = " ".join(part for part in (segment.text(4), segment.text(3)) if part)
            self._benefit["entities"].append(BenefitEntity(kind=segment.text(1), name=name, identifier=segment.text(9)))
        elif self._level == _PAYER:
            self.payer = {"payer_name": segment.text(3), "payer_identifier": segment.text(9)}
        elif self._person is not None:
            self._person |= {"family_name": segment.text(3), "given_name": segment.text(4)}
            if segment.text(9):
                self._person["member_id"] = segment.text(9)

    def reference(self, segment: Segment) -> None:
        """REF: the group or policy."""
        if self._person is None or self._benefit is not None or segment.text(1) not in _GROUP_NUMBERS:
            return
        rank = _GROUP_NUMBERS.index(segment.text(1))
        if rank <= self._person.get("_rank", len(_GROUP_NUMBERS)) and segment.text(2):
            self._person |= {"group_number": segment.text(2), "_rank": rank}

    def demographics(self, segment: Segment) -> None:
        """DMG: the birth date."""
        if self._person is not None and segment.text(2):
            self._person["birth_date"] = self._date(segment, 2, segment.text(2))

    def dates(self, segment: Segment) -> None:
        """DTP: days of the plan, or of the benefit at hand."""
        if self._person is None:
            return
        first, _sign, last = segment.text(3).partition("-")
        begins = self._date(segment, 3, first)
        ends = self._date(segment, 3, last) if last else begins
        if begins is None or ends is None:
            return
        told = BenefitDates(kind=segment.text(1), begins_on=begins, ends_on=ends)
        if self._benefit is not None:
            self._benefit["dates"].append(told)
        elif told.kind in _PLAN_DATES:
            self._person["plan_dates"].append(told)

    def refusal(self, segment: Segment) -> None:
        """AAA: why there is no answer."""
        if segment.text(1) != "N" and not segment.text(3):
            return
        told = BenefitRefusal(
            segment=segment.number, reason=segment.text(3), follow_up=segment.text(4), level=self._level
        )
        (self._person["refusals"] if self._person is not None else self.refusals).append(told)

    def benefit(self, segment: Segment) -> None:
        """EB: a benefit."""
        self._end_benefit()
        if self._person is None:
            self.problems.append(Problem(segment.number, "2110C", "EB", "a benefit", "a member (HL) before it"))
            return
        if not segment.text(1):
            self.problems.append(Problem(segment.number, "2110C", "EB01", "nothing", "what kind of benefit it is"))
            return
        repeat = segment.delimiters.repetition
        types = segment.text(3).split(repeat) if repeat else [segment.text(3)]
        procedure = segment.parts(13)
        self._benefit = {
            "segment": segment.number,
            "code": segment.text(1),
            "level": segment.text(2),
            "service_types": tuple(part.strip() for part in types if part.strip()),
            "insurance_type": segment.text(4),
            "plan": segment.text(5),
            "period": segment.text(6),
            "cents": self._scaled(segment, 7, 100, "dollars and cents"),
            "share": self._scaled(segment, 8, _WHOLE, "a share such as 0.2"),
            "counts": [],
            "authorization": segment.text(11),
            "in_network": segment.text(12),
            "procedure": procedure[1].upper() if len(procedure) > 1 else "",
            "dates": [],
            "messages": [],
            "entities": [],
        }
        if segment.text(10):
            count = self._count(segment, 10)
            if count is not None:
                self._benefit["counts"].append(BenefitAmount(unit=segment.text(9), count=count, period=segment.text(6)))

    def delivery(self, segment: Segment) -> None:
        """HSD: how many services, how often, in which time."""
        if self._benefit is None or not segment.text(2):
            return
        count = self._count(segment, 2)
        if count is None:
            return
        self._benefit["counts"].append(
            BenefitAmount(
                unit=segment.text(1),
                count=count,
                period=segment.text(5),
                period_count=self._count(segment, 6) if segment.text(6) else None,
                per=self._count(segment, 4) if segment.text(4) else None,
                per_unit=segment.text(3),
            )
        )

    def message(self, segment: Segment) -> None:
        """MSG: the payer's own words."""
        if self._benefit is not None and segment.text(1):
            self._benefit["messages"].append(segment.text(1))

    def related(self, segment: Segment) -> None:
        """LS, LE: around those whom the benefit names."""
        self._is_related = segment.id == "LS"

    def _end_benefit(self) -> None:
        benefit, self._benefit = self._benefit, None
        self._is_related = False
        if benefit is None or self._person is None:
            return
        told: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in benefit.items()
        }
        self._person["benefits"].append(Benefit(**told))

    def end_person(self) -> None:
        """Another level begins, or the transaction ends."""
        self._end_benefit()
        person, self._person = self._person, None
        if person is None:
            return
        person.pop("_rank", None)
        if not person["is_dependent"]:
            self._subscriber = dict(person)
        # A subscriber's level above a dependent's says only who they are: it answers nothing.
        if not (person["benefits"] or person["refusals"]):
            return
        person["refusals"] = [*self.refusals, *person["refusals"]]
        told: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in person.items()
        }
        self.answers.append(BenefitAnswer(answered_on=self.day_told, **self.payer, **told))

    # --- values ---

    def _scaled(self, segment: Segment, place: int, scale: int, expected: str) -> int | None:
        text = segment.text(place)
        if not text:
            return None
        try:
            return scaled(f"0{text}" if text.startswith(".") else text, scale)
        except AmountError:
            element = f"{segment.id}{place:02d}"
            self.problems.append(Problem(segment.number, "2110C", element, "no amount", expected))
            return None

    def _count(self, segment: Segment, place: int) -> int | None:
        """A whole count; a payer writes it with or without a decimal point."""
        text = segment.text(place).removesuffix(".")
        try:
            return scaled(text, 1)
        except AmountError:
            element = f"{segment.id}{place:02d}"
            self.problems.append(Problem(segment.number, "2110C", element, "no whole number", "a count"))
            return None

    def _date(self, segment: Segment, place: int, text: str) -> date | None:
        return told_day(segment, place, text, self.problems)


_READERS: dict[str, Callable[[_Reading, Segment], None]] = {
    "BHT": _Reading.begin,
    "HL": _Reading.level,
    "TRN": _Reading.trace,
    "NM1": _Reading.name,
    "REF": _Reading.reference,
    "DMG": _Reading.demographics,
    "DTP": _Reading.dates,
    "AAA": _Reading.refusal,
    "EB": _Reading.benefit,
    "HSD": _Reading.delivery,
    "MSG": _Reading.message,
    "LS": _Reading.related,
    "LE": _Reading.related,
}
