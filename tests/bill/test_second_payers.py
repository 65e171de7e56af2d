"""A claim to the payer that comes next, after the first has decided: from the visit to a file that validators accept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.bill.job import Billed, BilledClaim, ClaimState, bill
from cleanclaim.bill.output import Written, claim_document, write_claim_files
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.records import CoverageOrder, Patient
from cleanclaim.x12 import read_837p
from tests.bill.conftest import CLINIC, PATIENT, billed, patient, visit
from tests.x12.peers import pyx12_errors, x12sdk_claims

HEALTH_PLAN: dict[str, Any] = {
    "order": "primary",
    "payer": "aetna",
    "payer_name": "Aetna",
    "payer_identifier": "60054",
    "member_id": "W123456789",
    "valid_from": "2020-01-01",
    "authorizations": [],
}
MEDICARE: dict[str, Any] = PATIENT["coverages"][0] | {"order": "secondary", "medicare_secondary_type": "12"}
LINES = [
    {"code": "97110", "modifiers": ["GP"], "units": 2, "charge_cents": 12_000, "pointers": [1]},
    {"code": "97140", "modifiers": ["GP"], "units": 1, "charge_cents": 6_000, "pointers": [1]},
]
DONE = [
    {"what": "exercise", "code": "97110", "minutes": 24, "by": "PT"},
    {"what": "mobilization", "code": "97140", "minutes": 14, "by": "PT"},
]
DECISION: dict[str, Any] = {
    "order": "primary",
    "adjudicated_on": "2026-03-20",
    "paid_cents": 9_000,
    "claim_number": "ICN1",
    "lines": [
        {
            "line": 1,
            "paid_cents": 6_000,
            "adjustments": [
                {"group": "CO", "reason": "45", "amount_cents": 4_500},
                {"group": "PR", "reason": "2", "amount_cents": 1_500},
            ],
        },
        {"line": 2, "paid_cents": 3_000, "adjustments": [{"group": "CO", "reason": "45", "amount_cents": 3_000}]},
    ],
}


def job(decisions: list[dict[str, Any]] | None = None, **changes: Any) -> Billed:
    given = {"billed": LINES, "interventions": DONE, "adjudications": [DECISION] if decisions is None else decisions}
    person = patient(coverages=changes.pop("coverages", [HEALTH_PLAN, MEDICARE]))
    return bill(CLINIC, {"P1": person}, [visit(**given | changes)], as_of=date(2026, 3, 25))


def second(decisions: list[dict[str, Any]] | None = None, **changes: Any) -> BilledClaim:
    (item,) = job(decisions, **changes).claims
    return item


def filed(result: Billed, folder: Path) -> Written:
    """What the job writes, as if no rule held the claim back."""
    ready = replace(result, claims=tuple(replace(item, state=ClaimState.READY) for item in result.claims))
    written = Written()
    write_claim_files(ready, CLINIC, folder, created=datetime(2026, 3, 25, 9, 0, tzinfo=UTC), written=written)
    return written


def test_the_next_payer_is_billed_and_told_what_the_first_decided(tmp_path: Path) -> None:
    item = second()
    assert (item.prepared.case.payer(), item.prepared.case.order) == ("medicare_b", CoverageOrder.SECONDARY)
    assert item.claim is not None
    assert item.claim.payer.medicare_secondary_type == "12"
    [first] = item.claim.other_payers
    assert (first.pack, first.order) == ("aetna", CoverageOrder.PRIMARY)
    assert first.adjudication is not None
    assert (first.adjudication.paid_cents, first.adjudication.adjusted_cents) == (9_000, 9_000)
    document = claim_document(item)
    assert (document["coverage_order"], document["prior_paid_cents"]) == ("secondary", 9_000)

    result = job()
    assert result.claims[0].state is ClaimState.READY
    written = filed(result, tmp_path)
    assert written.gaps == []
    data = written.files[0].read_bytes()
    assert pyx12_errors(data) == []
    assert x12sdk_claims(data) == 1
    [claim], problems = read_837p(data)
    assert problems == []
    assert [payer.paid_cents for payer in claim.other_payers] == [9_000]
    assert [answer.paid_cents for line in claim.lines for answer in line.answers] == [6_000, 3_000]


def test_the_first_payer_is_billed_while_nobody_has_decided() -> None:
    item = second([])
    assert (item.prepared.case.payer(), item.prepared.case.order) == ("aetna", CoverageOrder.PRIMARY)
    assert item.claim is not None
    assert [(one.pack, one.adjudication, one.medicare_secondary_type) for one in item.claim.other_payers] == [
        ("medicare_b", None, "12")
    ]
    assert claim_document(item)["prior_paid_cents"] == 0


def test_rules_judge_the_secondary_claim_by_what_was_decided() -> None:
    item = second()
    tables = tables_of([item.prepared.case], CLINIC, date(2026, 3, 25))
    claim = tables.claims.row(0, named=True)
    assert (claim["coverage_order"], claim["prior_payers"], claim["prior_paid_cents"]) == ("secondary", 1, 9_000)
    assert (claim["medicare_secondary_type"], claim["claim_fields_absent"]) == ("12", [])
    names = (
        "prior_answers",
        "line_prior_paid_cents",
        "line_prior_adjusted_cents",
        "prior_adjudicated_on",
        "prior_adjustments",
        "prior_adjustments_without_amount",
    )
    day = date(2026, 3, 20)
    assert tables.lines.select(names).rows() == [(1, 6_000, 6_000, day, 2, 0), (1, 3_000, 3_000, day, 1, 0)]
    assert not {finding.code for finding in item.findings if finding.code.startswith("SC")}


@pytest.mark.parametrize("cents", [4_499, 4_501])
def test_a_decision_that_does_not_balance_is_found_and_not_written(cents: int, tmp_path: Path) -> None:
    first, other = DECISION["lines"]
    off = first | {"adjustments": [first["adjustments"][0] | {"amount_cents": cents}, first["adjustments"][1]]}
    item = second([DECISION | {"lines": [off, other]}])
    assert "SC101" in {finding.code for finding in item.findings}
    written = filed(job([DECISION | {"lines": [off, other]}]), tmp_path)
    assert written.files == []
    assert [gap.field for gap in written.gaps] == ["primary payer's decision, line 1, balance"]


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"decisions": [DECISION, DECISION]}, "Which of the primary payer's decisions stands? The visit has several."),
        (
            {"billed": None},
            "Which lines were filed? A payer has decided on them, and the visit lists none.",
        ),
        (
            {"coverages": [HEALTH_PLAN]},
            "Who is billed next? Every payer on file has decided; the rest may be the patient's.",
        ),
        (
            {"decisions": [DECISION, DECISION | {"order": "secondary"}]},
            "Who is billed next? Every payer on file has decided; the rest may be the patient's.",
        ),
    ],
)
def test_what_a_decision_leaves_open_is_asked(changes: dict[str, Any], asked: str) -> None:
    item = second(**changes)
    assert asked in [question.question for question in item.prepared.questions]
    assert item.state.value == "question"


def test_a_payer_that_decided_and_has_no_file_is_not_left_out() -> None:
    item = second(coverages=[HEALTH_PLAN | {"payer": "nobody_knows"}, MEDICARE])
    assert item.claim is None


def test_a_patient_is_unaware_of_orders_without_decisions() -> None:
    person = Patient.model_validate(PATIENT, strict=False)
    (item,) = billed(visit(billed=LINES, interventions=DONE), who=person).claims
    assert item.prepared.case.order is CoverageOrder.PRIMARY
    assert item.prepared.case.earlier() == ()
