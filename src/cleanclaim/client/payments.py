"""Payments of payers and what they said of each claim, as the API gives them. Amounts are cents, signs the payer's."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cleanclaim.client.wire import Answer, Stored


class RemittanceDocument(Stored):
    """A payment as it was posted. `held_cents` of it stands in suspense since; `unposted_at`: it was taken back."""

    payer_name: str
    payer_identifier: str
    trace_number: str
    method: str
    paid_on: date | None
    amount_cents: int
    claims_count: int
    held_cents: int
    unposted_at: datetime | None


class RefusedPayment(Answer):
    """A payment of a file that was not posted, and why."""

    trace_number: str
    because: str


class PostedDocument(Answer):
    """What posting a file came to: payments posted now, trace numbers of those posted before, and refusals."""

    posted: tuple[RemittanceDocument, ...]
    posted_before: tuple[str, ...]
    refused: tuple[RefusedPayment, ...]


class ClaimAnswerDocument(Stored):
    """What a payment says about one claim: paid, given up by contract, left to the patient, and still open."""

    remittance: UUID
    claim: UUID | None
    order: str
    state: str
    status_code: str
    control_number: str
    payer_control_number: str
    charge_cents: int
    paid_cents: int
    given_up_cents: int
    patient_cents: int
    open_cents: int
    held_because: str
    remarks: tuple[str, ...]
