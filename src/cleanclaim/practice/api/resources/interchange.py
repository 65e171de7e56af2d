"""What other systems send in formats of their own: FHIR R4 Bundles, and HL7 v2 charges."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar
from zoneinfo import ZoneInfo

import pydantic
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from cleanclaim.client.interchange import TakenDocument, TakenPatient, TakenVisit
from cleanclaim.client.patients import PatientRegistered
from cleanclaim.client.visits import VisitFields
from cleanclaim.client.wire import MAX_TEXT, Misfit
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import is_plain, json_of
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.problems import ApiProblemError, misfits, unfit
from cleanclaim.practice.api.resources.patients import registered
from cleanclaim.practice.api.resources.visits import added_visit
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.interchange.fhir_bundles import People, Taken, read_bundle
from cleanclaim.practice.interchange.hl7_charges import read_charges
from cleanclaim.practice.interchange.hl7_message import Hl7Error, Message, acknowledge, read_message
from cleanclaim.practice.interchange.problems import InterchangeError
from cleanclaim.practice.models import ClinicPayer, Patient, Provider, Visit
from cleanclaim.records import Credential
from cleanclaim.records.model import Record
from cleanclaim.reference import payers

S = TypeVar("S", bound=pydantic.BaseModel)

router = Router(tags=["other systems"])

HL7_TYPE = "application/hl7-v2"
_HL7_TYPES = (HL7_TYPE, "text/plain")
_ASSISTANTS = frozenset({Credential.PTA.value, Credential.OTA.value})
_FHIR_TYPES = ("application/fhir+json", "application/json")


@router.post("/fhir", response=TakenDocument, operation_id="take_fhir_bundle")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS, Can.SEE_NOTES, Can.WRITE_NOTES)
def take_fhir_bundle(request: ApiRequest) -> TakenDocument:
    """Take a FHIR R4 Bundle: Patient, Coverage, Encounter, Procedure and Condition.

    It is taken whole or not at all. A patient whose number the clinic knows is left as they are, and so is a visit.
    """
    try:
        taken = read_bundle(json_of(request, _FHIR_TYPES), _people(request))
    except InterchangeError as error:
        raise unfit(Misfit(place=f"body: {item.place}", expected=item.expected) for item in error.problems) from None
    request.access.record(
        "import", "patient", detail=f"api: FHIR, {len(taken.patients)} and {len(taken.visits)} visits"
    )
    return TakenDocument(patients=_take_patients(request, taken), visits=_take_visits(request, taken))


take_fhir_bundle.raw_body = {  # type: ignore[attr-defined]
    name: {
        "schema": {
            "type": "object",
            "required": ["resourceType"],
            "properties": {
                "resourceType": {"const": "Bundle"},
                "entry": {"type": "array", "items": {"type": "object"}},
            },
        }
    }
    for name in _FHIR_TYPES
}


def _take_patients(request: ApiRequest, taken: Taken) -> tuple[TakenPatient, ...]:
    found = []
    for record in taken.patients:
        row = Patient.objects.filter(number=record.id).first()
        is_new = row is None
        if row is None:
            row = registered(request, _bounded(PatientRegistered, record))
        found.append(TakenPatient(key=row.pk, id=row.number, is_new=is_new))
    return tuple(found)


def _take_visits(request: ApiRequest, taken: Taken) -> tuple[TakenVisit, ...]:
    found = []
    for record in taken.visits:
        row = Visit.objects.filter(number=record.id).first()
        is_new = row is None
        if row is None:
            row = added_visit(request, _bounded(VisitFields, record))
        found.append(TakenVisit(key=row.pk, id=row.number, is_new=is_new))
    return tuple(found)


def _bounded(shape: type[S], record: Record) -> S:
    """A record within the lengths that the database holds. Raises `ApiProblemError`."""
    try:
        return shape.model_validate(record.model_dump())
    except pydantic.ValidationError as error:
        found = misfits(error.errors(include_input=False, include_url=False), within=type(record).__name__)
        raise unfit(found) from None


@router.post("/hl7", operation_id="take_hl7_charges")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.SEE_NOTES, Can.WRITE_NOTES)
def take_hl7_charges(request: ApiRequest) -> HttpResponse:
    """Take the charges of one visit as an HL7 v2 message DFT^P03, and acknowledge it.

    Answered is an acknowledgment: AA with 200, AE (an error in the message) with 422, AR (a message that is not taken)
    with 400. ERR names segment and field. The visit is a draft with its billed lines; its patient is registered.
    """
    if request.content_type not in _HL7_TYPES:
        raise ApiProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Expected a body of {' or '.join(_HL7_TYPES)}.")
    message: Message | None = None
    try:
        message = read_message(_hl7_text(request.body))
        added = added_visit(request, read_charges(message, _people(request)))
    except Hl7Error as error:
        return _acknowledged(message, "AR" if error.is_refusal else "AE", error)
    except ApiProblemError as problem:
        return _acknowledged(message, "AE", Hl7Error("PV1", 1, 0, _expected_by(problem)))
    request.access.record("import", "visit", added.pk, detail="api: HL7 v2 charges")
    return _acknowledged(message, "AA")


_ACKNOWLEDGMENT = {HL7_TYPE: {"schema": {"type": "string", "pattern": "^MSH"}}}
take_hl7_charges.raw_body = {name: {"schema": {"type": "string", "maxLength": MAX_TEXT}} for name in _HL7_TYPES}  # type: ignore[attr-defined]
take_hl7_charges.raw_answers = {  # type: ignore[attr-defined]
    "200": {"description": "AA: taken.", "content": _ACKNOWLEDGMENT},
    "400": {"description": "AR: not a message that is taken.", "content": _ACKNOWLEDGMENT},
    "422": {"description": "AE: an error in the message.", "content": _ACKNOWLEDGMENT},
}

_STATUSES = {"AA": HTTPStatus.OK, "AE": HTTPStatus.UNPROCESSABLE_ENTITY, "AR": HTTPStatus.BAD_REQUEST}


def _acknowledged(message: Message | None, code: str, *problems: Hl7Error) -> HttpResponse:
    text = acknowledge(message, code, at=timezone.now(), problems=problems)
    return HttpResponse(text, status=_STATUSES[code], content_type=f"{HL7_TYPE}; charset=utf-8")


def _hl7_text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Hl7Error("MSH", 1, 18, "text in UTF-8", is_refusal=True) from None
    if not is_plain(text.strip("\x0b\x1c\r\n")):
        raise Hl7Error("MSH", 1, 0, "text without control characters", is_refusal=True)
    return text


def _expected_by(problem: ApiProblemError) -> str:
    """What was expected, in words, where a visit could be read and still not be taken."""
    return problem.errors[0].expected if problem.errors else problem.detail.rstrip(".").lower()


def _people(request: ApiRequest) -> People:
    clinic = request.access.clinic
    providers = list(Provider.objects.filter(treats=True))
    own = packs_of(clinic)
    return People(
        keys_by_npi={one.npi: one.key for one in providers if one.npi},
        keys=frozenset(one.key for one in providers),
        assistants=frozenset(one.key for one in providers if one.credential in _ASSISTANTS),
        payers={one.identifier: one.payer for one in ClinicPayer.objects.all() if one.identifier},
        payer_files=frozenset({*payers.all_ids(), *own}),
        zone=ZoneInfo(clinic.time_zone),
    )
