"""What is written is read back, field by field and cent by cent, and damage never stops the reader."""

from __future__ import annotations

import random
from datetime import datetime
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanclaim.records import Address, Claim, Person, Relationship
from cleanclaim.x12 import (
    UNWITNESSED,
    ControlNumbers,
    Envelope,
    ParsedAddress,
    ParsedClaim,
    ParsedParty,
    claims_of,
    file_837p,
    read,
    read_837p,
)
from cleanclaim.x12.characters import Cleaner
from cleanclaim.x12.parsed import ParsedAnswer
from tests.x12.claim_generator import SUBMITTER, claims

ENVELOPE = Envelope(SUBMITTER, "Example Clearing", "RECV01")
ORDERS = {"primary": "P", "secondary": "S", "tertiary": "T"}
RELATIONSHIPS = {"self": "18", "spouse": "01", "child": "19", "other": "G8"}
ACCIDENTS = {"auto": "AA", "employment": "EM", "other": "OA"}


def written(some: list[Claim]) -> bytes:
    return file_837p(some, envelope=ENVELOPE, control=ControlNumbers(), created=datetime(2026, 11, 21, 9, 5)).data


@cache
def small_file() -> bytes:
    few = [claim.model_copy(update={"lines": claim.lines[:3]}) for claim in claims(6, seed=21)]
    return written(few)


def clean(text: str) -> str:
    return Cleaner().fold(text)


def same_name(party: ParsedParty | None, person: Person) -> None:
    assert party is not None
    assert (party.name, party.given_name, party.middle_name, party.suffix) == (
        clean(person.family_name),
        clean(person.given_name),
        clean(person.middle_name),
        clean(person.suffix),
    )


def address(place: Address) -> ParsedAddress:
    return ParsedAddress(place.line1, place.line2, place.city, place.state, place.zip_code.replace("-", ""))


def same_claim(found: ParsedClaim, claim: Claim) -> None:
    assert found.total_charge_cents == claim.total_charge_cents
    assert (found.place_of_service, found.frequency) == (claim.place_of_service, claim.frequency)
    assert (found.accepts_assignment, found.signature_on_file) == (claim.accepts_assignment, claim.signature_on_file)
    assert (found.diagnoses, found.diagnosis_system) == (claim.diagnoses, "ICD-10-CM")
    assert found.original_reference == claim.original_reference
    assert found.prior_authorization == claim.prior_authorization
    assert (found.patient_paid_cents or 0) == claim.patient_paid_cents
    assert (found.onset_on, found.initial_treatment_on) == (claim.onset_on, claim.initial_treatment_on)
    assert found.claim_note == clean(claim.note)[:80].rstrip()
    accident = claim.accident
    assert found.accident_on == (accident.on if accident else None)
    assert found.accident_kinds == ((ACCIDENTS[accident.kind],) if accident else ())
    assert found.accident_state == (accident.state or "" if accident else "")


def same_parties(found: ParsedClaim, claim: Claim) -> None:
    assert found.billing is not None
    assert (found.billing.name, found.billing.npi) == (claim.billing.name, claim.billing.npi)
    assert found.billing.is_person is False
    assert found.billing.taxonomy == claim.billing.taxonomy
    assert (found.billing.tax_id, found.billing.tax_id_kind) == (
        claim.billing.tax_id.replace("-", ""),
        claim.billing.tax_id_kind,
    )
    assert found.billing.address == address(claim.billing.address)
    pay_to = claim.billing.pay_to
    assert found.pay_to == (address(pay_to) if pay_to and pay_to != claim.billing.address else None)
    same_name(found.patient, claim.patient.name)
    assert found.patient is not None
    assert (found.patient.birth_date, found.patient.sex) == (claim.patient.birth_date, claim.patient.sex)
    assert found.patient.address == address(claim.patient.address)
    same_name(found.rendering, claim.rendering.name)
    assert found.rendering is not None
    assert found.rendering_npi == found.rendering.npi == claim.rendering.npi
    assert found.rendering.taxonomy == claim.rendering.taxonomy
    assert (found.referring is None) == (claim.referring is None)
    if claim.referring is not None:
        same_name(found.referring, claim.referring.name)
        assert found.referring is not None
        assert found.referring.npi == (claim.referring.npi or "")
    elsewhere = claim.facility is not None and claim.facility != claim.billing.address
    assert (found.facility is not None) == elsewhere
    if found.facility is not None and claim.facility is not None:
        assert found.facility.address == address(claim.facility)
        assert found.facility.npi == claim.facility_npi


def same_payers(found: ParsedClaim, claim: Claim) -> None:
    assert found.payer is not None
    pairs = [(found.payer, claim.payer), *zip(found.other_payers, claim.other_payers, strict=True)]
    for read_payer, payer in pairs:
        assert (read_payer.name, read_payer.identifier) == (payer.name, payer.identifier)
        assert (read_payer.order, read_payer.filing_indicator) == (ORDERS[payer.order], payer.filing_indicator)
        assert read_payer.relationship == RELATIONSHIPS[payer.relationship]
        assert (read_payer.member_id, read_payer.group_number) == (payer.member_id, payer.group_number)
        assert read_payer.plan_name == ("" if payer.group_number else payer.plan_name)
        assert read_payer.medicare_secondary_type == payer.medicare_secondary_type
        assert read_payer.address == (address(payer.address) if payer.address else None)
        holder = None if payer.relationship is Relationship.SELF else payer.subscriber
        same_name(read_payer.subscriber, claim.patient.name if holder is None else holder.name)
        decision = payer.adjudication
        assert read_payer.paid_cents == (decision.paid_cents if decision else None)
        whole = sum(item.amount_cents for item in decision.adjustments) if decision else 0
        assert read_payer.adjusted_cents == whole
    assert found.payer.claim_number == claim.payer.claim_number
    assert found.subscriber == found.payer.subscriber


def same_lines(found: ParsedClaim, claim: Claim) -> None:
    assert len(found.lines) == len(claim.lines)
    for number, (read_line, line) in enumerate(zip(found.lines, claim.lines, strict=True), start=1):
        assert read_line.number == number
        assert (read_line.code_kind, read_line.code, read_line.modifiers) == ("HC", line.code, line.modifiers)
        assert (read_line.charge_cents, read_line.units, read_line.unit_kind) == (line.charge_cents, line.units, "UN")
        assert (read_line.date_of_service, read_line.date_through) == (line.date_of_service, line.date_of_service)
        assert read_line.place_of_service == line.place_of_service
        assert read_line.pointers == line.pointers
        assert read_line.control_number == line.control_number
        assert read_line.minutes is None
        decided = [(payer, payer.adjudication) for payer in claim.other_payers if payer.adjudication is not None]
        answers = [(payer, answer, one) for payer, answer in decided for one in answer.lines if one.line == number]
        assert read_line.answers == tuple(
            ParsedAnswer(
                payer=payer.identifier,
                paid_cents=one.paid_cents,
                adjusted_cents=line.charge_cents - one.paid_cents,
                remaining_cents=sum(item.amount_cents for item in one.adjustments if item.group == "PR"),
                adjustments=len(one.adjustments),
                without_amount=0,
                decided_on=answer.adjudicated_on,
                states_day=True,
            )
            for payer, answer, one in answers
        )


def test_every_field_of_three_hundred_claims_is_read_back() -> None:
    made = claims(300, seed=31)
    data = written(made)
    found, problems = read_837p(data)
    assert problems == []
    assert sorted(claim.id for claim in found) == [claim.id for claim in made]
    by_id = {claim.id: claim for claim in found}
    for claim in made:
        same_claim(by_id[claim.id], claim)
        same_parties(by_id[claim.id], claim)
        same_payers(by_id[claim.id], claim)
        same_lines(by_id[claim.id], claim)


def test_a_written_file_reads_and_writes_back_byte_for_byte() -> None:
    for seed in range(40, 45):
        data = written(claims(40, seed=seed))
        file = read(data)
        assert file.write() == data
        assert [one.write() for one in file.interchanges] == [data]


def test_what_a_claim_file_cannot_witness_is_unknown() -> None:
    found, _ = read_837p(small_file())
    assert {"minutes", "plan_of_care", "visit_note"} <= UNWITNESSED
    for claim in found:
        assert (claim.plan_of_care, claim.visit_note) == (None, None)
        assert {line.minutes for line in claim.lines} == {None}


def test_one_changed_segment_changes_only_its_own_bytes() -> None:
    data = small_file()
    file = read(data)
    line = claims_of(file)[0][0].lines[0]
    segment = next(one for one in file.segments() if one.number == line.segment)
    old = segment.raw().strip().rstrip("~")
    segment.put(4, "9")
    assert [one.number for one in file.segments() if one.is_changed] == [line.segment]
    changed = old.split("*")
    changed[4] = "9"
    assert file.write() == data.replace(f"{old}~".encode(), f"{'*'.join(changed)}~".encode(), 1)
    assert claims_of(file)[0][0].lines[0].units == 9


@settings(max_examples=150)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_no_damage_makes_the_reader_raise_or_lose_a_byte(pick: random.Random, damages: int) -> None:
    data = bytearray(small_file())
    for _ in range(damages):
        place = pick.randrange(len(data))
        kind = pick.randrange(4)
        if kind == 0:
            data[place] = pick.choice((pick.randrange(256), *b"~*:^\n 0A"))
        elif kind == 1:
            del data[place : place + pick.choice((1, 2, 10, 200))]
        elif kind == 2:
            data[place:place] = bytes(pick.choices(b"~*:^ISAGSTHLCLMLX019\r\n\xff", k=pick.randrange(1, 6)))
        else:
            start = pick.randrange(len(data))
            data[place:place] = data[start : start + pick.randrange(1, 300)]
        if not data:
            break
    damaged = bytes(data)
    assert read(damaged).write() == damaged
    found, problems = read_837p(damaged)
    numbers = {segment.number for segment in read(damaged).segments()} | {0}
    assert {problem.segment for problem in problems} <= numbers
    for claim in found:
        assert claim.total_charge_cents is None or isinstance(claim.total_charge_cents, int)


@given(st.binary(max_size=400))
@example(b"")
@example(b"ISA")
@example(b"ISA*")
@example(b"ISA*00*\xff\xfe")
@example(b"\xef\xbb\xbf  ISA" + b"*" * 20 + b"~GS~ST~HL~CLM~LX~SV1~SE~GE~IEA~")
def test_any_bytes_at_all_are_kept(data: bytes) -> None:
    assert read(data).write() == data
    read_837p(data)


@pytest.mark.parametrize("length", [1, 2, 3, 6, 7, 9])
def test_segments_left_out_never_give_a_claim_another_ones_parties(length: int) -> None:
    """Wherever a run of segments is lost, a claim that keeps its id has its own parties, or none."""
    made = []
    for number, one in enumerate(claims(9, seed=23)):
        name = one.patient.name.model_copy(update={"given_name": f"P{number}"})
        patient = one.patient.model_copy(update={"name": name})
        made.append(one.model_copy(update={"lines": one.lines[:3], "patient": patient}))
    data = written(made)
    whole = {claim.id: claim for claim in read_837p(data)[0]}
    pieces = data.split(b"~")
    seen = kept = 0
    for place in range(2, len(pieces) - 4 - length):
        found, problems = read_837p(b"~".join(pieces[:place] + pieces[place + length :]))
        assert problems
        for claim in found:
            own = whole.get(claim.id)
            if own is None:
                continue
            assert own.subscriber is not None
            assert own.patient is not None
            assert own.payer is not None
            assert own.billing is not None
            lost = pieces[place : place + length]
            seen += 1
            kept += claim.subscriber is not None
            assert claim.patient is None or claim.patient.given_name in {own.patient.given_name, ""}, lost
            assert claim.subscriber is None or claim.subscriber.name == own.subscriber.name, lost
            assert claim.payer is None or claim.payer.member_id in {own.payer.member_id, ""}, lost
            assert claim.billing is None or claim.billing.npi == own.billing.npi, lost
            charges = {(line.code, line.charge_cents) for line in own.lines}
            assert {(line.code, line.charge_cents) for line in claim.lines if line.code} <= charges, lost
    # Caution must not cost everything: nearly every claim keeps its subscriber.
    assert kept / seen > 0.95
