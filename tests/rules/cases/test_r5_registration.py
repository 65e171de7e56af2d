"""Names, addresses and numbers as people type them, and services that no record holds."""

from __future__ import annotations

import pytest

from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Verdict
from cleanclaim.rules.notation import parse

OWN = {"ID127", "ID128", "ID207", "ID208", "ID209", "ID218", "EV104", "DC303"}
PLAIN = "visit 2026-03-04 medicare_b\n  97110 GP x2 30min\n"


def judged(code: str, text: str) -> Verdicts:
    """The verdicts of one rule."""
    return Judge([rule for rule in rules() if rule.code == code]).judge(parse(text))


def found(code: str, text: str) -> list[str]:
    """Where the rule finds something."""
    return [finding.place for finding in judged(code, text).findings()]


def test_an_ordinary_visit_passes() -> None:
    counts = Judge([rule for rule in rules() if rule.code in OWN]).judge(parse(PLAIN)).counts()
    assert set(counts) == OWN
    assert all(not counts[code][Verdict.FINDING] and not counts[code][Verdict.NO_DATA] for code in OWN)


@pytest.mark.parametrize(
    "street",
    [
        "PO Box 555",
        "P.O. Box 555",
        "p. o. box 555",
        "POBox 5",
        "P O BOX 5",
        "Post Office Box 5",
        "POB 12",
        "P.O.B. 12",
        "Box 17",
        "Lock Box 9",
        "Lockbox 9",
        "40 Millrace Way PO Box 12",
    ],
)
def test_boxes(street: str) -> None:
    assert found("ID127", f"{PLAIN}  set billing_street = {street}\n") == ["claim"]


@pytest.mark.parametrize(
    "street",
    [
        "40 Millrace Way",
        "7 Boxwood Lane",
        "12 Boxer Ct",
        "RR 2 Box 12",
        "3 Lockport Rd",
        "9 Po Valley Rd",
        "1 Pobrien St",
    ],
)
def test_streets(street: str) -> None:
    assert found("ID127", f"{PLAIN}  set billing_street = {street}\n") == []


@pytest.mark.parametrize(
    ("phone", "places"),
    [
        ("312555010", ["claim"]),
        ("3125550100", []),
        ("31255501000", ["claim"]),
        ("312.555.0100", []),
        ("(312) 555-0100 ", []),
        ("ask", ["claim"]),
    ],
)
def test_ten_digits(phone: str, places: list[str]) -> None:
    assert found("ID128", f"{PLAIN}  set billing_phone = {phone}\n") == places


@pytest.mark.parametrize("relationship", ["spouse", "child", "other"])
def test_every_other_relationship_needs_a_holder(relationship: str) -> None:
    text = PLAIN.replace("medicare_b", f"aetna relationship={relationship}")
    assert found("ID208", text) == ["claim"]
    assert found("ID208", f"{text}  set subscriber_family_name = Rowan\n") == []


def test_a_service_of_another_claim_of_the_day_is_documented() -> None:
    text = "visit 2026-03-04 medicare_b\n  97016 GP x1\n  did nothing\n"
    assert found("DC303", text) == ["97016"]
    other = "history 2026-03-0{} medicare_b\n  97110 GP x2 30min\n  did 97110 30min\n  did 97016 15min\n"
    assert found("DC303", text + other.format(4)) == []
    assert found("DC303", text + other.format(3)) == ["97016"]


@pytest.mark.parametrize("code", ["97012", "97150", "95851"])
def test_services_without_a_time_basis_must_be_in_the_record(code: str) -> None:
    assert found("DC303", f"{PLAIN}  {code} GP x1\n  did 97110 30min\n") == [code]


@pytest.mark.parametrize("code", ["97164", "97140", "98976"])
def test_services_told_otherwise(code: str) -> None:
    verdicts = judged("DC303", f"{PLAIN}  {code} GP x1\n  did 97110 30min\n")
    assert verdicts.counts()["DC303"][Verdict.FINDING] == 0
    assert verdicts.counts()["DC303"][Verdict.PASS] == 0


def test_an_unbilled_hot_pack_is_no_excuse() -> None:
    text = f"{PLAIN}  97016 GP x1\n  did 97110 30min\n  did ? 10min is_billable=false\n"
    assert found("DC303", text) == ["97016"]


def test_no_visits_crash_nothing() -> None:
    tables = parse(PLAIN)
    nothing = type(tables).from_rows(claims=[], lines=[], services=[], diagnoses=[])
    assert Judge(rules()).judge(nothing).crashed == {}
