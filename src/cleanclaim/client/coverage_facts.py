"""What is found out about a coverage, answers on eligibility and approvals, as the API takes and gives it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from cleanclaim.client.patients import AuthorizationSent
from cleanclaim.client.wire import Cents, Count, Sent, Stored


class EligibilityFields(Sent):
    """What a payer, a portal or a card said of a coverage on a day; null is not said.

    `at_least_cents` and `at_most_cents` are therapy dollars allowed in the calendar year `year` by all providers.
    """

    asked_on: date
    source: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
    is_active: bool | None = None
    home_health_open: bool | None = None
    part_a_stay: bool | None = None
    hospice: bool | None = None
    qmb: bool | None = None
    """Qualified Medicare Beneficiary: the patient may not be asked for their part of what Medicare allows."""
    other_payer_first: bool | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    at_least_cents: Cents | None = None
    at_most_cents: Cents | None = None
    deductible_met_cents: Cents | None = None
    visits_remaining: Count | None = None


class EligibilityDocument(EligibilityFields, Stored):
    """An answer that is kept. Answers are added, never changed: a later one counts before an earlier one."""

    coverage: UUID


class AuthorizationFields(AuthorizationSent):
    """A payer's approval before care; what was used is what was used before the visits that are kept here."""


class AuthorizationDocument(AuthorizationFields, Stored):
    """An approval that is kept."""

    coverage: UUID
