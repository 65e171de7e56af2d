"""The other transactions as tables: acknowledgments, claim status, eligibility, institutional claims."""

from __future__ import annotations

from datetime import date

from cleanclaim.x12.columnar.reader import read_tables
from tests.x12.columnar.samples import acknowledgment, claim_answers, eligibility, institutional, interchange


def test_claim_acknowledgment() -> None:
    found = read_tables(claim_answers())
    assert found["problems"].height == 0
    names = ("loop", "claim_key", "line_key", "category_1", "status_1", "entity_1", "action", "charge_cents")
    assert found["statuses"].select(names).rows() == [
        ("2200B", None, None, "A1", "19", "PR", "WQ", 20_000),
        ("2200D", 0, None, "A2", "20", "PR", "WQ", 20_000),
        ("2220D", 0, 0, "A3", "187", "85", "U", None),
    ]
    claim = found["claims"].row(0, named=True)
    assert (claim["claim_id"], claim["payer_claim_number"]) == ("C1", "ICN1")
    assert (claim["service_on"], claim["service_through"]) == (date(2026, 3, 2), date(2026, 3, 4))
    patient = found["parties"].row(claim["patient_party_key"], named=True)
    assert (patient["name"], patient["identifier"]) == ("ASHGROVE", "1EG4TE5MK73")
    assert found["lines"].select("code", "modifier_1", "charge_cents", "control_number").rows() == [
        ("97110", "GP", 12_000, "L1")
    ]
    assert found["quantities"].select("qualifier", "quantity_thousandths").rows() == [("90", 1_000)]


def test_acknowledgments_of_transactions_and_of_the_interchange() -> None:
    found = read_tables(acknowledgment())
    assert found["problems"].height == 0
    names = ("interchange_answered", "date_answered", "status", "fault")
    assert found["interchange_acknowledgments"].select(names).rows() == [("000000009", "260305", "A", "000")]
    group = found["transactions"].row(0, named=True)
    assert (group["group_answered"], group["group_status"], group["sets_received"], group["sets_accepted"]) == (
        "7",
        "P",
        2,
        1,
    )
    assert found["answers"].select("number_answered", "status", "fault_1").rows() == [
        ("0001", "A", ""),
        ("0002", "R", "5"),
    ]
    assert found["segment_faults"].select("answer_key", "segment_id", "position", "loop_id", "fault").rows() == [
        (1, "CLM", 22, "2300", "8")
    ]
    assert found["element_faults"].select("segment_fault_key", "position", "data_element", "fault").rows() == [
        (0, 2, "782", "1")
    ]


def test_eligibility_answer() -> None:
    found = read_tables(eligibility())
    assert found["problems"].height == 0
    names = (
        "subscriber_key",
        "dependent_key",
        "information",
        "service_types",
        "amount_cents",
        "percent_thousandths",
        "message",
    )
    assert found["benefits"].select(names).rows() == [
        (0, None, "1", "30", None, None, ""),
        (0, None, "C", "30^PT^AE", 28_300, None, "CALL FOR DETAILS"),
        (0, None, "A", "PT", None, 200, ""),
    ]
    assert found["rejections"].select("subscriber_key", "dependent_key", "reason", "follow_up").rows() == [
        (0, 0, "75", "C")
    ]
    subscriber = found["subscribers"].row(0, named=True)
    person = found["parties"].row(subscriber["subscriber_party_key"], named=True)
    assert (person["name"], person["birth_date"], subscriber["trace_number"]) == ("ASHGROVE", date(1955, 6, 1), "T1")
    assert found["dates"].select("qualifier", "first_day", "last_day").rows() == [
        ("291", date(2026, 1, 1), date(2026, 12, 31))
    ]


def test_institutional_claim() -> None:
    found = read_tables(institutional())
    assert found["problems"].height == 0
    claim = found["claims"].row(0, named=True)
    assert (claim["claim_id"], claim["total_charge_cents"], claim["facility_type"], claim["patient_status"]) == (
        "H1",
        37_550,
        "13",
        "30",
    )
    assert (claim["statement_from"], claim["statement_through"]) == (date(2026, 3, 1), date(2026, 3, 31))
    assert found["lines"].select("revenue_code", "code", "charge_cents", "quantity_thousandths").rows() == [
        ("0420", "97110", 12_550, 1_500),
        ("0424", "97161", 25_000, 1_000),
    ]
    assert found["diagnoses"].select("position", "code_kind", "code", "is_present_on_admission").rows() == [
        (1, "ABK", "M5450", "Y"),
        (2, "ABF", "M25561", ""),
    ]
    assert found["claim_codes"].select("code_kind", "code", "first_day", "amount_cents").rows() == [
        ("BH", "11", date(2026, 1, 15), None),
        ("BE", "50", None, 300),
    ]
    attending = found["parties"].filter(loop="2310A").row(0, named=True)
    assert (attending["entity"], attending["identifier"], attending["claim_key"]) == ("71", "1003000126", 0)


def test_each_transaction_of_another_kind_is_said_and_kept() -> None:
    body = ["BGN*00*1*20260306"]
    found = read_tables(interchange("834", "005010X220A1", [body, body], group="BE"))
    assert found.keys() == {"problems"}
    assert found["problems"].select("segment", "element", "found").rows() == [
        (3, "ST01", "a transaction of which no tables are made"),
        (6, "ST01", "a transaction of which no tables are made"),
    ]


def test_transactions_of_several_kinds_in_one_file() -> None:
    found = read_tables(claim_answers() + eligibility() + acknowledgment())
    assert found["transactions"].select("transaction_key", "kind", "interchange_number").rows() == [
        (0, "277", "000000001"),
        (1, "271", "000000001"),
        (2, "999", "000000001"),
    ]
    assert (found["claims"].height, found["benefits"].height, found["answers"].height) == (1, 3, 2)
