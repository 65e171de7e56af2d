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
from cleanclaim.x12.characters import Cleaner
from cleanclaim.x12.guide import Guide

_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z]\.?[0-9A-Z]{0,4}")
_ZIP = re.compile(r"\d{5}(?:-?\d{4})?")
_TAX_ID = re.compile(r"\d{2}-?\d{7}|\d{3}-?\d{2}-?\d{4}")
_PLACE = re.compile(r"\d{2}")


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


@dataclass(slots=True)
class Readiness:
    """Checks claims against one guide and character set; what many claims share is checked once."""

    guide: Guide
    cleaner: Cleaner
    _organizations: dict[int, tuple[Organization, tuple[tuple[str, str, str], ...]]] = field(default_factory=dict)
    _good_diagnoses: set[str] = field(default_factory=set)

    def gaps(self, claim: Claim) -> list[Gap]:
        """Everything the claim still needs, in the order of the file; empty when it can be written."""
        return [Gap(claim.id, *gap) for gap in self._all(claim)]

    def _all(self, claim: Claim) -> Iterator[tuple[str, str, str]]:
        yield from self._identifier("claim id", claim.id, self.guide.limits["claim_id_length"])
        yield from self._organization(claim.billing)
        yield from self._payer("payer", claim.payer)
        yield from self._person("patient", claim.patient.name)
        yield from self._address("patient address", claim.patient.address)
        yield from self._providers(claim)
        yield from self._diagnoses(claim)
        yield from self._claim(claim)
        yield from self._lines(claim)
        if len(claim.other_payers) > self.guide.limits["other_payers_per_claim"]:
            most = self.guide.limits["other_payers_per_claim"]
            yield "other payers", str(len(claim.other_payers)), f"at most {most}"
        for payer in claim.other_payers:
            yield from self._payer("other payer", payer)

    def _organization(self, organization: Organization) -> tuple[tuple[str, str, str], ...]:
        # Kept by identity, with the object itself so that its id cannot be given to another.
        known = self._organizations.get(id(organization))
        if known is None:
            known = (organization, tuple(self._organization_gaps(organization)))
            self._organizations[id(organization)] = known
        return known[1]

    def _organization_gaps(self, organization: Organization) -> Iterator[tuple[str, str, str]]:
        if not self.cleaner.fold(organization.name):
            yield "billing provider name", "nothing that a claim file can hold", "a name in Latin letters"
        if not _TAX_ID.fullmatch(organization.tax_id):
            yield "billing provider tax id", f"{len(organization.tax_id)} characters", "nine digits"
        if organization.tax_id_kind not in {"EIN", "SSN"}:
            yield "billing provider tax id kind", repr(organization.tax_id_kind), "EIN or SSN"
        yield from self._address("billing provider address", organization.address)
        if organization.pay_to is not None:
            yield from self._address("pay-to address", organization.pay_to)

    def _payer(self, name: str, payer: ClaimPayer) -> Iterator[tuple[str, str, str]]:
        codes = self.guide.codes
        if not self.cleaner.fold(payer.name):
            yield f"{name} name", "nothing that a claim file can hold", "a name in Latin letters"
        yield from self._identifier(f"{name} identifier", payer.identifier, self.guide.lengths["identifier"])
        yield from self._identifier(f"{name} member id", payer.member_id, self.guide.lengths["identifier"])
        if payer.filing_indicator not in codes["filing_indicator"]:
            yield f"{name} filing indicator", repr(payer.filing_indicator), "a kind of payer, such as CI or MB"
        if payer.claim_number:
            reference = self.guide.lengths["reference"]
            yield from self._identifier(f"{name} property and casualty claim number", payer.claim_number, reference)
        if payer.group_number:
            yield from self._identifier(f"{name} group number", payer.group_number, self.guide.lengths["reference"])
        if payer.relationship is not Relationship.SELF:
            if payer.subscriber is None:
                yield f"{name} subscriber", "nothing", "who holds the policy, as it is not the patient"
            else:
                yield from self._person(f"{name} subscriber", payer.subscriber.name)
                if payer.subscriber.address is not None:
                    yield from self._address(f"{name} subscriber address", payer.subscriber.address)
        if payer.address is not None:
            yield from self._address(f"{name} address", payer.address)
        if payer.order is CoverageOrder.PRIMARY:
            if payer.medicare_secondary_type:
                yield f"{name} Medicare secondary type", repr(payer.medicare_secondary_type), "none for a first payer"
        elif payer.filing_indicator in codes["medicare_filing_indicator"]:
            if payer.medicare_secondary_type not in codes["medicare_secondary_type"]:
                found = repr(payer.medicare_secondary_type) if payer.medicare_secondary_type else "nothing"
                yield f"{name} Medicare secondary type", found, "why another payer comes before Medicare"
        elif payer.medicare_secondary_type:
            yield f"{name} Medicare secondary type", repr(payer.medicare_secondary_type), "none, as it is not Medicare"

    def _providers(self, claim: Claim) -> Iterator[tuple[str, str, str]]:
        if claim.rendering.npi is None:
            yield "rendering provider NPI", "nothing", "ten digits"
        yield from self._person("rendering provider", claim.rendering.name)
        if claim.referring is not None:
            yield from self._person("referring provider", claim.referring.name)
        if claim.facility is not None:
            yield from self._address("facility address", claim.facility)

    def _diagnoses(self, claim: Claim) -> Iterator[tuple[str, str, str]]:
        most = self.guide.limits["diagnoses_per_claim"]
        if not 1 <= len(claim.diagnoses) <= most:
            yield "diagnoses", str(len(claim.diagnoses)), f"1 to {most}; split the claim"
        for code in claim.diagnoses:
            if code in self._good_diagnoses:
                continue
            if _DIAGNOSIS.fullmatch(code):
                self._good_diagnoses.add(code)
            else:
                yield "diagnosis", repr(code), "an ICD-10-CM code"

    def _claim(self, claim: Claim) -> Iterator[tuple[str, str, str]]:
        reference = self.guide.lengths["reference"]
        if not _PLACE.fullmatch(claim.place_of_service):
            yield "place of service", repr(claim.place_of_service), "two digits"
        if claim.frequency is Frequency.ORIGINAL:
            if claim.original_reference:
                yield "original reference", "a number", "none on a first claim"
        else:
            yield from self._identifier("original reference", claim.original_reference, reference)
        if claim.prior_authorization:
            yield from self._identifier("prior authorization", claim.prior_authorization, reference)
        if claim.accident is not None and claim.accident.kind is AccidentKind.AUTO and claim.accident.state is None:
            yield "accident state", "nothing", "the state of the motor-vehicle accident"

    def _lines(self, claim: Claim) -> Iterator[tuple[str, str, str]]:
        limits = self.guide.limits
        if not 1 <= len(claim.lines) <= limits["lines_per_claim"]:
            yield "lines", str(len(claim.lines)), f"1 to {limits['lines_per_claim']}; split the claim"
        for line in claim.lines:
            yield from self._line(claim, line, limits["pointers_per_line"], limits["modifiers_per_line"])

    def _line(
        self, claim: Claim, line: ClaimLine, most_pointers: int, most_modifiers: int
    ) -> Iterator[tuple[str, str, str]]:
        name = f"line {line.number}"
        if line.units < 1:
            yield f"{name} units", str(line.units), "at least 1"
        if not 1 <= len(line.pointers) <= most_pointers:
            yield f"{name} diagnosis pointers", str(len(line.pointers)), f"1 to {most_pointers}"
        for pointer in line.pointers:
            if not 1 <= pointer <= len(claim.diagnoses):
                yield f"{name} diagnosis pointer", str(pointer), f"1 to {len(claim.diagnoses)}"
        if len(line.modifiers) > most_modifiers:
            yield f"{name} modifiers", str(len(line.modifiers)), f"at most {most_modifiers}"
        if not _PLACE.fullmatch(line.place_of_service):
            yield f"{name} place of service", repr(line.place_of_service), "two digits"
        if line.control_number:
            length = self.guide.limits["line_control_length"]
            yield from self._identifier(f"{name} control number", line.control_number, length)

    def _identifier(self, name: str, value: str, limit: int) -> Iterator[tuple[str, str, str]]:
        # An identifier comes back in the answer: it is refused rather than changed.
        if not value:
            yield name, "nothing", "an identifier"
        elif len(value) > limit:
            yield name, f"{len(value)} characters", f"at most {limit}"
        elif not self.cleaner.is_fit(value):
            yield name, "a character that a claim file cannot hold", "letters, digits and plain signs"

    def _person(self, name: str, person: Person) -> Iterator[tuple[str, str, str]]:
        if not self.cleaner.fold(person.family_name):
            yield f"{name} family name", "nothing that a claim file can hold", "a name in Latin letters"

    def _address(self, name: str, address: Address) -> Iterator[tuple[str, str, str]]:
        if not self.cleaner.fold(address.line1):
            yield f"{name} first line", "nothing that a claim file can hold", "a street"
        if len(self.cleaner.fold(address.city)) < self.guide.limits["city_at_least"]:
            yield f"{name} city", f"{len(address.city)} characters", f"at least {self.guide.limits['city_at_least']}"
        if not _ZIP.fullmatch(address.zip_code):
            yield f"{name} ZIP code", f"{len(address.zip_code)} characters", "five or nine digits"
