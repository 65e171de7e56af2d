"""Acknowledgments: whether a file that was sent could be read, as a whole and transaction by transaction.

They say nothing of whether a claim is payable: a payer's front end says that claim by claim (`claim_status`). Codes are
kept as they came; what they mean is told by `reference.acknowledgment_codes`.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.records.model import Record

_TAKEN = frozenset({"A", "E"})
_PARTLY = "P"


class InterchangeAnswer(Record):
    """Whether an interchange arrived in order (TA1). `control_number` is the one that we gave it, nine digits.

    `outcome` is `A` taken, `E` taken with faults noted, `R` refused with everything in it; `note` says why.
    """

    segment: int
    control_number: str
    interchange_date: str = ""
    outcome: str
    note: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver went on to read what is inside."""
        return self.outcome in _TAKEN


class ElementFault(Record):
    """One element at fault: its position such as `5` or `5:1`, why (`code`), and the value where it is a code."""

    segment: int
    position: str
    code: str
    value: str = ""


class SegmentFault(Record):
    """One segment at fault: its id, its place in our transaction counted from 1, its loop, and why.

    `claim_id` is our claim's number where the receiver says in which claim it stands.
    """

    segment: int
    tag: str
    position: int | None = None
    loop: str = ""
    code: str = ""
    claim_id: str = ""
    elements: tuple[ElementFault, ...] = ()


class TransactionAnswer(Record):
    """What became of one transaction of a group; `control_number` is the one that we gave it (ST02)."""

    segment: int
    kind: str
    control_number: str
    outcome: str
    codes: tuple[str, ...] = ()
    faults: tuple[SegmentFault, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Whether the claims of the transaction went on to the payer's front end."""
        return self.outcome in _TAKEN


class GroupAnswer(Record):
    """What became of a functional group (999). `control_number` is the one that we gave it (GS06).

    `outcome` is `A`, `E`, `P` (some transactions taken), or a refusal. `included`, `received` and `accepted` count
    transactions, `None` where the count could not be read. `answered_on` is the day of the answer's own group.
    """

    segment: int
    function: str
    control_number: str
    outcome: str
    codes: tuple[str, ...] = ()
    included: int | None = None
    received: int | None = None
    accepted: int | None = None
    answered_on: date | None = None
    transactions: tuple[TransactionAnswer, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Whether everything in the group was taken."""
        return self.outcome in _TAKEN

    @property
    def is_partly_taken(self) -> bool:
        """Whether some transactions were taken and others refused."""
        return self.outcome == _PARTLY
