"""A payment as an 835 (005010X221A1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from cleanclaim.money import plain
from cleanclaim.payer_sim.envelope import COMPONENT, Segment, eight, value
from cleanclaim.payer_sim.memory import Decided, Payee
from cleanclaim.payer_sim.payments import Payment
from cleanclaim.records.adjudication import Adjustment
from cleanclaim.records.remittance import RemittedLine

KIND = ("HP", "835", "005010X221A1")
_PER_SEGMENT = 6


def company(payee: Payee) -> str:
    """The ten signs by which a bank knows the payer: a one, and nine digits that follow from the payer's own id."""
    digest = hashlib.sha256((payee.payer_identifier or payee.payer_name).encode()).digest()
    return f"1{int.from_bytes(digest[:6], 'big') % 10**9:09d}"


def segments(payment: Payment) -> list[Segment]:
    """The transaction between its header and its trailer."""
    paid, payee = payment.remittance, payment.payee
    if paid.paid_on is None:
        raise ValueError("a payment without its day: expected one")
    day, who = eight(paid.paid_on), company(payee)
    bank = ("ACH", "CCP", "01", "000000000", "DA", "0000000001", who, "", "01", "000000000", "DA", "0000000002", day)
    nothing = ("NON", *[""] * 11, day)
    is_paid = paid.amount_cents > 0
    found: list[Segment] = [
        ("BPR", "I" if is_paid else "H", plain(paid.amount_cents), "C", *(bank if is_paid else nothing)),
        ("TRN", "1", paid.trace_number, who),
        ("DTM", "405", day),
        ("N1", "PR", value(payee.payer_name, 60) or "SIMULATED PAYER"),
        ("N3", "1 Simulation Way"),
        ("N4", "Springfield", "IL", "627010001"),
    ]
    if payee.payer_identifier:
        found.append(("REF", "2U", value(payee.payer_identifier, 50)))
    found.append(("PER", "BL", "Simulated payer", "TE", "2175550100"))
    found.append(("N1", "PE", value(payee.name, 60) or "PROVIDER", "XX", payee.npi))
    if payee.tax_id:
        found.append(("REF", "TJ", payee.tax_id))
    if payment.decided:
        found.append(("LX", "1"))
    for one in payment.decided:
        found.extend(_claim(one))
    found.extend(_provider(payment))
    return found


def _claim(one: Decided) -> Iterator[Segment]:
    """One claim: totals, who it is about, days, lines."""
    claim = one.claim
    amounts = (plain(claim.charge_cents), plain(claim.paid_cents), plain(claim.patient_cents or 0))
    number = claim.payer_control_number
    place = (value(one.place_of_service), claim.frequency)
    yield "CLP", value(claim.control_number, 38), claim.status, *amounts, claim.filing_indicator, number, *place
    yield from _adjustments(claim.adjustments)
    member = value(claim.member_id)
    patient = ("NM1", "QC", "1", value(claim.family_name, 60), value(claim.given_name, 35))
    yield (*patient, "", "", "", "MI", member) if member else patient
    if claim.rendering_npi:
        yield "NM1", "82", "1", "", "", "", "", "", "XX", claim.rendering_npi
    if claim.forwarded_to:
        yield "NM1", "TT", "2", value(claim.forwarded_to, 60), "", "", "", "", "PI", value(one.forwarded_identifier)
    if claim.remarks:
        yield "MOA", "", "", *claim.remarks
    if claim.begins_on is not None and claim.ends_on is not None:
        yield "DTM", "232", eight(claim.begins_on)
        yield "DTM", "233", eight(claim.ends_on)
    if claim.received_on is not None:
        yield "DTM", "050", eight(claim.received_on)
    if claim.interest_cents:
        yield "AMT", "I", plain(claim.interest_cents)
    for line in claim.lines:
        yield from _line(line)


def _line(line: RemittedLine) -> Iterator[Segment]:
    """One line: what was decided on, its day, what was adjusted, our number of it."""
    units = "" if line.units is None else str(line.units)
    decided = _procedure(line.code, line.modifiers)
    billed = _procedure(line.billed_code, line.billed_modifiers) if line.billed_code else ""
    yield "SVC", decided, plain(line.charge_cents), plain(line.paid_cents), "", units, billed
    if line.date_of_service is not None:
        if line.through is None or line.through == line.date_of_service:
            yield "DTM", "472", eight(line.date_of_service)
        else:
            yield "DTM", "150", eight(line.date_of_service)
            yield "DTM", "151", eight(line.through)
    yield from _adjustments(line.adjustments)
    if line.control_number:
        yield "REF", "6R", value(line.control_number, 50)
    if line.allowed_cents is not None:
        yield "AMT", "B6", plain(line.allowed_cents)
    for remark in line.remarks:
        yield "LQ", "HE", remark


def _procedure(code: str, modifiers: Iterable[str]) -> str:
    return COMPONENT.join(("HC", value(code, 48), *(value(modifier, 2) for modifier in modifiers)))


def _adjustments(adjustments: Iterable[Adjustment]) -> Iterator[Segment]:
    """A segment for each group, in the order in which the groups come, with at most six reasons."""
    by_group: dict[str, list[Adjustment]] = {}
    for item in adjustments:
        by_group.setdefault(item.group.value, []).append(item)
    for group, items in by_group.items():
        for start in range(0, len(items), _PER_SEGMENT):
            triples: list[str] = []
            for item in items[start : start + _PER_SEGMENT]:
                triples.extend((item.reason, plain(item.amount_cents), ""))
            yield "CAS", group, *triples


def _provider(payment: Payment) -> Iterator[Segment]:
    """What the payment has beside its claims; for the fiscal year that ends with the calendar year."""
    paid = payment.remittance
    year = f"{paid.paid_on:%Y}1231"
    items = paid.provider_adjustments
    for start in range(0, len(items), _PER_SEGMENT):
        pairs: list[str] = []
        for item in items[start : start + _PER_SEGMENT]:
            reason = COMPONENT.join(part for part in (item.reason, value(item.reference, 50)) if part)
            pairs.extend((reason, plain(item.cents)))
        yield "PLB", payment.payee.npi, year, *pairs
