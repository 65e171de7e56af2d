"""A claim as FHIR R4: a Bundle of the Claim and the resources it refers to.

Codes keep the systems that FHIR names for them. Amounts are decimals made of whole cents; no float holds one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cleanclaim import records
from cleanclaim.money import Cents
from cleanclaim.records import AccidentKind, Frequency, Relationship

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
NPI = "http://hl7.org/fhir/sid/us-npi"
PLACE_OF_SERVICE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
PAYER_FILE = "urn:cleanclaim:payer-file"
CLAIM_ID = "urn:cleanclaim:claim"

_GENDERS = {"F": "female", "M": "male", "U": "unknown"}
_RELATIONSHIPS = {
    Relationship.SELF: "self",
    Relationship.SPOUSE: "spouse",
    Relationship.CHILD: "child",
    Relationship.OTHER: "other",
}
_ACCIDENTS = {AccidentKind.AUTO: "MVA", AccidentKind.EMPLOYMENT: "WPA"}
_ORDERS = {"primary": 1, "secondary": 2, "tertiary": 3}
_CENTS = re.compile(r'"\\u0000(-?\d+)"')


def claim_bundle(claim: records.Claim, *, created: datetime) -> str:
    """The Bundle of a claim as JSON; `created` is when the claim was made."""
    payers = [claim.payer, *claim.other_payers]
    resources = [
        _claim(claim, payers, created),
        _patient(claim),
        _organization("billing", claim.billing.name, [(NPI, claim.billing.npi)], claim.billing.address),
        _practitioner("rendering", claim.rendering),
        *([_practitioner("referring", claim.referring)] if claim.referring is not None else []),
    ]
    for number, payer in enumerate(payers, 1):
        identifiers = [(PAYER_FILE, payer.pack)] + (
            [("urn:cleanclaim:payer", payer.identifier)] if payer.identifier else []
        )
        resources.append(_organization(f"payer-{number}", payer.name or payer.pack, identifiers, payer.address))
        resources.append(_coverage(number, payer))
        if payer.subscriber is not None:
            resources.append(_subscriber(number, payer.subscriber))
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": created.isoformat(),
        "entry": [
            {"fullUrl": f"urn:cleanclaim:{item['resourceType']}/{item['id']}", "resource": item} for item in resources
        ],
    }
    return _CENTS.sub(lambda match: _decimal(int(match[1])), json.dumps(bundle, ensure_ascii=True))


def _claim(claim: records.Claim, payers: list[records.ClaimPayer], created: datetime) -> dict[str, Any]:
    focal = next((place for place, payer in enumerate(payers) if payer is claim.payer), 0)
    team = [("rendering", "primary"), *([("referring", "other")] if claim.referring is not None else [])]
    document = {
        "resourceType": "Claim",
        "id": "claim",
        "identifier": [{"system": CLAIM_ID, "value": claim.id}],
        "status": "cancelled" if claim.frequency is Frequency.VOID else "active",
        "type": _concept(f"{_TERMS}claim-type", "professional"),
        "use": "claim",
        "patient": {"reference": "Patient/patient"},
        "created": created.date().isoformat(),
        "insurer": {"reference": f"Organization/payer-{focal + 1}"},
        "provider": {"reference": "Organization/billing"},
        "priority": _concept(f"{_TERMS}processpriority", "normal"),
        "careTeam": [
            {
                "sequence": number,
                "provider": {"reference": f"Practitioner/{name}"},
                "role": _concept(f"{_TERMS}claimcareteamrole", role),
            }
            for number, (name, role) in enumerate(team, 1)
        ],
        "diagnosis": [
            {"sequence": number, "diagnosisCodeableConcept": _concept(ICD10, code)}
            for number, code in enumerate(claim.diagnoses, 1)
        ],
        "insurance": [_insurance(number, claim, focal=number - 1 == focal) for number in range(1, len(payers) + 1)],
        "item": [_item(line) for line in claim.lines],
        "total": _money(claim.total_charge_cents),
        "billablePeriod": _period(claim),
        "related": _related(claim),
        "accident": _accident(claim),
        "supportingInfo": _supporting(claim),
    }
    return _without_nothing(document)


def _insurance(number: int, claim: records.Claim, *, focal: bool) -> dict[str, Any]:
    return _without_nothing(
        {
            "sequence": number,
            "focal": focal,
            "coverage": {"reference": f"Coverage/coverage-{number}"},
            "preAuthRef": [claim.prior_authorization] if focal and claim.prior_authorization else None,
        }
    )


def _item(line: records.ClaimLine) -> dict[str, Any]:
    system = CPT if line.code[0].isdigit() else HCPCS
    return _without_nothing(
        {
            "sequence": line.number,
            "careTeamSequence": [1],
            "diagnosisSequence": list(line.pointers),
            "productOrService": _concept(system, line.code),
            "modifier": [_concept(CPT if code.isdigit() else HCPCS, code) for code in line.modifiers],
            "servicedDate": line.date_of_service.isoformat(),
            "locationCodeableConcept": _concept(PLACE_OF_SERVICE, line.place_of_service),
            "quantity": {"value": line.units},
            "net": _money(line.charge_cents),
        }
    )


def _period(claim: records.Claim) -> dict[str, str]:
    days = [line.date_of_service for line in claim.lines]
    return {"start": min(days).isoformat(), "end": max(days).isoformat()}


def _related(claim: records.Claim) -> list[dict[str, Any]] | None:
    """The claim that this one replaces or voids, by the payer's number of it."""
    if claim.frequency is Frequency.ORIGINAL:
        return None
    relationship = _concept(f"{_TERMS}ex-relatedclaimrelationship", "prior")
    return [_without_nothing({"relationship": relationship, "reference": _value(claim.original_reference)})]


def _value(text: str) -> dict[str, str] | None:
    return {"value": text} if text else None


def _accident(claim: records.Claim) -> dict[str, Any] | None:
    if claim.accident is None:
        return None
    code = _ACCIDENTS.get(claim.accident.kind)
    kind = _concept(f"{_TERMS}v3-ActCode", code) if code else {"text": "other accident"}
    place = {"state": claim.accident.state} if claim.accident.state else None
    return _without_nothing({"date": claim.accident.on.isoformat(), "type": kind, "locationAddress": place})


def _supporting(claim: records.Claim) -> list[dict[str, Any]] | None:
    """Onset of the condition, where the claim states it."""
    if claim.onset_on is None:
        return None
    onset = _concept(f"{_TERMS}claiminformationcategory", "onset")
    return [{"sequence": 1, "category": onset, "timingDate": claim.onset_on.isoformat()}]


def _patient(claim: records.Claim) -> dict[str, Any]:
    patient = claim.patient
    phone = [{"system": "phone", "value": patient.phone}] if patient.phone else None
    return _without_nothing(
        {
            "resourceType": "Patient",
            "id": "patient",
            "name": [_name(patient.name)],
            "birthDate": patient.birth_date.isoformat(),
            "gender": _GENDERS[patient.sex.value],
            "address": [_address(patient.address)],
            "telecom": phone,
        }
    )


def _subscriber(number: int, subscriber: records.Subscriber) -> dict[str, Any]:
    return _without_nothing(
        {
            "resourceType": "RelatedPerson",
            "id": f"subscriber-{number}",
            "patient": {"reference": "Patient/patient"},
            "name": [_name(subscriber.name)],
            "birthDate": subscriber.birth_date.isoformat() if subscriber.birth_date else None,
            "gender": _GENDERS[subscriber.sex.value],
            "address": [_address(subscriber.address)] if subscriber.address else None,
        }
    )


def _coverage(number: int, payer: records.ClaimPayer) -> dict[str, Any]:
    kinds = [("group", payer.group_number), ("plan", payer.plan_name)]
    holder = f"RelatedPerson/subscriber-{number}" if payer.subscriber is not None else "Patient/patient"
    return _without_nothing(
        {
            "resourceType": "Coverage",
            "id": f"coverage-{number}",
            "status": "active",
            "beneficiary": {"reference": "Patient/patient"},
            "subscriber": {"reference": holder},
            "subscriberId": payer.member_id or None,
            "relationship": _concept(f"{_TERMS}subscriber-relationship", _RELATIONSHIPS[payer.relationship]),
            "payor": [{"reference": f"Organization/payer-{number}"}],
            "class": [
                {"type": _concept(f"{_TERMS}coverage-class", kind), "value": value} for kind, value in kinds if value
            ],
            "order": _ORDERS[payer.order.value],
        }
    )


def _organization(
    key: str, name: str, identifiers: Iterable[tuple[str, str]], address: records.Address | None
) -> dict[str, Any]:
    return _without_nothing(
        {
            "resourceType": "Organization",
            "id": key,
            "identifier": [{"system": system, "value": value} for system, value in identifiers],
            "name": name,
            "address": [_address(address)] if address else None,
        }
    )


def _practitioner(key: str, provider: records.Provider) -> dict[str, Any]:
    return _without_nothing(
        {
            "resourceType": "Practitioner",
            "id": key,
            "identifier": [{"system": NPI, "value": provider.npi}] if provider.npi else None,
            "name": [{**_name(provider.name), "suffix": [provider.credential.value]}],
        }
    )


def _name(person: records.Person) -> dict[str, Any]:
    return _without_nothing(
        {
            "family": person.family_name,
            "given": [name for name in (person.given_name, person.middle_name) if name],
            "suffix": [person.suffix] if person.suffix else None,
        }
    )


def _address(address: records.Address) -> dict[str, Any]:
    return {
        "line": [line for line in (address.line1, address.line2) if line],
        "city": address.city,
        "state": address.state,
        "postalCode": address.zip_code,
        "country": "US",
    }


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _money(cents: Cents) -> dict[str, Any]:
    return {"value": f"\0{cents}", "currency": "USD"}


def _decimal(cents: Cents) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _without_nothing(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what is not known: FHIR knows neither null nor an empty list."""
    return {name: value for name, value in document.items() if value not in (None, [], {})}
