"""Names, addresses, days and numbers as letters to people have them."""

from __future__ import annotations

from datetime import date

from cleanclaim.forms.lettering import phone, zip_code
from cleanclaim.records import Address, Organization, Person


def day_words(day: date) -> str:
    """A day as it is written in the USA: `09/25/2026`."""
    return f"{day:%m/%d/%Y}"


def name_words(name: Person) -> str:
    """Given, middle and family name, and what follows it."""
    return " ".join(part for part in (name.given_name, name.middle_name, name.family_name, name.suffix) if part)


def tax_id_words(text: str) -> str:
    """A tax id with its hyphen; one that has signs of its own stays as it is."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return f"{digits[:2]}-{digits[2:]}" if text == digits else text


def phone_words(text: str) -> str:
    """A telephone number as `(312) 555-0100`; anything else as it is."""
    parts = phone(text)
    return f"({parts[0]}) {parts[1][:3]}-{parts[1][3:]}" if parts else text


def address_lines(address: Address) -> list[str]:
    """Street, suite and town, each a line."""
    town = f"{address.city}, {address.state} {zip_code(address.zip_code)}"
    return [line for line in (address.line1, address.line2, town) if line]


def address_line(address: Address) -> str:
    """An address in one line."""
    return ", ".join(address_lines(address))


def foot_words(billing: Organization) -> str:
    """Who issues a letter, for the foot of its pages: name, tax id, NPI."""
    return f"{billing.name}  ·  Tax ID {tax_id_words(billing.tax_id)}  ·  NPI {billing.npi}"
