"""The payer's answer to each claim received: a claim acknowledgment (277CA, 005010X214)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cleanclaim.money import Cents, plain
from cleanclaim.payer_sim.envelope import COMPONENT, Segment, eight, value
from cleanclaim.payer_sim.front_end import Returned
from cleanclaim.x12.parsed import ParsedClaim

KIND = ("HN", "277", "005010X214")
_TAKEN = ("A2", "20", "PR")
_RECEIVED = ("A1", "19", "PR")


@dataclass(frozen=True, slots=True)
class Received:
    """One claim as it came in: its number at the payer where it was taken, or why it was returned."""

    claim: ParsedClaim
    number: str = ""
    returned: Returned | None = None

    @property
    def charge_cents(self) -> Cents:
        """What the claim says it charges; 0 where that cannot be read."""
        return self.claim.total_charge_cents or 0


@dataclass(frozen=True, slots=True)
class Batch:
    """The claims of one transaction, and how sender and receiver know it."""

    reference: str
    payer_name: str
    payer_identifier: str
    sender: str
    received: Sequence[Received]


def segments(batch: Batch, day: date) -> list[Segment]:
    """The transaction between its header and its trailer."""
    reference, today = value(batch.reference, 50) or "0", eight(day)
    taken = [one for one in batch.received if one.returned is None]
    back = [one for one in batch.received if one.returned is not None]
    charged = sum(one.charge_cents for one in batch.received)
    found: list[Segment] = [
        ("BHT", "0085", "08", f"CA{reference}"[:50], today, "1200", "TH"),
        ("HL", "1", "", "20", "1"),
        ("NM1", "PR", "2", value(batch.payer_name, 60) or "SIMULATED PAYER", *[""] * 4, "PI", _payer_id(batch)),
        ("TRN", "1", f"CA{reference}"[:50]),
        ("DTP", "050", "D8", today),
        ("DTP", "009", "D8", today),
        ("HL", "2", "1", "21", "1" if batch.received else "0"),
        ("NM1", "41", "2", value(batch.sender, 60) or "SENDER", *[""] * 4, "46", value(batch.sender) or "0"),
        ("TRN", "2", reference),
        ("STC", COMPONENT.join(_RECEIVED), today, "WQ", plain(charged)),
    ]
    counted = [(kind, amount, claims) for kind, amount, claims in (("90", "YU", taken), ("AA", "YY", back)) if claims]
    found.extend(("QTY", kind, str(len(claims))) for kind, _amount, claims in counted)
    found.extend(("AMT", amount, plain(sum(one.charge_cents for one in claims))) for _kind, amount, claims in counted)
    level = 2
    for _key, claims in groupby(batch.received, key=lambda one: _biller(one.claim)):
        level += 1
        biller = level
        found.extend(_billing_level(together := list(claims), level))
        for one in together:
            level += 1
            found.append(("HL", str(level), str(biller), "PT"))
            found.extend(_claim(one, today))
    return found


def _payer_id(batch: Batch) -> str:
    return value(batch.payer_identifier) or "SIMULATED"


def _biller(claim: ParsedClaim) -> tuple[str, str]:
    return ("", "") if claim.billing is None else (claim.billing.npi, claim.billing.name)


def _billing_level(claims: Sequence[Received], level: int) -> Iterable[Segment]:
    """Who bills the claims that follow."""
    npi, name = _biller(claims[0].claim)
    tax = claims[0].claim.billing.tax_id if claims[0].claim.billing is not None else ""
    number = ("XX", value(npi)) if npi else ("FI", value(tax) or "0")
    return (
        ("HL", str(level), "2", "19", "1"),
        ("NM1", "85", "2", value(name, 60) or "PROVIDER", *[""] * 4, *number),
    )


def _claim(one: Received, today: str) -> Iterator[Segment]:
    """The patient, the answer, and the payer's number where the claim was taken."""
    claim, back = one.claim, one.returned
    patient, subscriber = claim.patient or claim.subscriber, claim.subscriber
    name = ("", "") if patient is None else (value(patient.name, 60), value(patient.given_name, 35))
    member = value(subscriber.identifier) if subscriber is not None else ""
    yield "NM1", "QC", "1", name[0] or "UNKNOWN", name[1], "", "", "", "MI", member or "0"
    yield "TRN", "2", value(claim.id, 38) or "0"
    status = _TAKEN if back is None else tuple(part for part in (back.category, back.status, back.entity) if part)
    yield "STC", COMPONENT.join(status), today, "WQ" if back is None else "U", plain(one.charge_cents)
    if one.number:
        yield "REF", "1K", one.number
    days = [line.date_of_service for line in claim.lines if line.date_of_service is not None]
    last = max((line.date_through for line in claim.lines if line.date_through is not None), default=None)
    if days and last is not None and last > min(days):
        yield "DTP", "472", "RD8", f"{eight(min(days))}-{eight(last)}"
    else:
        yield "DTP", "472", "D8", eight(min(days)) if days else today
