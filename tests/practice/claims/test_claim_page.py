"""The page of one claim: what it shows, what an action answers, and the claim on paper and as a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cleanclaim.practice.models import Batch, Claim, Clinic, Coverage, Role, TrailEntry
from tests.practice.claims.claim_rows_of import claim_of, finding_of

AsRole = Callable[[Role], Client]
HTMX = {"HX-Request": "true"}


def _at(number: str, more: str = "") -> str:
    return f"/c/millrace/claims/{claim_of(number).pk}/{more}"


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.BILLER, 200), (Role.AUDITOR, 200), (Role.OWNER, 200), (Role.THERAPIST, 403), (Role.FRONT_DESK, 403)],
)
@pytest.mark.parametrize("more", ["", "837/", "cms1500.pdf", "superbill.pdf"])
def test_who_sees_a_claim(as_role: AsRole, inside: Clinic, role: Role, status: int, more: str) -> None:
    assert as_role(role).get(_at("V001", more)).status_code == status
    assert inside.slug == "millrace"


def test_a_claim_shows_what_is_billed_found_and_not_judged(as_role: AsRole, inside: Clinic) -> None:
    page = as_role(Role.BILLER).get(_at("V082")).content.decode()
    for words in ("Needs a fix", "97140 GP of Sep 24, 2026 stands on line 1 already.", "Drop the repeated line",
                  "line 2 removed", "State it as Marcus Doyle", "What could not be judged", "$148.00",
                  "First day of the policy", "/c/millrace/guide/rules/DP101/"):  # fmt: skip
        assert words in page
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.subject_id) == ("read", "claim", str(claim_of("V082").pk))
    assert inside.slug == "millrace"


def test_an_auditor_reads_a_claim_and_is_offered_nothing(as_role: AsRole, inside: Clinic) -> None:
    page = as_role(Role.AUDITOR).get(_at("V082")).content.decode()
    assert "97140 GP of Sep 24, 2026 stands on line 1 already." in page
    for offered in ("/fix/", "/ignore/", "/hold/", "/check/"):
        assert offered not in page
    assert inside.slug == "millrace"


@pytest.mark.parametrize("number", ["V001", "V082"])
def test_a_claims_page_costs_the_same_whatever_it_holds(
    as_role: AsRole, inside: Clinic, number: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_role(Role.BILLER)
    address = _at(number)
    client.get(address)
    with django_assert_num_queries(15):
        client.get(address)
    assert inside.slug == "millrace"


def test_a_fix_from_within_the_page_answers_with_the_claim_and_what_changed(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    fix = f"findings/{finding_of('V082', 'DP101').pk}/fix/"
    refused = client.post(_at("V082", fix), headers=HTMX)
    assert refused.status_code == 409
    assert "Not done: a fix that states something about the visit needs a reason." in refused.content.decode()
    assert claim_of("V082").lines.count() == 2
    told = client.post(_at("V082", fix), {"reason": "entered twice"}, headers=HTMX)
    assert told.status_code == 200
    body = told.content.decode()
    assert body.lstrip().startswith("{#") is False
    assert "<html" not in body
    for words in (
        'id="claim"',
        "line 2 removed",
        "The claim was “Needs a fix” and is “Ready” now.",
        "DP101",
        "Release",
    ):
        assert words in body
    assert claim_of("V082").lines.count() == 1
    again = client.post(_at("V082", fix), {"reason": "entered twice"}, headers=HTMX)
    assert again.status_code == 409
    assert inside.slug == "millrace"


def test_without_scripts_an_action_goes_back_to_the_page(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    told = client.post(_at("V001", "hold/"), {"reason": "waits for the card"}, follow=True)
    assert told.redirect_chain == [(_at("V001"), 302)]
    assert [str(message) for message in told.context["messages"]] == ["Done: put on hold."]
    assert "waits for the card" in told.content.decode()
    client.post(_at("V001", "unhold/"))
    assert claim_of("V001").status == "ready"
    assert inside.slug == "millrace"


def test_a_finding_is_set_aside_and_stands_again(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    row = finding_of("V050", "DX205")
    assert client.post(_at("V050", f"findings/{row.pk}/ignore/"), headers=HTMX).status_code == 409
    told = client.post(_at("V050", f"findings/{row.pk}/ignore/"), {"reason": "the payer takes both"}, headers=HTMX)
    assert "1 finding set aside" in told.content.decode()
    assert claim_of("V050").status == "ready"
    back = client.post(_at("V050", f"findings/{finding_of('V050', 'DX205').pk}/stand/"), headers=HTMX)
    assert back.status_code == 200
    assert claim_of("V050").status == "held"
    assert inside.slug == "millrace"


def test_a_claim_whose_records_changed_says_so_until_it_is_checked(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    notice = "has changed since it was checked"
    assert notice not in client.get(_at("V001")).content.decode()
    coverage = Coverage.objects.get(pk=claim_of("V001").coverage_id)
    coverage.group_number = "G1"
    coverage.save()
    assert notice in client.get(_at("V001")).content.decode()
    client.post(_at("V001", "check/"))
    assert notice not in client.get(_at("V001")).content.decode()
    assert inside.slug == "millrace"


def test_a_claim_is_filed_replaced_and_given_up_from_its_page(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    client.post(_at("V001", "release/"), headers=HTMX)
    page = client.get(_at("V001")).content.decode()
    assert "Replace or void" in page
    assert "/check/" not in page
    assert client.post(_at("V001", "replace/"), {"reference": ""}, headers=HTMX).status_code == 409
    went = client.post(_at("V001", "replace/"), {"reference": "12262681"}, headers=HTMX)
    assert (went.status_code, went.headers["HX-Redirect"]) == (204, _at("V001R1"))
    made = client.get(_at("V001R1")).content.decode()
    assert "replacement" in made
    assert "12262681" in made
    client.post(_at("V001R1", "drop/"))
    assert claim_of("V001R1").status == "closed"
    assert client.post(_at("V001", "void/"), {"reference": "12262681"}).status_code == 302
    assert claim_of("V001V1").frequency == "8"
    assert client.get(_at("V001V1")).status_code == 200
    assert inside.slug == "millrace"


def test_a_claim_that_the_patient_pays_is_closed_from_its_page(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert "Superbill given: close" in client.get(_at("V029")).content.decode()
    client.post(_at("V029", "patient/"))
    assert claim_of("V029").status == "closed"
    assert client.post(_at("V001", "patient/"), headers=HTMX).status_code == 409
    assert inside.slug == "millrace"


def test_a_question_is_asked_with_its_codes(as_role: AsRole, inside: Clinic) -> None:
    claim = claim_of("V001")
    claim.questions = [{"about": "e-stim", "question": "Attended or not?", "candidates": ["97032", "G0283"]}]
    claim.status = "question"
    claim.save(update_fields=["questions", "status"])
    page = as_role(Role.BILLER).get(_at("V001")).content.decode()
    for words in ("Attended or not?", 'value="97032"', 'value="G0283"', "Answer as Marcus Doyle"):
        assert words in page
    assert inside.slug == "millrace"


# --- paper and file -------------------------------------------------------------------------------------------


def test_the_837p_is_shown_segment_by_segment_with_words(as_role: AsRole, inside: Clinic) -> None:
    page = as_role(Role.BILLER).get(_at("V001", "837/")).content.decode()
    assert "<code>CLM*V001*" in page
    assert "<code>SV1*HC:" in page
    assert "Service: code and modifiers, charge, units, diagnoses it points to" in page
    assert "<td></td>" not in page
    assert inside.slug == "millrace"


def test_every_segment_of_the_demos_files_has_words(as_role: AsRole, inside: Clinic) -> None:
    from cleanclaim.practice.engine.claims.claim_file_view import segments_of  # noqa: PLC0415 - only this test looks inside

    as_role(Role.BILLER).post("/c/millrace/files/release/")
    batches = list(Batch.objects.all())
    assert len(batches) == 7
    wordless = {view.text for batch in batches for view in segments_of(batch.content.data) if not view.words}
    assert wordless == set()
    assert inside.slug == "millrace"


def test_a_claim_that_no_file_holds_says_why_instead(as_role: AsRole, inside: Clinic) -> None:
    claim = claim_of("V001")
    claim.record = claim.record | {"diagnoses": [*claim.record["diagnoses"], "XX"]}
    claim.save(update_fields=["record"])
    page = as_role(Role.BILLER).get(_at("V001", "837/")).content.decode()
    assert "No file can hold this claim yet." in page
    assert "SV1*" not in page
    assert inside.slug == "millrace"


@pytest.mark.parametrize("more", ["cms1500.pdf", "cms1500.pdf?style=data", "superbill.pdf"])
def test_a_claim_on_paper_names_no_patient_in_its_file(as_role: AsRole, inside: Clinic, more: str) -> None:
    told = as_role(Role.BILLER).get(_at("V001", more))
    assert told.headers["Content-Type"] == "application/pdf"
    name = "V001-superbill.pdf" if "superbill" in more else "V001-cms1500.pdf"
    assert told.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert told.content.startswith(b"%PDF-")
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject) == ("export", "claim")
    assert inside.slug == "millrace"


def test_what_is_not_on_a_form_is_said(as_role: AsRole, inside: Clinic) -> None:
    claim = claim_of("V001")
    record = claim.record
    record["patient"]["name"]["family_name"] = "Ж" * 10
    claim.record = record
    claim.save(update_fields=["record"])
    told = as_role(Role.BILLER).get(_at("V001", "cms1500.pdf"))
    assert told.status_code == 409
    assert "Ж" not in told.content.decode()
    Claim.objects.filter(pk=claim.pk).update(record=None)
    assert as_role(Role.BILLER).get(_at("V001", "cms1500.pdf")).status_code == 404
    assert inside.slug == "millrace"
