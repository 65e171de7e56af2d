"""Finding patients: what a search means, that no name stands in an address, how many queries a page takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cleanclaim.practice.models import Clinic, Patient, Role, TrailEntry
from cleanclaim.practice.pages.patients.searching import birth_date, matching, perhaps_the_same

_LIST = "/c/millrace/patients/"
_FIND = "/c/millrace/patients/find/"
_PARTIAL = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("colewood", ["P101"]),
        ("har cole", ["P101"]),
        ("Colewood, Harriet", ["P101"]),
        ("p101", ["P101"]),
        ("P13", ["P130", "P131", "P132", "P133", "P134", "P135", "P136", "P137", "P138", "P139"]),
        ("1948-05-02", ["P101"]),
        ("5/2/1948", ["P101"]),
        ("0101", ["P101"]),
        ("(312)555-0101", ["P101"]),
        ("101", []),
        ("colewood 1948-05-03", []),
        ("olewood", []),
    ],
)
def test_every_word_of_a_search_must_fit(inside: Clinic, text: str, numbers: list[str]) -> None:
    del inside
    assert sorted(Patient.objects.filter(matching(text)).values_list("number", flat=True)) == numbers


def test_second_part_of_a_family_name_is_found(inside: Clinic) -> None:
    del inside
    one = Patient.objects.get(number="P101")
    one.family_name = "Vance-Colewood"
    one.save()
    assert [row.number for row in Patient.objects.filter(matching("colew"))] == ["P101"]


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("1948-05-02", date(1948, 5, 2)),
        ("05/02/1948", date(1948, 5, 2)),
        ("5-2-1948", date(1948, 5, 2)),
        ("5/2/48", None),
        ("13/2/1948", None),
        ("colewood", None),
    ],
)
def test_birth_dates_are_read_as_people_write_them(word: str, day: date | None) -> None:
    assert birth_date(word) == day


@pytest.mark.parametrize(
    ("entered", "numbers"),
    [
        ({"family_name": "COLEWOOD", "given_name": "X", "birth_date": date(1948, 5, 2)}, ["P101"]),
        ({"family_name": "X", "given_name": "harriet", "birth_date": date(1948, 5, 2)}, ["P101"]),
        ({"family_name": "Colewood", "given_name": "Harriet", "birth_date": date(1948, 5, 3)}, []),
        ({"family_name": "X", "given_name": "Y", "birth_date": date(1990, 1, 1), "phone": "3125550101"}, ["P101"]),
        ({"family_name": "X", "given_name": "Y", "birth_date": date(1990, 1, 1), "phone": ""}, []),
    ],
)
def test_who_may_be_the_same_person(inside: Clinic, entered: dict[str, object], numbers: list[str]) -> None:
    del inside
    assert [row.number for row in perhaps_the_same(entered)] == numbers


def test_a_search_is_posted_and_answers_with_the_list_alone(as_role: Callable[[Role], Client]) -> None:
    page = as_role(Role.FRONT_DESK).post(_FIND, {"q": "nesbitt"}, headers=_PARTIAL)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Nesbitt, Walter" in text
    assert "Colewood" not in text
    assert "<html" not in text


def test_enter_goes_straight_to_the_only_one(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    key = Patient.objects.get(number="P102").pk
    page = as_role(Role.FRONT_DESK).post(_FIND, {"q": "nesbitt"})
    assert (page.status_code, page["Location"]) == (302, f"/c/millrace/patients/{key}/")
    several = as_role(Role.FRONT_DESK).post(_FIND, {"q": "P13"})
    assert several.status_code == 200
    assert "10 patients" in several.content.decode()
    del inside


def test_a_search_is_not_read_from_an_address(as_role: Callable[[Role], Client]) -> None:
    client = as_role(Role.FRONT_DESK)
    assert "42 patients" in client.get(_LIST, {"q": "nesbitt"}).content.decode()
    assert client.get(_FIND).status_code == 405


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"payer": "stonegate_casualty"}, "3 patients"),
        ({"care": "booked"}, "8 patients"),
        ({"care": "new"}, "Nobody fits"),
        ({"care": "inactive"}, "Nobody fits"),
        ({"care": "booked", "payer": "stonegate_casualty"}, "1 patient<"),
    ],
)
def test_filters_stand_in_the_address(as_role: Callable[[Role], Client], filters: dict[str, str], words: str) -> None:
    assert words in as_role(Role.FRONT_DESK).get(_LIST, filters).content.decode()


def _aaronsons(clinic: Clinic, names: list[str]) -> None:
    """Patients of one family, who stand before all others."""
    Patient.objects.bulk_create(
        Patient(
            clinic=clinic,
            number=f"Q{name}",
            family_name="Aaronson",
            given_name=f"Ada{name}",
            birth_date=date(1948, 5, 2),
            sex="F",
            line1="1 Elm",
            city="Chicago",
            state="IL",
            zip_code="60616",
        )
        for name in names
    )


def test_fifty_stand_on_a_page_and_the_queries_do_not_grow(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    django_assert_num_queries: Callable[[int], object],
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = as_role(Role.FRONT_DESK)
    client.get(_LIST)
    with django_assert_max_num_queries(20) as before:  # type: ignore[attr-defined]
        assert client.get(_LIST).content.decode().count("<tr>") == 1 + 42
    _aaronsons(inside, [str(place) for place in range(60)])
    with django_assert_num_queries(len(before.captured_queries)):  # type: ignore[attr-defined]
        first = client.get(_LIST).content.decode()
    assert first.count("<tr>") == 1 + 50
    assert "1–50 of 102" in first


def _names(page: Any) -> list[str]:
    return [f"{row.family_name} {row.given_name}" for row in page.context["people"]]


@pytest.mark.parametrize("is_search", [False, True])
def test_a_part_begins_after_the_last_one_shown_whoever_is_registered_meanwhile(
    as_role: Callable[[Role], Client], inside: Clinic, *, is_search: bool
) -> None:
    """A page by number showed the last of the page before again, once somebody was registered before them."""
    client = as_role(Role.FRONT_DESK)
    _aaronsons(inside, [f"{place:02}" for place in range(60)])
    more = {"q": "aaronson"} if is_search else {}

    def part(**asked: str) -> Any:
        return client.post(_FIND, more | asked, headers=_PARTIAL) if is_search else client.get(_LIST, asked)

    first = part()
    assert _names(first) == [f"Aaronson Ada{place:02}" for place in range(50)]
    onward = {"after": first.context["page"].last_key, "at": "50"}
    second = part(**onward)
    assert _names(second)[:10] == [f"Aaronson Ada{place}" for place in range(50, 60)]
    _aaronsons(inside, ["", "05b"])
    again = part(**onward)
    assert _names(again) == _names(second)
    back = part(before=again.context["page"].first_key, at="50")
    assert _names(back) == [*_names(first)[1:6], "Aaronson Ada05b", *_names(first)[6:]]
    assert "aaronson" not in "".join(re.findall(r'(?:href|action|hx-post)="([^"]*)"', first.content.decode())).lower()


def test_who_looked_is_written_down_without_what_was_sought(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    as_role(Role.THERAPIST).post(_FIND, {"q": "nesbitt"}, headers=_PARTIAL)
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.detail) == ("list", "patient", "1 of 1")
    del inside
