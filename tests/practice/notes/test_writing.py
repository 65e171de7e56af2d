from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Clinic, Role, TrailEntry, Visit
from tests.practice.notes.conftest import SignIn, VisitOf, posted

Pages = Callable[..., str]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.THERAPIST, 200),
        (Role.ASSISTANT, 200),
        (Role.BILLER, 200),
        (Role.AUDITOR, 200),
        (Role.FRONT_DESK, 403),
    ],
)
def test_who_may_read_a_note(
    as_role: Callable[[Role], Client], visit_of: VisitOf, pages: Pages, role: Role, status: int
) -> None:
    assert as_role(role).get(pages(visit_of("V068"))).status_code == status


@pytest.mark.parametrize(
    ("role", "status"), [(Role.THERAPIST, 200), (Role.ASSISTANT, 200), (Role.BILLER, 403), (Role.AUDITOR, 403)]
)
def test_who_may_write_one(
    as_role: Callable[[Role], Client], visit_of: VisitOf, pages: Pages, role: Role, status: int
) -> None:
    visit = visit_of("V068")
    answer = as_role(role).post(pages(visit, "check/"), posted(visit, subjective="Written."))
    assert answer.status_code == status
    note = visit_of("V068").note
    assert note is not None
    assert (note["subjective"] == "Written.") is (status == 200)


def test_an_auditor_posting_the_page_changes_nothing(
    as_role: Callable[[Role], Client], visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V068")
    answer = as_role(Role.AUDITOR).post(pages(visit), posted(visit, subjective="Written."))
    assert b"<textarea" not in answer.content
    after = visit_of("V068")
    assert (after.version, after.note) == (visit.version, visit.note)


def test_a_visit_of_nowhere_is_not_there(
    as_role: Callable[[Role], Client], elsewhere: Clinic, visit_of: VisitOf
) -> None:
    visit = visit_of("V068")
    client = as_role(Role.THERAPIST)
    assert client.get(f"/c/{elsewhere.slug}/visits/{visit.pk}/").status_code == 404
    assert client.get("/c/millrace/visits/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_a_keystroke_is_stored_checked_and_recorded(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    data = posted(visit)
    data["row_minutes"] = ["22", "15"]
    answer = sign_in("morita").post(pages(visit, "check/"), data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "37 timed minutes support 2 units: 97110 takes 1 (22 min), 97140 takes 1 (15 min)" in text
    assert f'name="version" value="{visit.version + 1}" hx-swap-oob="true"' in text
    assert 'id="hint-r0" hx-swap-oob="true"' in text
    after = visit_of("V100")
    assert after.interventions is not None
    assert [done["minutes"] for done in after.interventions] == [22, 15]
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.subject_id) == ("change", "visit", str(visit.pk))
    assert entry.detail == "interventions"


def test_the_same_form_twice_is_one_change(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    client.post(pages(visit, "check/"), posted(visit, plan="Tuesday."))
    once = visit_of("V100")
    client.post(pages(visit, "check/"), posted(once))
    twice = visit_of("V100")
    assert (once.version, twice.version) == (visit.version + 1, visit.version + 1)
    assert TrailEntry.objects.filter(action="change", subject="visit").count() == 1


def test_the_second_of_two_writers_is_told_and_nothing_is_lost(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    client.post(pages(visit, "check/"), posted(visit, plan="The first."))
    answer = client.post(pages(visit, "check/"), posted(visit, plan="The second."))
    assert answer.status_code == 409
    assert b"Somebody else changed this note" in answer.content
    page = client.post(pages(visit), posted(visit, plan="The second."))
    assert page.status_code == 409
    note = visit_of("V100").note
    assert note is not None
    assert note["plan"] == "The first."


def test_a_form_without_a_version_is_refused(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    data = posted(visit, plan="Lost?")
    del data["version"]
    assert sign_in("morita").post(pages(visit, "check/"), data).status_code == 409
    assert visit_of("V100").version == visit.version


def test_without_javascript_the_same_buttons_post_the_form(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    answer = client.post(pages(visit), posted(visit, set_code="r0:97530", add_diagnosis="M54.50", move_row="r1:up"))
    assert (answer.status_code, answer["Location"]) == (302, pages(visit))
    after = visit_of("V100")
    assert after.interventions is not None
    assert [done["code"] for done in after.interventions] == [None, "97530"]
    assert after.diagnoses == ["S39.012D", "X50.0XXD", "Y99.0", "M54.50"]
    client.post(pages(after), posted(after, set_code="r1:", drop_diagnosis="Y99.0", move_row="r0:drop"))
    last = visit_of("V100")
    assert last.interventions is not None
    assert [(done["code"], done["minutes"]) for done in last.interventions] == [(None, 30)]
    assert last.diagnoses == ["S39.012D", "X50.0XXD", "M54.50"]


def test_a_slip_comes_back_as_it_was_typed(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    answer = sign_in("morita").post(pages(visit), posted(visit, time_out="noonish", plan="Stored."))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="noonish"' in text
    assert "Expected a time as 14:30." in text
    after = visit_of("V100")
    assert after.note is not None
    assert (after.note["plan"], after.time_out) == ("Stored.", visit.time_out)


def test_a_plain_note_is_shown_read_and_taken_over_once(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V058")
    client = sign_in("morita")
    text = client.get(pages(visit)).content.decode()
    assert "Take over into the grid" in text
    assert "hamstring curl on slider" in text
    assert client.post(pages(visit, "take-over/"), posted(visit)).status_code == 302
    after = visit_of("V058")
    assert after.interventions is not None
    assert [done["minutes"] for done in after.interventions] == [30, 15]
    assert "Take over into the grid" not in client.get(pages(visit)).content.decode()
    client.post(pages(visit, "take-over/"), posted(after))
    assert visit_of("V058").interventions == after.interventions


def test_no_page_of_a_therapist_shows_dollars(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    for number in ("V061", "V067", "V073", "V091"):
        visit = visit_of(number)
        for page in ("", "sign/"):
            assert b"$" not in sign_in("okafor").get(pages(visit, page)).content, (number, page)


def test_diagnoses_are_found_by_everyday_words(as_role: Callable[[Role], Client]) -> None:
    client = as_role(Role.THERAPIST)
    text = client.get("/c/millrace/diagnoses/?q=frozen+shoulder&on=2026-09-25").content.decode()
    assert text.index('value="M75.01"') < text.index('value="M75.00"')
    assert "No diagnosis for" in client.get("/c/millrace/diagnoses/?q=zzzzqq").content.decode()
    assert client.get("/c/millrace/diagnoses/?q=").content.strip() == b""


def test_opening_a_note_is_recorded(sign_in: SignIn, visit_of: VisitOf, pages: Pages, clinic: Clinic) -> None:
    visit = visit_of("V068")
    sign_in("lindqvist").get(pages(visit))
    with tenancy.scope([clinic.id]):
        entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.subject_id, entry.detail) == ("read", "visit", str(visit.pk), "note")
    assert Visit.objects.get(pk=visit.pk).version == visit.version
