"""Where a claim stands with the payer: not found, returned, received, pending, or answered by a payment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import Cents
from cleanclaim.payer_sim.inquiries import StatusInquiry
from cleanclaim.payer_sim.memory import Decided, Memory, Settled
from cleanclaim.payer_sim.pack import Pack

RECEIVED_DAYS = 3
"""For so many days a claim is told as received; after them it is in process."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of one claim: category and status, and what was found of it. `settled` where it was answered."""

    status: str
    decided: Decided | None = None
    settled: Settled | None = None

    @property
    def paid_cents(self) -> Cents:
        """What was paid; nothing where it is not yet."""
        return self.decided.claim.paid_cents if self.decided is not None and self.settled is not None else 0


def standing(asked: StatusInquiry, memory: Memory, pack: Pack, today: date) -> Standing:
    """The standing of the claim that an inquiry speaks of, by the decision in force."""
    status = pack.edits.status
    decided = _find(asked, memory.paid.values())
    if decided is None:
        back = memory.returned.get(f"{asked.account}|{asked.who.subscriber.number}")
        return Standing(back or status.not_found)
    settled = memory.settled.get(decided.claim.payer_control_number)
    if settled is None:
        received = decided.claim.received_on
        is_new = received is not None and (today - received).days < RECEIVED_DAYS
        return Standing(status.received if is_new else status.pending, decided)
    if decided.claim.paid_cents > 0:
        return Standing(status.paid, decided, settled)
    allowed = sum(line.allowed_cents or 0 for line in decided.claim.lines)
    return Standing(status.without_payment if allowed else status.denied, decided, settled)


def _find(asked: StatusInquiry, decisions: Iterable[Decided]) -> Decided | None:
    """The decision asked about: by the payer's number, else by the biller's, else by days and charge of the member.

    A number alone is not believed: the member must be the one asked for. Of several the last is told.
    """
    member = asked.who.subscriber.number
    own = [one for one in decisions if one.claim.member_id == member]
    for found in (
        [one for one in own if asked.payer_claim and one.claim.payer_control_number == asked.payer_claim],
        [one for one in own if asked.account and one.claim.control_number == asked.account],
        [one for one in own if _is_like(asked, one)] if not (asked.account or asked.payer_claim) else [],
    ):
        if found:
            return found[-1]
    return None


def _is_like(asked: StatusInquiry, one: Decided) -> bool:
    """Whether a decision is about the days and the charge asked for."""
    days = (one.claim.begins_on, one.claim.ends_on)
    is_same_charge = asked.charge_cents is None or asked.charge_cents == one.claim.charge_cents
    return asked.who.day is not None and days == (asked.who.day, asked.through) and is_same_charge
