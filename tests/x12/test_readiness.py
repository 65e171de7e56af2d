"""Each thing that keeps a claim from being written, on both sides of its limit."""

from __future__ import annotations

from typing import Any

import pytest

from cleanclaim.records import (
    Accident,
    AccidentKind,
    Address,
    AdjudicatedLine,
    Adjudication,
    Adjustment,
    Claim,
    ClaimPayer,
    CoverageOrder,
    Frequency,
    Person,
    Relationship,
    Subscriber,
)
from cleanclaim.x12 import ClaimNotWritableError, ControlNumbers, Gap, Readiness, file_837p
from tests.x12.claim_generator import claims
from tests.x12.test_writer_837p import (
    ADA,
    BY_LINE,
    CLINIC,
    CO,
    CREATED,
    ENVELOPE,
    HARBOR_HEALTH,
    ON_THE_CLAIM,
    PR,
    THERAPIST,
    claim,
    reduced,
    second,
)


def gaps(one: Claim) -> list[tuple[str, str]]:
    found = Readiness.for_file().gaps(one)
    assert {gap.claim_id for gap in found} <= {one.id}
    return [(gap.field, gap.found) for gap in found]


def payer(**changes: Any) -> ClaimPayer:
    return HARBOR_HEALTH.model_copy(update=changes)


def line(**changes: Any) -> Claim:
    first, second = claim().lines
    return claim(lines=(first.model_copy(update=changes), second))


def place(**changes: str) -> Address:
    return ADA.address.model_copy(update=changes)


NOTHING_TO_HOLD = "nothing that a claim file can hold"


def decided(answer: Adjudication = BY_LINE, **changes: Any) -> Claim:
    """The claim to the second payer, with another decision of the first."""
    return second(answer.model_copy(update=changes))


def on_first_line(**changes: Any) -> Claim:
    first, other = BY_LINE.lines
    return decided(lines=(first.model_copy(update=changes), other))


def contractual(*cents: int) -> tuple[Adjustment, ...]:
    return tuple(reduced(CO, str(place), one) for place, one in enumerate(cents))


CASES: list[tuple[Claim, list[tuple[str, str]]]] = [
    (claim(), []),
    (claim(id="C" * 20), []),
    (claim(id="C" * 21), [("claim id", "21 characters")]),
    (claim(id="C-1 a"), []),
    (claim(id="C*1"), [("claim id", "a character that a claim file cannot hold")]),
    (claim(billing=CLINIC.model_copy(update={"tax_id": "384455667"})), []),
    (claim(billing=CLINIC.model_copy(update={"tax_id": "38445566"})), [("billing provider tax id", "8 characters")]),
    (claim(billing=CLINIC.model_copy(update={"tax_id_kind": "TIN"})), [("billing provider tax id kind", "'TIN'")]),
    (claim(billing=CLINIC.model_copy(update={"name": "株"})), [("billing provider name", NOTHING_TO_HOLD)]),
    (claim(payer=payer(member_id="")), [("payer member id", "nothing")]),
    (claim(payer=payer(member_id="1" * 80)), []),
    (claim(payer=payer(member_id="1" * 81)), [("payer member id", "81 characters")]),
    (claim(payer=payer(identifier="")), [("payer identifier", "nothing")]),
    (claim(payer=payer(name="")), [("payer name", NOTHING_TO_HOLD)]),
    (claim(payer=payer(filing_indicator="09")), [("payer filing indicator", "'09'")]),
    (claim(payer=payer(group_number="A~B")), [("payer group number", "a character that a claim file cannot hold")]),
    (claim(payer=payer(relationship=Relationship.CHILD)), [("payer subscriber", "nothing")]),
    (
        claim(
            payer=payer(
                relationship=Relationship.CHILD, subscriber=Subscriber(name=Person(family_name="", given_name="Rex"))
            )
        ),
        [("payer subscriber family name", NOTHING_TO_HOLD)],
    ),
    (
        claim(payer=payer(filing_indicator="MB", order=CoverageOrder.SECONDARY)),
        [("payer Medicare secondary type", "nothing")],
    ),
    (
        claim(payer=payer(filing_indicator="MB", order=CoverageOrder.SECONDARY, medicare_secondary_type="99")),
        [("payer Medicare secondary type", "'99'")],
    ),
    (claim(payer=payer(filing_indicator="MB", order=CoverageOrder.SECONDARY, medicare_secondary_type="12")), []),
    (claim(payer=payer(filing_indicator="MB")), []),
    (
        claim(payer=payer(filing_indicator="MB", medicare_secondary_type="12")),
        [("payer Medicare secondary type", "'12'")],
    ),
    (
        claim(payer=payer(order=CoverageOrder.SECONDARY, medicare_secondary_type="12")),
        [("payer Medicare secondary type", "'12'")],
    ),
    (claim(other_payers=(payer(member_id=""),)), [("other payer member id", "nothing")]),
    (claim(other_payers=(payer(),) * 10), []),
    (claim(other_payers=(payer(),) * 11), [("other payers", "11")]),
    (
        claim(patient=ADA.model_copy(update={"name": Person(family_name="株", given_name="A")})),
        [("patient family name", NOTHING_TO_HOLD)],
    ),
    (claim(patient=ADA.model_copy(update={"address": place(line1="")})), [("patient address first line", NOTHING_TO_HOLD)]),
    (claim(patient=ADA.model_copy(update={"address": place(city="X")})), [("patient address city", "1 characters")]),
    (claim(patient=ADA.model_copy(update={"address": place(zip_code="490011234")})), []),
    (
        claim(patient=ADA.model_copy(update={"address": place(zip_code="4900")})),
        [("patient address ZIP code", "4 characters")],
    ),
    (claim(rendering=THERAPIST.model_copy(update={"npi": None})), [("rendering provider NPI", "nothing")]),
    (claim(diagnoses=("M54.50", "54.5")), [("diagnosis", "'54.5'")]),
    (claim(diagnoses=tuple(f"M54.{n}" for n in range(12, 24))), []),
    (claim(diagnoses=tuple(f"M54.{n}" for n in range(12, 25))), [("diagnoses", "13")]),
    (claim(place_of_service="1"), [("place of service", "'1'")]),
    (claim(frequency=Frequency.VOID), [("original reference", "nothing")]),
    (claim(frequency=Frequency.VOID, original_reference="R" * 50), []),
    (claim(frequency=Frequency.VOID, original_reference="R" * 51), [("original reference", "51 characters")]),
    (claim(original_reference="R1"), [("original reference", "a number")]),
    (claim(prior_authorization="A*1"), [("prior authorization", "a character that a claim file cannot hold")]),
    (claim(accident=Accident(kind=AccidentKind.AUTO, on=CREATED.date())), [("accident state", "nothing")]),
    (claim(accident=Accident(kind=AccidentKind.OTHER, on=CREATED.date())), []),
    (claim(lines=()), [("lines", "0")]),
    (claim(lines=claim().lines * 25), []),
    (claim(lines=(*claim().lines * 25, claim().lines[0])), [("lines", "51")]),
    (line(units=0), [("line 1 units", "0")]),
    (line(pointers=()), [("line 1 diagnosis pointers", "0")]),
    (line(pointers=(1, 2, 1, 2)), []),
    (line(pointers=(1, 2, 1, 2, 1)), [("line 1 diagnosis pointers", "5")]),
    (line(pointers=(0, 3)), [("line 1 diagnosis pointer", "0"), ("line 1 diagnosis pointer", "3")]),
    (line(modifiers=("GP", "KX", "59", "CQ")), []),
    (line(modifiers=("GP", "KX", "59", "CQ", "GA")), [("line 1 modifiers", "5")]),
    (line(place_of_service="1A"), [("line 1 place of service", "'1A'")]),
    (line(control_number="L" * 30), []),
    (line(control_number="L" * 31), [("line 1 control number", "31 characters")]),
    (line(control_number="L:1"), [("line 1 control number", "a character that a claim file cannot hold")]),
    (second(None), []),
    (second(BY_LINE), []),
    (second(ON_THE_CLAIM), []),
    (decided(order=CoverageOrder.SECONDARY), [("primary payer's decision", "one of the secondary payer")]),
    (
        claim(other_payers=(payer(order=CoverageOrder.SECONDARY, adjudication=BY_LINE),)),
        [
            ("secondary payer's decision", "one of the primary payer"),
            ("secondary payer's decision", "one of a payer after the primary one"),
        ],
    ),
    (claim(payer=payer(adjudication=BY_LINE)), [("payer decision", "one of the payer billed")]),
    (decided(claim_number="1" * 50), []),
    (decided(claim_number="1" * 51), [("primary payer's decision, claim number", "51 characters")]),
    (
        decided(claim_number="ICN*1"),
        [("primary payer's decision, claim number", "a character that a claim file cannot hold")],
    ),
    (on_first_line(modifiers=("GP", "KX", "59", "CQ")), []),
    (
        on_first_line(modifiers=("GP", "KX", "59", "CQ", "XS")),
        [("primary payer's decision, line 1, modifiers", "5")],
    ),
    (decided(paid_cents=7_001), [("primary payer's decision, balance", "$70.01 paid and $0.00 adjusted on the claim")]),
    (decided(paid_cents=6_999, adjustments=(reduced(PR, "3", 1),)), []),
    (
        decided(ON_THE_CLAIM, paid_cents=9_999),
        [("primary payer's decision, balance", "$99.99 paid and $35.07 adjusted on the claim")],
    ),
    (
        on_first_line(paid_cents=5_999),
        [
            ("primary payer's decision, line 1, balance", "$59.99 paid and $30.00 adjusted"),
            ("primary payer's decision, balance", "$70.00 paid and $0.00 adjusted on the claim"),
        ],
    ),
    (on_first_line(adjustments=contractual(500, 500, 500, 500, 500, 500)), []),
    (on_first_line(adjustments=(*contractual(500, 500, 500, 500, 500, 250), reduced(PR, "1", 250))), []),
    (
        on_first_line(adjustments=contractual(500, 500, 500, 500, 500, 250, 250)),
        [("primary payer's decision, line 1, adjustments of group CO", "7")],
    ),
    (decided(lines=BY_LINE.lines[:1], paid_cents=6_000), [("primary payer's decision, line 2", "no answers")]),
    (
        decided(lines=(*BY_LINE.lines, BY_LINE.lines[1]), paid_cents=8_000),
        [("primary payer's decision, line 2", "2 answers")],
    ),
    (
        decided(lines=(*BY_LINE.lines, AdjudicatedLine(line=3, paid_cents=0))),
        [("primary payer's decision, line 3", "an answer")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_each_gap_is_named(one: Claim, expected: list[tuple[str, str]]) -> None:
    assert gaps(one) == expected


def test_a_gap_is_found_again_after_claims_in_order() -> None:
    """What was in order once is not looked into again; what was not, is."""
    ready = Readiness.for_file()
    for _ in range(2):
        for one, expected in CASES:
            assert [(gap.field, gap.found) for gap in ready.gaps(one)] == expected


def test_generated_claims_have_no_gap() -> None:
    ready = Readiness.for_file()
    assert [gap for one in claims(200, seed=50) for gap in ready.gaps(one)] == []


def test_every_gap_of_every_claim_is_named_at_once() -> None:
    bad = claim(id="B1", diagnoses=(), lines=())
    with pytest.raises(ClaimNotWritableError) as error:
        file_837p([claim(), bad, claim()], envelope=ENVELOPE, control=ControlNumbers(), created=CREATED)
    assert [(gap.claim_id, gap.field) for gap in error.value.gaps] == [
        ("B1", "diagnoses"),
        ("B1", "lines"),
        ("C1001", "claim id"),
    ]
    assert str(error.value) == "claim B1: diagnoses: found 0, expected 1 to 12; split the claim and 2 more"


def test_a_gap_reads_as_one_line() -> None:
    assert str(Gap("C1", "lines", "0", "1 to 50")) == "claim C1: lines: found 0, expected 1 to 50"
