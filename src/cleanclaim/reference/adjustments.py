"""Why a payer paid less: group codes, adjustment reasons (CARC) and remarks (RARC).

The codes that therapy practices see are explained in our own words: what the payer says, the usual cause in
therapy, who can fix it and how. Every other code of the published lists is known by its dates only; the lists
change three times a year, so an unlisted code is "not listed", never "wrong". A loaded list decides over codes and
dates of its kind; an explained code that it lacks stays, with the dates that are shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import polars as pl

from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.reading import Entry, TableError, csv_day, read_csv, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "adjustments.toml"
_LISTED = "adjustments_listed.csv"
_LISTED_COLUMNS = ("kind", "code", "started_on", "stopped_on")
_KINDS = (Kind.ADJUSTMENT_REASONS, Kind.REMITTANCE_REMARKS)
_TEXT = re.compile(r"(?:(?P<group>[A-Z]{2})[ -]?)?(?P<code>[A-Z]{0,2}\d{1,3})")


class AdjustmentKind(StrEnum):
    """Which list a code belongs to."""

    CARC = "carc"
    """A claim adjustment reason: why an amount was not paid."""
    RARC = "rarc"
    """A remark: the detail beside the reason, or a notice alone."""


class Fixer(StrEnum):
    """Who can do something about it."""

    BILLER = "biller"
    FRONT_DESK = "front_desk"
    THERAPIST = "therapist"
    REFERRER = "referrer"
    PATIENT = "patient"
    NOBODY = "nobody"
    """Nothing is wrong: post it."""


class Action(StrEnum):
    """What is normally done next."""

    POST = "post"
    """Post the adjustment; nothing is owed by anybody for it."""
    BILL_PATIENT = "bill_patient"
    """Bill the patient or the next plan, where the group code is PR."""
    ASK_PATIENT = "ask_patient"
    """Only the patient can give the payer what it wants."""
    BILL_OTHER_PAYER = "bill_other_payer"
    CORRECT = "correct"
    """Correct the claim and send it again."""
    SEND_RECORDS = "send_records"
    APPEAL = "appeal"
    AUTHORIZE = "authorize"
    """Seek authorization, where the plan grants it after the fact."""
    ENROLL = "enroll"
    """Settle the provider's enrollment or contract."""
    READ_REMARK = "read_remark"
    """The code says nothing alone: the remark beside it decides."""


@dataclass(frozen=True, slots=True)
class GroupCode:
    """Who bears the adjustment. `on_remittance` is false for a code that an 835 does not use."""

    code: str
    label: str
    meaning: str
    bill_patient: bool
    on_remittance: bool
    source: Source


@dataclass(frozen=True, slots=True)
class AdjustmentCode:
    """One reason or remark code.

    The texts are empty where only the code is known (`is_described` false). `stopped_on` is the stop date of the
    published list; from that day the code is not used on new remittances.
    """

    kind: AdjustmentKind
    code: str
    meaning: str
    usual_cause: str
    remedy: str
    fixer: Fixer | None
    action: Action | None
    started_on: date | None
    stopped_on: date | None
    source: Source

    @property
    def is_described(self) -> bool:
        """Whether the code has our explanation."""
        return bool(self.meaning)

    def in_use_on(self, day: date) -> bool:
        """Whether a remittance of that day may carry the code, by the list that was read."""
        return (self.started_on is None or self.started_on <= day) and (
            self.stopped_on is None or day < self.stopped_on
        )


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a text such as `CO-97`, `97` or `N362` names: a code and, where given, its group."""

    group: GroupCode | None
    code: AdjustmentCode


def get(text: str) -> Adjustment | None:
    """Read `CO-97`, `CO97`, `97`, `B15` or `N362`; `None` when the code or the group is not listed."""
    match = _TEXT.fullmatch(text.strip().upper())
    if match is None:
        return None
    given, code = match["group"], match["code"]
    whole = text.strip().upper()
    found = carc(whole) or rarc(whole)
    if found is not None:
        return Adjustment(None, found)
    found = carc(code) or rarc(code)
    if found is None:
        return None
    if given is None:
        return Adjustment(None, found)
    owner = group(given)
    return Adjustment(owner, found) if owner else None


def group(code: str) -> GroupCode | None:
    """The group code, or `None`."""
    return _load()[0].get(code)


def carc(code: str) -> AdjustmentCode | None:
    """The adjustment reason of that code, described or only dated, or `None` when it is not listed."""
    return _load()[1].get((AdjustmentKind.CARC, code))


def rarc(code: str) -> AdjustmentCode | None:
    """The remark of that code, described or only dated, or `None` when it is not listed."""
    return _load()[1].get((AdjustmentKind.RARC, code))


def groups() -> tuple[GroupCode, ...]:
    """The group codes, sorted."""
    return tuple(item for _, item in sorted(_load()[0].items()))


def described() -> tuple[AdjustmentCode, ...]:
    """The explained codes: reasons, then remarks, each sorted by code."""
    return tuple(item for _, item in sorted(_load()[1].items()) if item.is_described)


def listed_source() -> Source:
    """Where the codes and dates were read: a list of June 2024."""
    return _load()[2]


@by_editions(*_KINDS)
def table() -> pl.DataFrame:
    """One row per listed reason and remark, sorted by kind and code.

    Columns: kind ("carc" or "rarc"), code (String); is_described (Boolean); meaning, usual_cause, remedy, fixer,
    action (String, null where the code is not described); started_on, stopped_on (Date, null open).
    """
    rows = [
        (
            item.kind.value,
            item.code,
            item.is_described,
            item.meaning or None,
            item.usual_cause or None,
            item.remedy or None,
            item.fixer.value if item.fixer else None,
            item.action.value if item.action else None,
            item.started_on,
            item.stopped_on,
        )
        for _, item in sorted(_load()[1].items())
    ]
    schema = {
        "kind": pl.String,
        "code": pl.String,
        "is_described": pl.Boolean,
        "meaning": pl.String,
        "usual_cause": pl.String,
        "remedy": pl.String,
        "fixer": pl.String,
        "action": pl.String,
        "started_on": pl.Date,
        "stopped_on": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


_Key = tuple[AdjustmentKind, str]
_Dates = tuple[date | None, date | None]


@by_editions(*_KINDS)
def _load() -> tuple[dict[str, GroupCode], dict[_Key, AdjustmentCode], Source]:
    tables = read_toml(_FILE)
    sources = read_sources(_FILE, tables.pop("sources", None))
    if "list" not in sources:
        raise TableError(f"{_FILE}: [sources] lacks 'list', the source of {_LISTED}")
    source = sources["list"]
    shipped = _listed()
    groups_, explained = parse(_FILE, tables, sources, {**shipped, **_loaded()})
    kinds = {kind for kind, _ in _loaded()}
    known = {**{key: days for key, days in shipped.items() if key[0] not in kinds or key in explained}, **_loaded()}
    found = {
        key: explained.get(key) or AdjustmentCode(*key, "", "", "", None, None, *bounds, _source_of(key[0], source))
        for key, bounds in known.items()
    }
    return groups_, found, source


def _loaded() -> dict[_Key, _Dates]:
    """Code → its dates, in the loaded lists."""
    found: dict[_Key, _Dates] = {}
    for kind, of_list in zip(AdjustmentKind, _KINDS, strict=True):
        newest = current().newest(of_list)
        rows = newest.table().rows() if newest else []
        found |= {(kind, code): (started, stopped) for code, started, stopped in rows}
    return found


def _source_of(kind: AdjustmentKind, shipped: Source) -> Source:
    newest = current().newest(_KINDS[list(AdjustmentKind).index(kind)])
    return newest.source if newest else shipped


def parse(
    name: str, tables: Mapping[str, Any], sources: Mapping[str, Source], dates: Mapping[_Key, _Dates]
) -> tuple[dict[str, GroupCode], dict[_Key, AdjustmentCode]]:
    """Build the group codes and the explained codes of a parsed file; `dates` is the whole list.

    Raises:
        TableError: an unknown kind or key, a missing source, or a code that is not in the list.
    """
    unknown = sorted(set(tables) - {"group", "carc", "rarc"})
    if unknown:
        raise TableError(f"{name}: unknown key {unknown[0]!r}; expected sources, group, carc, rarc")
    owners = {}
    for code, values in tables.get("group", {}).items():
        entry = Entry(f"{name}: group.{code}", values, sources)
        bill_patient, on_remittance = entry.flag("bill_patient"), entry.flag("on_remittance")
        if bill_patient is None or on_remittance is None:
            raise TableError(f"{entry.where}: expected bill_patient and on_remittance, true or false")
        label, meaning = entry.text("label"), entry.text("meaning")
        owners[code] = GroupCode(code, label, meaning, bill_patient, on_remittance, entry.source())
        entry.done()
    found: dict[_Key, AdjustmentCode] = {}
    for kind in AdjustmentKind:
        for code, values in tables.get(kind.value, {}).items():
            entry = Entry(f"{name}: {kind.value}.{code}", values, sources)
            if (kind, code) not in dates:
                raise TableError(f"{entry.where}: is not in {_LISTED}")
            found[kind, code] = AdjustmentCode(
                kind,
                code,
                entry.text("meaning"),
                entry.text("usual_cause"),
                entry.text("remedy"),
                entry.choice("fixer", Fixer),
                entry.choice("action", Action),
                *dates[kind, code],
                entry.source(),
            )
            entry.done()
    return owners, found


@cache
def _listed() -> dict[_Key, _Dates]:
    found: dict[_Key, _Dates] = {}
    for where, row in read_csv(_LISTED, _LISTED_COLUMNS):
        try:
            key = AdjustmentKind(row["kind"]), row["code"]
        except ValueError:
            raise TableError(f"{where}: kind is {row['kind']!r}; expected carc or rarc") from None
        if not key[1] or key in found:
            raise TableError(f"{where}: code is {row['code']!r}; expected a code, once")
        found[key] = (
            csv_day(where, "started_on", row["started_on"]),
            csv_day(where, "stopped_on", row["stopped_on"]),
        )
    return found
