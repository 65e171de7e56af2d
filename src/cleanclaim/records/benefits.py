"""What a payer answers about a member's benefits (271), kept as it was said: benefit by benefit.

Codes are kept as they came. Amounts are cents, shares parts of ten thousand, counts whole numbers; `None` is not said.
What the benefits come to for therapy is told by `submission.therapy_benefits`.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.records.model import Record


class BenefitDates(Record):
    """Days of one kind: from, through; the same day twice where only one is given."""

    kind: str
    begins_on: date
    ends_on: date


class BenefitAmount(Record):
    """A count of services: how many of what (`VS` visits), in which period (`23` calendar year, `29` remaining).

    `per` and `per_unit` say how often, where the payer limits that too.
    """

    unit: str
    count: int
    period: str = ""
    period_count: int | None = None
    per: int | None = None
    per_unit: str = ""


class BenefitEntity(Record):
    """Somebody whom a benefit names: another payer, a plan sponsor, a primary care provider."""

    kind: str
    name: str
    identifier: str = ""


class Benefit(Record):
    """One benefit. `code` says what it is (`1` active, `B` copay, `C` deductible, `F` limit, `R` other payer, …).

    `service_types` are the kinds of care it speaks of, none for all. `period` is the time that an amount or count is
    for, `29` for what remains. `in_network` is the payer's word: Y, N, W both, U unknown, "" not said.
    """

    segment: int
    code: str
    level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    cents: int | None = None
    share: int | None = None
    counts: tuple[BenefitAmount, ...] = ()
    authorization: str = ""
    in_network: str = ""
    procedure: str = ""
    dates: tuple[BenefitDates, ...] = ()
    messages: tuple[str, ...] = ()
    entities: tuple[BenefitEntity, ...] = ()


class BenefitRefusal(Record):
    """Why a question was not answered: the reason's code, and what the payer says to do (`C` correct, `R` resend…)."""

    segment: int
    reason: str
    follow_up: str = ""
    level: str = ""


class BenefitAnswer(Record):
    """One answer: about whom, to which of our questions (`traces`), and what the payer says.

    `refusals` are why it says nothing. `plan_dates` are days of the plan as a whole.
    """

    segment: int
    payer_name: str = ""
    payer_identifier: str = ""
    answered_on: date | None = None
    traces: tuple[str, ...] = ()
    family_name: str = ""
    given_name: str = ""
    member_id: str = ""
    is_dependent: bool = False
    birth_date: date | None = None
    group_number: str = ""
    plan_dates: tuple[BenefitDates, ...] = ()
    refusals: tuple[BenefitRefusal, ...] = ()
    benefits: tuple[Benefit, ...] = ()
