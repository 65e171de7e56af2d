"""Work on stored claims, files, payments and facts of coverages through the API, each with what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from cleanclaim.practice import tenancy
from cleanclaim.practice.api.scopes import Scope
from cleanclaim.practice.models import (
    Batch,
    Claim,
    ClaimFinding,
    Clinic,
    Coverage,
    Remittance,
    Role,
    TrailEntry,
)
from cleanclaim.x12 import claims_of, read
from tests.practice.api.conftest import As, Calls
from tests.practice.money.answers import Said, pays_well, remittance


@pytest.fixture
def calls(as_token: As) -> Calls:
    """Calls of the clinic's biller, who may work claims."""
    return as_token(Role.BILLER)


@pytest.fixture
def scoped(clinic: Clinic) -> Iterator[Clinic]:
    with tenancy.scope([clinic.id]):
        yield clinic


def _claim(number: str) -> Claim:
    found: Claim = Claim.objects.get(number=number)
    return found


def test_a_claim_is_held_with_a_reason_and_taken_off(calls: Calls, scoped: Clinic) -> None:
    key = _claim("V001").pk
    assert calls.post(f"/claims/{key}/hold", {"reason": "  "}).status_code == 422
    held = calls.post(f"/claims/{key}/hold", {"reason": "Waits for a letter."})
    assert (held.status_code, held.json()["status"], held.json()["hold_reason"]) == (
        200,
        "on_hold",
        "Waits for a letter.",
    )
    assert calls.post(f"/claims/{key}/hold", {"reason": "Again."}).status_code == 409
    off = calls.post(f"/claims/{key}/unhold")
    assert (off.status_code, off.json()["status"], off.json()["hold_reason"]) == (200, "ready", "")
    assert calls.post(f"/claims/{key}/unhold").status_code == 409
    actions = list(_claim("V001").events.order_by("created_at").values_list("action", flat=True))
    assert actions[-2:] == ["held", "checked"]
    assert scoped.slug == "millrace"


def test_a_repeated_call_holds_once(calls: Calls, scoped: Clinic) -> None:
    key = _claim("V001").pk
    first = calls.post(f"/claims/{key}/hold", {"reason": "Waits."}, key="hold-V001-1")
    again = calls.post(f"/claims/{key}/hold", {"reason": "Waits."}, key="hold-V001-1")
    assert (again.status_code, again["Idempotency-Replayed"], again.json()) == (200, "true", first.json())
    assert _claim("V001").events.filter(action="held").count() == 1
    assert scoped.slug == "millrace"


def test_claims_are_released_listed_and_downloaded(calls: Calls, scoped: Clinic) -> None:
    ready, held = _claim("V001"), Claim.objects.filter(status="held").order_by("number")[0]
    unknown = calls.post("/claims/release", {"claims": [str(ready.pk), str(uuid4())]})
    assert (unknown.status_code, unknown.json()["errors"]) == (
        422,
        [{"place": "body.claims.1", "expected": "the key of a claim"}],
    )
    answer = calls.post("/claims/release", {"claims": [str(ready.pk), str(held.pk)]}).json()
    assert answer["stayed"] == [{"claim": str(held.pk), "id": held.number, "because": "not ready"}]
    [file] = answer["files"]
    assert (file["claims_count"], file["is_production"], file["downloaded_at"]) == (1, False, None)
    assert calls.get("/batches").json()["items"] == [file]
    assert calls.get(f"/batches?payer={file['payer']}").json()["items"] == [file]
    assert calls.get("/batches?payer=nobody").json()["items"] == []
    assert calls.get(f"/batches/{file['key']}").json() == file
    content = calls.get(f"/batches/{file['key']}/content")
    assert (content["Content-Type"], content["Content-Disposition"]) == (
        "application/edi-x12",
        f'attachment; filename="{file["file_name"]}"',
    )
    assert [one.id for one in claims_of(read(content.content))[0]] == ["V001"]
    assert Batch.objects.get().downloaded_at is not None
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.detail) == ("export", "batch", "api: 1 claims")
    assert scoped.slug == "millrace"


def test_a_filed_claim_is_replaced_or_voided_once(calls: Calls, scoped: Clinic) -> None:
    first, second = _claim("V001"), _claim("V002")
    assert calls.post(f"/claims/{first.pk}/void", {"reference": "ICN1"}).status_code == 409
    calls.post("/claims/release", {"claims": [str(first.pk), str(second.pk)]})
    made = calls.post(f"/claims/{first.pk}/replace", {"reference": "ICN1"}).json()
    assert (made["id"], made["frequency"]) == ("V001R1", "7")
    void = calls.post(f"/claims/{second.pk}/void", {"reference": "ICN2"}).json()
    assert (void["id"], void["frequency"], void["status"]) == ("V002V1", "8", "ready")
    again = calls.post(f"/claims/{first.pk}/void", {"reference": "ICN1"})
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "A replacement or void of this claim is begun already.",
    )
    assert scoped.slug == "millrace"


def test_a_finding_is_set_aside_stands_again_and_is_fixed(calls: Calls, scoped: Clinic) -> None:
    rows = ClaimFinding.objects.filter(claim__status="held", was_mended=False, fix_safety="attest")
    finding = next(row for row in rows.order_by("claim__number", "rule") if all(one["is_own"] for one in row.changes))
    rule, place, claim = finding.rule, finding.place, finding.claim_id

    def standing() -> ClaimFinding:
        found: ClaimFinding = ClaimFinding.objects.get(claim=claim, rule=rule, place=place, was_mended=False)
        return found

    aside = calls.post(f"/findings/{finding.pk}/ignore", {"reason": "Asked the payer."}).json()
    [told] = [one for one in aside["findings"] if (one["code"], one["place"]) == (rule, place)]
    assert (told["ignored_because"], told["ignored_at"] is not None) == ("Asked the payer.", True)
    assert calls.post(f"/findings/{standing().pk}/ignore", {"reason": "Again."}).status_code == 409
    assert calls.post(f"/findings/{standing().pk}/stand").status_code == 200
    assert standing().ignored_at is None
    assert calls.post(f"/findings/{standing().pk}/stand").status_code == 409
    unnamed = calls.post(f"/findings/{standing().pk}/fix", {})
    assert (unnamed.status_code, unnamed.json()["detail"]) == (
        409,
        "A fix that states something about the visit needs a reason.",
    )
    fixed = calls.post(f"/findings/{standing().pk}/fix", {"reason": "As the note says."}).json()
    assert not [one for one in fixed["findings"] if (one["code"], one["place"]) == (rule, place)]
    event = Claim.objects.get(pk=claim).events.get(action="fixed")
    assert event.detail.endswith("; stated by Marcus Doyle: As the note says.")
    assert calls.post(f"/findings/{uuid4()}/fix", {}).status_code == 404
    assert scoped.slug == "millrace"


def test_answers_on_eligibility_are_added_and_listed(as_token: As, scoped: Clinic) -> None:
    calls = as_token(Role.FRONT_DESK)
    coverage = Coverage.objects.filter(payer="medicare_b").order_by("pk")[0]
    address = f"/coverages/{coverage.pk}/eligibility"
    before = len(calls.get(address).json()["items"])
    sent = {"asked_on": "2026-09-25", "source": "portal", "is_active": True, "year": 2026, "at_least_cents": 12345}
    added = calls.post(address, sent)
    assert (added.status_code, added.json()["at_least_cents"], added.json()["hospice"]) == (201, 12345, None)
    assert len(calls.get(address).json()["items"]) == before + 1
    for change, place in (
        ({"asked_on": "2026-09-26"}, "body.asked_on"),
        ({"at_most_cents": 12344}, "body.at_least_cents"),
        ({"year": None}, "body.year"),
        ({"year": 2024}, "body.year"),
        ({"hospice": "no"}, "body.hospice"),
    ):
        refused = calls.post(address, sent | change)
        assert (refused.status_code, refused.json()["errors"][0]["place"]) == (422, place), change
    assert calls.post(address, sent | {"at_most_cents": 12345, "year": 2025}).status_code == 201
    therapist = as_token(Role.THERAPIST).get(address).json()["items"][-1]
    assert (therapist["at_least_cents"], therapist["is_active"]) == (None, True)
    assert as_token(Role.THERAPIST).post(address, sent).status_code == 403
    assert scoped.slug == "millrace"


def test_an_approval_is_added_read_and_changed(calls: Calls, scoped: Clinic) -> None:
    coverage = Coverage.objects.order_by("pk")[0]
    address = f"/coverages/{coverage.pk}/authorizations"
    before = len(calls.get(address).json()["items"])
    sent = {"number": "A-1", "valid_from": "2026-09-01", "valid_through": "2026-08-31", "visits_allowed": 12}
    assert calls.post(address, sent).json()["errors"][0]["place"] == "body.valid_through"
    added = calls.post(address, sent | {"valid_through": "2026-09-01", "codes": ["97110"]})
    assert added.status_code == 201
    made = added.json()
    assert added["Location"] == f"/api/v1/authorizations/{made['key']}"
    assert len(calls.get(address).json()["items"]) == before + 1
    changed = calls.patch(f"/authorizations/{made['key']}", {"visits_allowed": 18, "valid_through": None}, 1)
    assert (changed.json()["visits_allowed"], changed.json()["valid_through"], changed["ETag"]) == (18, None, '"2"')
    assert calls.patch(f"/authorizations/{made['key']}", {"visits_allowed": 20}, 1).status_code == 412
    assert calls.patch(f"/authorizations/{made['key']}", {"visits_allowed": 20}, None).status_code == 428
    assert calls.get(f"/authorizations/{made['key']}").json() == changed.json()
    assert scoped.slug == "millrace"


def test_scopes_and_roles_hold(as_token: As, scoped: Clinic) -> None:
    claim, finding = _claim("V001"), ClaimFinding.objects.order_by("pk")[0]
    posts = (
        f"/claims/{claim.pk}/hold", f"/claims/{claim.pk}/unhold", "/claims/release", f"/claims/{claim.pk}/replace",
        f"/claims/{claim.pk}/void", f"/findings/{finding.pk}/ignore", f"/findings/{finding.pk}/stand",
        f"/findings/{finding.pk}/fix", "/remittances",
    )  # fmt: skip
    for calls in (as_token(Role.BILLER, Scope.READ, Scope.WRITE), as_token(Role.AUDITOR), as_token(Role.THERAPIST)):
        for address in posts:
            assert calls.post(address, {"reason": "x"}).status_code == 403, address
    for address in ("/batches", "/remittances", "/answers"):
        assert as_token(Role.THERAPIST).get(address).status_code == 403
        assert as_token(Role.AUDITOR).get(address).status_code == 200
    assert (_claim("V001").version, Remittance.objects.count()) == (claim.version, 0)
    assert scoped.slug == "millrace"


def test_another_clinics_claims_are_not_there(as_token: As, elsewhere: Clinic, scoped: Clinic) -> None:
    theirs = as_token(Role.OWNER, of=elsewhere)
    claim, finding = _claim("V001"), ClaimFinding.objects.order_by("pk")[0]
    assert theirs.post(f"/claims/{claim.pk}/hold", {"reason": "x"}).status_code == 404
    assert theirs.post(f"/findings/{finding.pk}/ignore", {"reason": "x"}).status_code == 404
    assert theirs.post("/claims/release", {"claims": [str(claim.pk)]}).status_code == 422
    assert _claim("V001").version == claim.version
    assert scoped.slug == "millrace"


def test_a_remittance_is_posted_once_and_its_answers_are_read(calls: Calls, scoped: Clinic) -> None:
    ready = list(Claim.objects.filter(status="ready", gaps=[], payer="medicare_b").order_by("number")[:2])
    calls.post("/claims/release", {"claims": [str(claim.pk) for claim in ready]})
    filed = list(Claim.objects.filter(status="submitted").order_by("number"))
    file = remittance([Said(claim, pays_well) for claim in filed])
    headers = {"Authorization": f"Bearer {calls.token}", "Idempotency-Key": "remit-0001"}
    address = "/api/v1/remittances"

    def send(data: bytes, key: str, type_: str = "application/edi-x12") -> Any:
        return calls.client.post(address, data=data, content_type=type_, headers=headers | {"Idempotency-Key": key})

    assert send(file, "remit-0000", "text/csv").status_code == 415
    assert send(b"no remittance", "remit-0000").status_code == 422
    answer = send(file, "remit-0001")
    assert answer.status_code == 200
    [posted] = answer.json()["posted"]
    assert (posted["claims_count"], posted["held_cents"], answer.json()["refused"]) == (2, 0, [])
    again = send(file, "remit-0002").json()
    assert (again["posted"], again["posted_before"]) == ([], [posted["trace_number"]])
    assert calls.get("/remittances").json()["items"] == [posted]
    answers = calls.get(f"/answers?remittance={posted['key']}").json()["items"]
    assert {one["claim"]: one["state"] for one in answers} == {str(claim.pk): "posted" for claim in filed}
    assert sum(one["paid_cents"] for one in answers) == posted["amount_cents"]
    [own] = calls.get(f"/answers?claim={filed[0].pk}").json()["items"]
    assert own in answers
    assert scoped.slug == "millrace"
