"""What a life remembers of its claims: how they were filed, what payers answered and paid, and what each changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.practice.accounts.any_order import Life
from tests.practice.accounts.expected_money import PATIENT, Change, charged, decided, together, turned
from tests.practice.accounts.payer_words import SaidClaim, SaidPayment
from tests.practice.accounts.refund_ties import Place


@dataclass(slots=True)
class Line:
    """A line of a claim as it was filed. `name` is what the ledger calls it: the line of the claim that was charged."""

    name: str
    number: str
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: int


@dataclass(slots=True)
class Filed:
    """A claim that has left: to the payer of which place, on whose lines, and the places of the payers after it."""

    key: Any
    number: str
    head: Any
    order: str
    later: tuple[str, ...]
    lines: list[Line]
    record: dict[str, Any]
    is_void: bool
    replaces: Any
    is_charged: bool = False
    stands: bool = True
    """Not replaced, voided or returned since."""

    @property
    def charge(self) -> Change:
        """What it charges: nothing where another claim was charged for its lines."""
        if self.head != self.key or self.is_void:
            return {}
        return together(*(charged(line.name, self.order, line.charge) for line in self.lines))


@dataclass(slots=True)
class Part:
    """What a payer says of one line, in cents; what is left over of what it was asked for stays open to it."""

    paid: int
    contract: int
    left: int

    @property
    def moved(self) -> int:
        """What it takes out of the open amount."""
        return self.paid + self.contract + self.left


@dataclass(slots=True)
class Answer:
    """What a payer said of one claim, and whether that stands."""

    claim: Filed
    order: str
    to: str
    parts: dict[str, Part]
    said: SaidClaim
    reasons: dict[str, str] = field(default_factory=dict)
    """By line: why it leaves something to the patient (CARC)."""
    takes_back: Answer | None = None
    is_held: bool = False
    is_taken_back: bool = False
    payment: Payment | None = None

    @property
    def stands(self) -> bool:
        """Whether it is posted, and nobody has taken it back."""
        return self.payment is not None and self.payment.stands and not self.is_held and not self.is_taken_back

    @property
    def change(self) -> Change:
        """What posting it changes."""
        if self.is_held:
            return together({("held", "", ""): self.said.paid})
        moved = together(
            *(
                decided(name, self.order, self.to, paid=part.paid, contract=part.contract, left=part.left)
                for name, part in self.parts.items()
            )
        )
        return turned(moved) if self.takes_back is not None else moved


def leave(life: Life, answer: Answer, sign: int = 1) -> None:
    """What an answer leaves to the patient is theirs from now on; with -1 it is not any more."""
    if answer.is_held or answer.to != PATIENT:
        return
    for name, part in answer.parts.items():
        if part.left:
            cents = sign * (-part.left if answer.takes_back is not None else part.left)
            life.money.leave(name, answer.reasons[name], cents)


@dataclass(slots=True)
class Payment:
    """A payment as it is posted: `change` is all that it has changed so far, with what was placed later."""

    said: SaidPayment
    answers: list[Answer]
    data: bytes
    place: int
    stands: bool = False
    change: Change = field(default_factory=dict)
    about: list[tuple[Filed, int]] = field(default_factory=list)
    """What it takes or adds beside claims, by the claim that it names for it."""
    beside: list[tuple[Place, int]] = field(default_factory=list)
    """The same, by the claim that was charged and whose money it is."""

    @property
    def name(self) -> str:
        """What the bank calls it."""
        return f"remittance:{self.said.trace}/{self.place}"


def claims_of(life: Life) -> list[Filed]:
    """The claims that went out, the earliest first."""
    return life.remember("claims")


def answers_of(life: Life) -> list[Answer]:
    """What payers answered, the earliest first."""
    return life.remember("answers")


def payments_of(life: Life) -> list[Payment]:
    """What payers paid, the earliest first."""
    return life.remember("payments")
