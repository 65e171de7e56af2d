"""FHIR Bundles and HL7 v2 charges in, FHIR claims out; FHIR is held against fhir.resources' R4B models."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Claim, Clinic, Patient, Visit
from tests.practice.api.conftest import As, Calls

SAMPLES = Path(__file__).parent / "samples"
BUNDLE: dict[str, Any] = json.loads((SAMPLES / "bundle.json").read_text(encoding="utf-8"))
CHARGES = (SAMPLES / "charges.hl7").read_bytes().decode()


def _resource(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind
    )
    return found


def _hl7(calls: Calls, text: str, key: str = "hl7-key-1", type_: str = "application/hl7-v2") -> Any:
    headers = {"Authorization": f"Bearer {calls.token}", "Idempotency-Key": key}
    return calls.client.post("/api/v1/hl7", data=text.encode(), content_type=type_, headers=headers)


def test_the_sample_bundle_is_fhir() -> None:
    assert Bundle.model_validate(BUNDLE).entry is not None


def test_a_bundle_becomes_a_patient_and_a_draft(as_token: As) -> None:
    calls = as_token()
    answer = calls.post("/fhir", BUNDLE)
    assert answer.status_code == 200, answer.content
    taken = answer.json()
    assert [(one["id"], one["is_new"]) for one in taken["patients"]] == [("F-0001", True)]
    assert [(one["id"], one["is_new"]) for one in taken["visits"]] == [("F-V-0001", True)]
    patient = calls.get(f"/patients/{taken['patients'][0]['key']}").json()
    assert (patient["name"], patient["sex"], patient["phone"], patient["address"]["line2"]) == (
        {"family_name": "Vale", "given_name": "Noelle", "middle_name": "Ida", "suffix": "Jr"},
        "F",
        "3125550177",
        "Apt 2",
    )
    coverage = calls.get(f"/patients/{patient['key']}/coverages").json()["items"][0]
    assert (coverage["payer"], coverage["member_id"], coverage["valid_from"], coverage["order"]) == (
        "medicare_b",
        "1EG4TE5MK73",
        "2014-11-01",
        "primary",
    )
    visit = calls.get(f"/visits/{taken['visits'][0]['key']}").json()
    assert {name: visit[name] for name in ("status", "date_of_service", "therapist", "diagnoses", "time_in")} == {
        "status": "draft",
        "date_of_service": "2026-09-24",
        "therapist": "okafor",
        "diagnoses": ["M25.561", "R26.89"],
        "time_in": "09:00:00",
    }
    done = visit["interventions"]
    assert [(one["code"], one["minutes"], one["by"], one["region"], one["starts_at"]) for one in done] == [
        ("97110", 23, "PT", "right knee", "09:05:00")
    ]


def test_a_bundle_again_changes_nothing(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    calls.post("/fhir", BUNDLE)
    again = calls.post("/fhir", BUNDLE).json()
    assert [one["is_new"] for one in (*again["patients"], *again["visits"])] == [False, False]
    with tenancy.scope([clinic.id]):
        assert Patient.objects.filter(number="F-0001").count() == 1
        assert Visit.objects.filter(number="F-V-0001").count() == 1


def _birth_month(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Patient")["birthDate"] = "1949-11"


def _no_gender(bundle: dict[str, Any]) -> None:
    del _resource(bundle, "Patient")["gender"]


def _modifier(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Coverage")["modifierExtension"] = [{"url": "urn:x", "valueBoolean": True}]


def _unknown_payer(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Organization")["identifier"][0]["value"] = "nobody"


def _dangling(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Encounter")["participant"][0]["individual"]["reference"] = "Practitioner/none"


def _planned(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Encounter")["status"] = "planned"


def _half_minute(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Procedure")["performedPeriod"]["end"] = "2026-09-24T14:28:30Z"


def _state(bundle: dict[str, Any]) -> None:
    _resource(bundle, "Patient")["address"][0]["state"] = "Illinois"


@pytest.mark.parametrize(
    ("damage", "place", "expected"),
    [
        (_birth_month, "Bundle.entry[0].resource(Patient/p1).birthDate", "a day as 2026-09-25"),
        (_no_gender, "Bundle.entry[0].resource(Patient/p1).gender", "a text; it is required"),
        (
            _modifier,
            "Bundle.entry[2].resource(Coverage/c1).modifierExtension",
            "no modifier extension: none is known here",
        ),
        (
            _unknown_payer,
            "Bundle.entry[2].resource(Coverage/c1).payor[0]",
            "a payer of the clinic by its identifier, or a payer file (urn:cleanclaim:payer-file)",
        ),
        (
            _dangling,
            "Bundle.entry[6].resource(Encounter/e1).participant[0].individual.reference",
            "the id of a resource in this Bundle",
        ),
        (
            _planned,
            "Bundle.entry[6].resource(Encounter/e1).status",
            "finished; a visit that is planned or under way is not taken",
        ),
        (
            _half_minute,
            "Bundle.entry[7].resource(Procedure/x1).performedPeriod",
            "whole minutes, the end not before the start",
        ),
        (
            _state,
            "Bundle.entry[0].resource(Patient/p1).address[0] as state",
            "text of the form ^[A-Z]{2}$",
        ),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused_whole(
    as_token: As, clinic: Clinic, damage: Callable[[dict[str, Any]], None], place: str, expected: str
) -> None:
    bundle = copy.deepcopy(BUNDLE)
    damage(bundle)
    answer = as_token().post("/fhir", bundle)
    assert answer.status_code == 422
    assert {"place": f"body: {place}", "expected": expected} in answer.json()["errors"]
    assert b"Vale" not in answer.content
    with tenancy.scope([clinic.id]):
        assert not Patient.objects.filter(number="F-0001").exists()
        assert not Visit.objects.filter(number="F-V-0001").exists()


def test_every_stored_claim_is_fhir(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    with tenancy.scope([clinic.id]):
        claims = [claim for claim in Claim.objects.order_by("number") if claim.record]
    assert len(claims) > 40
    for claim in claims:
        answer = calls.get(f"/claims/{claim.pk}/fhir")
        assert answer["Content-Type"] == "application/fhir+json"
        bundle: Any = Bundle.model_validate_json(answer.content)
        document: Any = bundle.entry[0].resource
        assert document.get_resource_type() == "Claim"
        lines = claim.record["lines"]
        plain = json.loads(answer.content, parse_float=str)["entry"][0]["resource"]
        assert [item["net"]["value"] for item in plain["item"]] == [
            f"{line['charge_cents'] // 100}.{line['charge_cents'] % 100:02d}" for line in lines
        ]
        assert int(document.total.value * 100) == sum(line["charge_cents"] for line in lines)
        assert [one.diagnosisCodeableConcept.coding[0].code for one in document.diagnosis] == claim.record["diagnoses"]
        addresses = {f"{entry.resource.get_resource_type()}/{entry.resource.id}" for entry in bundle.entry}
        text = answer.content.decode()
        assert all(part.split('"')[0] in addresses for part in text.split('"reference": "')[1:])


def test_charges_become_a_draft_with_billed_lines(as_token: As) -> None:
    calls = as_token()
    answer = _hl7(calls, CHARGES)
    assert answer.status_code == 200, answer.content
    lines = answer.content.decode().split("\r")
    assert lines[0].startswith("MSH|^~\\&|CLEANCLAIM|MILLRACE|EMR|CLINIC|")
    assert lines[1:] == ["MSA|AA|MSG00001", ""]
    found = [
        one for one in calls.get("/visits?from_day=2026-09-24&limit=200").json()["items"] if one["id"] == "H-V-0001"
    ]
    assert len(found) == 1
    visit = found[0]
    assert (visit["patient_id"], visit["therapist"], visit["status"]) == ("P101", "okafor", "draft")
    assert visit["diagnoses"] == ["R26.89", "M25.561"]
    assert [
        (one["code"], one["modifiers"], one["units"], one["charge_cents"], one["pointers"]) for one in visit["billed"]
    ] == [("97110", ["GP", "KX"], 2, 12000, [2, 1]), ("97140", ["GP"], 1, 6550, [2])]
    assert [(one["code"], one["what"], one["minutes"]) for one in visit["interventions"]] == [
        ("97110", "Quad sets", 23)
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "status", "error"),
    [
        ("DFT^P03", "ADT^A01", "AR", 400, "MSH^1^9|200|E||||expected DFT P03"),
        ("|2.5.1", "|3.0", "AR", 400, "MSH^1^12|200|E||||expected a version from 2.3 through 2.8"),
        ("PID|1", "ZZZ|1", "AE", 422, "PID^1^|102|E||||expected one segment PID"),
        ("P101^^^CLINIC^MR", "P999^^^CLINIC^MR", "AE", 422, "PV1^1^|102|E||||expected the id of a registered patient"),
        ("|2|120.00|", "|two|120.00|", "AE", 422, "FT1^1^10|102|E||||expected a whole number"),
        ("|1|65.5|", "|1|65.555|", "AE", 422, "FT1^2^11|102|E||||expected an amount of dollars and cents"),
        ("FT1|2|||20260924", "FT1|2|||20260923", "AE", 422, "FT1^2^4|102|E||||expected the day of the first charge: one message holds one visit of one day"),
        ("FT1|2|||20260924|20260924|CG", "FT1|2|||20260924|20260924|PY", "AE", 422, "FT1^2^6|102|E||||expected CG; credits and payments are not taken"),
        ("GP~KX", "GP~K", "AE", 422, "FT1^1^|102|E||||expected text of the form  [0-9A-Za-z]{2}$ for modifiers.1"),
        ("\\T\\", "\\T", "AA", 200, ""),
    ],
)  # fmt: skip
def test_a_message_that_does_not_fit_is_told_by_segment_and_field(  # noqa: PLR0917 - parameters of the cases
    as_token: As, clinic: Clinic, old: str, new: str, code: str, status: int, error: str
) -> None:
    assert old in CHARGES
    answer = _hl7(as_token(), CHARGES.replace(old, new, 1))
    lines = answer.content.decode().split("\r")
    assert (answer.status_code, lines[1]) == (status, f"MSA|{code}|MSG00001")
    assert lines[2:-1] == ([f"ERR||{error}"] if error else [])
    with tenancy.scope([clinic.id]):
        assert Visit.objects.filter(number="H-V-0001").exists() == (code == "AA")


@pytest.mark.parametrize("text", ["\r", "PID|1", "MSH|^~\\&", "MSH|||||||||||", "MSH|^^\\&|a", "MSH|^~\\&X|a"])
def test_what_is_no_message_is_refused(as_token: As, text: str) -> None:
    answer = _hl7(as_token(), text)
    assert answer.status_code == 400
    assert "\rMSA|AR|" in answer.content.decode()


def test_a_message_with_its_key_again_is_taken_once(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    first, second = _hl7(calls, CHARGES), _hl7(calls, CHARGES)
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")
    other = _hl7(calls, CHARGES, key="hl7-key-2")
    assert b"MSA|AE|MSG00001" in other.content
    with tenancy.scope([clinic.id]):
        assert Visit.objects.filter(number="H-V-0001").count() == 1
    assert _hl7(calls, CHARGES, key="hl7-key-3", type_="application/json").status_code == 415
