"""The clinic: who bills, who treats, what is charged."""

from __future__ import annotations

from pydantic import Field

from cleanclaim.records.model import Identifier, Minutes, NonNegative, ProcedureCode, Record
from cleanclaim.records.people import Address, Organization, Provider


class Submitter(Record):
    """Who sends the file to the clearinghouse or payer."""

    name: str
    identifier: str
    contact: str
    phone: str


Bounds = tuple[NonNegative, NonNegative]
"""The least and the most."""


class VisitBounds(Record):
    """What the clinic expects of its visits; `None` is no bound.

    `visit_minutes` is from time in to time out, `units` those of a whole visit. `open_minutes` is how long the clinic
    is open from Monday to Sunday.
    """

    visit_minutes: Bounds | None = None
    units: Bounds | None = None
    open_minutes: tuple[Minutes, Minutes, Minutes, Minutes, Minutes, Minutes, Minutes] | None = None


class Clinic(Record):
    """Everything of a clinic that a claim needs.

    `charges` is the charge per unit in cents by code. `locality` is the Medicare payment locality as
    `MAC-LOCALITY`, such as `01112-05`.
    """

    organization: Organization
    submitter: Submitter
    therapists: tuple[Provider, ...]
    charges: dict[ProcedureCode, NonNegative]
    locality: str | None = None
    facility: Address | None = None
    facility_name: str = ""
    facility_npi: str = ""
    in_network: dict[Identifier, bool] = Field(default_factory=dict)
    bounds: VisitBounds | None = None

    def therapist(self, key: str) -> Provider | None:
        """The therapist with that key."""
        return next((person for person in self.therapists if person.id == key), None)
