"""The clinic of all drawn visits, and the physicians who send it patients."""

from __future__ import annotations

from functools import cache

from cleanclaim.records import (
    Address,
    Clinic,
    Credential,
    Organization,
    Person,
    Provider,
    Submitter,
)
from tests.generator.arithmetic import check_digit
from tests.generator.terms import CHARGES, TERMS
from tests.generator.wording import FAMILY, GIVEN


@cache
def the_clinic() -> Clinic:
    """One clinic with ten therapists and four assistants."""
    address = Address(line1="40 Millrace Way", line2="Suite 2", city="Chicago", state="IL", zip_code="60616-0140")
    therapists = [
        Provider(
            id=f"t{number:02}",
            name=Person(family_name=FAMILY[number], given_name=GIVEN[number]),
            credential=Credential.PT if number < 10 else Credential.PTA,
            npi=check_digit(f"199900{100 + number}") if number < 10 else None,
            taxonomy="225100000X" if number < 10 else "225200000X",
            license_number=f"0709910{number:02}",
            license_state="IL",
        )
        for number in range(14)
    ]
    return Clinic(
        organization=Organization(
            id="millrace",
            name="Millrace Physical Therapy",
            npi=check_digit("199900050"),
            tax_id="001234567",
            taxonomy="261QP2000X",
            address=address,
            phone="3125550100",
            contact="Joan Ferris",
        ),
        submitter=Submitter(
            name="Millrace Physical Therapy", identifier="MILLRACE1", contact="Joan Ferris", phone="3125550101"
        ),
        therapists=tuple(therapists),
        charges=CHARGES,
        locality="06102-16",
        in_network=dict.fromkeys(TERMS, True),
    )


def doctor(number: int) -> Provider:
    """A physician who orders and certifies."""
    name = Person(family_name=FAMILY[-1 - number % 12], given_name=GIVEN[number % len(GIVEN)])
    return Provider(name=name, credential=Credential.MD, npi=check_digit(f"199900{700 + number % 12}"))
