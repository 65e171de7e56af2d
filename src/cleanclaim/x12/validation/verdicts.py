"""What validation says of a file: per interchange, group and transaction, which faults there are and what follows.

A verdict is one of four words. A transaction without a guide here is *not judged*: that is neither acceptance nor
rejection, and whoever acknowledges it says that its version is not supported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.validation.faults import Fault


class Outcome(StrEnum):
    """What becomes of a transaction, group or interchange."""

    ACCEPTED = "accepted"
    NOTED = "accepted, with faults noted"
    REJECTED = "rejected"
    NOT_JUDGED = "not judged"


@dataclass(slots=True)
class FaultList:
    """The first `limit` faults of one part of a file, and how many there are in all."""

    limit: int
    listed: list[Fault] = field(default_factory=list)
    count: int = 0
    rejecting: int = 0

    def add(self, fault: Fault) -> None:
        """One more; past the limit it is only counted."""
        self.count += 1
        self.rejecting += fault.kind.rejects
        if len(self.listed) < self.limit:
            self.listed.append(fault)

    @property
    def unlisted(self) -> int:
        """How many are counted only."""
        return self.count - len(self.listed)

    @property
    def outcome(self) -> Outcome:
        """Rejected where one of them rejects."""
        if self.rejecting:
            return Outcome.REJECTED
        return Outcome.NOTED if self.count else Outcome.ACCEPTED


@dataclass(slots=True)
class TransactionVerdict:
    """One transaction: what its header says (`version` is ST03, else GS08), and its faults.

    `guide` is the version of the guide it was judged by, "" where there is none here. `segments` counts those read,
    header and trailer included. `first_segment` is the header's number in the file.
    """

    kind: str
    control_number: str
    version: str
    stated_version: str
    first_segment: int
    faults: FaultList
    guide: str = ""
    segments: int = 0

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if not self.guide and not self.faults.rejecting:
            return Outcome.NOT_JUDGED
        return self.faults.outcome


@dataclass(slots=True)
class EnvelopeVerdict:
    """What an interchange and a group have alike: elements of the header, its place in the file, and own faults."""

    header: tuple[str, ...]
    first_segment: int
    faults: FaultList

    def element(self, position: int) -> str:
        """An element of the header, "" where it is not there."""
        return self.header[position] if position < len(self.header) else ""


@dataclass(slots=True)
class GroupVerdict(EnvelopeVerdict):
    """One functional group: its transactions, and what its trailer counts."""

    transactions: list[TransactionVerdict] = field(default_factory=list)
    stated_count: str = ""

    @property
    def accepted(self) -> int:
        """How many transactions are accepted."""
        good = (Outcome.ACCEPTED, Outcome.NOTED)
        return 0 if self.faults.rejecting else sum(one.outcome in good for one in self.transactions)

    @property
    def outcome(self) -> Outcome:
        """Rejected where it, or a transaction in it, is; not judged where one in it is not."""
        return _together(self.faults, [one.outcome for one in self.transactions])


@dataclass(slots=True)
class InterchangeVerdict(EnvelopeVerdict):
    """One interchange: its delimiters and its groups."""

    delimiters: Delimiters
    groups: list[GroupVerdict] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Rejected where it, or anything in it, is."""
        return _together(self.faults, [one.outcome for one in self.groups])


@dataclass(slots=True)
class Validation:
    """A whole file: its interchanges, and faults that belong to none."""

    interchanges: list[InterchangeVerdict]
    faults: FaultList
    segments: int = 0

    @property
    def outcome(self) -> Outcome:
        """Rejected where anything in it is."""
        return _together(self.faults, [one.outcome for one in self.interchanges])

    def all_faults(self) -> list[Fault]:
        """Every listed fault, in the order of the file."""
        found = list(self.faults.listed)
        for interchange in self.interchanges:
            found.extend(interchange.faults.listed)
            for group in interchange.groups:
                found.extend(group.faults.listed)
                for transaction in group.transactions:
                    found.extend(transaction.faults.listed)
        return sorted(found, key=lambda fault: fault.segment)

    @property
    def unlisted(self) -> int:
        """How many faults are counted only."""
        found = self.faults.unlisted
        for interchange in self.interchanges:
            found += interchange.faults.unlisted
            for group in interchange.groups:
                found += group.faults.unlisted + sum(one.faults.unlisted for one in group.transactions)
        return found


def _together(faults: FaultList, inside: list[Outcome]) -> Outcome:
    if faults.rejecting or Outcome.REJECTED in inside:
        return Outcome.REJECTED
    if Outcome.NOT_JUDGED in inside:
        return Outcome.NOT_JUDGED
    return Outcome.NOTED if faults.count or Outcome.NOTED in inside else Outcome.ACCEPTED
