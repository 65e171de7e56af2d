"""What figures are computed from: claims with their first answer and where their cents stand, and patients' cash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the first remittance said of a claim that is no mere taking back, in cents.

    `denied_cents` is what it neither paid, nor gave up by contract, nor left to the patient or the next payer as a
    share of cost: what is refused under group PR is denied.
    """

    on: date
    charge_cents: int
    paid_cents: int
    denied_cents: int

    @property
    def is_denied(self) -> bool:
        """Whether something of it was denied."""
        return self.denied_cents > 0


@dataclass(frozen=True, slots=True)
class ClaimFact:
    """One claim to a payer, as of the day that is looked at. Amounts are cents of the ledger; `None` is unknown.

    Or `claims` claims at once that no figure tells apart, with what all of them together amount to: of one payer and
    one month, with the same marks and signs (of what stands open, was paid or written off), all of one age, and all
    below or all above their price. `date_of_service` is then the first of theirs.

    `payer` is the key by which claims are grouped. `is_original`: neither replacement nor void. `was_clean`: nothing
    held it back when it was first built; `was_accepted`: what its first acknowledgment (277CA) said. `allowed_cents` is
    the price that was computed for it. A claim that has not gone out has no `filed_on` and nothing in the ledger.
    """

    key: str
    payer: str
    date_of_service: date
    is_original: bool
    filed_on: date | None
    built_cents: int
    """Its charge as it was built."""
    allowed_cents: int | None
    was_clean: bool | None
    was_accepted: bool | None
    answer: FirstAnswer | None
    charged_cents: int = 0
    contractual_cents: int = 0
    paid_cents: int = 0
    """Paid by payers and the patient, less what was given back."""
    written_off_cents: int = 0
    payer_open_cents: int = 0
    patient_open_cents: int = 0
    claims: int = 1
    all_filing_days: int | None = None
    """Of several claims: the days from service to filing, of all together."""

    @property
    def filing_days(self) -> int:
        """Days from service to filing; nothing of what has not gone out."""
        if self.all_filing_days is not None:
            return self.all_filing_days
        return 0 if self.filed_on is None else (self.filed_on - self.date_of_service).days

    @property
    def allowance_cents(self) -> int:
        """What a payer that has not answered is expected to give up by contract; nothing where no price is known."""
        if self.answer is not None or self.allowed_cents is None:
            return 0
        return max(0, self.charged_cents - self.contractual_cents - self.allowed_cents)


@dataclass(frozen=True, slots=True)
class PatientCash:
    """What a patient paid on a day, in cents, and whether they were treated on it."""

    on: date
    cents: int
    was_treated: bool
