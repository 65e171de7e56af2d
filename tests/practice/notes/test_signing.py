from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cleanclaim.practice.models import Addendum, PlanOfCare, ProgressReport, Role, Signature, TrailEntry, Visit
from cleanclaim.practice.models.rows import StaleRowError
from tests.practice.notes.conftest import SignIn, VisitOf, posted

Pages = Callable[..., str]


def _set(visit: Visit, **columns: Any) -> Visit:
    for name, value in columns.items():
        setattr(visit, name, value)
    visit.save_if_unchanged(visit.version, *columns)
    return visit


def _sign(client: Client, pages: Pages, visit: Visit) -> Any:
    return client.post(pages(visit, "sign/"), {"version": str(visit.version)})


def test_signing_shows_what_is_billed_and_locks_the_note(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    text = client.get(pages(visit, "sign/")).content.decode()
    assert "Sign as Kenji Morita, PT" in text
    assert "45 timed minutes support 3 units" in text
    answer = _sign(client, pages, visit)
    assert (answer.status_code, answer["Location"]) == (302, "/c/millrace/today/")
    after = visit_of("V100")
    assert after.status == "signed"
    assert after.billed == [
        {"code": "97110", "modifiers": [], "units": 2, "charge_cents": None, "pointers": [1, 2, 3]},
        {"code": "97140", "modifiers": [], "units": 1, "charge_cents": None, "pointers": [1, 2, 3]},
    ]
    assert [(one.name, one.credential) for one in after.signatures.all()] == [("Kenji Morita", "PT")]
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.detail) == ("sign", "as PT; 2 lines")


def test_a_signed_note_takes_no_more_writing(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    _sign(client, pages, visit)
    signed = visit_of("V100")
    assert client.post(pages(visit, "check/"), posted(signed, plan="Late.")).status_code == 409
    for page in ("", "take-over/", "propose/", "attest/", "prefer/", "sign/"):
        assert client.post(pages(visit, page), posted(signed, plan="Late.")).status_code == 404, page
    after = visit_of("V100")
    assert (after.note, after.version) == (signed.note, signed.version)
    assert after.signatures.count() == 1
    assert b"<textarea" in client.get(pages(visit)).content
    assert b'id="subjective"' not in client.get(pages(visit)).content


def test_what_changed_since_it_was_shown_is_not_signed(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    seen = visit.version
    client.post(pages(visit, "check/"), posted(visit, plan="Changed."))
    assert client.post(pages(visit, "sign/"), {"version": str(seen)}).status_code == 409
    assert client.post(pages(visit, "sign/"), {}).status_code == 409
    assert (visit_of("V100").status, Signature.objects.filter(visit=visit).count()) == ("draft", 0)


@pytest.mark.parametrize(
    ("kind", "report", "status", "says"),
    [
        ("treatment", False, 302, ""),
        ("treatment", True, 403, "does not sign a progress report"),
        ("treatment", None, 403, "Say first what the visit was for"),
        ("evaluation", False, 403, "does not sign an evaluation"),
        ("reevaluation", False, 403, "does not sign an evaluation"),
        ("discharge", False, 403, "does not sign a discharge"),
    ],
)
def test_an_assistant_signs_treatment_notes_only(  # noqa: PLR0917 - fixtures and a case
    sign_in: SignIn,
    visit_of: VisitOf,
    pages: Pages,
    kind: str,
    report: bool | None,  # noqa: FBT001 - a case
    status: int,
    says: str,
) -> None:
    visit = visit_of("V068")
    detail = {name: value for name, value in visit.detail.items() if name != "progress_report"}
    visit = _set(visit, kind=kind, detail=detail if report is None else detail | {"progress_report": report})
    answer = _sign(sign_in("wilk"), pages, visit)
    assert answer.status_code == status
    assert says in answer.content.decode()
    signed = status == 302
    after = visit_of("V068")
    assert (after.status == "signed", after.signatures.count()) == (signed, int(signed))


def test_an_assistants_evaluation_code_needs_the_therapist_whatever_the_kind_says(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V068")
    lines = [{"code": "97162", "modifiers": ["GP"], "units": 1, "charge_cents": None, "pointers": [1]}]
    visit = _set(visit, billed=lines, detail=visit.detail | {"progress_report": False})
    assert _sign(sign_in("wilk"), pages, visit).status_code == 403
    assert visit_of("V068").status == "draft"


def test_only_who_treated_signs(
    sign_in: SignIn, as_role: Callable[[Role], Client], visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V100")
    answer = _sign(sign_in("okafor"), pages, visit)
    assert (answer.status_code, "This is Kenji Morita, PT&#x27;s note" in answer.content.decode()) == (403, True)
    answer = _sign(as_role(Role.OWNER), pages, visit)
    assert (answer.status_code, "belongs to no provider" in answer.content.decode()) == (403, True)
    for role in (Role.BILLER, Role.AUDITOR, Role.FRONT_DESK):
        assert _sign(as_role(role), pages, visit).status_code == 403
    assert visit_of("V100").status == "draft"


def test_a_note_with_an_open_question_is_signed_without_lines(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    asked = {"what": "e-stim to the quad", "minutes": 10, "by": "PT"}
    visit = _set(visit, interventions=[*(visit.interventions or ()), asked])
    client = sign_in("morita")
    text = client.get(pages(visit, "sign/")).content.decode()
    assert "Still open" in text
    assert "the claim waits until this is answered" in text
    assert _sign(client, pages, visit).status_code == 302
    after = visit_of("V100")
    assert (after.status, after.billed) == ("signed", None)


def test_lines_that_came_with_the_visit_keep_their_charges(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V068")
    assert visit.billed is not None
    charges = [line["charge_cents"] for line in visit.billed]
    assert charges == [7400, 7800]
    _sign(sign_in("lindqvist"), pages, visit)
    after = visit_of("V068").billed
    assert after is not None
    assert [line["charge_cents"] for line in after] == charges


def test_a_progress_report_is_entered_when_its_note_is_signed(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V068")
    visit = _set(visit, detail=visit.detail | {"progress_report": True})
    assert ProgressReport.objects.filter(visit=visit).count() == 0
    _sign(sign_in("lindqvist"), pages, visit)
    report = ProgressReport.objects.get(visit=visit)
    plan = PlanOfCare.objects.filter(patient=visit.patient, established_on__lte=visit.date_of_service)[0]
    assert (report.on, report.signed_by, report.plan_id) == (visit.date_of_service, "PT", plan.pk)


def test_an_addendum_is_added_and_the_note_stays(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V100")
    client = sign_in("morita")
    refused = client.post(pages(visit, "addenda/"), {"text": "Too early."})
    assert (refused.status_code, Addendum.objects.count()) == (403, 0)
    _sign(client, pages, visit)
    signed = visit_of("V100")
    client.post(pages(visit, "addenda/"), {"text": "The carry was 24 lb."})
    client.post(pages(visit, "addenda/"), {"text": "  "})
    assert [one.text for one in Addendum.objects.filter(visit=visit)] == ["The carry was 24 lb."]
    after = visit_of("V100")
    assert (after.note, after.billed, after.version) == (signed.note, signed.billed, signed.version)
    assert "The carry was 24 lb." in client.get(pages(visit)).content.decode()
    entry = TrailEntry.objects.filter(action="change").order_by("-sequence")[0]
    assert entry.detail == "addendum added"


def test_the_therapist_adds_a_signature_to_the_assistants_once(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V068")
    visit = _set(visit, detail=visit.detail | {"progress_report": False})
    _sign(sign_in("wilk"), pages, visit)
    assert sign_in("okafor").post(pages(visit, "co-sign/")).status_code == 403
    assert sign_in("lindqvist").post(pages(visit, "co-sign/")).status_code == 302
    assert sign_in("lindqvist").post(pages(visit, "co-sign/")).status_code == 403
    found = Signature.objects.filter(visit=visit)
    assert [(one.name, one.credential) for one in found] == [("Tomasz Wilk", "PTA"), ("Erik Lindqvist", "PT")]


def test_a_row_changed_by_somebody_else_is_not_signed_over(visit_of: VisitOf) -> None:
    first, second = visit_of("V100"), visit_of("V100")
    first.save_if_unchanged(first.version, "note")
    with pytest.raises(StaleRowError):
        second.save_if_unchanged(second.version, "note")
