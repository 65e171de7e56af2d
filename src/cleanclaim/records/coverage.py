"""Who pays: coverages in order, authorizations, and what other claims have used up."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from cleanclaim.records.model import Identifier, NonNegative, ProcedureCode, Record, StateCode
from cleanclaim.records.people import Subscriber


class CoverageOrder(StrEnum):
    """Which payer is billed first, second, third."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"


class Relationship(StrEnum):
    """What the patient is to the subscriber."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class AccidentKind(StrEnum):
    """What caused the condition, where a claim must say so."""

    AUTO = "auto"
    EMPLOYMENT = "employment"
    OTHER = "other"


class Accident(Record):
    """The accident behind an injury claim. `state` is where a motor-vehicle accident happened."""

    kind: AccidentKind
    on: date
    state: StateCode | None = None


class Authorization(Record):
    """A payer's approval before care. `None` in a limit means the approval does not say."""

    number: str
    valid_from: date | None = None
    valid_through: date | None = None
    visits_allowed: NonNegative | None = None
    visits_used: NonNegative | None = None
    units_allowed: NonNegative | None = None
    units_used: NonNegative | None = None
    codes: tuple[ProcedureCode, ...] = ()


class Coverage(Record):
    """One policy of a patient. `payer` names a payer file (`medicare_b`, `uhc_commercial`, a clinic's own).

    `medicare_secondary_type` says why another payer comes before Medicare (12 working aged, 14 no-fault, 15 workers'
    compensation, …); it is empty unless this is Medicare and not the first.
    """

    order: CoverageOrder = CoverageOrder.PRIMARY
    payer: Identifier
    payer_name: str = ""
    payer_identifier: str = ""
    member_id: str = ""
    group_number: str = ""
    plan_name: str = ""
    relationship: Relationship = Relationship.SELF
    subscriber: Subscriber | None = None
    valid_from: date | None = None
    valid_through: date | None = None
    claim_number: str = ""
    employer: str = ""
    in_network: bool | None = None
    authorizations: tuple[Authorization, ...] | None = None
    medicare_secondary_type: str = ""


class YearToDate(Record):
    """Allowed therapy dollars of a calendar year before the visits at hand, as far as known.

    The amount is an interval in cents: at least `at_least_cents` (what has been seen), at most
    `at_most_cents` (`None`: nobody knows, another clinic may have billed). `as_of` and `source` say when
    and from what it was read, such as an eligibility answer.
    """

    year: int
    at_least_cents: NonNegative
    at_most_cents: NonNegative | None = None
    as_of: date
    source: str
    deductible_met_cents: NonNegative | None = None
