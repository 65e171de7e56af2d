"""A line as its patient's account sees it: what the ledger wrote about it, and what of it is the patient's, and why.

Only four things make an amount the patient's: a payer said so under group PR, no payer was asked, it was owed before
this ledger began, or a person moved it to them for a stated reason (`moving`). What a payer took by contract, denied or
has not answered is never told as owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.reference import patient_reasons

NOT_BILLED = "self"
"""The reason of an amount that no payer was asked for."""
EARLIER = "earlier"
"""The reason of an amount that was owed before this ledger began."""


@dataclass(frozen=True, slots=True)
class Move:
    """One entry of the ledger about a line, in cents. `kind` is its transaction's; a reversal's, what it takes back."""

    on: date
    kind: Kind
    account: Account
    cents: int
    payer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what is the patient's, and why: a reason of the payer's (CARC), or one of ours (`_WORDS`)."""

    reason: str
    cents: int

    @property
    def label(self) -> str:
        """The reason in a word or two."""
        return _WORDS[self.reason][0] if self.reason in _WORDS else patient_reasons.told(self.reason).label

    @property
    def words(self) -> str:
        """The reason in a sentence to the patient."""
        return _WORDS[self.reason][1] if self.reason in _WORDS else patient_reasons.told(self.reason).words


_WORDS = {
    NOT_BILLED: ("not billed to a plan", "No plan was billed for this visit, as we agreed."),
    EARLIER: ("earlier balance", "A balance from before we changed to this system."),
    "not_insured": ("no coverage", "Your plan says that it did not cover you on this day."),
    "not_a_benefit": ("not covered", "Your plan does not cover this service, as we told you before it."),
    "benefit_used_up": ("benefit used up", "Your plan pays for a limited amount of therapy, and you have used it."),
    "patient_silent": ("waits for you", "Your plan waits for an answer that only you can give it."),
    "paid_to_patient": ("paid to you", "Your plan says that it has paid this amount to you."),
}
"""Reasons that no payer gave: a label of a word or two, and a sentence to the patient."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of a patient's account. `moves` are in the order in which they were written.

    `date_of_service` is the day of a balance that was brought forward, which has no `code`. `remarks` are the payers'
    remarks (RARC) on the line and on its claim, and marks of ours that say what may not be asked (`patient_reasons`).
    `pursued_cents` is what a payer refused under group PR (no member, another plan first) and is still asked about, or
    left to a plan that is not on file: the patient is not asked until somebody has settled that it is theirs.
    """

    key: str
    date_of_service: date
    code: str = ""
    claim: str = ""
    moves: tuple[Move, ...] = ()
    remarks: frozenset[str] = frozenset()
    pursued_cents: int = 0

    def total(self, *accounts: Account) -> int:
        """What stands in these accounts of the line."""
        return sum(move.cents for move in self.moves if move.account in accounts)

    @property
    def charge_cents(self) -> int:
        """What was charged, or brought forward."""
        return -self.total(Account.CHARGES, Account.BROUGHT_FORWARD)

    @property
    def patient_paid_cents(self) -> int:
        """What the patient paid on it, by a payment or out of their credit."""
        return self.total(Account.PATIENT_CASH, Account.PATIENT_CREDIT)

    @property
    def open_cents(self) -> int:
        """What stands open to the patient; below 0, what they paid too much."""
        return self.total(Account.PATIENT_OPEN)

    @property
    def shares(self) -> tuple[Share, ...]:
        """Why what was ever the patient's is theirs, the largest first; what was taken back is gone from it."""
        sums: dict[str, int] = {}
        for move in self.moves:
            if move.account is Account.PATIENT_OPEN and move.kind in _MAKES_OWED:
                reason = _MAKES_OWED[move.kind] or move.reason
                sums[reason] = sums.get(reason, 0) + move.cents
        found = [Share(reason, cents) for reason, cents in sums.items() if cents]
        return tuple(sorted(found, key=lambda share: (-share.cents, share.reason)))

    @property
    def protected_cents(self) -> int:
        """What stands open to the patient and may not be asked of them: cost sharing of protected Medicare patients."""
        reasons = patient_reasons.protected_reasons(self.remarks)
        if not reasons:
            return 0
        told = sum(share.cents for share in self.shares if share.reason in reasons)
        return max(0, min(told, self.open_cents))

    @property
    def waiting_cents(self) -> int:
        """What stands open to the patient and is not asked of them yet: somebody else still is."""
        return max(0, min(self.pursued_cents, self.open_cents - self.protected_cents))

    @property
    def owed_cents(self) -> int:
        """What the patient owes on it: open to them, theirs to pay, and no longer asked of anybody else."""
        return max(0, self.open_cents - self.protected_cents - self.waiting_cents)

    @property
    def overpaid_cents(self) -> int:
        """What the patient paid too much on it."""
        return max(0, -self.open_cents)

    @property
    def wrongly_paid_cents(self) -> int:
        """What the patient has paid of what may not be asked of them: it goes back."""
        reasons = patient_reasons.protected_reasons(self.remarks)
        if not reasons:
            return 0
        told = sum(share.cents for share in self.shares if share.reason in reasons)
        theirs = sum(share.cents for share in self.shares) - told
        return max(0, min(self.patient_paid_cents - max(0, theirs), told)) if told > 0 else 0

    @property
    def owed_since(self) -> date | None:
        """Since when the patient owes on it; `None` where they do not."""
        return standing_since(move for move in self.moves if move.account is Account.PATIENT_OPEN)

    def open_to(self, payer: str) -> int:
        """What stands open to a payer."""
        return sum(move.cents for move in self.moves if move.account is Account.PAYER_OPEN and move.payer == payer)


_MAKES_OWED: dict[Kind, str] = {
    Kind.CHARGE: NOT_BILLED,
    Kind.BROUGHT_FORWARD: EARLIER,
    Kind.REMITTANCE: "",
    Kind.TRANSFER: "",
}
"""Kinds of transactions by which an amount becomes the patient's, with the reason where the entry names none."""


def standing_since(moves: Iterable[Move]) -> date | None:
    """The day since which what these moves come to has been above 0; `None` where it is not.

    An amount that was taken back and decided anew has stood since it was decided anew.
    """
    balance, since = 0, None
    for move in sorted(moves, key=lambda move: move.on):
        before, balance = balance, balance + move.cents
        if balance <= 0:
            since = None
        elif before <= 0:
            since = move.on
    return since
