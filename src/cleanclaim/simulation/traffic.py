"""What goes between a desk and the payers, one by one, and what is counted of it on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from cleanclaim.denials.prediction import Foresight
from cleanclaim.denials.strategy import Strategy
from cleanclaim.records import Claim, CoverageOrder
from cleanclaim.simulation.desk import Filing

_PRIMARY = CoverageOrder.PRIMARY


@dataclass(slots=True)
class Sent:
    """A claim that left: which visit it is of, the head of its chain, and what has come back of it."""

    claim: Claim
    key: str
    head: str
    filed_on: date
    objections: tuple[tuple[str, str], ...]
    attempt: int = 1
    payer_number: str = ""
    returned: str = ""
    answers: int = 0
    order: CoverageOrder = _PRIMARY
    is_unchanged: bool = False
    """Sent once more as it was, after a denial."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A line that a payer did not accept: the claim, its line, group and reason, what of it is open, and when.

    `is_first`: the claim had not been answered before.
    """

    sent: Sent
    line: str
    group: str
    reason: str
    cents: int
    on: date
    is_first: bool
    order: CoverageOrder
    """The place of the payer that denied it."""
    foresight: Foresight
    """What the checks had said before the claim was filed."""
    payer_claim: str
    """The payer's number of the answer."""
    strategy: Strategy
    """What can be done about it."""


@dataclass(frozen=True, slots=True)
class Announced:
    """An overpayment that a payer has announced, to be taken from later payments: by its reference, from which day."""

    payer: str
    reference: str
    cents: int
    on: date


@dataclass(slots=True)
class Tally:
    """What is counted on the way, claims by the payer's kind of answer."""

    files: int = 0
    filed: int = 0
    again: int = 0
    refused_files: int = 0
    unfit: int = 0
    accepted: int = 0
    returned: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    first_pass: int = 0
    remittances: int = 0
    empty: int = 0
    """Remittances that pay nothing."""
    reversals: int = 0
    forwarded: int = 0
    by_secondary: int = 0
    suspended: Counter[str] = field(default_factory=Counter)
    provider: Counter[str] = field(default_factory=Counter)
    split: int = 0
    recoded: int = 0
    packaged: int = 0
    """Claims of which several lines were paid as one, under another code."""
    unchanged: int = 0
    """Claims sent once more as they were."""
    unchanged_paid_cents: int = 0
    repaid_cents: int = 0
    """Sent to payers by check for what they had announced."""
    won_cents: int = 0
    """What appeals have brought from the payers that they were made to."""
    late: int = 0
    paid_days: list[tuple[int, int]] = field(default_factory=list)
    """Days from filing to payment, and cents."""
    denials: list[Denied] = field(default_factory=list)
    routes: Counter[str] = field(default_factory=Counter)
    """Denied lines by the way to their money."""


def line_key(head: str, number: int) -> str:
    """The key of a line in the ledger: `CLAIM:PART:NUMBER`."""
    return f"{head}:1:{number}"


def first_of(filing: Filing) -> list[Sent]:
    """The claims of a filing, as they leave for the first time."""
    return [Sent(claim, filing.key, claim.id, filing.on, filing.objections) for claim in filing.claims]
