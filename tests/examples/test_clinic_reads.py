"""The sample clinic reads whole, its answer key names what is there, and nothing in it could be a real person's."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cleanclaim.records.people import Credential
from cleanclaim.records.reading import Loaded, read_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanclaim.records import Coverage, Patient, Provider, Visit

FOLDER = Path(__file__).parents[2] / "examples" / "clinic-day"
LOADED = read_folder(FOLDER)
VISITS = {visit.id: visit for visit in LOADED.visits}
KEY: dict[str, Any] = tomllib.loads((FOLDER / "answer_key.toml").read_text(encoding="utf-8"))
KINDS = {"over", "under", "missing", "wrong", "not_covered"}
CODE = re.compile(r"\b(?:\d{5}|[A-Z]\d{4}|\d{4}[A-Z])\b|\b[A-TV-Z]\d{2}\.\w{1,4}\b")
"""A procedure code, or a diagnosis code with its dot."""
# A Medicare number: digits, letters and places as CMS lays out the identifier; S, L, O, I, B and Z are never used.
LETTER = "AC-HJKMNP-RT-Y"
MEDICARE_NUMBER = re.compile(rf"[1-9][{LETTER}][0-9{LETTER}]\d[{LETTER}][0-9{LETTER}]\d[{LETTER}]{{2}}\d{{2}}")


def loaded() -> Loaded:
    """What the folder held; a test may not run on a folder read in part."""
    assert LOADED.clinic is not None
    return LOADED


def is_free_text(visit: Visit) -> bool:
    return LOADED.files[visit.id].endswith(".txt")


def providers() -> Iterator[tuple[str, Provider]]:
    clinic = loaded().clinic
    assert clinic is not None
    for therapist in clinic.therapists:
        yield therapist.id, therapist
    for patient in LOADED.patients.values():
        for plan in patient.plans_of_care or ():
            if plan.order is not None:
                yield patient.id, plan.order.by
            for certification in plan.certifications or ():
                if certification.by is not None:
                    yield patient.id, certification.by


def npi_checks(number: str) -> bool:
    """Luhn over 80840 and the ten digits, as the NPI standard has it."""
    total = 0
    for place, digit in enumerate(reversed("80840" + number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def primary(patient: Patient) -> Coverage | None:
    return next((coverage for coverage in patient.coverages if coverage.order == "primary"), None)


def test_every_record_validates() -> None:
    assert [str(rejection) for rejection in loaded().rejections] == []


def test_counts() -> None:
    assert len(LOADED.patients) == 42
    assert len(LOADED.visits) == 101
    assert sum(map(is_free_text, LOADED.visits)) == 59
    assert sum(visit.billed is not None for visit in LOADED.visits) == 39
    assert {path.suffix for path in (FOLDER / "visits").iterdir()} == {".txt", ".json", ".jsonl"}


def test_every_patient_is_seen() -> None:
    assert {visit.patient_id for visit in LOADED.visits} == set(LOADED.patients)


def test_patients_by_first_payer() -> None:
    counted = Counter(
        coverage.payer if (coverage := primary(patient)) else "none" for patient in LOADED.patients.values()
    )
    assert counted == {
        "medicare_b": 19,
        "medicare_advantage": 2,
        "uhc_medicare_advantage": 1,
        "uhc_commercial": 5,
        "larkspur_mutual": 6,
        "prairie_health_plan": 3,
        "stonegate_casualty": 3,
        "cigna": 1,
        "none": 2,
    }
    assert [p.id for p in LOADED.patients.values() for c in p.coverages if c.in_network is False] == ["P135"]


def test_visits_by_day() -> None:
    years = Counter(visit.date_of_service.year for visit in LOADED.visits)
    assert years == {2021: 1, 2024: 6, 2025: 1, 2026: 93}
    week = [v for v in LOADED.visits if date(2026, 9, 21) <= v.date_of_service <= date(2026, 9, 25)]
    assert len(week) == 80
    assert sum(v.date_of_service >= date(2026, 10, 1) for v in LOADED.visits) == 3
    assert all(visit.date_of_service.weekday() < 5 for visit in LOADED.visits)


def test_kinds_of_visit_and_who_treats() -> None:
    assert Counter(str(visit.kind) for visit in LOADED.visits) == {
        "evaluation": 8,
        "reevaluation": 1,
        "discharge": 1,
        "treatment": 91,
    }
    assert sum(visit.assistant is not None for visit in LOADED.visits) == 9
    clinic = loaded().clinic
    assert clinic is not None
    credentials = {person.id: person.credential for person in clinic.therapists}
    assert Counter(credentials.values()) == {Credential.PT: 4, Credential.PTA: 2}
    assert {credentials[visit.therapist] for visit in LOADED.visits} == {Credential.PT}
    assert {credentials[visit.assistant] for visit in LOADED.visits if visit.assistant} == {Credential.PTA}
    for visit in LOADED.visits:
        for signature in visit.signatures or ():
            assert credentials[signature.by] is signature.credential, visit.id
            assert signature.on == visit.date_of_service, visit.id


def test_free_text_has_no_code_and_no_list() -> None:
    for visit in filter(is_free_text, LOADED.visits):
        assert visit.interventions is None, visit.id
        assert visit.billed is None, visit.id
        assert visit.note is not None, visit.id
        assert CODE.findall(visit.note.text) == [], visit.id
        assert len(visit.note.text) >= 250, visit.id


def test_only_one_note_is_a_copy() -> None:
    texts = defaultdict(list)
    for visit in LOADED.visits:
        assert visit.note is not None
        texts[visit.note.whole()].append(visit.id)
    assert [ids for ids in texts.values() if len(ids) > 1] == [["V036", "V037"]]


def test_nobody_treats_two_patients_at_once_but_where_seeded() -> None:
    met = [
        (a.id, b.id)
        for a, b in combinations(sorted(LOADED.visits, key=lambda visit: visit.id), 2)
        if a.date_of_service == b.date_of_service and a.therapist == b.therapist
        if a.time_in and a.time_out and b.time_in and b.time_out
        if a.time_in < b.time_out and b.time_in < a.time_out
    ]
    # The first pair is seeded; the second is one group of three, met on purpose.
    assert met == [("V057", "V058"), ("V074", "V075")]


def test_one_visit_a_patient_and_day() -> None:
    days = Counter((visit.patient_id, visit.date_of_service) for visit in LOADED.visits)
    assert max(days.values()) == 1


def test_numbers_are_synthetic() -> None:
    clinic = loaded().clinic
    assert clinic is not None
    assert npi_checks("1234567893")
    assert not npi_checks("1234567890")
    assert npi_checks(clinic.organization.npi)
    assert all(person.npi is None or person.npi.startswith("1999") for _, person in providers())
    assert {whose for whose, person in providers() if person.npi and not npi_checks(person.npi)} == {"P140"}
    for patient in LOADED.patients.values():
        assert re.fullmatch(r"31255501\d\d", patient.phone), patient.id
    medicare = {p.id: c.member_id for p in LOADED.patients.values() for c in p.coverages if c.payer == "medicare_b"}
    assert len(set(medicare.values())) == 19
    assert [whose for whose, number in medicare.items() if not MEDICARE_NUMBER.fullmatch(number)] == ["P141"]


def test_every_billed_code_has_a_charge_but_the_deleted_one() -> None:
    clinic = loaded().clinic
    assert clinic is not None
    assert len(clinic.charges) == 43
    billed = {line.code for visit in LOADED.visits for line in visit.billed or ()}
    expected = {line["code"] for entry in [*KEY["clean"], *KEY["coded"]] for line in entry["lines"]}
    assert billed - clinic.charges.keys() == {"97762"}
    assert expected - clinic.charges.keys() == set()


def test_key_sizes() -> None:
    assert KEY.keys() == {"as_of", "mistake", "clean", "coded"}
    assert KEY["as_of"] == date(2026, 11, 16)
    assert len(KEY["mistake"]) == 51
    assert len({entry["mistake"] for entry in KEY["mistake"]}) == 46
    assert len(KEY["clean"]) == 52
    assert len(KEY["coded"]) == 59
    assert Counter(entry["kind"] for entry in KEY["mistake"]) == {
        "over": 12,
        "under": 5,
        "missing": 15,
        "wrong": 16,
        "not_covered": 3,
    }


def test_as_of_is_after_every_visit() -> None:
    assert max(visit.date_of_service for visit in LOADED.visits) < KEY["as_of"]


@pytest.mark.parametrize("table", ["mistake", "clean", "coded"])
def test_key_names_visits_that_exist(table: str) -> None:
    assert {entry["visit"] for entry in KEY[table]} <= VISITS.keys()
    assert {entry["related"] for entry in KEY[table] if "related" in entry} <= VISITS.keys()


def test_a_visit_is_clean_or_has_a_mistake_or_is_the_copied_one() -> None:
    wrong = {entry["visit"] for entry in KEY["mistake"]}
    clean = {entry["visit"] for entry in KEY["clean"]}
    assert wrong & clean == set()
    assert VISITS.keys() - wrong - clean == {"V036"}
    assert len(clean) == len(KEY["clean"])
    assert sum(count > 1 for count in Counter(entry["visit"] for entry in KEY["mistake"]).values()) == 3


def test_coded_is_the_free_text() -> None:
    assert [entry["visit"] for entry in KEY["coded"]] == sorted(
        visit.id for visit in LOADED.visits if is_free_text(visit)
    )


def test_clean_and_coded_agree() -> None:
    coded = {entry["visit"]: entry["lines"] for entry in KEY["coded"]}
    both = [entry for entry in KEY["clean"] if entry["visit"] in coded]
    assert len(both) == 37
    for entry in both:
        assert entry["lines"] == coded[entry["visit"]], entry["visit"]


@pytest.mark.parametrize("entry", KEY["mistake"], ids=lambda entry: f"{entry['visit']}-{entry['mistake']}")
def test_mistake_says_where_and_what(entry: dict[str, str]) -> None:
    assert entry.keys() - {"right", "related"} == {"visit", "mistake", "where", "what", "kind", "consequence"}
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)+", entry["mistake"])
    assert entry["kind"] in KINDS
    visit = VISITS[entry["visit"]]
    where = entry["where"]
    if where.startswith("diagnosis "):
        assert visit.diagnoses is not None
        assert 1 <= int(where.removeprefix("diagnosis ")) <= len(visit.diagnoses)
    elif where not in {"day", "claim"}:
        assert where in {line.code for line in visit.billed or ()}


@pytest.mark.parametrize(
    "entry", [entry for entry in KEY["clean"] if VISITS[entry["visit"]].billed], ids=lambda entry: entry["visit"]
)
def test_clean_lines_are_what_was_billed(entry: dict[str, Any]) -> None:
    billed = VISITS[entry["visit"]].billed or ()
    assert [(line["code"], line["units"], set(line["modifiers"])) for line in entry["lines"]] == [
        (line.code, line.units, set(line.modifiers)) for line in billed
    ]
