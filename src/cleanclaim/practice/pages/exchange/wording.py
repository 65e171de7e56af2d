"""States of files and claims as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.reference.claim_status import Standing
from cleanclaim.submission.transmission import State


@dataclass(frozen=True, slots=True)
class Told:
    """A state in words: what the tag says, its tone, and what it means for whoever reads it."""

    words: str
    tone: str
    says: str


STATES: dict[str, Told] = {
    State.PREPARED.value: Told("waits", "", "It was made, and has not gone out yet."),
    State.SENDING.value: Told(
        "on its way", "info", "It was about to be released; the next exchange looks whether it was."
    ),
    State.SENT.value: Told("sent", "info", "It went out. The receiver has not acknowledged it yet."),
    State.ACCEPTED.value: Told(
        "accepted", "good", "The receiver read it. What becomes of each claim is told claim by claim."
    ),
    State.PARTLY_ACCEPTED.value: Told(
        "partly accepted", "warn", "The receiver read a part of it; the claims of the rest are among those returned."
    ),
    State.REJECTED.value: Told(
        "rejected",
        "bad",
        "The receiver read none of it. Its claims never reached a payer and are among those returned.",
    ),
    State.IN_DOUBT.value: Told(
        "in doubt", "warn", "It is not known whether it went out. An acknowledgment settles it, or ask the receiver."
    ),
}
"""States of files on their way out."""

BY_HAND = Told("to be taken", "warn", "It waits to be downloaded and taken to the receiver by hand.")
"""A file that no worker sends."""

STANDINGS: dict[str, Told] = {
    Standing.RECEIVED.value: Told("received", "info", "The receiver has it."),
    Standing.ACCEPTED.value: Told("accepted", "good", "The payer has it in its books and will decide."),
    Standing.REJECTED.value: Told(
        "returned", "bad", "It never reached the payer's books: correct it and send it again."
    ),
    Standing.PENDING.value: Told("pending", "info", "The payer is at work on it."),
    Standing.ASKED_OF_PROVIDER.value: Told("asked of you", "warn", "The payer waits for information from the clinic."),
    Standing.ASKED_OF_PATIENT.value: Told("asked of the patient", "warn", "The payer waits for the patient."),
    Standing.PAID.value: Told("paid", "good", "Decided and paid; the remittance tells how."),
    Standing.DENIED.value: Told("denied", "bad", "Decided and denied; the remittance tells why."),
    Standing.FINISHED.value: Told("finished", "info", "Decided; the remittance tells how."),
    Standing.NOT_FOUND.value: Told("not found", "bad", "The payer has no such claim."),
    Standing.NOT_ANSWERED.value: Told("not answered", "warn", "The payer did not answer the question."),
    Standing.UNKNOWN.value: Told("not explained", "warn", "The code is not explained here."),
}
"""Where a claim stands by what was said of it."""


def state_of(state: str, *, by_hand: bool) -> Told:
    """The state of a file in words."""
    return BY_HAND if by_hand and state == State.PREPARED.value else STATES[state]
