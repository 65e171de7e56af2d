"""What a patient chose on a signed advance notice decides lines: their modifiers, and who is asked to pay for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cleanclaim.bill.job import BilledClaim, ClaimState
from cleanclaim.bill.output import Written, write_forms
from cleanclaim.bill.prepare import prepare
from tests.bill.conftest import PATIENT, billed, patient, visit

DONE = [
    {"what": "exercise", "code": "97110", "minutes": 30, "by": "PT"},
    {"what": "mobilization", "code": "97140", "minutes": 15, "by": "PT"},
]


def notice(choice: str, *codes: str, coverage: str = "expected_denial") -> dict[str, object]:
    return {"coverage": coverage, "choice": choice, "codes": list(codes)}


def noticed(*notices: dict[str, object], payer: str = "medicare_b", **more: Any) -> BilledClaim:
    who = patient(coverages=[PATIENT["coverages"][0] | {"payer": payer}])
    (item,) = billed(visit(advance_notices=list(notices), **{"interventions": DONE} | more), who=who).claims
    return item


def carried(item: BilledClaim) -> list[tuple[object, ...]]:
    lines: tuple[Any, ...] = item.lines
    return [(line["code"], *line["modifiers"]) for line in lines]


@pytest.mark.parametrize(
    ("notices", "lines"),
    [
        ((), [("97110", "GP"), ("97140", "GP")]),
        ((notice("1", "97140"),), [("97110", "GP"), ("97140", "GP", "GA")]),
        ((notice("1", "97110", "97140"),), [("97110", "GP", "GA"), ("97140", "GP", "GA")]),
        ((notice("1", "97140", coverage="excluded"),), [("97110", "GP"), ("97140", "GP", "GY", "GX")]),
        ((notice("1"),), [("97110", "GP"), ("97140", "GP")]),  # a service in words alone: a person says which line
        ((notice("1", "97140"), notice("2", "97140")), [("97110", "GP"), ("97140", "GP", "GA")]),  # signed last
    ],
)
def test_a_line_carries_what_the_patient_chose(notices: tuple[Any, ...], lines: list[object]) -> None:
    item = noticed(*notices)

    assert (carried(item), item.state, item.withheld) == (lines, ClaimState.READY, ())


def test_the_assistants_part_of_a_line_carries_it_too() -> None:
    done = [DONE[0] | {"minutes": 15}, DONE[0] | {"minutes": 15, "by": "PTA"}]

    assert carried(noticed(notice("1", "97110"), interventions=done, assistant="a1")) == [
        ("97110", "GP", "GA"), ("97110", "GP", "CQ", "GA"),
    ]  # fmt: skip


def test_medicare_advantage_has_no_such_notice() -> None:
    for choice in ("1", "2"):
        item = noticed(notice(choice, "97140"), payer="medicare_advantage")

        assert (carried(item), item.withheld) == ([("97110", "GP"), ("97140", "GP")], ())


def test_a_billed_line_without_it_is_held_and_its_fix_takes_a_name() -> None:
    given = [{"code": "97110", "modifiers": ["GP", "KX"], "units": 2, "charge_cents": 12000}]

    item = noticed(notice("1", "97110"), billed=given, interventions=[DONE[0]])

    (found,) = [one for one in item.findings if one.code == "MD312"]
    assert (item.state, found.fix_safety, [list(change.new) for change in found.changes]) == (
        ClaimState.HELD, "attest", [["GP", "GA"]],
    )  # fmt: skip


def test_what_the_patient_declined_is_not_billed() -> None:
    item = noticed(notice("3", "97140"))

    assert (item.state, [one.place for one in item.findings if one.code == "MD313"]) == (ClaimState.HELD, ["line 2"])


def test_where_medicare_is_not_to_be_billed_the_patient_pays_for_the_whole_visit() -> None:
    item = noticed(notice("2", "97110", "97140"))

    assert (item.state, item.prepared.case.payer(), carried(item)) == (
        ClaimState.SUPERBILL, "cash", [("97110", "GP"), ("97140", "GP")],
    )  # fmt: skip
    assert item.claim is not None
    assert (item.claim.payer.pack, item.withheld, item.withheld_claim) == ("cash", (), None)
    assert "PY106" not in [one.code for one in item.findings]  # the notice told the cost


def test_the_rest_of_a_visit_is_billed_without_the_lines_that_the_patient_pays_for(tmp_path: Path) -> None:
    item = noticed(notice("2", "97140"))

    assert (item.state, carried(item), item.charge_cents) == (ClaimState.READY, [("97110", "GP")], 12000)
    assert [(line["code"], line["units"], line["charge_cents"]) for line in item.withheld] == [("97140", 1, 6000)]
    # Its minutes are neither Medicare's to pay nor units left unbilled.
    assert [one.code for one in item.findings if one.code.startswith("UN")] == []
    assert item.claim is not None
    assert item.withheld_claim is not None
    assert [line.code for line in item.claim.lines] == ["97110"]
    assert (item.withheld_claim.payer.pack, [line.code for line in item.withheld_claim.lines]) == ("cash", ["97140"])
    written = Written()
    result = billed(visit(advance_notices=[notice("2", "97140")], interventions=DONE))
    write_forms(result, tmp_path, written)
    assert sorted(path.name for path in written.files) == [f"{item.key}-own.pdf", "medicare_b.cms1500.pdf"]


@pytest.mark.parametrize(
    ("minutes", "withheld", "units", "own"),
    [
        # 38 minutes together are 3 units; 20 minutes of what Medicare is billed for are 1, and 18 of the patient's 1.
        ((18, 10, 10), ("97110",), [("97140", 1)], [("97110", 1)]),
        # 22 minutes together are 1 unit; apart they are 1 and 1.
        ((12, 10, 0), ("97140",), [("97110", 1)], [("97140", 1)]),
        # 23 minutes together are 2 units, 8 are 1 and 7 are none.
        ((15, 0, 7), ("97530",), [("97110", 1)], []),
        ((15, 0, 8), ("97530",), [("97110", 1)], [("97530", 1)]),
    ],
)
def test_units_are_counted_over_what_is_billed_and_over_what_the_patient_pays_for(
    minutes: tuple[int, ...], withheld: tuple[str, ...], units: list[object], own: list[object]
) -> None:
    codes = ("97110", "97140", "97530")
    done = [DONE[0] | {"code": code, "minutes": each} for code, each in zip(codes, minutes, strict=True) if each]

    item = noticed(notice("2", *withheld), interventions=done)

    assert [(line.code, line.units) for line in item.prepared.case.lines if line.units] == units
    assert [(line["code"], line["units"]) for line in item.withheld if line["units"]] == own
    assert [one.code for one in item.findings if one.code.startswith("UN1")] == []


def test_the_notes_totals_are_those_of_what_is_billed() -> None:
    told: dict[str, Any] = {"total_timed_minutes": 45, "total_treatment_minutes": 50}

    item = noticed(notice("2", "97140"), **told)

    assert {name: item.prepared.case.extra[f"{name}_noted"] for name in told} == {
        "total_timed_minutes": 30, "total_treatment_minutes": 35,
    }  # fmt: skip
    assert [one.code for one in item.findings if one.code.startswith("UN")] == []
    assert noticed(notice("1", "97140"), **told).prepared.case.extra == {}


def test_what_a_payer_has_decided_on_is_withheld_no_more() -> None:
    decided = {
        "order": "primary", "adjudicated_on": "2026-03-20", "paid_cents": 0, "claim_number": "I1",
        "adjustments": [{"group": "PR", "reason": "50", "amount_cents": 6000}],
    }  # fmt: skip
    given = [{"code": "97140", "modifiers": ["GP", "GA"], "units": 1, "charge_cents": 6000}]
    record = visit(billed=given, advance_notices=[notice("2", "97140")], adjudications=[decided])

    (item,) = prepare([record], {"P1": patient()}, None, {})

    assert (len(item.case.lines), item.withheld, item.case.is_patients_own) == (1, (), False)


def test_a_patient_who_does_not_use_insurance_gets_a_superbill_and_no_plan_is_billed() -> None:
    (item,) = billed(visit(interventions=DONE, insurance_not_used=True)).claims

    assert (item.state, item.prepared.case.payer(), item.prepared.case.coverage()) == (
        ClaimState.SUPERBILL, "cash", None,
    )  # fmt: skip
    assert carried(item) == [("97110",), ("97140",)]
    (used,) = billed(visit(interventions=DONE, insurance_not_used=False)).claims
    assert (used.state, used.prepared.case.payer()) == (ClaimState.READY, "medicare_b")
