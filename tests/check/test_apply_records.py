"""Fixes in files: exact bytes, old values that moved, and what is not changed."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.bill.prepare import prepare
from cleanclaim.check.apply_rows import apply_to_parquet, apply_to_rows
from cleanclaim.check.apply_segments import apply_to_segments
from cleanclaim.check.apply_visits import apply_to_visits
from cleanclaim.check.findings import Change
from cleanclaim.check.rewriting import (
    DECIDED,
    Followed,
    RefusedError,
    Rewritten,
    amount_like,
    charge_for,
    without_position,
)
from cleanclaim.lines.flat_files import read_flat
from cleanclaim.lines.from_flat import tables_of_rows
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.records import Claim, ClaimLine
from cleanclaim.records.reading import Loaded, read_visits
from cleanclaim.x12 import ControlNumbers, Delimiters, Envelope, claims_of, file_837p, read, read_837p
from cleanclaim.x12.claim_tables import tables_of_claims
from tests.x12.claim_generator import SUBMITTER, claims
from tests.x12.peers import pyx12_errors

ON = date(2026, 3, 8)


@pytest.mark.parametrize(
    ("pointers", "removed", "instead", "expected"),
    [
        ([1, 2, 3], 2, None, [1, 2]),
        ([1, 2, 3], 2, 1, [1, 2]),
        ([2], 2, None, []),
        ([3, 1], 1, None, [2]),
        ([2], 1, 2, [1]),
    ],
)
def test_pointers_follow_a_diagnosis_that_goes(
    pointers: list[int], removed: int, instead: int | None, expected: list[int]
) -> None:
    assert without_position(pointers, removed, instead) == expected


# --- flat lines ------------------------------------------------------------------------------------------

HEAD = "claim,date,code,modifiers,units,diagnoses,pointers,extra\r\n"
FIRST = 'C1,2026-03-04,97110,GP;GP,3,M5450;M25.561,AB,"a, b"\r\n'
SECOND = 'C1,2026-03-04,97140,GP , 1,M5450;M25.561,A,"odd  quoting"\r\n'
OTHER = "C2,2026-03-04,97112,,1,M62.81,1,\r\n"


def _rows(tmp_path: Path, *changes: Change) -> Rewritten:
    path = tmp_path / "f.csv"
    path.write_bytes((HEAD + FIRST + SECOND + OTHER).encode())
    return apply_to_rows(path.read_bytes(), tables_of_rows(read_flat(path), as_of=ON), changes)


def test_cells_change_and_other_rows_stay_byte_for_byte(tmp_path: Path) -> None:
    done = _rows(
        tmp_path,
        Change("lines", 0, "modifiers", ("GP", "GP"), ("GP", "KX")),
        Change("lines", 0, "units", 3, 2),
        Change("lines", 0, "pointers", (1, 2), (2,)),
        Change("lines", 0, "code", "97110", "97530"),
    )
    assert done.data.decode() == HEAD + 'C1,2026-03-04,97530,GP;KX,2,M5450;M25.561,B,"a, b"\r\n' + SECOND + OTHER
    assert (len(done.made), done.refused) == (4, ())


def test_diagnosis_changes_in_every_row_of_its_claim(tmp_path: Path) -> None:
    done = _rows(tmp_path, Change("diagnoses", 0, "diagnosis", "M5450", "M54.50"))
    assert done.data.decode().count("M54.50;M25.561") == 2
    assert done.data.decode().endswith(OTHER)


def test_diagnosis_goes_with_its_pointers(tmp_path: Path) -> None:
    done = _rows(tmp_path, Change("diagnoses", 0, "", None, None))
    lines = done.data.decode().splitlines()
    assert lines[1] == 'C1,2026-03-04,97110,GP;GP,3,M25.561,A,"a, b"'
    assert lines[2].split(",")[5:7] == ["M25.561", ""]


def test_line_goes(tmp_path: Path) -> None:
    assert _rows(tmp_path, Change("lines", 1, "", None, None)).data.decode() == HEAD + FIRST + OTHER


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change("lines", 0, "units", 4, 2), "the value in the file is no longer the one that was checked"),
        (Change("lines", 0, "modifiers", ("GP",), ()), "the value in the file is no longer the one that was checked"),
        (Change("lines", 0, "minutes", 1, 2), "the file does not state this value"),
        (Change("claims", 0, "payer", "a", "b"), "this cannot be changed in a file of this kind"),
        (
            Change("diagnoses", 0, "diagnosis", "M54.51", "M54.50"),
            "the value in the file is no longer the one that was checked",
        ),
    ],
)
def test_change_is_refused_and_the_file_is_the_same(tmp_path: Path, change: Change, why: str) -> None:
    done = _rows(tmp_path, change)
    assert done.data.decode() == HEAD + FIRST + SECOND + OTHER
    assert (done.made, [one.why for one in done.refused]) == ((), [why])


def test_second_change_of_one_cell_is_refused(tmp_path: Path) -> None:
    done = _rows(
        tmp_path,
        Change("lines", 2, "modifiers", (), ("GP",)),
        Change("lines", 2, "modifiers", (), ("KX",)),
    )
    assert (len(done.made), len(done.refused)) == (1, 1)
    assert done.data.decode().splitlines()[3] == "C2,2026-03-04,97112,GP,1,M62.81,1,"


# --- visits ----------------------------------------------------------------------------------------------


def _visit(key: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": key,
        "patient_id": "P1",
        "date_of_service": "2026-03-04",
        "therapist": "t1",
        "diagnoses": ["M5450", "M25.561", "M54.50"],
        "billed": [{"code": "97110", "modifiers": ["GP", "GP"], "units": 2, "pointers": [1, 3]}, {"code": "97140"}],
    } | changes


def _visits(tmp_path: Path, text: str, suffix: str, *changes: Change) -> Rewritten:
    path = tmp_path / f"v{suffix}"
    path.write_text(text)
    loaded = Loaded()
    read_visits([path], loaded)
    cases = [item.case for item in prepare(loaded.visits, {}, None, {})]
    keys = [case.visit.id for case in cases]
    return apply_to_visits(path.read_bytes(), suffix, keys, tables_of(cases, None, ON), changes)


def test_json_lines_that_are_not_touched_stay_byte_for_byte(tmp_path: Path) -> None:
    other = '{ "id":"V2",   "patient_id":"P1","date_of_service":"2026-03-05","therapist":"t1"}'
    text = json.dumps(_visit("V1")) + "\r\n" + other + "\n"
    done = _visits(tmp_path, text, ".jsonl", Change("lines", 0, "modifiers", ("GP", "GP"), ("GP",)))
    first, second = done.data.decode().splitlines(keepends=True)
    assert second == other + "\n"
    assert first.endswith("\r\n")
    expected = _visit("V1")
    expected["billed"][0]["modifiers"] = ["GP"]
    assert json.loads(first) == expected


def test_json_keeps_its_indent_order_and_other_visits(tmp_path: Path) -> None:
    text = json.dumps([_visit("V1"), _visit("V2")], indent=4) + "\n"
    done = _visits(tmp_path, text, ".json", Change("diagnoses", 3, "diagnosis", "M5450", "M54.50"))
    assert (
        done.data.decode()
        == json.dumps([_visit("V1"), _visit("V2", diagnoses=["M54.50", "M25.561", "M54.50"])], indent=4) + "\n"
    )


def test_diagnosis_of_a_visit_goes_to_its_twin(tmp_path: Path) -> None:
    done = _visits(tmp_path, json.dumps(_visit("V1")), ".json", Change("diagnoses", 2, "", None, None))
    found = json.loads(done.data)
    assert (found["diagnoses"], found["billed"][0]["pointers"]) == (["M5450", "M25.561"], [1])


def test_line_of_a_visit_goes_after_fields_change(tmp_path: Path) -> None:
    done = _visits(
        tmp_path,
        json.dumps(_visit("V1")),
        ".json",
        Change("lines", 0, "", None, None),
        Change("lines", 1, "modifiers", (), ("GP",)),
    )
    assert json.loads(done.data)["billed"] == [{"code": "97140", "modifiers": ["GP"]}]


def test_proposed_lines_are_not_in_the_file(tmp_path: Path) -> None:
    visit = _visit("V1", billed=None, interventions=[{"what": "quad sets", "code": "97110", "minutes": 15, "by": "PT"}])
    done = _visits(tmp_path, json.dumps(visit), ".json", Change("lines", 0, "modifiers", (), ("GP",)))
    assert [one.why for one in done.refused] == ["the visit has no billed lines: they were proposed from what was done"]
    assert done.data.decode() == json.dumps(visit)


def test_units_that_the_visit_does_not_state(tmp_path: Path) -> None:
    done = _visits(tmp_path, json.dumps(_visit("V1")), ".json", Change("lines", 1, "units", None, 1))
    assert [one.why for one in done.refused] == ["the file does not state this value"]


# --- charges ---------------------------------------------------------------------------------------------

MASTER = {"97110": 6_500}


@pytest.mark.parametrize(
    ("code", "units", "charge", "expected"),
    [
        ("97110", (3, 2), 18_000, 13_000),  # the clinic's own charge for a unit, whatever stood there
        ("97110", (None, 1), 0, 6_500),
        ("97140", (3, 2), 18_000, 12_000),  # 60.00 a unit
        ("97140", (3, 4), 18_001 - 1, 24_000),
        ("97140", (2, 1), 0, 0),
        ("97140", (1, 3), 1, 3),
    ],
)
def test_charge_follows_the_units(code: str, units: tuple[int | None, int], charge: int, expected: int) -> None:
    assert charge_for(code, units, charge, MASTER) == expected


@pytest.mark.parametrize(
    ("units", "charge", "said"),
    [
        ((3, 2), 18_001, "$180.01 for 3 units"),
        ((0, 1), 6_000, "$60.00 for 0 units"),
        ((-1, 1), 6_000, "$60.00 for -1 units"),
        ((None, 1), 6_000, "$60.00 for units that are unknown"),
    ],
)
def test_charge_that_does_not_divide_is_asked_for(units: tuple[int | None, int], charge: int, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        charge_for("97140", units, charge, MASTER)
    assert str(refused.value) == (
        f"the line's charge, {said}, does not say what one unit of 97140 is charged, and clinic.json lists none:"
        f" what is charged for {units[1]}?"
    )


@pytest.mark.parametrize(
    ("text", "cents", "expected"),
    [
        ("180.00", 12_000, "120.00"),
        ("180", 12_000, "120"),
        ("180", 12_050, "120.5"),
        ("$1,180.00", 112_005, "$1,120.05"),
        ("12.5", 1_200, "12"),
        ("0.07", -7, "-0.07"),
    ],
)
def test_an_amount_is_written_as_the_one_before(text: str, cents: int, expected: str) -> None:
    assert amount_like(text, cents) == expected


PRICED = "claim,date,code,modifiers,units,charge,total charge\n"
PRICED_ROWS = (
    "C1,2026-03-04,97110,GP,3,$180.00,240\n",
    "C1,2026-03-04,97140,GP,1,60.00,240\n",
    "C2,2026-03-04,97112,GP,3,100.00,100\n",
)


def _priced(tmp_path: Path, *changes: Change, charges: dict[str, int] | None = None) -> Rewritten:
    path = tmp_path / "p.csv"
    path.write_text(PRICED + "".join(PRICED_ROWS))
    return apply_to_rows(path.read_bytes(), tables_of_rows(read_flat(path), as_of=ON), changes, charges)


def test_charge_and_total_of_a_row_follow_its_units(tmp_path: Path) -> None:
    change = Change("lines", 0, "units", 3, 2)
    done = _priced(tmp_path, change)
    assert done.data.decode().splitlines()[1:] == [
        "C1,2026-03-04,97110,GP,2,$120.00,180",
        "C1,2026-03-04,97140,GP,1,60.00,180",
        PRICED_ROWS[2].strip(),
    ]
    assert done.followed == (
        Followed(change, Change("lines", 0, "charge_cents", 18_000, 12_000)),
        Followed(change, Change("claims", 0, "total_charge_cents", 24_000, 18_000)),
    )
    listed = _priced(tmp_path, change, charges=MASTER)
    assert listed.data.decode().splitlines()[1] == "C1,2026-03-04,97110,GP,2,$130.00,190"


def test_total_follows_a_row_that_goes(tmp_path: Path) -> None:
    done = _priced(tmp_path, Change("lines", 1, "", None, None))
    assert done.data.decode() == PRICED + "C1,2026-03-04,97110,GP,3,$180.00,180\n" + PRICED_ROWS[2]


def test_units_of_a_row_whose_charge_does_not_divide_stay(tmp_path: Path) -> None:
    done = _priced(tmp_path, Change("lines", 2, "units", 3, 2))
    assert done.data.decode() == PRICED + "".join(PRICED_ROWS)
    [refused] = done.refused
    assert refused.why.startswith("the line's charge, $100.00 for 3 units, does not say what one unit of 97112")
    other = _priced(tmp_path, Change("lines", 2, "units", 3, 2), charges={"97112": 5_000})
    assert other.data.decode().splitlines()[3] == "C2,2026-03-04,97112,GP,2,100.00,100"


def test_total_of_rows_is_stated_anew(tmp_path: Path) -> None:
    done = _priced(tmp_path, Change("claims", 0, "total_charge_cents", 24_000, 25_000))
    assert [row.rsplit(",", 1)[1] for row in done.data.decode().splitlines()[1:]] == ["250", "250", "100"]
    moved = _priced(tmp_path, Change("claims", 0, "total_charge_cents", 24_001, 25_000))
    assert (moved.made, moved.data.decode()) == ((), PRICED + "".join(PRICED_ROWS))


@pytest.mark.parametrize(
    ("line", "charge"),
    [
        ({"units": 2, "charge_cents": 12_000}, 6_000),
        ({"units": 2}, None),
        ({"units": 2, "charge_cents": None}, None),
    ],
)
def test_stated_charge_of_a_visit_follows_its_units(tmp_path: Path, line: dict[str, Any], charge: int | None) -> None:
    visit = _visit("V1", billed=[{"code": "97140", **line}])
    done = _visits(tmp_path, json.dumps(visit), ".json", Change("lines", 0, "units", 2, 1))
    found = json.loads(done.data)["billed"][0]
    assert (found["units"], found.get("charge_cents")) == (1, charge)
    assert [one.change for one in done.followed] == (
        [] if charge is None else [Change("lines", 0, "charge_cents", 12_000, 6_000)]
    )


@pytest.mark.parametrize("change", [Change("lines", 0, "units", 2, 1), Change("lines", 0, "", None, None)])
def test_lines_of_a_visit_that_a_payer_has_decided_on_stay(tmp_path: Path, change: Change) -> None:
    decided = [{"order": "primary", "adjudicated_on": "2026-03-20", "paid_cents": 12_000}]
    visit = _visit("V1", billed=[{"code": "97140", "units": 2, "charge_cents": 12_000}], adjudications=decided)
    done = _visits(tmp_path, json.dumps(visit), ".json", change)
    assert (done.data.decode(), [one.why for one in done.refused]) == (json.dumps(visit), [DECIDED])


def test_visit_whose_charge_does_not_divide_stays(tmp_path: Path) -> None:
    text = json.dumps(_visit("V1", billed=[{"code": "97140", "units": 2, "charge_cents": 12_001}]))
    done = _visits(tmp_path, text, ".json", Change("lines", 0, "units", 2, 1))
    assert (done.data.decode(), len(done.refused)) == (text, 1)


# --- Parquet ---------------------------------------------------------------------------------------------

TYPED = pl.DataFrame(
    {
        "claim": ["C1", "C1", "C2"],
        "date": [date(2026, 3, 4)] * 3,
        "code": ["97110", "97140", "97112"],
        "Modifiers": [["GP", "GP"], ["GP"], []],
        "units": [3, 1, 1],
        "charge": [Decimal("180.00"), Decimal("60.00"), Decimal("65.00")],
        "diagnoses": ["M54.50 M25.561", "M54.50 M25.561", "M62.81"],
        "pointers": [[1, 2], [2], [1]],
        "extra": [1.5, None, -0.0],
    },
    schema_overrides={"units": pl.Int16, "charge": pl.Decimal(10, 2), "pointers": pl.List(pl.UInt8)},
)


def _parquet(tmp_path: Path, frame: pl.DataFrame, *changes: Change) -> tuple[Rewritten, pl.DataFrame]:
    path = tmp_path / "f.parquet"
    frame.write_parquet(path)
    done = apply_to_parquet(path.read_bytes(), tables_of_rows(read_flat(path), as_of=ON), changes)
    return done, pl.read_parquet(io.BytesIO(done.data))


def test_parquet_keeps_its_types_and_its_other_values(tmp_path: Path) -> None:
    done, after = _parquet(
        tmp_path,
        TYPED,
        Change("lines", 0, "modifiers", ("GP", "GP"), ("GP",)),
        Change("lines", 0, "units", 3, 2),
        Change("lines", 1, "pointers", (2,), (1, 2)),
        Change("lines", 2, "modifiers", (), ("GP",)),
    )
    assert done.refused == ()
    assert after.schema == TYPED.schema
    assert after.get_column("Modifiers").to_list() == [["GP"], ["GP"], ["GP"]]
    assert after.get_column("units").to_list() == [2, 1, 1]
    assert after.get_column("charge").to_list() == [Decimal("120.00"), Decimal("60.00"), Decimal("65.00")]
    assert after.get_column("pointers").to_list() == [[1, 2], [1, 2], [1]]
    rest = ["claim", "date", "code", "diagnoses", "extra"]
    assert after.select(rest).equals(TYPED.select(rest))


@pytest.mark.parametrize(
    ("dtype", "charges", "after"),
    [
        (pl.String, ["180.00", "60", None], ["120.00", "60", None]),
        (pl.Float64, [179.97, 60.0, None], [119.98, 60.0, None]),
        (pl.Int32, [180, 60, None], [120, 60, None]),
    ],
)
def test_parquet_charge_of_any_type_follows(
    tmp_path: Path, dtype: pl.DataType, charges: list[object], after: list[object]
) -> None:
    frame = TYPED.with_columns(pl.Series("charge", charges, dtype=dtype))
    _, found = _parquet(tmp_path, frame, Change("lines", 0, "units", 3, 2))
    assert (found.schema["charge"], found.get_column("charge").to_list()) == (dtype, after)


def test_row_of_a_parquet_file_goes_and_a_diagnosis_with_its_pointers(tmp_path: Path) -> None:
    done, after = _parquet(tmp_path, TYPED, Change("diagnoses", 0, "", None, None), Change("lines", 2, "", None, None))
    assert len(done.made) == 2
    assert after.select("claim", "diagnoses", "pointers").rows() == [("C1", "M25.561", [1]), ("C1", "M25.561", [1])]


def test_parquet_that_is_not_changed_is_the_same_file(tmp_path: Path) -> None:
    TYPED.write_parquet(tmp_path / "same.parquet")
    done, _ = _parquet(tmp_path, TYPED, Change("lines", 0, "units", 9, 2))
    assert done.data == (tmp_path / "same.parquet").read_bytes()


# --- professional claims ---------------------------------------------------------------------------------


LINES = (
    ("97110", ("GP", "KX"), 3, 18_000, (1, 2)),
    ("97140", ("GP",), 1, 6_005, (2,)),
    ("97112", (), 3, 10_000, (3, 1)),
)
DIAGNOSES = ("M54.50", "M25.561", "M62.81")


def _claim(key: str, **changes: Any) -> Claim:
    made = claims(1, seed=5)[0]
    lines = tuple(
        ClaimLine(
            number=number,
            date_of_service=ON,
            place_of_service=made.place_of_service,
            code=code,
            modifiers=modifiers,
            units=units,
            charge_cents=charge,
            pointers=pointers,
            control_number=f"{key}L{number}",
        )
        for number, (code, modifiers, units, charge, pointers) in enumerate(LINES, start=1)
    )
    plain = {"id": key, "diagnoses": DIAGNOSES, "lines": lines, "other_payers": (), "patient_paid_cents": 0}
    return made.model_copy(update=plain | changes)


def _file(*made: Claim, ending: str = "") -> bytes:
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
    day = datetime(2026, 3, 6, tzinfo=UTC)
    return file_837p(
        made, envelope=envelope, control=ControlNumbers(), created=day, delimiters=Delimiters(line_break=ending)
    ).data


def _applied(data: bytes, *changes: Change, charges: dict[str, int] | None = None) -> Rewritten:
    file = read(data)
    parsed, _ = claims_of(file)
    return apply_to_segments(file, tables_of_claims(parsed, as_of=ON), changes, charges)


def _claims(*changes: Change) -> tuple[bytes, Rewritten]:
    data = _file(_claim("A1"), _claim("A2"))
    return data, _applied(data, *changes)


def _differences(before: bytes, after: bytes) -> list[tuple[str, str]]:
    first, second = before.decode().split("~"), after.decode().split("~")
    assert len(first) == len(second)
    return [(one, other) for one, other in zip(first, second, strict=True) if one != other]


def test_segments_change_alone() -> None:
    data, done = _claims(
        Change("lines", 0, "modifiers", ("GP", "KX"), ("GP", "CQ")), Change("lines", 0, "code", "97110", "97530")
    )
    assert _differences(data, done.data) == [("SV1*HC:97110:GP:KX*180*UN*3***1:2", "SV1*HC:97530:GP:CQ*180*UN*3***1:2")]


def test_charge_and_total_of_a_claim_follow_its_units() -> None:
    change = Change("lines", 3, "units", 3, 2)
    data, done = _claims(change)
    [total, line] = _differences(data, done.data)
    assert (total[0].split("*")[:3], total[1].split("*")[:3]) == (["CLM", "A2", "340.05"], ["CLM", "A2", "280.05"])
    assert line == ("SV1*HC:97110:GP:KX*180*UN*3***1:2", "SV1*HC:97110:GP:KX*120*UN*2***1:2")
    assert done.followed == (
        Followed(change, Change("lines", 3, "charge_cents", 18_000, 12_000)),
        Followed(change, Change("claims", 1, "total_charge_cents", 34_005, 28_005)),
    )
    assert read_837p(done.data)[1] == []


def test_units_of_a_claim_whose_charge_does_not_divide_take_the_clinics_charge() -> None:
    data, done = _claims(Change("lines", 2, "units", 3, 2))
    assert done.data == data
    assert "$100.00 for 3 units, does not say what one unit of 97112" in done.refused[0].why
    listed = _applied(data, Change("lines", 2, "units", 3, 2), charges={"97112": 5_000})
    # Two units at 50.00 are what stood there: neither charge nor total moves.
    assert _differences(data, listed.data) == [("SV1*HC:97112*100*UN*3***3:1", "SV1*HC:97112*100*UN*2***3:1")]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_line_of_a_claim_goes_and_the_rest_moves_up(ending: str) -> None:
    first, second, third = _claim("A1").lines
    moved = third.model_copy(update={"number": 2, "control_number": "A1L3"})
    data = _file(_claim("A1"), _claim("A2"), ending=ending)
    done = _applied(data, Change("lines", 1, "", None, None))
    assert done.data == _file(_claim("A1", lines=(first, moved)), _claim("A2"), ending=ending)
    assert second.charge_cents == 6_005
    assert [one.change for one in done.followed] == [Change("claims", 0, "total_charge_cents", 34_005, 28_000)]
    assert pyx12_errors(done.data) == []


def test_several_lines_of_a_claim_go() -> None:
    kept = _claim("A1").lines[1].model_copy(update={"number": 1})
    data = _file(_claim("A1"), _claim("A2"))
    done = _applied(data, Change("lines", 0, "", None, None), Change("lines", 2, "", None, None))
    assert done.data == _file(_claim("A1", lines=(kept,)), _claim("A2"))
    assert len(done.made) == 2


def test_a_line_may_change_before_another_goes() -> None:
    data = _file(_claim("A1"))
    done = _applied(data, Change("lines", 0, "", None, None), Change("lines", 1, "modifiers", ("GP",), ("GP", "KX")))
    [claim], problems = read_837p(done.data)
    assert problems == []
    assert [(line.number, line.code, line.modifiers) for line in claim.lines] == [
        (1, "97140", ("GP", "KX")),
        (2, "97112", ()),
    ]


def test_only_line_of_a_claim_stays() -> None:
    data = _file(_claim("A1", lines=_claim("A1").lines[:1]))
    done = _applied(data, Change("lines", 0, "", None, None))
    assert done.data == data
    assert done.refused[0].why == "it is the claim's only line, and a claim has at least one: the claim is not filed"


def test_charges_that_another_payer_decided_on_stay() -> None:
    data = _file(_claim("A1")).replace(
        b"DTP*472*D8*20260308~REF*6R*A1L1~", b"DTP*472*D8*20260308~REF*6R*A1L1~SVD*X1*90*HC:97110**3~", 1
    )
    assert data.count(b"~SVD*") == 1
    for change in (Change("lines", 1, "", None, None), Change("lines", 0, "units", 3, 2)):
        done = _applied(data, change)
        assert done.data == data
        assert done.refused[0].why == DECIDED


def test_a_sender_who_writes_trailing_zeros_keeps_them() -> None:
    data = _file(_claim("A1")).replace(b"*180*UN", b"*180.00*UN", 1).replace(b"*340.05*", b"*340.050*", 1)
    done = _applied(data, Change("lines", 0, "units", 3, 2))
    [total, line] = _differences(data, done.data)
    assert (total[1].split("*")[2], line[1].split("*")[2]) == ("280.05", "120.00")


def test_total_of_a_claim_is_stated_anew() -> None:
    data = _file(_claim("A1")).replace(b"*340.05*", b"*340.00*", 1)
    done = _applied(data, Change("claims", 0, "total_charge_cents", 34_000, 34_005))
    assert done.data == _file(_claim("A1"))


def test_diagnosis_of_a_claim_changes_in_place() -> None:
    data, done = _claims(Change("diagnoses", 0, "diagnosis", "M54.50", "M54.59"))
    [(before, after)] = _differences(data, done.data)
    assert (before.split("*")[1], after.split("*")[1]) == ("ABK:M5450", "ABK:M5459")


def _pointing(*pointers: tuple[int, ...]) -> tuple[ClaimLine, ...]:
    lines = _claim("A1").lines
    return tuple(line.model_copy(update={"pointers": one}) for line, one in zip(lines, pointers, strict=True))


@pytest.mark.parametrize(
    ("diagnoses", "pointers", "gone", "diagnoses_after", "pointers_after"),
    [
        (DIAGNOSES, ((1, 2), (1,), (1, 3)), 2, ("M54.50", "M62.81"), ((1,), (1,), (1, 2))),
        # The second becomes the principal one.
        (DIAGNOSES, ((1, 2), (2,), (3, 1)), 1, ("M25.561", "M62.81"), ((1,), (1,), (2,))),
        # Lines that pointed to a repeated diagnosis point to the one that stays.
        (("M54.50", "M25.561", "M54.50"), ((1, 2), (3,), (3, 1)), 3, ("M54.50", "M25.561"), ((1, 2), (1,), (1,))),
    ],
)
def test_diagnosis_of_a_claim_goes_with_its_pointers(
    diagnoses: tuple[str, ...],
    pointers: tuple[tuple[int, ...], ...],
    gone: int,
    diagnoses_after: tuple[str, ...],
    pointers_after: tuple[tuple[int, ...], ...],
) -> None:
    data = _file(_claim("A1", diagnoses=diagnoses, lines=_pointing(*pointers)), _claim("A2"))
    done = _applied(data, Change("diagnoses", gone - 1, "", None, None))
    assert done.refused == ()
    assert done.data == _file(_claim("A1", diagnoses=diagnoses_after, lines=_pointing(*pointers_after)), _claim("A2"))


def test_diagnosis_that_two_days_of_a_claim_ask_to_remove_goes_once() -> None:
    first, second, third = _pointing((1,), (1,), (1, 3))
    lines = (first, second.model_copy(update={"date_of_service": date(2026, 3, 6)}), third)
    made = _claim("A1", lines=lines)
    data = _file(made)
    # Six rows of diagnoses: three for each day of the one claim.
    done = _applied(data, Change("diagnoses", 1, "", None, None), Change("diagnoses", 4, "", None, None))
    third = third.model_copy(update={"pointers": (1, 2)})
    assert done.data == _file(_claim("A1", diagnoses=("M54.50", "M62.81"), lines=(*lines[:2], third)))
    assert (len(done.made), done.refused) == (2, ())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change("lines", 0, "units", 99, 1), "the value in the file is no longer the one that was checked"),
        (Change("lines", 0, "line_date", None, None), "this cannot be changed in a file of this kind"),
        (
            Change("diagnoses", 1, "", None, None),
            "a line points to this diagnosis alone: it must point to another one first",
        ),
        (Change("claims", 0, "payer", "a", "b"), "this cannot be changed in a file of this kind"),
        (
            Change("claims", 0, "total_charge_cents", 34_004, 1),
            "the value in the file is no longer the one that was checked",
        ),
        (
            Change("lines", 0, "modifiers", ("GP", "KX"), ("GP", "KX", "59", "CQ", "GA")),
            "a claim line holds four modifiers at most",
        ),
    ],
)
def test_change_of_a_claim_is_refused(change: Change, why: str) -> None:
    data, done = _claims(change)
    assert done.data == data
    assert [one.why for one in done.refused] == [why]


def test_only_diagnosis_of_a_claim_stays() -> None:
    data = _file(_claim("A1", diagnoses=("M54.50",), lines=_pointing((1,), (1,), (1,))))
    done = _applied(data, Change("diagnoses", 0, "", None, None))
    assert done.data == data
    assert done.refused[0].why == "it is the claim's only diagnosis, and a claim has at least one"
