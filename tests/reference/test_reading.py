"""Strict reading of the reference tables."""

from datetime import date

import pytest

from cleanclaim.reference.modifiers import ModifierFamily
from cleanclaim.reference.reading import Entry, TableError, csv_day, read_csv, read_sources
from cleanclaim.sources import Source

PAGE = Source("CMS", "A page", "section 1", date(2026, 11, 21))


def entry(**values: object) -> Entry:
    return Entry("file.toml: X", values, {"page": PAGE})


def test_every_kind_of_key_is_read_and_then_nothing_is_left() -> None:
    read = entry(
        label=" Plain ",
        texts=["a", "b"],
        flag=False,
        number=30,
        day=date(2026, 1, 1),
        family="abn",
        source="page",
        start=date(2020, 1, 1),
        start_source="page",
        words={"97110": "why"},
        spans=[{"value": "abn", "from": date(2020, 1, 1), "source": "page"}],
    )
    assert read.text("label") == "Plain"
    assert read.texts("texts") == ("a", "b")
    assert read.flag("flag") is False
    assert read.number("number") == 30
    assert read.day("day") == date(2026, 1, 1)
    assert read.choice("family", ModifierFamily) is ModifierFamily.ABN
    assert read.source() is PAGE
    assert read.bound("start") == (date(2020, 1, 1), PAGE)
    assert read.pairs("words") == (("97110", "why"),)
    span = read.dated("spans", ModifierFamily)[0]
    assert (span.value, span.valid_from, span.valid_through, span.source) == (
        ModifierFamily.ABN,
        date(2020, 1, 1),
        None,
        PAGE,
    )
    read.done()


def test_absent_keys_are_unknown_not_false() -> None:
    read = entry()
    assert read.flag("flag") is None
    assert read.number("number") is None
    assert read.day("day") is None
    assert read.texts("texts") == ()
    assert read.optional_text("note") == ""
    assert read.bound("start") == (None, None)
    read.done()


@pytest.mark.parametrize(
    ("values", "key", "reader", "message"),
    [
        ({}, "label", "text", "file.toml: X: lacks key 'label'; expected text"),
        ({"label": "  "}, "label", "text", "file.toml: X: label is blank; expected text"),
        ({"label": 3}, "label", "text", "file.toml: X: label is 3; expected text"),
        ({"n": True}, "n", "number", "file.toml: X: n is True; expected a whole number"),
        ({"n": 0}, "n", "number", "file.toml: X: n is 0; expected a whole number above zero"),
        ({"f": 1}, "f", "flag", "file.toml: X: f is 1; expected true or false"),
        ({"d": "2026-01-01"}, "d", "day", "file.toml: X: d is '2026-01-01'; expected a date such as 2026-01-01"),
        ({"t": ["a", "a"]}, "t", "texts", "file.toml: X: t repeats a text"),
        ({"t": ["a", 1]}, "t", "texts", "file.toml: X: t holds 1; expected texts"),
        ({"source": "x"}, "source", "source", "file.toml: X: source cites 'x', which [sources] does not define"),
        ({}, "source", "source", "file.toml: X: lacks key 'source'; expected text"),
        ({"s": date(2020, 1, 1)}, "s", "bound", "file.toml: X: lacks key 's_source'; expected text"),
        ({"s_source": "page"}, "s", "bound", "file.toml: X: s_source stands without s"),
        ({"p": {"a": ""}}, "p", "pairs", "file.toml: X: p.a is ''; expected text"),
        ({"e": [1]}, "e", "entries", "file.toml: X: e holds 1; expected tables"),
    ],
)
def test_a_wrong_value_names_file_entry_and_key(values: dict[str, object], key: str, reader: str, message: str) -> None:
    with pytest.raises(TableError) as error:
        getattr(entry(**values), reader)(key)
    assert str(error.value) == message


def test_a_value_outside_the_list_names_the_list() -> None:
    with pytest.raises(TableError, match=r"family is 'magic'; expected one of therapy_discipline, assistant"):
        entry(family="magic").choice("family", ModifierFamily)


def test_an_unread_key_is_refused() -> None:
    with pytest.raises(TableError, match=r"^file.toml: X: unknown key 'lable'$"):
        entry(lable="x").done()


def test_a_source_without_a_section_is_refused() -> None:
    table = {"page": {"publisher": "CMS", "title": "A page", "read_on": date(2026, 11, 21)}}
    with pytest.raises(TableError, match=r"^f.toml: sources.page: source lacks key 'section'$"):
        read_sources("f.toml", table)
    with pytest.raises(TableError, match=r"^f.toml: lacks the table \[sources\]$"):
        read_sources("f.toml", None)


def test_a_csv_with_another_header_is_refused() -> None:
    with pytest.raises(TableError, match=r"modifiers_listed.csv: header is \['code'\]; expected code, label"):
        list(read_csv("modifiers_listed.csv", ("code", "label")))


def test_a_csv_date_is_read_or_named() -> None:
    assert csv_day("f.csv, line 2", "started_on", "") is None
    assert csv_day("f.csv, line 2", "started_on", "2020-01-01") == date(2020, 1, 1)
    with pytest.raises(TableError, match=r"^f.csv, line 2: started_on is '1/1/20'; expected a date"):
        csv_day("f.csv, line 2", "started_on", "1/1/20")
