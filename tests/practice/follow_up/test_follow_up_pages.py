"""The worklist and its cases: who may see and do what, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import (
    Batch,
    Claim,
    Clinic,
    Coverage,
    Letter,
    Remittance,
    Role,
    TrailEntry,
    User,
    WorkItem,
    WorkNote,
)
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Decision, Said, denies, pays_well

SignedIn = Callable[[Role], Client]
LIST = "/c/millrace/follow-up/"


def necessity(number: int, charge: int) -> Decision:
    """The first line is not necessary; the others are paid well."""
    return Decision(0, [("CO", "50", charge)]) if number == 1 else pays_well(number, charge)


@pytest.fixture
def denied(inside: Clinic, medicare: list[Claim], answer: Answer) -> list[Claim]:
    """Three claims: one not necessary in part, one without approval, one that the patient owes."""
    del inside
    one, two, three = medicare
    answer(
        Said(one, necessity),
        Said(two, denies, payer_number="PCN2"),
        Said(three, lambda _number, charge: Decision(0, [("PR", "204", charge)]), payer_number="PCN3"),
    )
    return medicare


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.BILLER, 200), (Role.OWNER, 200), (Role.AUDITOR, 200),
        (Role.THERAPIST, 403), (Role.ASSISTANT, 403), (Role.FRONT_DESK, 403),
    ],
)  # fmt: skip
def test_who_sees_the_worklist(as_role: SignedIn, denied: list[Claim], role: Role, status: int) -> None:
    client = as_role(role)
    assert client.get(LIST).status_code == status
    assert client.get(f"{LIST}claims/{denied[0].pk}/").status_code == status
    assert client.get(f"{LIST}proposals/").status_code == status


def test_an_auditor_changes_nothing(as_role: SignedIn, denied: list[Claim]) -> None:
    client = as_role(Role.AUDITOR)
    case = f"{LIST}claims/{denied[0].pk}/"
    for address in ("act/", "look/", "proposals/gather/"):
        assert client.post(LIST + address).status_code == 403
    for address in ("note/", "correct/", "give-up/", "end/", "decided/", "letter/"):
        assert client.post(case + address, {"text": "x", "because": "x"}).status_code == 403
    assert WorkNote.objects.count() == 0
    assert b"Write it off" not in client.get(case).content


def test_the_dearest_that_can_be_won_comes_first(as_role: SignedIn, denied: list[Claim]) -> None:
    text = as_role(Role.BILLER).get(LIST).content.decode()
    assert text.count("data-row") == 3
    assert 'id="filter-who"' in text
    assert "Not deemed medically necessary" in text
    assert "Dispute the decision" in text
    cents = {item.claim_id: 0 for item in WorkItem.objects.all()}
    for item in WorkItem.objects.all():
        weight = {"50": 1 * 45, "197": 1 * 45, "204": 2 * 15}[item.reason]
        cents[item.claim_id] += item.cents * weight
    order = sorted(denied, key=lambda claim: -cents[claim.pk])
    places = [text.index(f">{claim.number}<") for claim in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?reason=50", [0]), ("?kind=denial", [0, 1, 2]), ("?kind=underpayment", []), ("?cause=documentation", [0]),
        ("?who=mine", []), ("?deadline=week", []), ("?state=settled", []), ("?reason=nonsense", []),
    ],
)  # fmt: skip
def test_filters(as_role: SignedIn, denied: list[Claim], query: str, numbers: list[int]) -> None:
    text = as_role(Role.BILLER).get(LIST + query).content.decode()
    assert [place for place, claim in enumerate(denied) if f">{claim.number}<" in text] == numbers


def test_filters_are_offered_where_there_is_something_to_filter(as_role: SignedIn, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert 'id="filter-who"' not in client.get(LIST).content.decode()
    assert 'id="filter-who"' in client.get(f"{LIST}?who=mine").content.decode()
    assert inside.slug == "millrace"


def test_groups(as_role: SignedIn, denied: list[Claim]) -> None:
    client = as_role(Role.BILLER)
    text = client.get(f"{LIST}?by=reason").content.decode()
    assert all(code in text for code in ("CO-50", "CO-197", "PR-204"))
    assert client.get(f"{LIST}?by=payer").content.decode().count('<th scope="row">') == 1
    codes = {item.code for item in WorkItem.objects.all()}
    assert client.get(f"{LIST}?by=code").content.decode().count('<th scope="row">') == len(codes)
    del denied


def test_the_number_of_queries_does_not_grow(
    as_role: SignedIn, denied: list[Claim], inside: Clinic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_role(Role.BILLER)
    client.get(LIST)
    with tenancy.scope([inside.pk]), django_assert_num_queries(QUERIES):
        client.get(LIST)
    item = WorkItem.objects.filter(claim=denied[0]).first()
    for number in range(60):
        WorkItem.objects.create(
            clinic=inside, claim=denied[number % 3], kind="denial", line=f"x:{number}", reason=str(number), group="CO",
            cents=100, first_cents=100, points=45, payer="medicare_b", route="appeal", cause="payer",
        )  # fmt: skip
    assert item is not None
    with tenancy.scope([inside.pk]), django_assert_num_queries(QUERIES):
        assert client.get(LIST).content.decode().count("data-row") == 50


QUERIES = 27
"""Of the worklist's page: who is signed in, one for each filter's choices, the cases, their claims, their
items, and what is short by too little to be listed."""


def _cases(clinic: Clinic, claims: list[Claim], numbers: range) -> None:
    """Refusals of a dollar each, every one a case of its own; all are worth the same, so that their names decide."""
    WorkItem.objects.bulk_create(
        WorkItem(
            clinic=clinic, claim=claims[number % 3], kind="denial", line=f"x:{number}", reason=f"R{number:02}",
            group="CO", cents=100, first_cents=100, points=45, payer="medicare_b", route="appeal", cause="payer",
        )
        for number in numbers
    )  # fmt: skip


def _told(page: Any) -> list[str]:
    return [case.value for case in page.context["cases"]]


def test_the_next_part_begins_after_the_last_case_whatever_comes_or_is_settled(
    as_role: SignedIn, denied: list[Claim], inside: Clinic
) -> None:
    """A page by number skipped as many cases as were settled on the page before, and told those again that came."""
    client = as_role(Role.BILLER)
    _cases(inside, denied, range(0, 60, 2))
    _cases(inside, denied, range(1, 60, 2))
    first = client.get(LIST)
    onward = f"{LIST}?after={first.context['page'].last_key}&at=50"
    second = client.get(onward)
    every = _told(first) + _told(second)
    assert (len(_told(first)), len(every), len(set(every))) == (50, 63, 63)
    assert "51–63 of 63 cases" in second.content.decode()
    # What comes is worth more, and stands before; the case beside which the part begins is settled.
    WorkItem.objects.create(
        clinic=inside, claim=denied[0], kind="denial", line="x:99", reason="R99", group="CO", cents=900_000,
        first_cents=900_000, points=45, payer="medicare_b", route="appeal", cause="payer",
    )  # fmt: skip
    assert _told(client.get(onward)) == _told(second)
    last = first.context["cases"][-1].first
    WorkItem.objects.filter(pk=last.pk).update(state="closed", settled_on=date(2026, 9, 25))
    assert _told(client.get(onward)) == _told(second)
    back = client.get(f"{LIST}?before={second.context['page'].first_key}&at=50")
    assert _told(back)[1:] == _told(first)[:-1]
    assert _told(back)[0] == f"{denied[0].pk}|denial|CO|R99"


@pytest.mark.parametrize("after", ["x", "|||", "00000000-0000-4000-8000-000000000000|denial|CO|50", "1|2"])
def test_a_part_after_no_case_is_the_beginning(as_role: SignedIn, denied: list[Claim], after: str) -> None:
    page = as_role(Role.BILLER).get(LIST, {"after": after, "at": "7"})
    assert (len(page.context["cases"]), page.context["page"].first) == (3, 1)
    del denied


def test_a_case_says_what_the_payer_said_and_what_to_do(as_role: SignedIn, denied: list[Claim]) -> None:
    text = as_role(Role.BILLER).get(f"{LIST}claims/{denied[0].pk}/").content.decode()
    for part in ("CO-50", "Not deemed medically necessary", "Feb 14, 2027", "Redetermination request", "Noridian"):
        assert part in text, part
    assert "Start a corrected claim" not in text  # Medicare takes no replacements
    patients = as_role(Role.BILLER).get(f"{LIST}claims/{denied[2].pk}/").content.decode()
    assert "Leave it to the patient (group PR)" in patients
    assert "Write it off" not in patients


def test_a_case_of_another_clinic_is_not_there(
    as_role: SignedIn, denied: list[Claim], elsewhere: Clinic, client: Client
) -> None:
    del elsewhere
    as_role(Role.BILLER)
    assert client.get(f"/c/elsewhere/follow-up/claims/{denied[0].pk}/").status_code == 404


def test_bulk_assignment_and_closing(as_role: SignedIn, denied: list[Claim], biller: User) -> None:
    client = as_role(Role.BILLER)
    case = f"{denied[0].pk}|denial|CO|50"
    answered = client.post(f"{LIST}act/", {"claim": [case], "action": f"assign:{biller.pk}", "back": "?who=mine"})
    assert (answered.status_code, answered["Location"]) == (302, f"{LIST}?who=mine")
    assert {item.assigned_to for item in WorkItem.objects.filter(claim=denied[0])} == {biller}
    client.post(f"{LIST}act/", {"claim": [case], "action": "close", "reason": ""})
    assert WorkItem.objects.filter(claim=denied[0], settled_on=None).count() == 1
    client.post(f"{LIST}act/", {"claim": [case], "action": "close", "reason": "paid on the phone"})
    assert WorkItem.objects.filter(claim=denied[0], settled_on=None).count() == 0
    assert WorkItem.objects.filter(claim=denied[1], settled_on=None).count() == len(denied[1].record["lines"])


def test_every_clinic_of_a_person(as_role: SignedIn, denied: list[Claim]) -> None:
    text = as_role(Role.BILLER).get("/follow-up/").content.decode()
    assert text.count("data-row") == 3
    assert as_role(Role.THERAPIST).get("/follow-up/").status_code == 404
    del denied


def test_a_letter_is_seen_kept_and_waits(as_role: SignedIn, denied: list[Claim]) -> None:
    client = as_role(Role.BILLER)
    address = f"{LIST}claims/{denied[0].pk}/letter/"
    text = client.get(address).content.decode()
    assert "Redetermination request" in text
    form = {"step": "redetermination", "argument": "The note shows it.", "enclosures": "Treatment note"}
    seen = client.post(address, form | {"action": "show"})
    assert (seen.status_code, seen["Content-Type"]) == (200, "application/pdf")
    assert Letter.objects.count() == 0
    assert client.post(address, form | {"action": "keep", "argument": " "}).status_code == 409
    assert client.post(address, form | {"action": "keep"}).status_code == 302
    (letter,) = Letter.objects.all()
    (item,) = WorkItem.objects.filter(claim=denied[0])
    assert (letter.step, letter.level, letter.cents, letter.file_by) == (
        "redetermination", 1, item.cents, date(2027, 2, 14),
    )  # fmt: skip
    assert (item.state, item.level, item.follow_up_on) == ("appealed", 1, date(2026, 11, 24))
    assert client.get(f"{LIST}letters/{letter.pk}.pdf").content == letter.content.data
    decided = {"on": "2026-09-20", "text": "upheld"}
    assert client.post(f"{LIST}claims/{denied[0].pk}/decided/", decided).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.due_on) == ("open", date(2027, 3, 24))  # 180 days from receipt of that decision
    assert "Reconsideration request" in client.get(address).content.decode()


def test_a_letter_is_not_kept_while_a_bracket_is_left(as_role: SignedIn, denied: list[Claim]) -> None:
    client, address = as_role(Role.BILLER), f"{LIST}claims/{denied[0].pk}/letter/"
    form = {"step": "redetermination", "argument": "It is [say what].", "enclosures": ""}
    assert client.post(address, form | {"action": "show"})["Content-Type"] == "application/pdf"
    refused = client.post(address, form | {"action": "keep"})
    assert (refused.status_code, refused.context["problem"]) == (409, "fill in what stands in brackets first")
    assert not Letter.objects.exists()


def test_every_step_of_the_payers_is_on_the_case(as_role: SignedIn, denied: list[Claim]) -> None:
    client, address = as_role(Role.BILLER), f"{LIST}claims/{denied[0].pk}/"
    _terms, rungs = client.get(address).context["ladder"]
    assert [(one.step.name, one.state, one.within, one.step.decided_days, one.least_cents) for one in rungs] == [
        ("redetermination", "next", "120 days from receipt of the decision", 60, None),
        ("reconsideration", "later", "180 days from receipt of the decision", 60, None),
        ("hearing", "later", "60 days from receipt of the decision", 90, 20_000),
        ("Medicare Appeals Council", "later", "60 days from receipt of the decision", 90, None),
        ("federal district court", "later", "60 days from receipt of the decision", None, 196_000),
    ]
    assert [one.deadline and one.deadline.on for one in rungs] == [date(2027, 2, 14), None, None, None, None]
    text = client.get(address).content.decode()
    for part in (
        "Receipt is presumed five days after the date of the notice.",
        "Reopened within 12 months of the notice for any reason.",
        "Reopened within 48 months of the notice for good cause",
        "What was not processed (MA130) is a new claim.",
    ):
        assert part in text, part
    WorkItem.objects.filter(claim=denied[0]).update(level=4)
    _terms, rungs = client.get(address).context["ladder"]
    assert [one.state for one in rungs] == ["taken"] * 4 + ["next"]
    (way,) = [one for one in client.get(address).context["ways"] if one.step == "federal district court"]
    assert way.refused.startswith("the federal district court needs $1,960.00 in dispute")
    WorkItem.objects.filter(claim=denied[0]).update(cents=196_000)
    (way,) = [one for one in client.get(address).context["ways"] if one.step == "federal district court"]
    assert way.refused == "a court is gone to by a complaint, not by a letter: ask a lawyer"


def test_what_cannot_be_won_is_refused(as_role: SignedIn, denied: list[Claim]) -> None:
    WorkItem.objects.filter(claim=denied[0]).update(reason="29", reasons=[["CO", "29", [], 100]])
    client = as_role(Role.BILLER)
    address = f"{LIST}claims/{denied[0].pk}/letter/"
    text = client.get(address, {"step": "redetermination"}).content.decode()
    assert "it cannot be won: a claim filed late is not decided at all" in text
    form = {"step": "redetermination", "argument": "x", "enclosures": "", "action": "keep"}
    assert client.post(address, form).status_code == 409
    assert Letter.objects.count() == 0
    assert not WorkItem.objects.filter(claim=denied[0], state="appealed").exists()


def test_the_trail_says_who_looked_and_holds_no_value(as_role: SignedIn, denied: list[Claim], biller: User) -> None:
    client = as_role(Role.BILLER)
    client.get(f"{LIST}claims/{denied[0].pk}/")
    client.post(f"{LIST}claims/{denied[0].pk}/note/", {"text": "Ana said it is in review"})
    told = TrailEntry.objects.filter(user=biller, subject="claim", subject_id=str(denied[0].pk)).order_by("-sequence")
    details = [entry.detail for entry in told]
    assert "follow-up" in details
    assert "follow-up: note" in details
    assert not any("Ana" in detail for detail in details)


def test_another_payers_claim_is_made_from_the_case(as_role: SignedIn, medicare: list[Claim], answer: Answer) -> None:
    claim = medicare[0]
    answer(Said(claim, lambda _number, charge: Decision(0, [("CO", "22", charge)])))
    client, case = as_role(Role.BILLER), f"{LIST}claims/{claim.pk}/"
    Coverage.objects.filter(patient=claim.patient_id).exclude(order="primary").delete()
    text = client.get(case).content.decode()
    assert "No other plan of the patient is on file" in text
    assert "/c/millrace/payments/next/" in text
    first = Coverage.objects.get(patient=claim.patient_id)
    first.pk, first.order, first.payer_name, first.member_id = None, "secondary", "Larkspur Mutual", "L1"
    first._state.adding = True
    first.save(force_insert=True)
    text = client.get(case).content.decode()
    assert f"/c/millrace/claims/{claim.pk}/next/" in text
    assert client.post(f"/c/millrace/claims/{claim.pk}/next/").status_code == 302
    made = Claim.objects.get(follows=claim)
    assert f'Claim <a href="/c/millrace/claims/{made.pk}/">{made.number}</a>' in client.get(case).content.decode()


@pytest.mark.parametrize(
    ("received", "paid", "told"),
    [
        ("2026-09-11", "2026-10-12", "1 day after the day from which it owes interest on a clean claim. The rate"),
        ("2025-03-01", "2025-05-01", "31 days after the day from which it owes interest on a clean claim. At 4.625%"),
        ("2026-09-12", "2026-10-12", ""),
    ],
)
def test_interest_for_paying_late_is_told_where_the_rate_is_known(
    as_role: SignedIn, denied: list[Claim], received: str, paid: str, told: str
) -> None:
    claim = denied[0]
    Batch.objects.filter(claims=claim).update(created_at=f"{received}T12:00:00Z")
    Remittance.objects.filter(answers__claim=claim).update(paid_on=paid)
    page = as_role(Role.BILLER).get(f"{LIST}claims/{claim.pk}/").content.decode()
    assert ("from which it owes interest" in page) is bool(told)
    assert told in page
