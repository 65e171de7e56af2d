"""Addresses, names and the clinic's own bounds, as columns of a visit's claim."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from cleanclaim.records import Address, Clinic, Organization, Provider

_SUNDAY = 6


def address_columns(who: str, address: Address) -> dict[str, Any]:
    """The columns of an address in the USA, `patient_street` and its like."""
    return {
        f"{who}_street": " ".join(line for line in (address.line1, address.line2) if line),
        f"{who}_street_longest": max(len(address.line1), len(address.line2)),
        f"{who}_city": address.city.strip(),
        f"{who}_state": address.state,
        f"{who}_zip": address.zip_code,
        f"{who}_country": "",
    }


def clinic_name(organization: Organization) -> dict[str, Any]:
    """The name under which an organization bills: one name, no given name."""
    return {"billing_name": organization.name.strip(), "billing_given_name": "", "billing_is_person": False}


def provider_name(who: str, provider: Provider | None) -> dict[str, Any]:
    """Family and given name of a therapist or referring provider; empty for nobody."""
    family, given = (provider.name.family_name, provider.name.given_name) if provider is not None else ("", "")
    return {f"{who}_family_name": family.strip(), f"{who}_given_name": given.strip()}


def bounds_columns(clinic: Clinic, day: date) -> dict[str, Any]:
    """What the clinic expects of its visits, and how long it is open on the day."""
    bounds = clinic.bounds
    row: dict[str, Any] = {"clinic_bounds_set": []}
    if bounds is None:
        return row
    if bounds.visit_minutes is not None:
        least, most = bounds.visit_minutes
        row["clinic_bounds_set"].append("visit_minutes")
        row |= {"clinic_visit_minutes_least": least, "clinic_visit_minutes_most": most}
    if bounds.units is not None:
        least, most = bounds.units
        row["clinic_bounds_set"].append("units")
        row |= {"clinic_units_least": least, "clinic_units_most": most}
    if bounds.open_minutes is not None:
        row["clinic_bounds_set"].append("open_minutes")
        row["clinic_open_minutes"] = bounds.open_minutes[day.weekday()]
    return row


def days_of_week(days: Iterable[date], day: date) -> int:
    """How many of the days before lie in the week of `day`, begun on Sunday or on Monday, whichever holds fewer."""
    monday = day - timedelta(days=day.weekday())
    sunday = day - timedelta(days=(day.weekday() - _SUNDAY) % 7)
    before = {treated for treated in days if treated < day}
    return min(sum(treated >= begin for treated in before) for begin in (monday, sunday))
