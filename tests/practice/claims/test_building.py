"""Claims are built once, as the engine judges; again after a change; in pieces that a killed worker leaves behind."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cleanclaim.practice.engine.claims import building
from cleanclaim.practice.engine.claims.building import ask_for_build, build, recheck, run_build, visits_to_build
from cleanclaim.practice.engine.judging.checking import check
from cleanclaim.practice.engine.judging.claim_rows import STATUSES, is_judged_alone
from cleanclaim.practice.engine.judging.setting import with_people
from cleanclaim.practice.models import (
    Claim,
    ClaimEvent,
    ClaimFinding,
    ClaimStatus,
    Clinic,
    Job,
    Patient,
    Provider,
    TrailEntry,
    Visit,
)
from cleanclaim.rules.book import rules
from tests.practice.claims.claim_rows_of import biller, claim_of, standing
from tests.practice.conftest import DAY


def test_the_demo_has_a_claim_for_each_signed_visit_as_the_engine_judges_it(inside: Clinic) -> None:
    visits = list(with_people(Visit.objects.filter(status="signed").order_by("date_of_service", "number")))
    billed = check(inside, visits, as_of=DAY)
    expected = {
        item.key: (STATUSES[item.state].value, item.filing_deadline or item.filing_deadline_earliest, item.charge_cents)
        for item in billed.claims
    }
    claims = {row.number: (row.status, row.due_on, row.charge_cents) for row in Claim.objects.all()}
    assert len(claims) == 73
    assert claims == expected
    assert visits_to_build().count() == 0


def test_a_built_claim_holds_lines_findings_prices_and_cause(inside: Clinic) -> None:
    claim = claim_of("V082")
    assert (claim.status, claim.first_passed, claim.checked_on) == ("held", False, DAY)
    lines = [(row.position, row.code, row.modifiers, row.units, row.charge_cents) for row in claim.lines.all()]
    assert lines == [(1, "97140", ["GP"], 1, 7400), (2, "97140", ["GP"], 1, 7400)]
    assert (claim.charge_cents, claim.allowed_cents) == (14800, 9500)
    found = {(row.rule, row.place, row.severity, row.cause, row.fix_safety) for row in claim.findings.all()}
    assert ("DP101", "line 2", "deny", "coding", "attest") in found
    repeated = claim.findings.get(rule="DP101")
    assert repeated.changes == [{"table": "lines", "row": 2, "field": "", "old": None, "new": None, "is_own": True}]
    assert "97140" in repeated.message
    assert claim.record["id"] == "V082"
    assert [event.action for event in claim.events.all()] == ["built"]
    assert inside.id == claim.clinic_id


def test_a_safe_fix_is_made_at_once_and_kept_as_mended(inside: Clinic) -> None:
    row = ClaimFinding.objects.get(claim__number="V081", rule="MD101")
    assert (row.was_mended, row.fix_safety, row.changes) == (True, "safe", None)
    assert claim_of("V081").lines.get(position=1).modifiers == ["GP"]
    assert Visit.objects.get(number="V081").billed[0]["modifiers"] == []
    assert inside.slug == "millrace"


def test_dollars_at_stake_never_exceed_what_the_claim_is_allowed(inside: Clinic) -> None:
    capped = [
        claim for claim in Claim.objects.exclude(allowed_cents=None) if claim.at_stake_cents > claim.allowed_cents
    ]
    assert capped == []
    left = claim_of("V064")
    assert (left.status, left.at_stake_cents, left.left_cents) == ("ready", 0, 3412)
    assert inside.slug == "millrace"


def test_a_claim_that_passed_first_says_so(inside: Clinic) -> None:
    counted = Counter(Claim.objects.values_list("status", "first_passed"))
    assert {key for key in counted if key[1]} == {("ready", True), ("superbill", True)}
    assert {key for key in counted if not key[1]} == {("held", False)}
    assert inside.slug == "millrace"


def test_building_again_finds_the_claims_that_are_there(inside: Clinic) -> None:
    claim = claim_of("V001")
    events = ClaimEvent.objects.count()
    built = build(inside, [claim.visit_id], biller(claim))
    assert built.made == ()
    assert [one.pk for one in built.found] == [claim.pk]
    assert (Claim.objects.count(), ClaimEvent.objects.count()) == (73, events)


def test_the_database_takes_one_open_original_a_visit(inside: Clinic) -> None:
    claim = claim_of("V001")
    twin = Claim(
        clinic=inside, number="V001B2", visit=claim.visit, patient=claim.patient,
        date_of_service=claim.date_of_service, status="ready",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.CLOSED.value)
    twin.save()
    assert Claim.objects.filter(visit=claim.visit).count() == 2


def test_a_draft_and_a_closed_claims_visit_are_not_built(inside: Clinic) -> None:
    draft = Visit.objects.filter(status="draft").first()
    assert draft is not None
    assert build(inside, [draft.pk], None).made == ()
    Claim.objects.filter(number="V001").update(status=ClaimStatus.CLOSED.value)
    assert visits_to_build().count() == 0


def test_asked_for_by_name_a_closed_claims_visit_is_billed_under_a_number_of_its_own(inside: Clinic) -> None:
    claim = claim_of("V001")
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.CLOSED.value)
    [made] = build(inside, [claim.visit_id], biller(claim)).made
    assert made.number == "V001B2"
    assert made.record["id"] == "V001B2"


def test_a_job_builds_in_pieces_and_goes_on_where_it_stopped(inside: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    user = biller(claim_of("V001"))
    drafts = list(Visit.objects.filter(status="draft").order_by("date_of_service", "number")[:5])
    for visit in drafts:
        Visit.objects.filter(pk=visit.pk).update(status="signed")
    monkeypatch.setattr(building, "PIECE", 2)
    job = ask_for_build(inside, user)
    assert (job.kind, job.total, job.done) == ("build", 5, 0)
    made: list[int] = []
    whole = building.build

    def killed_after_one_piece(*arguments: object, **options: object) -> object:
        if made:
            raise KeyboardInterrupt
        made.append(1)
        return whole(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "build", killed_after_one_piece)
    with pytest.raises(KeyboardInterrupt):
        run_build(job)
    job.refresh_from_db()
    assert (job.status, job.done, Claim.objects.count()) == ("running", 2, 75)
    assert job.place == {"day": "2026-09-25", "number": drafts[1].number}
    monkeypatch.setattr(building, "build", whole)
    run_build(job)
    job.refresh_from_db()
    assert (job.status, job.done, job.total, Claim.objects.count()) == ("done", 5, 5, 78)
    assert sum(job.result.values()) == 5
    run_build(job)
    assert Job.objects.get(pk=job.pk).done == 5


def test_a_build_is_told_to_the_audit_log(inside: Clinic) -> None:
    draft = Visit.objects.filter(status="draft").first()
    assert draft is not None
    Visit.objects.filter(pk=draft.pk).update(status="signed")
    user = biller(claim_of("V001"))
    build(inside, [draft.pk], user, origin="127.0.0.1")
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.detail, entry.user_id, entry.origin) == (
        "create", "claim", "1 claims built", user.pk, "127.0.0.1",
    )  # fmt: skip


def test_a_claim_is_checked_again_as_the_records_stand(inside: Clinic) -> None:
    claim = claim_of("V054")
    assert ("ID108", "claim") in standing("V054")
    Provider.objects.filter(npi="1999000164").update(npi="1999000163")
    [found] = recheck(inside, [claim.pk], biller(claim), why="the NPI was corrected")
    assert found.status_before == "held"
    assert found.gone == [("ID108", "claim")]
    assert found.came == []
    again = claim_of("V054")
    assert (again.status, again.version) == ("ready", claim.version + 1)
    assert again.first_passed is False
    latest = again.events.order_by("-created_at")[0]
    assert (latest.action, latest.detail) == ("checked", "the NPI was corrected")


def test_a_filed_claim_is_never_checked_again(inside: Clinic) -> None:
    claim = claim_of("V001")
    Claim.objects.filter(pk=claim.pk).update(status="submitted")
    Patient.objects.filter(pk=claim.patient_id).update(birth_date=date(1850, 1, 1))
    assert recheck(inside, [claim.pk], None) == []
    assert claim_of("V001").version == claim.version


def test_rules_that_compare_therapists_do_not_judge_a_claim(inside: Clinic) -> None:
    assert [rule.code for rule in rules() if not is_judged_alone(rule.code)] == ["TD107", "TH106"]
    assert not ClaimFinding.objects.filter(rule__in=["TD107", "TH106"]).exists()
    assert inside.slug == "millrace"
