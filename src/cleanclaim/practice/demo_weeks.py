"""A second clinic for the demo, with some weeks behind it: claims that were filed, and what payers made of them.

Visits come from the synthetic year (`simulation`), the answers from the simulated payer. Every other week the clinic
bills and files, and what the payers return is read as it would be from a clearinghouse: acknowledgments, rejections,
payments. What its patients do about their balances is in `demo_accounts`. Some patients are in care: their notes of
the day are to be signed, and their next visits are booked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction

from cleanclaim.payer_sim import Memory, answer
from cleanclaim.practice import clock, demo_accounts, tenancy
from cleanclaim.practice.demo import book_visits
from cleanclaim.practice.engine.claims.building import build, visits_to_build
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.exchange.acknowledging import take
from cleanclaim.practice.engine.jobs.loading import (
    create_clinic,
    load_clinic_tables,
    load_networks,
    load_patient,
    load_payer_files,
    load_visits,
)
from cleanclaim.practice.engine.payments.remitting import post
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, Membership, Role, User
from cleanclaim.simulation.material import clinic as simulated_clinic
from cleanclaim.simulation.material import pack_texts
from cleanclaim.simulation.year import Year, make_year

WEEKS = 12
"""How many weeks of the second clinic are played."""
VISITS = 120
"""How many of its visits, about."""
SEED = 7
_OF_A_YEAR = 1_500
_STEP = timedelta(weeks=2)
_BOOKED = timedelta(weeks=2)
"""How far ahead patients in care are booked."""
_EARLIER = timedelta(weeks=5)
"""How long before its first day the clinic left the system before."""


@transaction.atomic
def load_weeks(home: Clinic, slug: str, *, on: date) -> Clinic:
    """A second clinic of the company, as its biller finds it on the day that the demo plays on.

    Owner and biller of the first clinic (`home`) have their roles in it too.
    """
    about = simulated_clinic()
    clinic = create_clinic(home.company, slug, about, time_zone=clock.DEMO_ZONE)
    shared = Membership.objects.filter(clinic=home, role__in=[Role.OWNER.value, Role.BILLER.value])
    people = {Role(item.role): item.user for item in shared.select_related("user")}
    for role, user in people.items():
        Membership.objects.create(user=user, clinic=clinic, role=role.value)
    biller = people[Role.BILLER]
    first = on - timedelta(weeks=WEEKS)
    year = make_year(_OF_A_YEAR, SEED)
    done_with, in_care = _some(year, first, on)
    patients = {key: year.patients[key] for key in sorted(done_with | in_care)}
    visits = [visit for visit in year.visits if visit.patient_id in patients]
    today = [visit for visit in visits if visit.date_of_service == on]
    later = [visit for visit in visits if on < visit.date_of_service <= on + _BOOKED]
    with tenancy.scope([clinic.id]):
        load_clinic_tables(clinic, about)
        load_payer_files(home.company, pack_texts(), clinic)
        rows = {key: load_patient(clinic, patient) for key, patient in patients.items()}
        load_networks(about)
        memory = Memory(seed=SEED, scenario="rough")
        with clock.playing_on(first):
            known = [rows[key] for key in sorted(done_with)]
            accounts = demo_accounts.begin(clinic, people[Role.OWNER], biller, known, first - _EARLIER)
        done = first
        for number, friday in enumerate(_fridays(first, on)):
            new = [visit for visit in visits if done < visit.date_of_service <= friday]
            done = friday
            with clock.playing_on(friday):
                load_visits(clinic, new, rows, signed=True)
                _play(clinic, biller, memory, friday)
                accounts.fortnight(number, friday)
        # The last days are billed, and wait in the queue.
        load_visits(clinic, [visit for visit in visits if done < visit.date_of_service < on], rows, signed=True)
        build(clinic, visits_to_build().values_list("pk", flat=True), biller)
        load_visits(clinic, today, rows, signed=False)
        book_visits(clinic, later, rows)
        with clock.playing_on(on):
            accounts.last_day(on)
    return clinic


def _some(year: Year, first: date, on: date) -> tuple[set[str], set[str]]:
    """Patients whose whole care lies in these weeks; and those who began in them and come on the demo's day."""
    days: dict[str, list[date]] = {}
    for visit in year.visits:
        days.setdefault(visit.patient_id, []).append(visit.date_of_service)
    chosen: set[str] = set()
    count = 0
    for patient, of_patient in days.items():
        if count < VISITS and first < min(of_patient) and max(of_patient) < on:
            chosen.add(patient)
            count += len(of_patient)
    return chosen, {patient for patient, of_patient in days.items() if on in of_patient and first < min(of_patient)}


def _fridays(first: date, on: date) -> Iterator[date]:
    """Every other Friday, the last within the fortnight before `on`."""
    day = first + timedelta((4 - first.weekday()) % 7)
    while day < on:
        yield day
        day += _STEP


def _play(clinic: Clinic, biller: User, memory: Memory, friday: date) -> None:
    """A fortnight's end: claims are built and filed, and what payers answer comes in."""
    build(clinic, visits_to_build().values_list("pk", flat=True), biller)
    ready = Claim.objects.filter(status=ClaimStatus.READY.value).values_list("pk", flat=True)
    batches = release(clinic, ready, biller).batches
    files = ((batch.file_name.rpartition(".")[0], batch.content.data) for batch in batches)
    for name, data in sorted(answer(files, memory, today=friday).files.items()):
        taken = take(clinic, biller, name, data)
        if taken.remittance_file is not None:
            post(clinic, biller, taken.remittance_file)
