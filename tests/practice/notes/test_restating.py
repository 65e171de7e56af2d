"""What a signed note left open is answered in an addendum, and lines and claim follow; the note stays as signed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.building import build
from cleanclaim.practice.models import Addendum, Claim, Role, TrailEntry, Visit
from tests.practice.notes.conftest import SignIn, VisitOf

Pages = Callable[..., str]
ASKED = {"what": "e-stim to the quad", "minutes": None, "by": "PT"}


@pytest.fixture
def left_open(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> Visit:
    """V100, signed by its therapist with one thing whose code and minutes are open, and its claim built."""
    visit = visit_of("V100")
    visit.interventions = [*(visit.interventions or ()), ASKED]
    visit.save_if_unchanged(visit.version, "interventions")
    client = sign_in("morita")
    assert client.post(pages(visit, "sign/"), {"version": str(visit.version)}).status_code == 302
    signed = visit_of("V100")
    assert signed.billed is None
    build(signed.clinic, [signed.pk], None)
    assert Claim.objects.get(visit=signed).status == "question"
    return signed


def test_the_therapists_answer_makes_lines_and_the_claim_and_leaves_the_note(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages, left_open: Visit
) -> None:
    client = sign_in("morita")
    text = client.get(pages(left_open)).content.decode()
    assert "Left open when it was signed" in text
    assert 'name="code-2" value="97032"' in text
    answer = client.post(pages(left_open, "answers/"), {"code-2": "97032", "minutes-2": "12", "because": "By hand."})
    assert (answer.status_code, answer["Location"]) == (302, pages(left_open))
    after = visit_of("V100")
    assert after.interventions == left_open.interventions
    assert after.restated == [*left_open.interventions[:2], ASKED | {"code": "97032", "minutes": 12}]
    assert [(line["code"], line["units"]) for line in after.billed or ()] == [("97110", 2), ("97140", 1), ("97032", 1)]
    [added] = Addendum.objects.filter(visit=after)
    assert (added.user.name, added.text) == (
        "Kenji Morita",
        "By hand.\ne-stim to the quad: 97032, 12 minutes",
    )
    claim = Claim.objects.get(visit=after)
    assert [(line.code, line.units) for line in claim.lines.all()] == [("97110", 2), ("97140", 1), ("97032", 1)]
    assert not claim.questions
    assert claim.events.filter(action="checked").last().detail == "after an addendum"
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.detail) == ("change", "visit", "addendum with answers added")
    assert "Left open when it was signed" not in client.get(pages(left_open)).content.decode()


def test_an_answer_in_part_leaves_the_lines_open(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages, left_open: Visit
) -> None:
    client = sign_in("morita")
    assert client.post(pages(left_open, "answers/"), {"code-2": "97032"}).status_code == 302
    after = visit_of("V100")
    assert (after.billed, after.restated[2]["code"], after.restated[2]["minutes"]) == (None, "97032", None)
    assert "How many minutes was 97032" in client.get(pages(left_open)).content.decode()
    assert client.post(pages(left_open, "answers/"), {"minutes-2": "12"}).status_code == 302
    assert [(line["code"], line["units"]) for line in visit_of("V100").billed or ()] == [
        ("97110", 2),
        ("97140", 1),
        ("97032", 1),
    ]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"code-2": "97110"}, "Expected one of 97032, G0283."),
        ({"code-0": "97032"}, "it was answered meanwhile"),
        ({"code-2": "97032", "minutes-2": "0"}, "Expected whole minutes above 0"),
        ({"code-2": "97032", "minutes-2": "1440"}, "Expected whole minutes above 0"),
        ({"code-2": "97032", "minutes-2": "twelve"}, "Expected whole minutes."),
        ({"because": "Nothing else."}, "Expected an answer"),
    ],
)
def test_what_is_no_answer_changes_nothing_and_is_kept_in_the_form(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages, left_open: Visit, typed: dict[str, str], says: str
) -> None:
    answer = sign_in("morita").post(pages(left_open, "answers/"), {"because": "Typed.", **typed})
    text = answer.content.decode()
    assert (answer.status_code, says in text) == (422, True)
    assert (">Typed.</textarea>" in text) is ("because" not in typed)
    assert (visit_of("V100").restated, Addendum.objects.count()) == (None, 0)


def test_only_who_treated_answers_for_the_note(
    sign_in: SignIn, as_role: Callable[[Role], Client], visit_of: VisitOf, pages: Pages, left_open: Visit
) -> None:
    for client in (sign_in("okafor"), as_role(Role.OWNER), as_role(Role.AUDITOR), as_role(Role.FRONT_DESK)):
        assert client.post(pages(left_open, "answers/"), {"code-2": "97032", "minutes-2": "12"}).status_code == 403
    assert (visit_of("V100").restated, Addendum.objects.count()) == (None, 0)


def test_an_evaluation_that_nothing_names_is_stated_beside_what_is_listed(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages, left_open: Visit
) -> None:
    Visit.objects.filter(pk=left_open.pk).update(kind="evaluation", evaluation=None)
    visit = visit_of("V100")
    client = sign_in("morita")
    text = client.get(pages(visit)).content.decode()
    assert 'name="code--1" value="97162"' in text
    answer = client.post(
        pages(visit, "answers/"), {"code--1": "97162", "minutes--1": "30", "code-2": "97032", "minutes-2": "10"}
    )
    assert answer.status_code == 302
    stated = visit_of("V100").restated
    assert [(one["what"], one["code"], one["minutes"]) for one in stated[2:]] == [
        ("e-stim to the quad", "97032", 10),
        ("evaluation", "97162", 30),
    ]
