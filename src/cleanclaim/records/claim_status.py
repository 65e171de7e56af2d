"""What a payer says of claims before and beside payment: taken or returned (277CA), pending or finished (277).

A claim that the front end returns never reached the payer's books: it is corrected and sent again as an original. Codes
are kept as they came; what they mean is told by `reference.claim_status`. Amounts are cents.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from cleanclaim.records.model import Record


class StatusKind(StrEnum):
    """Which question a report answers."""

    ACKNOWLEDGMENT = "acknowledgment"
    """What became of claims on arrival, told unasked (277CA, 005010X214)."""
    ANSWER = "answer"
    """Where claims stand that somebody asked about (277, 005010X212)."""


class StatusCode(Record):
    """A status: its category (`A7`), the status itself (`562`), and whom or what it is about (`85`)."""

    category: str
    status: str
    entity: str = ""

    @property
    def text(self) -> str:
        """The code as billers write it: `A7:562:85`."""
        return ":".join(part for part in (self.category, self.status, self.entity) if part)


class ReportedLine(Record):
    """What is said of one line. `control_number` is our own line number where the payer returns it."""

    segment: int
    code: str
    modifiers: tuple[str, ...] = ()
    charge_cents: int | None = None
    control_number: str = ""
    date_of_service: date | None = None
    statuses: tuple[StatusCode, ...] = ()


class ReportedClaim(Record):
    """What is said of one claim. `control_number` is ours; `trace` is that of our question where we asked.

    `payer_control_number` is the payer's own number, which a replacement or an appeal must name.
    `refuses` is the report's own word that the claim was not taken (277CA: action `U`); `None` where it does not say.
    """

    segment: int
    control_number: str
    trace: str = ""
    payer_control_number: str = ""
    clearinghouse_number: str = ""
    family_name: str = ""
    given_name: str = ""
    member_id: str = ""
    statuses: tuple[StatusCode, ...] = ()
    refuses: bool | None = None
    effective_on: date | None = None
    charge_cents: int | None = None
    paid_cents: int | None = None
    decided_on: date | None = None
    paid_on: date | None = None
    check_number: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    message: str = ""
    """What the payer adds in free words."""
    lines: tuple[ReportedLine, ...] = ()


class ReportedBiller(Record):
    """A status of everything that one billing provider sent, where the payer gives one."""

    segment: int
    npi: str = ""
    statuses: tuple[StatusCode, ...] = ()
    refuses: bool | None = None


class StatusReport(Record):
    """One report of a payer. `batch_reference` is the reference (BHT03) of our transaction that it answers.

    `statuses` speak of the transaction as a whole; `billers` of what one biller sent. `taken` and `returned` are the
    payer's own counts of claims, `None` where it does not count.
    """

    segment: int
    kind: StatusKind
    payer_name: str = ""
    payer_identifier: str = ""
    batch_reference: str = ""
    reported_on: date | None = None
    statuses: tuple[StatusCode, ...] = ()
    refuses: bool | None = None
    taken: int | None = None
    returned: int | None = None
    billers: tuple[ReportedBiller, ...] = ()
    claims: tuple[ReportedClaim, ...] = ()
