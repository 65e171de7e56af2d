"""Load a clinic's folder as a demo: its company, people to sign in as, patients, visits, payer files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from cleanclaim import records
from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.claims.building import build, visits_to_build
from cleanclaim.practice.engine.jobs.loading import (
    create_clinic,
    load_clinic_tables,
    load_networks,
    load_patient,
    load_payer_files,
    load_visits,
)
from cleanclaim.practice.models import (
    Appointment,
    Clinic,
    Company,
    Membership,
    Patient,
    Provider,
    Role,
    User,
)
from cleanclaim.records.reading import FolderError, read_folder

_PEOPLE = (
    ("owner", "Joan Ferris", Role.OWNER, None),
    ("frontdesk", "Priya Raman", Role.FRONT_DESK, None),
    ("biller", "Marcus Doyle", Role.BILLER, None),
    ("auditor", "Helen Strand", Role.AUDITOR, None),
)
"""Invented people beside the therapists: mailbox, name, role, key of the provider they are."""


@transaction.atomic
def load_folder(
    folder: Path, slug: str, *, on: date, time_zone: str = "America/Chicago", with_people: bool = True
) -> Clinic:
    """A clinic's folder into the database, with people of each role.

    The demo plays on one day: visits before it are signed and their claims are built, those of the day are drafts that
    their therapist still has to sign, and later ones are appointments. Nobody of these people has a password: a demo
    signs them in by a click. Raises `FolderError` where the folder holds no clinic.
    """
    loaded = read_folder(folder)
    if loaded.clinic is None:
        raise FolderError(f"{folder}: clinic.json holds no clinic")
    company = Company.objects.create(name=f"{loaded.clinic.organization.name} Group")
    clinic = create_clinic(company, slug, loaded.clinic, time_zone=time_zone)
    with tenancy.scope([clinic.id]):
        load_clinic_tables(clinic, loaded.clinic)
        patients = {key: load_patient(clinic, patient) for key, patient in loaded.patients.items()}
        load_networks(loaded.clinic)
        load_visits(clinic, (one for one in loaded.visits if one.date_of_service < on), patients, signed=True)
        load_visits(clinic, (one for one in loaded.visits if one.date_of_service == on), patients, signed=False)
        book_visits(clinic, [one for one in loaded.visits if one.date_of_service > on], patients)
        files = (folder / "payers").glob("*.toml")
        load_payer_files(company, {path.stem: path.read_text(encoding="utf-8") for path in files})
        if with_people:
            _people(clinic)
        build(clinic, visits_to_build().values_list("pk", flat=True), None)
    return clinic


def book_visits(clinic: Clinic, visits: Sequence[records.Visit], patients: Mapping[str, Patient]) -> None:
    """Appointments of the visits that are still to come."""
    providers = {provider.key: provider for provider in Provider.objects.filter(treats=True)}
    zone = ZoneInfo(clinic.time_zone)
    Appointment.objects.bulk_create(
        Appointment(
            clinic=clinic,
            patient=patients[visit.patient_id],
            provider=providers[visit.assistant or visit.therapist],
            starts_at=datetime.combine(visit.date_of_service, visit.time_in or time(8 + place % 9), zone),
            kind=(visit.kind or records.VisitKind.TREATMENT).value,
        )
        for place, visit in enumerate(visits)
    )


def _people(clinic: Clinic) -> None:
    for mailbox, name, role, _key in _PEOPLE:
        _person(clinic, f"{mailbox}@{clinic.slug}.example", name, role, None)
    for provider in Provider.objects.filter(treats=True):
        is_assistant = provider.credential in {records.Credential.PTA.value, records.Credential.OTA.value}
        role = Role.ASSISTANT if is_assistant else Role.THERAPIST
        name = f"{provider.given_name} {provider.family_name}"
        _person(clinic, f"{provider.key}@{clinic.slug}.example", name, role, provider)


def _person(clinic: Clinic, email: str, name: str, role: Role, provider: Provider | None) -> None:
    user = User.objects.create_user(email, name=name)
    Membership.objects.create(user=user, clinic=clinic, role=role.value, provider=provider)
