"""What the payer remembers between runs: files and claims seen, benefits used, what is still to be paid or taken back.

It is kept as one JSON file that only its owner can read, for it names members. The same files in the same order, with
the same seed, leave the same memory.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cleanclaim.money import Cents
from cleanclaim.records.model import Record
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.x12.parsed import ParsedClaim


class MemoryFileError(ValueError):
    """A memory file that is none, or that belongs to another seed or scenario."""


class Payee(Record):
    """Who is paid, and by whom: the key of a payment. Claims of one payee and day go into one remittance."""

    payer_name: str
    payer_identifier: str
    sender: str
    """The interchange id of whoever sent the claims: the answers go back there."""
    is_test: bool
    name: str
    npi: str
    tax_id: str

    @property
    def key(self) -> str:
        """One text for the account."""
        return "|".join((self.payer_identifier, self.payer_name, self.sender, self.npi, self.tax_id, str(self.is_test)))


class Decided(Record):
    """A claim that is decided and waits for its day of payment.

    `person` is the payer's key of the patient. `interest_cents` is paid on top, outside the claim. `replaces` is the
    payer's number of the decision that a correction stands for. `owed_cents` of a reversal is left with the payee for
    now and taken from payments from `recoup_from` on.
    """

    plan: str
    payee: Payee
    pay_on: date
    claim: RemittedClaim
    person: str
    place_of_service: str
    interest_cents: Cents = 0
    forwarded_identifier: str = ""
    replaces: str = ""
    owed_cents: Cents = 0
    recoup_from: date | None = None


class Recoupment(Record):
    """What a payee still has to give back, and from which day it is taken from payments."""

    reference: str
    cents: Cents
    since: date


class Refund(Record):
    """A check from a payee for an overpayment, by the reference of the remittance that announced it."""

    reference: str
    cents: Cents
    received_on: date


class Kept(Record):
    """A claim that may be appealed: as it came, by which edit each of its lines is denied, and what it was decided as.

    `level` is how many appeals were decided; `decided_on` the day of the last decision.
    """

    claim: ParsedClaim
    names: tuple[str, ...]
    received_on: date
    level: int = 0
    decided_on: date


class Appealed(Record):
    """An appeal that waits for its decision: of which claim, by the payer's number, and from which payee's letter."""

    number: str
    level: int
    received_on: date
    decide_on: date


class Account(BaseModel):
    """What lies between the payer and one payee from one payment to the next."""

    model_config = ConfigDict(extra="forbid")

    forward_cents: Cents = 0
    """A payment that came out below zero: brought in with the next."""
    recoupments: list[Recoupment] = Field(default_factory=list)
    refunds: list[Refund] = Field(default_factory=list)
    """Checks that no remittance has acknowledged yet."""


class Service(Record):
    """One line that was decided, for whoever bills the same day again. `is_paid` is false for one denied.

    `told` is what the claim of a denied line told beside it; `None` where the denial decided nothing.
    """

    code: str
    modifiers: tuple[str, ...]
    units: int
    charge_cents: Cents
    is_paid: bool
    payer_claim: str
    told: str | None = None


class Settled(Record):
    """When and by which payment a claim was answered."""

    paid_on: date
    trace_number: str


class Memory(BaseModel):
    """Everything the payer remembers; the keys are the payer's own (see `keys` in the adjudication)."""

    model_config = ConfigDict(extra="forbid")

    seed: int
    scenario: str
    files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of each file answered, with the name it had."""
    interchanges: list[str] = Field(default_factory=list)
    """Sender and control number of each interchange taken."""
    services: dict[str, list[Service]] = Field(default_factory=dict)
    """By plan, member, billing NPI and day."""
    deductibles: dict[str, Cents] = Field(default_factory=dict)
    """What was met, by plan, member and year."""
    allowed: dict[str, Cents] = Field(default_factory=dict)
    """What was allowed under the threshold, by plan, member, discipline and year."""
    copays: dict[str, Cents] = Field(default_factory=dict)
    """What was taken of the copay, by plan, member and day."""
    visits: dict[str, list[str]] = Field(default_factory=dict)
    """Days that were paid of a benefit counted in visits, by plan, member, disciplines and year."""
    ended: dict[str, date] = Field(default_factory=dict)
    """When coverage ended, by plan and member, for those of whom that was asked."""
    members: dict[str, str] = Field(default_factory=dict)
    """The plan, by the payer's identifier and member number that a claim had."""
    returned: dict[str, str] = Field(default_factory=dict)
    """Why the front end returned a claim, by the biller's number of it and the member number."""
    settled: dict[str, Settled] = Field(default_factory=dict)
    """The payment, by the payer's number of the claim."""
    paid: dict[str, Decided] = Field(default_factory=dict)
    """The decision in force, by the payer's number of the claim."""
    waiting: list[Decided] = Field(default_factory=list)
    announced: dict[str, str] = Field(default_factory=dict)
    """The payee's account, by the reference of an overpayment that was announced to it."""
    kept: dict[str, Kept] = Field(default_factory=dict)
    """Claims that may be appealed, by the payer's number of the decision in force."""
    appeals: list[Appealed] = Field(default_factory=list)
    """Appeals that wait for their decision, in the order they came."""
    accounts: dict[str, Account] = Field(default_factory=dict)
    next_claim: int = 1
    next_payment: int = 1
    next_interchange: int = 1
    next_group: int = 1
    next_transaction: int = 1


def load_memory(path: Path, *, seed: int, scenario: str) -> Memory:
    """The memory in a file; an empty one where there is no file. Raises `MemoryFileError` for what is no memory."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Memory(seed=seed, scenario=scenario)
    try:
        memory = Memory.model_validate_json(text)
    except ValidationError as error:
        # What stands in the file is about members: only the place is told.
        where = ".".join(str(part) for part in error.errors()[0]["loc"][:1]) or "the file"
        raise MemoryFileError(f"{path.name}: {where}: expected the memory of a simulated payer") from None
    if (memory.seed, memory.scenario) != (seed, scenario):
        raise MemoryFileError(
            f"{path.name}: begun with seed {memory.seed} and scenario {memory.scenario}: expected the same again"
        )
    return memory


def save_memory(path: Path, memory: Memory) -> None:
    """Put the memory in place of the old one as a whole, for its owner only."""
    text = json.dumps(memory.model_dump(mode="json", exclude_defaults=True), indent=1, sort_keys=True) + "\n"
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
