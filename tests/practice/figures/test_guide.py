"""The guide: what a search finds, what a page says, and that a therapist reads no dollars."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cleanclaim.practice.models import Clinic, Role
from cleanclaim.practice.pages.guide.codes import partners, payer_notes
from cleanclaim.practice.pages.guide.search import find
from cleanclaim.practice.pages.guide.wording import linked
from cleanclaim.reference import procedures
from cleanclaim.rules import book

As = Callable[[Role], Client]
DAY = date(2026, 9, 25)


def text_of(page: bytes) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_the_guide(as_role: As, role: Role) -> None:
    client = as_role(role)
    for address in ("guide/", "guide/rules/", "guide/modifiers/", "guide/diagnoses/", "guide/codes/97110/"):
        assert client.get(f"/c/millrace/{address}").status_code == 200, address


def test_nobody_reads_it_in_a_clinic_that_is_not_theirs(as_role: As) -> None:
    assert as_role(Role.OWNER).get("/c/elsewhere/guide/").status_code == 404


def test_words_find_the_code_with_its_evidence() -> None:
    answer = find("stationary bike for quad endurance", DAY)
    assert answer.ranked[0].code == "97110"
    assert "stationary bike" in {item.text for item in answer.ranked[0].evidence}
    assert not answer.meanings


def test_what_is_not_billed_is_said_so() -> None:
    answer = find("rest break between sets", DAY)
    assert answer.refused is not None
    assert not answer.is_empty


def test_a_code_a_modifier_and_a_rule_are_found_by_name() -> None:
    assert [(item.kind, item.code) for item in find("97530", DAY).meanings] == [("procedure", "97530")]
    assert [(item.kind, item.code) for item in find("kx", DAY).meanings] == [("modifier", "KX")]
    assert [(item.kind, item.code) for item in find("UN101", DAY).meanings] == [("rule", "UN101")]


def test_a_part_of_a_number_finds_the_codes_that_begin_so() -> None:
    assert {"97161", "97162", "97163", "97164"} <= {item.code for item in find("9716", DAY).labeled}


def test_words_that_mean_nothing_find_nothing() -> None:
    assert find("qqqq zzzz", DAY).is_empty


def test_htmx_gets_the_results_alone(as_role: As) -> None:
    client = as_role(Role.THERAPIST)
    part = client.get("/c/millrace/guide/?q=97530", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert "/c/millrace/guide/codes/97530/" in part
    whole = client.get("/c/millrace/guide/?q=97530").content.decode()
    assert "<html" in whole


def test_a_therapist_reads_no_price_and_a_biller_does(as_role: As) -> None:
    biller = text_of(as_role(Role.BILLER).get("/c/millrace/guide/codes/97110/").content)
    assert "$" in biller
    assert "allowed by Medicare for one unit" in biller
    therapist = text_of(as_role(Role.THERAPIST).get("/c/millrace/guide/codes/97110/").content)
    assert "$" not in therapist
    assert "allowed by Medicare for one unit" not in therapist


def test_pairs_say_which_code_is_paid_and_whether_a_modifier_parts_them() -> None:
    found = {item.procedure.code: item for item in partners("97530", DAY)}
    assert (found["97150"].is_paid, found["97150"].may_part) == (True, True)
    assert (found["95851"].is_paid, found["95851"].may_part) == (False, False)
    assert "97530" not in found
    assert "97116" not in found
    assert not found["97150"].is_confirmed
    assert {item.procedure.code for item in partners("97530", date(2024, 9, 1)) if item.is_confirmed} >= {"97150"}


def test_payers_of_the_clinic_say_how_minutes_count(inside: Clinic) -> None:
    exercise = procedures.get("97110")
    assert exercise is not None
    notes = {(item.payer, item.setting): item.value for item in payer_notes(inside, exercise, DAY, with_money=False)}
    assert notes["Medicare Part B", "How minutes become units"] == "eight minute"
    assert notes["Larkspur Mutual", "How minutes become units"] == "midpoint"
    stimulation = procedures.get("G0283")
    assert stimulation is not None
    named = {(item.payer, item.setting): item.value for item in payer_notes(inside, stimulation, DAY, with_money=False)}
    assert named["Medicare Part B", "Code for unattended electrical stimulation"] == "G0283"
    assert ("Medicare Part B", "How minutes become units") not in named


def test_an_ended_code_says_what_replaced_it(as_role: As) -> None:
    page = text_of(as_role(Role.THERAPIST).get("/c/millrace/guide/codes/97762/").content)
    assert "not in force on Sep 25, 2026" in page
    assert "Replaced by 97763" in page


def test_the_day_in_the_address_decides(as_role: As) -> None:
    client = as_role(Role.OWNER)
    before = text_of(client.get("/c/millrace/guide/codes/97762/?on=2017-12-31").content)
    after = text_of(client.get("/c/millrace/guide/codes/97762/?on=2018-01-01").content)
    assert "in force on Dec 31, 2017" in before
    assert "not in force on Dec 31, 2017" not in before
    assert "not in force on Jan 1, 2018" in after


@pytest.mark.parametrize("address", ["codes/00000/", "rules/ZZ999/", "modifiers/!!/", "diagnoses/ZZZ.9/"])
def test_what_is_not_known_is_not_found(as_role: As, address: str) -> None:
    assert as_role(Role.OWNER).get(f"/c/millrace/guide/{address}").status_code == 404


def test_every_rule_has_its_page(as_role: As) -> None:
    client = as_role(Role.OWNER)
    for rule in book.rules()[::25]:
        page = client.get(f"/c/millrace/guide/rules/{rule.code}/")
        assert page.status_code == 200
        assert all(source.section in text_of(page.content).replace("&#x27;", "'") for source in rule.sources[:1])


def test_rules_are_filtered_by_words_and_outcome(as_role: As) -> None:
    client = as_role(Role.OWNER)
    found = client.get("/c/millrace/guide/rules/?q=timed+units+exceed&severity=deny").content.decode()
    assert "UN101" in found
    assert "ID101" not in found
    assert "No rule holds all of these words" in client.get("/c/millrace/guide/rules/?q=qqqzzz").content.decode()


def test_words_become_links_and_nothing_else_becomes_html() -> None:
    said = linked("see UN101, 97110 and `GP`\n  <b>not ZZ999</b>", "millrace")
    assert '<a class="code" href="/c/millrace/guide/rules/UN101/">UN101</a>' in said
    assert '<a class="code" href="/c/millrace/guide/codes/97110/">97110</a>' in said
    assert '<span class="code">GP</span>' in said
    assert "&lt;b&gt;not ZZ999&lt;/b&gt;" in said


def test_diagnoses_by_everyday_words_as_json(as_role: As) -> None:
    client = as_role(Role.THERAPIST)
    found = client.get("/c/millrace/guide/diagnoses/?q=frozen+shoulder+left&on=2026-09-25&as=json").json()
    assert found["on"] == "2026-09-25"
    assert found["results"][0] == {
        "code": "M7502",
        "dotted": "M75.02",
        "label": "Adhesive capsulitis of left shoulder",
        "side": "left",
        "billable": True,
        "matched": "frozen shoulder",
    }
    assert client.get("/c/millrace/guide/diagnoses/?as=json").json()["results"] == []


@pytest.mark.parametrize(("day", "code"), [("2026-09-30", "M722"), ("2026-10-01", "M67A01")])
def test_diagnoses_follow_the_day(as_role: As, day: str, code: str) -> None:
    found = as_role(Role.OWNER).get(f"/c/millrace/guide/diagnoses/?q=plantar+fasciitis&on={day}&as=json").json()
    assert found["results"][0]["code"] == code


def test_a_diagnosis_that_ended_names_what_to_look_at(as_role: As) -> None:
    page = text_of(as_role(Role.OWNER).get("/c/millrace/guide/diagnoses/M72.2/?on=2026-10-01").content)
    assert "not billable on Oct 1, 2026" in page
    assert "M67.A01" in page
