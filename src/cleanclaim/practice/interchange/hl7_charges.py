"""Charges of a visit as HL7 v2 sends them (DFT^P03), as a visit of the engine with its billed lines.

Read are MSH, PID (the clinic's number of the patient), PV1 (visit number, attending therapist), FT1 (the charges), DG1
(diagnoses in order) and PR1 (minutes of what was done). One message holds one visit of one day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import pydantic

from cleanclaim import records
from cleanclaim.client.visits import VisitFields
from cleanclaim.money import AmountError, parse_cents
from cleanclaim.practice.interchange.fhir_bundles import People
from cleanclaim.practice.interchange.hl7_message import Hl7Error, Message, Segment
from cleanclaim.practice.validation_words import expected
from cleanclaim.records.model import Record

R = TypeVar("R", bound=Record)

_VERSIONS = frozenset({"2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"})
_PATIENT_KINDS = ("MR", "PI", "PT")
"""Kinds of identifier that name a patient at a clinic, the likeliest first."""
_CHARGE = "CG"
_POINTERS = 4


def read_charges(message: Message, people: People) -> VisitFields:
    """The visit that a DFT^P03 charges for. Raises `Hl7Error`: a refusal for another kind of message."""
    _check_kind(message.header)
    charges = message.all("FT1")
    if not charges:
        raise Hl7Error("FT1", 1, 0, "at least one charge")
    visit = message.one("PV1")
    day = _day(charges)
    diagnoses = _diagnoses(message, charges)
    treating = _treating(visit, charges, people)
    therapists = [key for key in treating if key not in people.assistants]
    assistants = [key for key in treating if key in people.assistants]
    if len(therapists) != 1 or len(assistants) > 1:
        raise visit.refuse(7, "one therapist of the clinic in PV1-7 and FT1-20 together, and at most one assistant")
    done = [_procedure(segment) for segment in message.all("PR1")]
    return _record(
        visit,
        VisitFields,
        id=visit.text(19, required=True),
        patient_id=_patient(message.one("PID")),
        date_of_service=day,
        therapist=therapists[0],
        assistant=assistants[0] if assistants else None,
        diagnoses=tuple(diagnoses) or None,
        interventions=tuple(done) or None,
        billed=tuple(_line(segment, diagnoses) for segment in charges),
    )


def _check_kind(header: Segment) -> None:
    if (header.text(9, 1), header.text(9, 2)) != ("DFT", "P03"):
        raise Hl7Error("MSH", 1, 9, "DFT^P03", is_refusal=True)
    if header.text(12) not in _VERSIONS:
        raise Hl7Error("MSH", 1, 12, "a version from 2.3 through 2.8", is_refusal=True)
    if header.text(11) not in {"P", "T", "D"}:
        raise Hl7Error("MSH", 1, 11, "P, T or D", is_refusal=True)
    header.text(10, required=True)


def _patient(segment: Segment) -> str:
    found: dict[str, str] = {}
    for item in segment.repetitions(3):
        kind = item[4] if len(item) > 4 else ""  # noqa: PLR2004 - CX-5, the kind of identifier
        found.setdefault(kind, item[0].strip())
    number = next((found[kind] for kind in (*_PATIENT_KINDS, "") if found.get(kind)), "")
    if not number:
        raise segment.refuse(3, "the clinic's number of the patient")
    return number


def _day(charges: Sequence[Segment]) -> date:
    day = None
    for segment in charges:
        own = segment.day(4, required=True)
        if day is not None and own != day:
            raise segment.refuse(4, "the day of the first charge: one message holds one visit of one day")
        day = own
    if day is None:
        raise charges[0].refuse(4, "a day")
    return day


def _diagnoses(message: Message, charges: Sequence[Segment]) -> list[str]:
    """Diagnosis codes, those of DG1 first, in their order."""
    named = [segment.text(3, required=True) for segment in message.all("DG1")]
    named += [item[0].strip() for segment in charges for item in segment.repetitions(19) if item[0].strip()]
    return list(dict.fromkeys(named))


def _treating(visit: Segment, charges: Sequence[Segment], people: People) -> list[str]:
    """Everybody who treated, each once: who attends the visit, and who performed a charge."""
    found: dict[str, None] = {}
    for segment, field in [(visit, 7), *((charge, 20) for charge in charges)]:
        for item in segment.repetitions(field):
            number = item[0].strip()
            if not number:
                continue
            key = number if number in people.keys else people.keys_by_npi.get(number, "")
            if key not in people.keys:
                raise segment.refuse(field, "somebody who treats at the clinic, by NPI or by the clinic's key")
            found[key] = None
    return list(found)


def _line(segment: Segment, diagnoses: Sequence[str]) -> records.BilledLine:
    if segment.text(6, required=True) != _CHARGE:
        raise segment.refuse(6, f"{_CHARGE}; credits and payments are not taken")
    own = [item[0].strip() for item in segment.repetitions(19) if item[0].strip()]
    amount = segment.text(11)
    try:
        charge = parse_cents(amount) if amount else None
    except AmountError:
        raise segment.refuse(11, "an amount of dollars and cents") from None
    return _record(
        segment,
        records.BilledLine,
        code=(segment.text(25) or segment.text(7, required=True)).upper(),
        modifiers=tuple(item[0].strip() for item in segment.repetitions(26) if item[0].strip()),
        units=segment.whole(10),
        charge_cents=charge,
        pointers=tuple(diagnoses.index(code) + 1 for code in own[:_POINTERS]) or None,
    )


def _procedure(segment: Segment) -> records.Intervention:
    return _record(
        segment,
        records.Intervention,
        what=segment.text(3, 2) or segment.text(4),
        code=segment.text(3, required=True),
        minutes=segment.whole(7),
    )


def _record(segment: Segment, kind: type[R], **fields: object) -> R:
    """A record of these fields. Raises `Hl7Error` naming the segment and the first that does not fit."""
    document = {
        name: tuple(item.model_dump() if isinstance(item, Record) else item for item in value)
        if isinstance(value, tuple)
        else value
        for name, value in fields.items()
    }
    try:
        return kind.model_validate(document)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise segment.refuse(0, f"{expected(first)} for {place}") from None
