"""A FHIR R4 Bundle of patients, coverages and visits as records of the engine.

Read are Patient, Coverage, Encounter, Procedure and Condition, and the Practitioner, Organization and RelatedPerson
that they refer to. Everything that does not fit is told at once; nothing of such a Bundle is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pydantic

from cleanclaim import records
from cleanclaim.practice.interchange.fhir_claims import CPT, HCPCS, ICD10, NPI, PAYER_FILE
from cleanclaim.practice.interchange.fhir_node import Node, resource
from cleanclaim.practice.interchange.problems import InterchangeError, Misplaced
from cleanclaim.practice.validation_words import expected
from cleanclaim.records import By, CoverageOrder, Relationship, Sex
from cleanclaim.records.model import Record

T = TypeVar("T")
R = TypeVar("R", bound=Record)

PATIENT_ID = "urn:cleanclaim:patient"
VISIT_ID = "urn:cleanclaim:visit"
PROVIDER_ID = "urn:cleanclaim:provider"
PAYER_ID = "urn:cleanclaim:payer"
_RELATIONSHIPS = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
_CLASSES = "http://terminology.hl7.org/CodeSystem/coverage-class"
_SEXES = {"female": Sex.FEMALE, "male": Sex.MALE, "other": Sex.UNKNOWN, "unknown": Sex.UNKNOWN}
_ORDERS = {1: CoverageOrder.PRIMARY, 2: CoverageOrder.SECONDARY, 3: CoverageOrder.TERTIARY}
_KINSHIPS = {"self": Relationship.SELF, "spouse": Relationship.SPOUSE, "child": Relationship.CHILD}
_DONE = "finished"


@dataclass(frozen=True, slots=True)
class People:
    """Who a clinic knows: providers by NPI and by its own key, and who of them assists; payers by identifier."""

    keys_by_npi: Mapping[str, str]
    keys: frozenset[str]
    assistants: frozenset[str]
    payers: Mapping[str, str]
    """A payer's identifier on claims → its payer file."""
    payer_files: frozenset[str]
    zone: ZoneInfo


@dataclass(slots=True)
class Taken:
    """What a Bundle holds: patients with their coverages, and visits as drafts."""

    patients: list[records.Patient] = field(default_factory=list)
    visits: list[records.Visit] = field(default_factory=list)


def read_bundle(document: Any, people: People) -> Taken:  # noqa: ANN401 - JSON
    """Read a Bundle. Raises `InterchangeError` with everything in it that does not fit."""
    bundle = resource(document, "Bundle")
    if bundle.value["resourceType"] != "Bundle":
        raise InterchangeError([Misplaced("Bundle", "a Bundle")])
    return _Reading(bundle, people).taken()


class _Reading:
    """A Bundle while it is read: its resources by what refers to them, and what did not fit."""

    def __init__(self, bundle: Node, people: People) -> None:
        self.people = people
        self.problems: list[Misplaced] = []
        self.named: dict[str, Node] = {}
        self.addresses: dict[str, str] = {}
        self.kinds: dict[str, list[tuple[str, Node]]] = defaultdict(list)
        for number, entry in enumerate(bundle.nodes("entry")):
            node = resource(entry.value.get("resource"), f"Bundle.entry[{number}].resource")
            kind = node.value["resourceType"]
            address = f"{kind}/{node.text('id')}" if node.text("id") else entry.text("fullUrl", required=True)
            for name in {address, entry.text("fullUrl") or address}:
                if name in self.named:
                    self.problems.append(Misplaced(node.place, "an id, and a fullUrl, of its own"))
                self.named[name] = node
            self.kinds[kind].append((address, node))
            self.addresses[node.place] = address

    def taken(self) -> Taken:
        """Everything read. Raises `InterchangeError`."""
        found = Taken()
        coverages = self._grouped("Coverage", "beneficiary", self._coverage)
        numbers: dict[str, str] = {}
        for address, node in self.kinds["Patient"]:
            patient = self._attempt(lambda node=node, address=address: self._patient(node, coverages[address]))  # type: ignore[misc]
            if patient is not None:
                numbers[address] = patient.id
                found.patients.append(patient)
        procedures = self._procedures()
        for address, node in self.kinds["Encounter"]:
            visit = self._attempt(lambda node=node, address=address: self._visit(node, procedures[address], numbers))  # type: ignore[misc]
            if visit is not None:
                found.visits.append(visit)
        if not found.patients and not found.visits and not self.problems:
            self.problems.append(Misplaced("Bundle.entry", "a Patient or an Encounter"))
        if self.problems:
            raise InterchangeError(self.problems)
        return found

    def _attempt(self, read: Callable[[], T]) -> T | None:
        """What is read, or nothing, and what did not fit is kept."""
        try:
            return read()
        except InterchangeError as error:
            self.problems += error.problems
            return None

    def _grouped(self, kind: str, element: str, read: Callable[[Node], T]) -> dict[str, list[T]]:
        """Resources of a kind, read, by the address of what an element of theirs refers to."""
        found: dict[str, list[T]] = defaultdict(list)
        for _address, node in self.kinds[kind]:
            owner = self._attempt(lambda node=node: self._address_of(node, element))  # type: ignore[misc]
            item = self._attempt(lambda node=node: read(node))  # type: ignore[misc]
            if owner is not None and item is not None:
                found[owner].append(item)
        return found

    # --- patients --------------------------------------------------------------------------------------------

    def _patient(self, node: Node, coverages: list[records.Coverage]) -> records.Patient:
        number = node.identifier(PATIENT_ID) or next(
            (item.text("value") for item in node.nodes("identifier") if item.text("value")), ""
        )
        if not number:
            raise node.refuse("identifier", "the clinic's number of the patient")
        address = next(node.nodes("address"), None)
        if address is None:
            raise node.refuse("address", "an address")
        phone = next((item.text("value") for item in node.nodes("telecom") if item.text("system") == "phone"), "")
        return self._record(
            node,
            records.Patient,
            id=number,
            name=self._name(node),
            birth_date=node.day("birthDate", required=True),
            sex=node.one_of("gender", _SEXES),
            address=self._postal(address),
            phone=phone,
            coverages=tuple(coverages),
        )

    def _name(self, node: Node) -> records.Person:
        names = list(node.nodes("name"))
        if not names:
            raise node.refuse("name", "a name")
        name = next((item for item in names if item.text("use") == "official"), names[0])
        given = name.texts("given")
        if not given:
            raise name.refuse("given", "a given name")
        return self._record(
            name,
            records.Person,
            family_name=name.text("family", required=True),
            given_name=given[0],
            middle_name=" ".join(given[1:]),
            suffix=" ".join(name.texts("suffix")),
        )

    def _postal(self, node: Node) -> records.Address:
        lines = node.texts("line")
        if not lines:
            raise node.refuse("line", "a street")
        return self._record(
            node,
            records.Address,
            line1=lines[0],
            line2=", ".join(lines[1:]),
            city=node.text("city", required=True),
            state=node.text("state", required=True),
            zip_code=node.text("postalCode", required=True),
        )

    def _coverage(self, node: Node) -> records.Coverage:
        payers = list(node.nodes("payor"))
        if len(payers) != 1:
            raise node.refuse("payor", "one payer")
        kinship = _KINSHIPS.get(node.code("relationship", _RELATIONSHIPS) or "self", Relationship.OTHER)
        period = node.node("period")
        classes = {item.code("type", _CLASSES): item.text("value", required=True) for item in node.nodes("class")}
        order = node.whole("order") or 1
        if order not in _ORDERS:
            raise node.refuse("order", "1, 2 or 3")
        payer, name, identifier = self._payer(node, payers[0])
        member = node.text("subscriberId") or next(
            (item.text("value") for item in node.nodes("identifier") if item.text("value")), ""
        )
        return self._record(
            node,
            records.Coverage,
            order=_ORDERS[order],
            payer=payer,
            payer_name=name,
            payer_identifier=identifier,
            member_id=member,
            group_number=classes.get("group", ""),
            plan_name=classes.get("plan", ""),
            relationship=kinship,
            subscriber=None if kinship is Relationship.SELF else self._subscriber(node),
            valid_from=period.day("start") if period else None,
            valid_through=period.day("end") if period else None,
        )

    def _subscriber(self, node: Node) -> records.Subscriber | None:
        if node.node("subscriber") is None:
            return None
        holder = self._target(node, "subscriber")
        address = next(holder.nodes("address"), None)
        return self._record(
            holder,
            records.Subscriber,
            name=self._name(holder),
            birth_date=holder.day("birthDate"),
            sex=_SEXES.get(holder.text("gender"), Sex.UNKNOWN),
            address=None if address is None else self._postal(address),
        )

    def _payer(self, coverage: Node, named: Node) -> tuple[str, str, str]:
        """The payer file, the name and the identifier of who pays."""
        organization = self._resolved(named, "reference") if named.text("reference") else None
        own = named.node("identifier")
        given = [own] if own is not None else list(organization.nodes("identifier")) if organization else []
        stated = [(item.text("system"), item.text("value", required=True)) for item in given]
        name = named.text("display") or (organization.text("name") if organization else "")
        identifier = next((value for system, value in stated if system != PAYER_FILE), "")
        file = next((value for system, value in stated if system == PAYER_FILE), self.people.payers.get(identifier, ""))
        if file not in self.people.payer_files:
            raise coverage.refuse(
                "payor[0]", f"a payer of the clinic by its identifier, or a payer file ({PAYER_FILE})"
            )
        return file, name, identifier

    # --- visits ----------------------------------------------------------------------------------------------

    def _procedures(self) -> dict[str, list[tuple[Node, records.Intervention]]]:
        """What was done, by the address of its encounter."""
        found: dict[str, list[tuple[Node, records.Intervention]]] = defaultdict(list)
        for _address, node in self.kinds["Procedure"]:
            if node.text("status") in {"entered-in-error", "not-done"}:
                continue
            encounter = self._attempt(lambda node=node: self._address_of(node, "encounter"))  # type: ignore[misc]
            done = self._attempt(lambda node=node: self._intervention(node))  # type: ignore[misc]
            if encounter is not None and done is not None:
                found[encounter].append((node, done))
        return found

    def _intervention(self, node: Node) -> records.Intervention:
        if node.text("status", required=True) != "completed":
            raise node.refuse("status", "completed, not-done or entered-in-error")
        code = node.node("code", required=True)
        period = node.node("performedPeriod")
        begun, ended = (period.moment("start"), period.moment("end")) if period is not None else (None, None)
        minutes = None
        if begun is not None and ended is not None:
            seconds = round((ended - begun).total_seconds())
            if seconds < 0 or seconds % 60:
                raise node.refuse("performedPeriod", "whole minutes, the end not before the start")
            minutes = seconds // 60
        performers = list(node.nodes("performer"))
        by = None
        if performers:
            keys = {self._provider(item, "actor") for item in performers}
            assisting = keys & self.people.assistants
            by = By.PTA if assisting == keys else By.TOGETHER if assisting else By.PT
        site = next(node.nodes("bodySite"), None)
        return self._record(
            node,
            records.Intervention,
            what=code.text("text") if code is not None else "",
            code=node.code("code", CPT) or node.code("code", HCPCS) or None,
            region=(site.text("text") or None) if site is not None else None,
            minutes=minutes,
            by=by,
            starts_at=None if begun is None else begun.astimezone(self.people.zone).time().replace(tzinfo=None),
        )

    def _visit(
        self, node: Node, done: list[tuple[Node, records.Intervention]], numbers: Mapping[str, str]
    ) -> records.Visit:
        if node.text("status", required=True) != _DONE:
            raise node.refuse("status", f"{_DONE}; a visit that is planned or under way is not taken")
        patient = self._address_of(node, "subject")
        if patient not in numbers:
            raise node.refuse("subject", "a Patient of this Bundle that could be read")
        number = node.identifier(VISIT_ID) or next(
            (item.text("value") for item in node.nodes("identifier") if item.text("value")), ""
        )
        if not number:
            raise node.refuse("identifier", "the clinic's key of the visit")
        period = node.node("period", required=True)
        begun = period.moment("start", required=True) if period is not None else None
        ended = period.moment("end") if period is not None else None
        treating = [self._provider(item, "individual") for item in node.nodes("participant")]
        therapists = [key for key in treating if key not in self.people.assistants]
        assistants = [key for key in treating if key in self.people.assistants]
        if len(therapists) != 1 or len(assistants) > 1:
            raise node.refuse("participant", "one therapist, and at most one assistant, of the clinic")
        if begun is None:
            raise node.refuse("period.start", "a moment")
        local = begun.astimezone(self.people.zone)
        out = ended.astimezone(self.people.zone) if ended is not None else None
        if out is not None and (out < local or out.date() != local.date()):
            raise node.refuse("period.end", "a moment of the same day, not before the start")
        return self._record(
            node,
            records.Visit,
            id=number,
            patient_id=numbers[patient],
            date_of_service=local.date(),
            therapist=therapists[0],
            assistant=assistants[0] if assistants else None,
            diagnoses=self._diagnoses(node),
            interventions=tuple(item for _node, item in done) if done else None,
            time_in=local.time().replace(tzinfo=None),
            time_out=None if out is None else out.time().replace(tzinfo=None),
        )

    def _diagnoses(self, node: Node) -> tuple[str, ...] | None:
        """The conditions of a visit, by rank where they have one; `None` where none is named."""
        ranked = []
        for place, item in enumerate(node.nodes("diagnosis")):
            condition = self._target(item, "condition")
            code = condition.code("code", ICD10)
            if not code:
                raise condition.refuse("code", f"a code of {ICD10}")
            ranked.append((item.whole("rank") or 99, place, code))
        return tuple(code for _rank, _place, code in sorted(ranked)) or None

    def _provider(self, node: Node, element: str) -> str:
        """The clinic's key of whom a reference names: by identifier there, or by that of the Practitioner."""
        named = node.node(element, required=True)
        if named is None:
            raise node.refuse(element, "a reference")
        own = named.node("identifier")
        if own is not None:
            stated = {own.text("system"): own.text("value", required=True)}
        else:
            practitioner = self._resolved(named, "reference")
            stated = {item.text("system"): item.text("value") for item in practitioner.nodes("identifier")}
        key = stated.get(PROVIDER_ID) or self.people.keys_by_npi.get(stated.get(NPI, ""), "")
        if key not in self.people.keys:
            raise named.refuse("", f"somebody who treats at the clinic, by NPI or by {PROVIDER_ID}")
        return key

    # --- references and records --------------------------------------------------------------------------------

    def _resolved(self, reference: Node, element: str) -> Node:
        named = reference.text(element, required=True)
        if named not in self.named:
            raise reference.refuse(element, "the id of a resource in this Bundle")
        return self.named[named]

    def _target(self, node: Node, element: str) -> Node:
        found = node.node(element, required=True)
        if found is None:
            raise node.refuse(element, "a reference")
        return self._resolved(found, "reference")

    def _address_of(self, node: Node, element: str) -> str:
        """The address of the resource that an element refers to."""
        target = self._target(node, element)
        return self.addresses[target.place]

    @staticmethod
    def _record(node: Node, kind: type[R], **fields: object) -> R:
        """A record of these fields. Raises `InterchangeError` naming those that do not fit."""
        try:
            return kind.model_validate(fields)
        except pydantic.ValidationError as error:
            raise InterchangeError(
                Misplaced(f"{node.place} as {'.'.join(map(str, item['loc']))}", expected(item))
                for item in error.errors(include_input=False, include_url=False)
            ) from None
