"""What a claim still needs before it can be written as an 837P.

Only what makes a file unreadable or unanswerable stands here: a missing identifier, a pointer to no diagnosis, a
number too long for its place. Whether a claim will be *paid* is for the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cleanclaim.records import (
    AccidentKind,
    Address,
    Claim,
    ClaimLine,
    ClaimPayer,
    CoverageOrder,
    Frequency,
    Organization,
    Person,
    Relationship,
)
from cleanclaim.x12.characters import CharacterSet, Cleaner
from cleanclaim.x12.decisions import decision_gaps
from cleanclaim.x12.delimiters import STANDARD, Delimiters
from cleanclaim.x12.guide import Guide, load_guide

_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z]\.?[0-9A-Z]{0,4}")
_ZIP = re.compile(r"\d{5}(?:-?\d{4})?")
_TAX_ID = re.compile(r"\d{2}-?\d{7}|\d{3}-?\d{2}-?\d{4}")
_PLACE = re.compile(r"\d{2}")
_NO_NAME = ("nothing that a claim file can hold", "a name in Latin letters")


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that keeps a claim from being written: claim, field, what was found, what was expected.

    `found` never holds a person's data: it is a code, a count or "nothing".
    """

    claim_id: str
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        """One line for people."""
        return f"claim {self.claim_id}: {self.field}: found {self.found}, expected {self.expected}"


class ClaimNotWritableError(ValueError):
    """Claims that cannot be written; `gaps` says what each still needs. Nothing has been written."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.gaps = gaps
        more = f" and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        super().__init__(f"{gaps[0]}{more}")


_PayerFacts = tuple[str, str, str, CoverageOrder, str]
"""Name, identifier, filing indicator, order and Medicare secondary type: what many claims of a payer share."""
_Found = Iterator[tuple[str, str, str]]
"""Field, what was found, what was expected."""


@dataclass(slots=True)
class Readiness:
    """Checks claims against one guide and character set.

    Most claims need nothing, so each part is first asked as a whole, and only looked into when it is not in order;
    what many claims share (clinic, payer, diagnosis codes, places) is looked into once.
    """

    guide: Guide
    cleaner: Cleaner
    # By identity, with the object itself so that its id cannot be given to another.
    _good_organizations: dict[int, Organization] = field(default_factory=dict)
    _good_payers: set[_PayerFacts] = field(default_factory=set)
    _good_diagnoses: set[str] = field(default_factory=set)
    _good_pointers: set[tuple[tuple[int, ...], int]] = field(default_factory=set)
    _good_places: set[str] = field(default_factory=set)
    _good_names: set[str] = field(default_factory=set)
    _good_cities: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def for_file(
        cls, character_set: CharacterSet = CharacterSet.EXTENDED, delimiters: Delimiters = STANDARD
    ) -> Readiness:
        """The checks that a file in that character set will make."""
        return cls(load_guide(), Cleaner(character_set, delimiters.checked()))

    def gaps(self, claim: Claim) -> list[Gap]:
        """Everything the claim still needs, in the order of the file; empty when it can be written."""
        found: list[tuple[str, str, str]] = []
        if len(claim.id) > self.guide.limits["claim_id_length"] or not (claim.id.isascii() and claim.id.isalnum()):
            found.extend(self._identifier("claim id", claim.id, self.guide.limits["claim_id_length"]))
        if id(claim.billing) not in self._good_organizations:
            found.extend(self._organization(claim.billing))
        self._payer(found, "payer", claim.payer)
        if claim.payer.adjudication is not None:
            found.append(("payer decision", "one of the payer billed", "decisions of the payers before it"))
        self._person(found, "patient", claim.patient.name)
        self._address(found, "patient address", claim.patient.address)
        self._providers(found, claim)
        if (
            not (claim.diagnoses and self._good_diagnoses.issuperset(claim.diagnoses))
            or len(claim.diagnoses) > self.guide.limits["diagnoses_per_claim"]
        ):
            found.extend(self._diagnoses(claim))
        self._claim(found, claim)
        self._lines(found, claim)
        if claim.other_payers:
            most = self.guide.limits["other_payers_per_claim"]
            if len(claim.other_payers) > most:
                found.append(("other payers", str(len(claim.other_payers)), f"at most {most}"))
            for payer in claim.other_payers:
                self._payer(found, "other payer", payer)
                if payer.adjudication is not None:
                    found.extend(decision_gaps(claim, payer, payer.adjudication, limits=self.guide.limits))
                    number, longest = payer.adjudication.claim_number, self.guide.lengths["reference"]
                    if number:
                        name = f"{payer.order.value} payer's decision, claim number"
                        found.extend(self._identifier(name, number, longest))
        return [Gap(claim.id, *gap) for gap in found] if found else []

    # --- parts of a claim -------------------------------------------------------------------------------

    def _organization(self, organization: Organization) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        if not self.cleaner.fold(organization.name):
            found.append(("billing provider name", *_NO_NAME))
        if not _TAX_ID.fullmatch(organization.tax_id):
            found.append(("billing provider tax id", f"{len(organization.tax_id)} characters", "nine digits"))
        if organization.tax_id_kind not in {"EIN", "SSN"}:
            found.append(("billing provider tax id kind", repr(organization.tax_id_kind), "EIN or SSN"))
        self._address(found, "billing provider address", organization.address)
        if organization.pay_to is not None:
            self._address(found, "pay-to address", organization.pay_to)
        if not found:
            self._good_organizations[id(organization)] = organization
        return found

    def _payer(self, found: list[tuple[str, str, str]], name: str, payer: ClaimPayer) -> None:
        facts = (payer.name, payer.identifier, payer.filing_indicator, payer.order, payer.medicare_secondary_type)
        if facts not in self._good_payers:
            before = len(found)
            found.extend(self._payer_facts(name, facts))
            if len(found) == before:
                self._good_payers.add(facts)
        member, longest = payer.member_id, self.guide.lengths["reference"]
        if not (member.isascii() and member.isalnum()) or len(member) > self.guide.lengths["identifier"]:
            found.extend(self._identifier(f"{name} member id", member, self.guide.lengths["identifier"]))
        if payer.claim_number:
            found.extend(self._identifier(f"{name} property and casualty claim number", payer.claim_number, longest))
        if payer.group_number:
            found.extend(self._identifier(f"{name} group number", payer.group_number, longest))
        if payer.relationship is not Relationship.SELF:
            if payer.subscriber is None:
                found.append((f"{name} subscriber", "nothing", "who holds the policy, as it is not the patient"))
            else:
                self._person(found, f"{name} subscriber", payer.subscriber.name)
                if payer.subscriber.address is not None:
                    self._address(found, f"{name} subscriber address", payer.subscriber.address)
        if payer.address is not None:
            self._address(found, f"{name} address", payer.address)

    def _payer_facts(self, name: str, facts: _PayerFacts) -> _Found:
        codes = self.guide.codes
        written, identifier, filing, order, secondary = facts
        if not self.cleaner.fold(written):
            yield f"{name} name", *_NO_NAME
        yield from self._identifier(f"{name} identifier", identifier, self.guide.lengths["identifier"])
        if filing not in codes["filing_indicator"]:
            yield f"{name} filing indicator", repr(filing), "a kind of payer, such as CI or MB"
        if order is CoverageOrder.PRIMARY or filing not in codes["medicare_filing_indicator"]:
            if secondary:
                yield f"{name} Medicare secondary type", repr(secondary), "none unless Medicare pays after another"
        elif secondary not in codes["medicare_secondary_type"]:
            found = repr(secondary) if secondary else "nothing"
            yield f"{name} Medicare secondary type", found, "why another payer comes before Medicare"

    def _providers(self, found: list[tuple[str, str, str]], claim: Claim) -> None:
        if claim.rendering.npi is None:
            found.append(("rendering provider NPI", "nothing", "ten digits"))
        self._person(found, "rendering provider", claim.rendering.name)
        if claim.referring is not None:
            self._person(found, "referring provider", claim.referring.name)
        if claim.facility is not None:
            self._address(found, "facility address", claim.facility)

    def _diagnoses(self, claim: Claim) -> _Found:
        most = self.guide.limits["diagnoses_per_claim"]
        if not 1 <= len(claim.diagnoses) <= most:
            yield "diagnoses", str(len(claim.diagnoses)), f"1 to {most}; split the claim"
        for code in claim.diagnoses:
            if _DIAGNOSIS.fullmatch(code):
                self._good_diagnoses.add(code)
            else:
                yield "diagnosis", repr(code), "an ICD-10-CM code"

    def _claim(self, found: list[tuple[str, str, str]], claim: Claim) -> None:
        longest = self.guide.lengths["reference"]
        self._place(found, "place of service", claim.place_of_service)
        if claim.frequency is not Frequency.ORIGINAL:
            found.extend(self._identifier("original reference", claim.original_reference, longest))
        elif claim.original_reference:
            found.append(("original reference", "a number", "none on a first claim"))
        if claim.prior_authorization:
            found.extend(self._identifier("prior authorization", claim.prior_authorization, longest))
        if claim.accident is not None and claim.accident.kind is AccidentKind.AUTO and claim.accident.state is None:
            found.append(("accident state", "nothing", "the state of the motor-vehicle accident"))

    def _lines(self, found: list[tuple[str, str, str]], claim: Claim) -> None:
        limits = self.guide.limits
        most_modifiers, longest = limits["modifiers_per_line"], limits["line_control_length"]
        diagnoses, pointers, places = len(claim.diagnoses), self._good_pointers, self._good_places
        if not 1 <= len(claim.lines) <= limits["lines_per_claim"]:
            found.append(("lines", str(len(claim.lines)), f"1 to {limits['lines_per_claim']}; split the claim"))
        for line in claim.lines:
            control = line.control_number
            if (
                (line.pointers, diagnoses) not in pointers
                or line.units < 1
                or len(line.modifiers) > most_modifiers
                or line.place_of_service not in places
                or (control and not (len(control) <= longest and control.isalnum() and control.isascii()))
            ):
                self._line(found, claim, line)

    def _line(self, found: list[tuple[str, str, str]], claim: Claim, line: ClaimLine) -> None:
        limits = self.guide.limits
        name = f"line {line.number}"
        if line.units < 1:
            found.append((f"{name} units", str(line.units), "at least 1"))
        self._point(found, name, line.pointers, len(claim.diagnoses))
        if len(line.modifiers) > limits["modifiers_per_line"]:
            expected = f"at most {limits['modifiers_per_line']}"
            found.append((f"{name} modifiers", str(len(line.modifiers)), expected))
        self._place(found, f"{name} place of service", line.place_of_service)
        if line.control_number:
            length = limits["line_control_length"]
            found.extend(self._identifier(f"{name} control number", line.control_number, length))

    def _point(self, found: list[tuple[str, str, str]], name: str, pointers: tuple[int, ...], diagnoses: int) -> None:
        most = self.guide.limits["pointers_per_line"]
        wrong = [pointer for pointer in pointers if not 1 <= pointer <= diagnoses]
        if not 1 <= len(pointers) <= most:
            found.append((f"{name} diagnosis pointers", str(len(pointers)), f"1 to {most}"))
        elif not wrong:
            self._good_pointers.add((pointers, diagnoses))
        found.extend((f"{name} diagnosis pointer", str(pointer), f"1 to {diagnoses}") for pointer in wrong)

    # --- values -----------------------------------------------------------------------------------------

    def _place(self, found: list[tuple[str, str, str]], name: str, place: str) -> None:
        if place in self._good_places:
            return
        if _PLACE.fullmatch(place):
            self._good_places.add(place)
        else:
            found.append((name, repr(place), "two digits"))

    def _identifier(self, name: str, value: str, limit: int) -> _Found:
        # An identifier comes back in the answer: it is refused rather than changed.
        if not value:
            yield name, "nothing", "an identifier"
        elif len(value) > limit:
            yield name, f"{len(value)} characters", f"at most {limit}"
        elif not self.cleaner.is_fit(value):
            yield name, "a character that a claim file cannot hold", "letters, digits and plain signs"

    def _person(self, found: list[tuple[str, str, str]], name: str, person: Person) -> None:
        family = person.family_name
        if family in self._good_names:
            return
        if self.cleaner.fold(family):
            self._good_names.add(family)
        else:
            found.append((f"{name} family name", *_NO_NAME))

    def _address(self, found: list[tuple[str, str, str]], name: str, address: Address) -> None:
        line1 = address.line1
        if not (line1.isascii() and line1[:1].isalnum()) and not self.cleaner.fold(line1):
            found.append((f"{name} first line", "nothing that a claim file can hold", "a street"))
        town = (address.city, address.zip_code)
        if town in self._good_cities:
            return
        least = self.guide.limits["city_at_least"]
        is_city, is_zip = len(self.cleaner.fold(address.city)) >= least, _ZIP.fullmatch(address.zip_code) is not None
        if not is_city:
            found.append((f"{name} city", f"{len(address.city)} characters", f"at least {least}"))
        if not is_zip:
            found.append((f"{name} ZIP code", f"{len(address.zip_code)} characters", "five or nine digits"))
        if is_city and is_zip:
            self._good_cities.add(town)
