"""Medicare's medically unlikely edits: the most units of a code that one provider bills one patient in a day.

Shipped are two editions, cut to therapists' codes: the list of 2024-07-01 and, of the second quarter of 2026, the
codes judged by day with appeal (adjudication indicator 3). Loaded editions hold every code, and stand before a shipped
one of the same quarter. Each speaks with certainty for its own quarter. For other days the nearest earlier edition
answers, and says that it is unconfirmed; a day before the first edition is answered by the first. A limit of 0 is
Medicare's own decision not to cover a code, not a limit for payers who do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import polars as pl

from cleanclaim.reference import ncci
from cleanclaim.reference.lookup import Edition
from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind

PER_LINE = 1
"""Adjudication indicator: judged line by line."""
PER_DAY_ABSOLUTE = 2
"""Adjudication indicator: judged over the day, never more."""
PER_DAY = 3
"""Adjudication indicator: judged over the day; more may be paid where the record shows the need."""

_SCHEMA = pl.Schema({"code": pl.String, "edition": pl.String, "units": pl.Int64, "mai": pl.Int64, "reason": pl.String})


_TABLE = pl.Schema(
    {
        "code": pl.String,
        "units": pl.Int64,
        "mai": pl.Int64,
        "reason": pl.String,
        "edition": pl.String,
        "valid_from": pl.Date,
        "valid_through": pl.Date,
        "confirmed_from": pl.Date,
        "confirmed_through": pl.Date,
    }
)
_KIND = Kind.MUE_PRACTITIONER
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """The most units of a code, and how they are counted."""

    code: str
    units: int
    mai: int
    """Adjudication indicator: 1 per line, 2 per day and absolute, 3 per day and open to appeal."""
    reason: str
    """Our own key; empty where the edition was read without its reasons."""
    edition: str
    confirmed: bool
    """Whether the day asked for lies in the quarter of the edition."""


@by_editions(_KIND)
def editions() -> tuple[Edition, ...]:
    """The editions that answer, oldest first: those loaded, and those shipped for other quarters."""
    loaded = [Edition(item.name, item.valid_from, item.valid_through) for item in current().of(_KIND)]
    names = {edition.name for edition in loaded}
    found = [*loaded, *(edition for edition in _shipped_editions() if edition.name not in names)]
    return tuple(sorted(found, key=lambda edition: edition.confirmed_from))


def would_hold(code: str) -> bool:
    """Whether some edition that answers would list the code if it had a limit."""
    return bool(_loaded_names()) or ncci.in_shipped_scope(code)


def listing_editions(code: str) -> tuple[Edition, ...]:
    """The editions that would list the code if it had a limit: in their quarters its absence is an answer."""
    loaded = tuple(edition for edition in editions() if edition.name in _loaded_names())
    return (*loaded, *_shipped_whole()) if ncci.in_shipped_scope(code) else loaded


@by_editions(_KIND)
def table() -> pl.DataFrame:
    """One row per code and edition, for `reference.lookup.attach` by code.

    Columns: code, units, mai (Int64), reason, edition (String), valid_from, valid_through, confirmed_from,
    confirmed_through (Date). The row answers from `valid_from` through `valid_through`, null is open; outside
    the confirmed days the answer is unconfirmed.
    """
    lists = [_list_of(edition) for edition in editions()]
    rows = []
    for place, (edition, limits, is_whole) in enumerate(lists):
        later, earlier = lists[place + 1 :], lists[:place]
        for code, units, mai, reason in limits.values():
            ends = next((other.confirmed_from for other, own, whole in later if whole(code) or code in own), None)
            is_first = not any(whole(code) or code in own for _, own, whole in earlier)
            begins = None if is_first and is_whole(code) else edition.confirmed_from
            through = None if ends is None else ends - _ONE_DAY
            confirmed = (edition.confirmed_from, edition.confirmed_through)
            rows.append((code, units, mai, reason, edition.name, begins, through, *confirmed))
    return pl.DataFrame(rows, schema=_TABLE, orient="row").sort("code", "confirmed_from")


_Limit = tuple[str, int, int, str]


def _list_of(edition: Edition) -> tuple[Edition, dict[str, _Limit], Callable[[str], bool]]:
    """An edition's limits by code, and whether it would list a code: one that it does not list then has none."""
    for item in current().of(_KIND):
        if item.name == edition.name:
            rows = item.table().select("code", "units", "mai", "reason").iter_rows()
            return edition, {row[0]: row for row in rows}, lambda _: True
    rows = _shipped_rows().filter(edition=edition.name).select("code", "units", "mai", "reason").iter_rows()
    is_whole = edition in _shipped_whole()
    return edition, {row[0]: row for row in rows}, lambda code: is_whole and ncci.in_shipped_scope(code)


def _loaded_names() -> frozenset[str]:
    return frozenset(item.name for item in current().of(_KIND))


@cache
def _shipped_editions() -> tuple[Edition, ...]:
    """The editions that are shipped, oldest first."""
    entries = tomllib.loads(_data("editions.toml").decode("utf-8"))["edition"]
    found = (Edition(entry["name"], entry["from"], entry["through"]) for entry in entries)
    return tuple(sorted(found, key=lambda edition: edition.confirmed_from))


def _shipped_whole() -> tuple[Edition, ...]:
    """The first edition that is shipped was read whole, the later one in part."""
    return tuple(edition for edition in _shipped_editions()[:1] if edition.name not in _loaded_names())


@cache
def _shipped_rows() -> pl.DataFrame:
    return pl.read_csv(_data("mue.csv"), schema=_SCHEMA).with_columns(pl.col("reason").fill_null(""))


def get(code: str, day: date) -> UnitLimit | None:
    """The limit of a code on a day; None where no edition read by then lists the code.

    None says nothing about a code that no edition would hold, see `would_hold`.
    """
    for begins, ends, edition, limit in _index().get(code, ()):
        if (begins is None or begins <= day) and (ends is None or day <= ends):
            return UnitLimit(*limit, edition=edition.name, confirmed=edition.confirms(day))
    return None


@by_editions(_KIND)
def _index() -> dict[str, list[tuple[date | None, date | None, Edition, tuple[str, int, int, str]]]]:
    """Code → first day, last day, edition, and the limit."""
    by_name = {edition.name: edition for edition in editions()}
    found: dict[str, list[tuple[date | None, date | None, Edition, tuple[str, int, int, str]]]] = {}
    for row in table().iter_rows(named=True):
        limit = (row["code"], row["units"], row["mai"], row["reason"])
        answers = (row["valid_from"], row["valid_through"], by_name[row["edition"]], limit)
        found.setdefault(row["code"], []).append(answers)
    return found


def _data(name: str) -> bytes:
    """A file of the committed limits."""
    return (resources.files("cleanclaim.reference") / "data" / "mue" / name).read_bytes()
