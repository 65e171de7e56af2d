"""The set-up's first page: what is there, and what is missing before the first claim."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims import charge_master
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.engine.ledger.patient_accounts import rules_of
from cleanclaim.practice.models import Clinic, ClinicPayer, Enrollment, Membership, OpeningBalance, Provider
from cleanclaim.practice.pages.setup.packs import held_packs
from cleanclaim.records import Credential

_ASSISTANTS = (Credential.PTA.value, Credential.OTA.value)


@dataclass(frozen=True, slots=True)
class Card:
    """One part of the set-up: what it is for, how much is there, and what is missing."""

    icon: str
    title: str
    about: str
    count: str
    missing: str
    address: str


@clinic_page(Can.SET_UP)
def setup(request: ClinicRequest) -> HttpResponse:
    """Every part of the set-up with its state."""
    clinic = request.access.clinic
    cards = [_charges(clinic), _providers(clinic), _payers(clinic), _enrollments(clinic), _identity(clinic)]
    files = held_packs(request.access).count()
    cards.append(
        Card("journal-text", "Payer files", "Rules of payers that you have read yourself, dated and with their source.",
             _count(files, "file"), "", reverse("setup_packs", args=[clinic.slug]))
    )  # fmt: skip
    balances = OpeningBalance.objects.count()
    cards.append(
        Card("cash-coin", "Opening balances", "What was owed when you came over from another system.",
             _count(balances, "balance"), "", reverse("setup_balances", args=[clinic.slug]))
    )  # fmt: skip
    cards.append(
        Card("search", "Following up", "When a silent claim is asked after, what is too little to ask for, and what "
             "posts by itself.", "", "", reverse("follow_up_rules", args=[clinic.slug]))
    )  # fmt: skip
    cards.append(_balances(clinic))
    if request.access.may(Can.MANAGE_PEOPLE):
        cards.append(_sending(clinic))
        people = Membership.objects.filter(clinic=clinic).count()
        cards.append(
            Card("people", "People", "Who may sign in here, and as what.", _count(people, "person,people"), "",
                 reverse("people", args=[clinic.slug]))
        )  # fmt: skip
    cards += [
        Card("upload", "Import", "Patients and visits from CSV or JSON, errors shown row by row.", "", "",
             reverse("imports", args=[clinic.slug])),
        Card("key", "Tokens", "Programs that call the API on somebody's behalf, such as an EMR.", "", "",
             reverse("setup_tokens", args=[clinic.slug])),
        Card("download", "Export", "Every table as CSV or Parquet, and the whole clinic as one file.", "", "",
             reverse("exports", args=[clinic.slug])),
    ]  # fmt: skip
    cards.append(
        Card("building", "Company", "All clinics of the company side by side; add one, or read one in.", "", "",
             reverse("company", args=[clinic.company_id]))
    )  # fmt: skip
    return render(request, "practice/setup/setup.html", {"cards": cards})


def _charges(clinic: Clinic) -> Card:
    on = today_at(clinic)
    held = charge_master.in_force(on)
    allowed = charge_master.most_allowed(clinic, [one.code for one in held], on, packs_of(clinic))
    below = sum(one.code in allowed and one.cents < allowed[one.code].cents for one in held)
    missing = "no charge is set: no claim can be built" if not held else ""
    missing = missing or (f"{_count(below, 'charge')} below what a payer allows" if below else "")
    address = reverse("setup_charges", args=[clinic.slug])
    about = "What you charge for each code, from which day."
    return Card("tag", "Charges", about, _count(len(held), "code"), missing, address)


def _providers(clinic: Clinic) -> Card:
    people = Provider.objects.filter(treats=True)
    lacking = people.filter(npi="").exclude(credential__in=_ASSISTANTS).count()
    missing = "nobody treats here yet" if not people else ""
    missing = missing or (f"{_count(lacking, 'therapist')} without an NPI" if lacking else "")
    about = "Therapists with their numbers and licenses, and who refers to you."
    address = reverse("setup_providers", args=[clinic.slug])
    return Card("person", "Providers", about, _count(Provider.objects.count(), "provider"), missing, address)


def _payers(clinic: Clinic) -> Card:
    nameless = ClinicPayer.objects.filter(identifier="").exclude(payer="cash").count()
    missing = f"{_count(nameless, 'payer')} without an identifier" if nameless else ""
    address = reverse("setup_payers", args=[clinic.slug])
    about = "Who pays, how claim files name them, and whose network you are in."
    return Card("building", "Payers", about, _count(ClinicPayer.objects.count(), "payer"), missing, address)


def _enrollments(clinic: Clinic) -> Card:
    address = reverse("setup_enrollments", args=[clinic.slug])
    about = "Which therapist is enrolled with which payer, and when."
    return Card("clipboard-check", "Enrollments", about, _count(Enrollment.objects.count(), "enrollment"), "", address)


def _identity(clinic: Clinic) -> Card:
    missing = "" if clinic.locality else "no Medicare locality: Medicare prices are unknown"
    about = "Name, NPI, tax ID and address as they stand on claims, and who sends the files."
    return Card("hospital", "The clinic", about, "", missing, reverse("setup_clinic", args=[clinic.slug]))


def _balances(clinic: Clinic) -> Card:
    rules = rules_of(clinic)
    missing = "" if rules.hardship_scale else "no scale of need: nothing is given up for it"
    about = "Small balances, statements, who writes off how much alone, and the scale of need."
    limit = f"alone up to {dollars(rules.biller_write_off_cents)}"
    address = reverse("account_rules", args=[clinic.slug])
    return Card("sliders", "Rules for balances", about, limit, missing, address)


def _sending(clinic: Clinic) -> Card:
    marked = "for production" if clinic.sends_production else "tests"
    missing = "" if clinic.sends_production else "payers pay no claim of a test file"
    about = "Whether claim files say that they are tests or for production."
    return Card("send", "Test or production", about, marked, missing, reverse("setup_sending", args=[clinic.slug]))


def _count(number: int, word: str) -> str:
    singular, _comma, several = word.partition(",")
    return f"{number:,} {singular if number == 1 else several or singular + 's'}"
