"""Modifiers: conflicts, companions, dates, the whole list."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import modifiers
from cleanclaim.reference.reading import TableError
from cleanclaim.sources import Source

DAY = timedelta(days=1)
PAGE = Source("CMS", "A page", "section 1", date(2026, 11, 21))


def known(code: str) -> modifiers.Modifier:
    found = modifiers.get(code)
    assert found is not None, code
    return found


def test_how_many_are_described_and_listed() -> None:
    assert len(modifiers.all_modifiers()) == 57
    assert len(modifiers.listed_codes()) == 426
    assert modifiers.table().height == 426
    assert modifiers.table()["is_described"].sum() == 57
    assert modifiers.listed_source().publisher.startswith("CMS")


@pytest.mark.parametrize(
    ("code", "family", "conflicts", "requires"),
    [
        ("GP", "therapy_discipline", {"GN", "GO"}, ()),
        ("GO", "therapy_discipline", {"GN", "GP"}, ()),
        ("GN", "therapy_discipline", {"GO", "GP", "CQ", "CO"}, ()),
        ("CQ", "assistant", {"CO", "GN"}, ("GP",)),
        ("CO", "assistant", {"CQ", "GN"}, ("GO",)),
        ("KX", "threshold", {"GA", "GZ"}, ()),
        ("59", "distinct", {"XE", "XP", "XS", "XU"}, ()),
        ("XU", "distinct", {"59"}, ()),
        ("GA", "abn", {"GZ", "KX"}, ()),
        ("GX", "abn", {"GZ"}, ()),
        ("GY", "abn", set(), ()),
        ("GZ", "abn", {"GA", "GX", "KX"}, ()),
        ("96", "habilitative", {"97"}, ()),
        ("95", "telehealth", {"93", "GQ"}, ()),
    ],
)
def test_what_stands_with_what(code: str, family: str, conflicts: set[str], requires: tuple[str, ...]) -> None:
    modifier = known(code)
    assert modifier.family.value == family
    assert set(modifier.conflicts) == conflicts
    assert modifier.requires == requires


@pytest.mark.parametrize("code", ["25", "51", "57", "26", "TC", "AT", "CH"])
def test_never_on_a_therapy_code(code: str) -> None:
    assert known(code).on_therapy_codes is False


@pytest.mark.parametrize("code", ["GP", "CQ", "KX", "59", "95", "GY"])
def test_at_home_on_a_therapy_code(code: str) -> None:
    assert known(code).on_therapy_codes is True


@pytest.mark.parametrize(
    ("code", "first"), [("CQ", date(2020, 1, 1)), ("CO", date(2020, 1, 1)), ("XU", date(2015, 1, 1))]
)
def test_first_days(code: str, first: date) -> None:
    assert modifiers.on(code, first - DAY).status is LookupStatus.OUTSIDE_DATES
    assert modifiers.on(code, first).status is LookupStatus.FOUND


@pytest.mark.parametrize("code", ["CH", "CI", "CJ", "CK", "CL", "CM", "CN"])
def test_functional_reporting_is_dead(code: str) -> None:
    assert modifiers.on(code, date(2012, 12, 31)).status is LookupStatus.OUTSIDE_DATES
    assert modifiers.on(code, date(2013, 1, 1)).status is LookupStatus.FOUND
    assert modifiers.on(code, date(2019, 12, 31)).status is LookupStatus.FOUND
    assert modifiers.on(code, date(2020, 1, 1)).status is LookupStatus.OUTSIDE_DATES


def test_unknown_foreign_and_absent() -> None:
    assert modifiers.is_listed("GP")
    assert modifiers.is_listed("QK")
    assert modifiers.get("QK") is None
    assert modifiers.on("QK", date(2026, 1, 1)).status is LookupStatus.NOT_LISTED
    assert not modifiers.is_listed("ZZ")
    assert not modifiers.is_listed("gp")
    assert modifiers.on(None, date(2026, 1, 1)).status is LookupStatus.UNKNOWN_KEY
    assert modifiers.on("GP", None).status is LookupStatus.UNKNOWN_KEY


def test_table_keeps_unknown_apart_from_empty() -> None:
    table = modifiers.table()
    row = table.filter(pl.col("code") == "QK").row(0, named=True)
    assert (row["label"], row["family"], row["on_therapy_codes"]) == (None, None, None)
    assert row["conflicts"] == []
    assert table.filter(pl.col("code") == "CQ").row(0, named=True)["requires"] == ["GP"]


ENTRY: dict[str, Any] = {"label": "L", "meaning": "M", "family": "repeat", "source": "page"}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"7": ENTRY}, "t.toml: 7: expected a table named by a two-character modifier"),
        ({"76": ENTRY | {"note": "x"}}, "t.toml: 76: unknown key 'note'"),
        ({"76": ENTRY | {"conflicts": ["77"]}}, "t.toml: 76 mentions 77, which is not another described modifier"),
        (
            {"76": ENTRY | {"conflicts": ["77"]}, "77": ENTRY},
            "t.toml: 76 conflicts with 77, but not the other way round",
        ),
    ],
)
def test_a_wrong_entry_does_not_load(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(TableError) as error:
        modifiers.parse("t.toml", tables, {"page": PAGE})
    assert str(error.value) == message
