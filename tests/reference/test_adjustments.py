"""Group codes, adjustment reasons and remarks."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from cleanclaim.reference import adjustments
from cleanclaim.reference.adjustments import Action, AdjustmentKind, Fixer
from cleanclaim.reference.reading import TableError
from cleanclaim.sources import Source

PAGE = Source("X12", "A page", "section 1", date(2026, 11, 21))

REASONS = (
    "1 2 3 4 11 15 16 18 22 23 24 26 27 29 31 35 45 50 59 96 97 107 109 119 146 149 151 163 164 167 170 181 182 185 8 "
    "197 198 204 222 236 242 243 250 251 252 253 272 273 284 288 296 302 B7 B11 B15 B5 19 20 21 P2 P4 P12 P13 P14 P21 "
    "P22 P23 38 125"
)
REMARKS = (
    "M51 M76 M77 M114 M141 MA13 MA130 N115 N122 N180 N238 N255 N286 N290 N362 N428 N435 N465 N466 N485 N486 N519 N565 "
    "N566 N572 N574 N575 N640 N661 N670 N702 N781 N782 N783 N822 N851"
)


def test_how_many_codes() -> None:
    table = adjustments.table()
    assert table.height == 1576
    assert table.group_by("kind").len().sort("kind").rows() == [("carc", 405), ("rarc", 1171)]
    assert len(adjustments.described()) == 181
    assert table["stopped_on"].drop_nulls().len() == 110
    assert table["started_on"].null_count() == 0


@pytest.mark.parametrize("code", REASONS.split())
def test_reasons_that_therapists_see_are_explained(code: str) -> None:
    found = adjustments.carc(code)
    assert found is not None
    assert found.is_described
    assert found.kind is AdjustmentKind.CARC


@pytest.mark.parametrize("code", REMARKS.split())
def test_remarks_that_therapists_see_are_explained(code: str) -> None:
    found = adjustments.rarc(code)
    assert found is not None
    assert found.is_described
    assert found.kind is AdjustmentKind.RARC


def test_groups() -> None:
    billable = {item.code: item.bill_patient for item in adjustments.groups()}
    assert billable == {"CO": False, "CR": False, "OA": False, "PI": False, "PR": True}
    assert [item.code for item in adjustments.groups() if not item.on_remittance] == ["CR"]
    assert adjustments.group("XX") is None


@pytest.mark.parametrize(
    ("text", "group", "kind", "code"),
    [
        ("CO-97", "CO", AdjustmentKind.CARC, "97"),
        ("CO97", "CO", AdjustmentKind.CARC, "97"),
        ("co 97", "CO", AdjustmentKind.CARC, "97"),
        ("97", None, AdjustmentKind.CARC, "97"),
        ("PR-1", "PR", AdjustmentKind.CARC, "1"),
        ("CO-B15", "CO", AdjustmentKind.CARC, "B15"),
        ("B15", None, AdjustmentKind.CARC, "B15"),
        ("P14", None, AdjustmentKind.CARC, "P14"),
        ("N362", None, AdjustmentKind.RARC, "N362"),
        ("MA130", None, AdjustmentKind.RARC, "MA130"),
        ("M51", None, AdjustmentKind.RARC, "M51"),
    ],
)
def test_reading_a_code_as_people_write_it(text: str, group: str | None, kind: AdjustmentKind, code: str) -> None:
    found = adjustments.get(text)
    assert found is not None
    assert (found.group.code if found.group else None) == group
    assert (found.code.kind, found.code.code) == (kind, code)


@pytest.mark.parametrize("text", ["", "CO", "ZZ-97", "CO-9999", "CO-999", "N99999", "97110", "nonsense"])
def test_what_is_not_a_code(text: str) -> None:
    assert adjustments.get(text) is None


@pytest.mark.parametrize(
    ("code", "stopped"),
    [("15", date(2018, 5, 1)), ("38", date(2013, 1, 1)), ("125", date(2013, 11, 1)), ("B5", date(2016, 5, 1))],
)
def test_ended_reasons(code: str, stopped: date) -> None:
    found = adjustments.carc(code)
    assert found is not None
    assert found.stopped_on == stopped
    assert found.in_use_on(date(stopped.year - 1, 12, 31))
    assert not found.in_use_on(stopped)


def test_a_reason_begins_on_its_day() -> None:
    found = adjustments.carc("302")
    assert found is not None
    assert not found.in_use_on(date(2020, 10, 31))
    assert found.in_use_on(date(2020, 11, 1))


@pytest.mark.parametrize(
    ("text", "fixer", "action"),
    [
        ("CO-45", Fixer.NOBODY, Action.POST),
        ("CO-253", Fixer.NOBODY, Action.POST),
        ("CO-197", Fixer.FRONT_DESK, Action.AUTHORIZE),
        ("CO-50", Fixer.THERAPIST, Action.APPEAL),
        ("PR-2", Fixer.PATIENT, Action.BILL_PATIENT),
        ("CO-16", Fixer.BILLER, Action.READ_REMARK),
        ("MA130", Fixer.BILLER, Action.CORRECT),
        ("227", Fixer.PATIENT, Action.ASK_PATIENT),
        ("N851", Fixer.NOBODY, Action.POST),
    ],
)
def test_who_does_what(text: str, fixer: Fixer, action: Action) -> None:
    found = adjustments.get(text)
    assert found is not None
    assert (found.code.fixer, found.code.action) == (fixer, action)


def test_a_code_known_by_dates_only() -> None:
    found = adjustments.carc("9")
    assert found is not None
    assert not found.is_described
    assert found.fixer is None
    row = adjustments.table().filter((pl.col("kind") == "carc") & (pl.col("code") == "9")).row(0, named=True)
    assert row["meaning"] is None


ENTRY: dict[str, Any] = {
    "meaning": "M",
    "usual_cause": "C",
    "remedy": "R",
    "fixer": "biller",
    "action": "post",
    "source": "page",
}
DATES = {(AdjustmentKind.CARC, "97"): (date(1995, 1, 1), None)}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"cark": {}}, "t.toml: unknown key 'cark'; expected sources, group, carc, rarc"),
        ({"carc": {"98": ENTRY}}, "t.toml: carc.98: is not in adjustments_listed.csv"),
        ({"carc": {"97": ENTRY | {"x": 1}}}, "t.toml: carc.97: unknown key 'x'"),
        ({"carc": {"97": ENTRY | {"fixer": "x"}}}, None),
        (
            {"group": {"CO": {"label": "L", "meaning": "M", "source": "page"}}},
            "t.toml: group.CO: expected bill_patient and on_remittance, true or false",
        ),
    ],
)
def test_a_wrong_entry_does_not_load(tables: dict[str, Any], message: str | None) -> None:
    with pytest.raises(TableError) as error:
        adjustments.parse("t.toml", tables, {"page": PAGE}, DATES)
    if message is not None:
        assert str(error.value) == message
    else:
        assert str(error.value).startswith("t.toml: carc.97: fixer is 'x'; expected one of biller, front_desk")
