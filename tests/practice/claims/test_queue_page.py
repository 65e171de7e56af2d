"""The queue: who sees it, its order and filters, what is done to many claims at once, and what it costs to show."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.models import Batch, Claim, Clinic, Job, Membership, Role, TrailEntry, Visit
from cleanclaim.practice.pages.claims.counts import counted
from cleanclaim.practice.pages.claims.filters import Filters, filters_of, in_order, narrowed
from tests.practice.claims.claim_rows_of import claim_of
from tests.practice.conftest import DAY, person

AsRole = Callable[[Role], Client]
QUEUE = "/c/millrace/claims/"
QUERIES = 20


def _numbers(content: bytes) -> list[str]:
    return re.findall(r'class="code queue-number"[^>]*>([^<]+)<', content.decode())


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.BILLER, 200),
        (Role.AUDITOR, 200),
        (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
        (Role.FRONT_DESK, 403),
    ],
)
def test_who_sees_the_queue(as_role: AsRole, role: Role, status: int) -> None:
    assert as_role(role).get(QUEUE).status_code == status


def test_somebody_of_another_clinic_gets_404(as_role: AsRole, elsewhere: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert client.get(f"/c/{elsewhere.slug}/claims/").status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.THERAPIST, Role.FRONT_DESK])
def test_who_may_not_work_claims_changes_nothing(as_role: AsRole, inside: Clinic, role: Role) -> None:
    claim = claim_of("V001")
    client = as_role(role)
    for address in ("claims/act/", "claims/build/", f"claims/{claim.pk}/hold/", f"claims/{claim.pk}/release/",
                    "files/release/"):  # fmt: skip
        told = client.post(f"/c/millrace/{address}", {"action": "release", "claim": str(claim.pk), "reason": "x"})
        assert told.status_code == 403
    assert claim_of("V001").version == claim.version
    assert not Batch.objects.exists()
    assert inside.slug == "millrace"


def test_an_auditor_is_offered_nothing_to_change(as_role: AsRole) -> None:
    page = as_role(Role.AUDITOR).get(QUEUE).content.decode()
    assert 'method="post" action="/c/millrace/claims/act/"' in page
    assert 'name="action"' not in page
    assert 'name="claim"' not in page


def test_the_queue_costs_the_same_whatever_it_holds(
    as_role: AsRole, inside: Clinic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_role(Role.BILLER)
    client.get(QUEUE)
    with django_assert_num_queries(QUERIES):
        assert len(_numbers(client.get(QUEUE).content)) == 50
    Claim.objects.exclude(number__in=["V001", "V082", "V017"]).update(status="submitted")
    with django_assert_num_queries(QUERIES):
        assert len(_numbers(client.get(QUEUE).content)) == 3
    assert inside.slug == "millrace"


def test_the_next_part_of_the_queue_begins_after_the_last_claim_whatever_was_worked(
    as_role: AsRole, inside: Clinic
) -> None:
    """A page by number skipped as many claims as were released from the page before."""
    client = as_role(Role.BILLER)
    first = client.get(QUEUE)
    numbers = _numbers(first.content)
    every = [claim.number for claim in in_order(narrowed(Filters(), DAY), DAY)]
    assert (numbers, len(every)) == (every[:50], 73)
    onward = f"{QUEUE}?after={first.context['page'].last_key}&at=50"
    assert _numbers(client.get(onward).content) == every[50:]
    assert "51–73 of 73" in client.get(onward).content.decode()
    Claim.objects.filter(number__in=numbers).update(status="submitted")
    assert _numbers(client.get(onward).content) == every[50:]
    assert inside.slug == "millrace"


def test_an_open_claim_whose_records_changed_since_its_check_says_so(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    tag = ">check again</span>"
    assert tag not in client.get(f"{QUEUE}?text=V001").content.decode()
    patient = claim_of("V001").patient
    patient.save()
    page = client.get(f"{QUEUE}?text=V001&status=every").content.decode()
    assert (_numbers(page.encode()), page.count(tag)) == (["V001"], 1)
    recheck(inside, [claim_of("V001").pk], None)
    assert tag not in client.get(f"{QUEUE}?text=V001").content.decode()
    patient.save()
    Claim.objects.filter(number="V001").update(status="submitted")
    assert tag not in client.get(f"{QUEUE}?text=V001&status=every").content.decode()


def test_what_is_due_soonest_and_worth_most_comes_first(inside: Clinic) -> None:
    Claim.objects.update(status="closed")
    wanted = [
        ("V001", DAY + timedelta(days=7), 100),
        ("V002", DAY - timedelta(days=1), 90),
        ("V003", DAY + timedelta(days=8), 900),
        ("V004", DAY + timedelta(days=30), 800),
        ("V005", None, 700),
        ("V006", DAY + timedelta(days=91), 5000),
        ("V007", DAY + timedelta(days=90), 60),
        ("V008", DAY + timedelta(days=31), 70),
        ("V029", None, 9000),
    ]
    for number, due, cents in wanted:
        Claim.objects.filter(number=number).update(status="ready", due_on=due, allowed_cents=cents)
    Claim.objects.filter(number="V005").update(allowed_cents=None, charge_cents=700)
    Claim.objects.filter(number="V029").update(status="superbill")
    rows = [vars(claim) for claim in in_order(narrowed(Filters(), DAY), DAY)]
    assert [(row["number"], row["step"], row["worth_cents"]) for row in rows] == [
        ("V001", 0, 100),
        ("V002", 0, 90),
        ("V003", 1, 900),
        ("V004", 1, 800),
        ("V008", 2, 70),
        ("V007", 2, 60),
        ("V005", 3, 700),
        ("V029", 4, 9000),
        ("V006", 4, 5000),
    ]
    assert inside.slug == "millrace"


def test_the_queue_says_whose_limit_nobody_knows_and_where_it_is_entered(as_role: AsRole, inside: Clinic) -> None:
    Claim.objects.update(status="closed")
    wanted = [("V017", None, 100), ("V046", None, 200), ("V001", DAY + timedelta(days=9), 900)]
    for number, due, cents in wanted:
        Claim.objects.filter(number=number).update(status="ready", due_on=due, allowed_cents=cents)
    page = as_role(Role.BILLER).get(QUEUE).content.decode()
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert _numbers(page.encode()) == ["V001", "V046", "V017"]
    assert (
        "Nobody knows by when these must be filed 2 claims to Example Advantage Plan, $3.00, the oldest of "
        "Aug 14, 2024. The payer's file states no filing limit for this day: enter the one of your contract. Enter it"
    ) in said
    assert '<a href="/c/millrace/setup/payers/">Enter it</a>' in page
    assert page.count('not known</span><br><span class="small muted">limit not on file') == 2
    reads = as_role(Role.AUDITOR).get(QUEUE).content.decode()
    assert ("Nobody knows by when" in reads, "Enter it" in reads) == (True, False)
    Claim.objects.filter(number__in=["V017", "V046"]).update(due_on=DAY)
    assert "Nobody knows by when" not in as_role(Role.BILLER).get(QUEUE).content.decode()
    assert inside.slug == "millrace"


def test_filters_narrow_and_their_counts_say_how_far(inside: Clinic) -> None:
    found = counted(Filters(), DAY).choices
    assert {choice.value: choice.count for choice in found.statuses}["todo"] == Claim.objects.count()
    for name, options in (("payer", found.payers), ("cause", found.causes), ("rule", found.rules),
                          ("therapist", found.therapists), ("deadline", found.deadlines),
                          ("age", found.ages)):  # fmt: skip
        assert options, name
        for choice in options:
            assert narrowed(filters_of({name: choice.value}), DAY).count() == choice.count, (name, choice.value)
    both = narrowed(filters_of({"rule": "dp101", "cause": "coding", "status": "held"}), DAY)
    assert [claim.number for claim in both] == ["V082"]
    assert [claim.number for claim in narrowed(filters_of({"text": "v082"}), DAY)] == ["V082"]
    patient = claim_of("V082").patient
    own = narrowed(filters_of({"text": patient.number}), DAY)
    assert {claim.patient_id for claim in own} == {patient.pk}
    assert inside.slug == "millrace"


@pytest.mark.parametrize(
    ("age", "days", "is_in"),
    [("30", 30, True), ("30", 31, False), ("60", 31, True), ("90", 90, True), ("90", 91, False), ("older", 91, True)],
)
def test_ages_meet_at_their_bounds(inside: Clinic, age: str, days: int, is_in: bool) -> None:  # noqa: FBT001 - a case
    Claim.objects.filter(number="V001").update(date_of_service=DAY - timedelta(days=days))
    found = narrowed(filters_of({"age": age, "text": "V001"}), DAY)
    assert found.exists() is is_in
    assert inside.slug == "millrace"


def test_what_makes_no_sense_in_an_address_is_left_out() -> None:
    read = filters_of({"status": "nope", "cause": "x", "deadline": "soon", "age": "7", "therapist": "1", "payer": "a"})
    assert read == Filters(payer="a")
    assert read.address(page="2") == "?payer=a&page=2"


def test_a_finding_that_is_set_aside_is_not_found_by_its_rule(inside: Clinic) -> None:
    claim = claim_of("V082")
    claim.findings.filter(rule="DP101").update(ignored_at="2026-09-25T12:00Z", ignored_because="so")
    assert not narrowed(filters_of({"rule": "DP101"}), DAY).exists()
    assert inside.slug == "millrace"


# --- at once ------------------------------------------------------------------------------------------------


def _act(client: Client, action: str, *numbers: str, **fields: str) -> list[str]:
    keys = [str(claim_of(number).pk) for number in numbers]
    told = client.post(f"{QUEUE}act/", {"action": action, "claim": keys, "back": "?status=held", **fields}, follow=True)
    assert told.redirect_chain == [(f"{QUEUE}?status=held", 302)]
    return [str(message) for message in told.context["messages"]]


def test_chosen_claims_are_held_taken_off_and_released(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert _act(client, "hold", "V001", "V082") == ["Put on hold needs a reason."]
    assert claim_of("V001").status == "ready"
    assert _act(client, "hold", "V001", "V082", reason="waits for the card") == ["2 claims put on hold."]
    assert _act(client, "unhold", "V001", "V082") == ["2 claims taken off hold and checked again."]
    assert (claim_of("V001").status, claim_of("V082").status) == ("ready", "held")
    told = _act(client, "release", "V001", "V082")
    assert told[0].endswith(".837: 1 claim to Medicare Part B.")
    assert told[1] == "1 claim stayed. V082: not ready"
    entries = TrailEntry.objects.filter(action="change", subject="claim").values_list("detail", flat=True)
    assert list(entries) == ["Put on hold: 2 claims", "Take off hold: 2 claims", "Release into files: 2 claims"]
    assert inside.slug == "millrace"


def test_one_finding_is_set_aside_on_chosen_claims(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    said = _act(client, "ignore", "V050", "V001", reason="the payer takes both")
    assert said == ["Set a finding aside needs the code of the finding, such as UN201."]
    said = _act(client, "ignore", "V050", "V001", reason="the payer takes both", rule="dx205")
    assert said == ["DX205 set aside on 1 claim; 1 of them ready now."]
    assert _act(client, "safe", "V081", "V001") == ["1 safe fix written into 1 visit."]
    assert _act(client, "check", "V001") == ["1 claim checked again; 0 with another status now."]
    assert inside.slug == "millrace"


def test_nothing_is_done_without_a_choice(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert _act(client, "release") == ["Choose at least one claim."]
    assert _act(client, "burn", "V001") == ["Choose what is to be done with the claims."]
    assert claim_of("V001").status == "ready"
    assert inside.slug == "millrace"


def test_another_clinics_claim_is_not_touched(as_role: AsRole, inside: Clinic, elsewhere: Clinic) -> None:
    claim = claim_of("V001")
    user = person(inside, Role.BILLER)
    with tenancy.scope([inside.id, elsewhere.id]):
        Membership.objects.filter(user=user).update(clinic=elsewhere)
    client = as_role(Role.OWNER)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"/c/{elsewhere.slug}/claims/act/", {"action": "release", "claim": str(claim.pk)})
    client.post("/queue/act/", {"action": "hold", "claim": str(claim.pk), "reason": "x"})
    assert client.post(f"/c/{elsewhere.slug}/claims/{claim.pk}/hold/", {"reason": "x"}).status_code == 404
    assert claim_of("V001").version == claim.version


def test_signed_visits_are_built_from_the_queue(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert "Build" not in client.get(QUEUE).content.decode()
    visits = list(Visit.objects.filter(status="draft").order_by("number")[:2])
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(status="signed")
    assert "Build 2 claims" in client.get(QUEUE).content.decode()
    told = client.post(f"{QUEUE}build/", follow=True)
    [said] = [str(message) for message in told.context["messages"]]
    assert said.startswith("2 claims built: ")
    assert Claim.objects.filter(visit__in=visits).count() == 2
    assert inside.slug == "millrace"


# --- over all clinics ---------------------------------------------------------------------------------------


def test_a_biller_of_two_clinics_has_one_queue(as_role: AsRole, inside: Clinic, elsewhere: Clinic) -> None:
    client = as_role(Role.BILLER)
    user = person(inside, Role.BILLER)
    with tenancy.scope([elsewhere.id]):
        Membership.objects.create(user=user, clinic=elsewhere, role=Role.BILLER.value)
    claim = claim_of("V001")
    with tenancy.scope([inside.id, elsewhere.id]):
        page = client.get("/queue/", {"text": "V001"})
    assert page.status_code == 200
    assert _numbers(page.content) == ["V001"]
    assert f"/c/millrace/claims/{claim.pk}/" in page.content.decode()
    assert f'<option value="{inside.id}">Millrace Physical Therapy (' in page.content.decode()
    client.post("/queue/act/", {"action": "hold", "claim": str(claim.pk), "reason": "waits", "back": "?page=1"})
    assert claim_of("V001").status == "on_hold"
    assert TrailEntry.objects.filter(subject="claim", detail="Put on hold: 1 claims").count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.THERAPIST])
def test_who_works_no_claims_anywhere_has_no_queue(as_role: AsRole, role: Role) -> None:
    assert as_role(role).get("/queue/").status_code == 404


def test_the_queue_asks_who_one_is(client: Client, clinic: Clinic) -> None:
    assert client.get("/queue/").status_code == 302
    assert client.post("/queue/act/").status_code == 302
    assert clinic.slug == "millrace"


# --- all that pass the filters --------------------------------------------------------------------------------


def _job_of(clinic: Clinic) -> Job:
    job: Job = Job.objects.get(kind="claims")
    tasks.run_job.call(str(clinic.pk), str(job.pk))
    job.refresh_from_db()
    return job


def test_all_that_pass_the_filters_are_acted_on_behind_the_page(
    as_role: AsRole, inside: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleanclaim.practice.engine.claims.acting_on_many._PIECE", 30)
    client = as_role(Role.BILLER)
    wanted = set(narrowed(Filters(status="ready"), DAY).values_list("number", flat=True))
    others = Claim.objects.exclude(status="ready").count()
    assert len(wanted) == 42
    sent = {"which": "all", "action": "hold", "reason": "waits", "back": "?status=ready"}
    page = client.post(f"{QUEUE}act/", sent)
    job = Job.objects.get(kind="claims")
    assert page["Location"] == f"/c/millrace/jobs/{job.pk}/"
    # A claim that passes the filters only later is none of those that were asked for.
    assert set(Claim.objects.filter(status="ready").values_list("number", flat=True)) == wanted
    done = _job_of(inside)
    assert (done.status, done.done, done.total) == ("done", len(wanted), len(wanted))
    assert done.result == {"put on hold": len(wanted), "stayed_because": []}
    assert set(Claim.objects.filter(status="on_hold").values_list("number", flat=True)) == wanted
    assert Claim.objects.exclude(status="on_hold").count() == others
    details = TrailEntry.objects.filter(action="change", subject="claim").values_list("detail", flat=True)
    assert sum(int(one.split(": ")[1].split()[0]) for one in details if one.startswith("Put on hold")) == len(wanted)


def test_a_job_that_was_begun_goes_on_behind_the_claims_that_are_done(inside: Clinic, as_role: AsRole) -> None:
    as_role(Role.BILLER).post(
        f"{QUEUE}act/", {"which": "all", "action": "hold", "reason": "x", "back": "?status=ready"}
    )
    job = Job.objects.get(kind="claims")
    total = job.total
    Job.objects.filter(pk=job.pk).update(place=job.place | {"reached": total - 3}, status="running")
    assert _job_of(inside).result["put on hold"] == 3
    assert Claim.objects.filter(status="on_hold").count() == 3


def test_a_release_of_all_names_what_stayed(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    Claim.objects.exclude(number__in=["V001", "V002"]).update(status="submitted")
    client.post(f"{QUEUE}act/", {"which": "all", "action": "release", "back": ""})
    Claim.objects.filter(number="V002").update(status="on_hold")
    job = _job_of(inside)
    assert (job.result["claims filed"], job.result["files made"], job.result["stayed"]) == (1, 1, 1)
    assert job.result["stayed_because"] == [["V002", "not ready"]]
    assert '<span class="code">V002</span> not ready' in client.get(f"/c/millrace/jobs/{job.pk}/").content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"action": "hold"}, "Put on hold needs a reason."),
        ({"action": "ignore", "reason": "x"}, "needs the code of the finding"),
        ({"action": "bake"}, "Choose what is to be done"),
        ({"action": "check", "back": "?text=NONE"}, "No claim passes these filters."),
    ],
)
def test_what_is_not_said_asks_for_no_job(as_role: AsRole, inside: Clinic, sent: dict[str, str], says: str) -> None:
    page = as_role(Role.BILLER).post(f"{QUEUE}act/", {"which": "all", **sent}, follow=True)
    assert says in page.content.decode()
    assert not Job.objects.exists()
    assert inside.slug == "millrace"
