"""The claim notation: a visit in a few lines of text, for rule examples, tests and bug reports.

    visit 2026-03-04 medicare_b
      dx M54.50 M25.561
      97110 GP KX x2 33min $120.00 dx=1,2 pta=10 together=5
      97140 GP x1 7min
      did 97110 20min by=PT group_size=2 has_purpose=false
      set certified_on = 2026-03-01
      set authorization_visits_left = ?
    history 2026-03-02 medicare_b patient_id=1
      97110 GP x2 30min

`visit` is judged, `history` is context. After the date come the payer and `column=value` of the claim. A line
that begins with a procedure code is a billed line; `did` replaces the services that billed lines imply (`did
nothing` says nothing was done); `set` gives a claim's column a value. `?` is unknown, `none` an empty list.
Of a line's minutes, `pta=` are an assistant's alone and `together=` those of both; the rest are a therapist's.
What is not said is as in an ordinary, well-documented visit (`typical` in the data dictionary), with its
dates moved along with the date of service. `code=` overrides a billed line's code (`97110 code=?`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from cleanclaim.lines.schema import CLAIMS, LINES, SERVICES, Column
from cleanclaim.lines.tables import Tables
from cleanclaim.money import parse_cents
from cleanclaim.reference import procedures

_TYPICAL_DAY = date(2026, 3, 4)
_FIXED_DATES = frozenset({"birth_date", "coverage_from", "coverage_through"})
_SAME_DAY = "same day"
"""Stands for the last day of a line until the line's own day is known."""
_CODE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_MEASURE = re.compile(r"(?P<minutes>\d+|\?)min")
_UNITS = re.compile(r"x(?P<units>-?\d+|\?)")


class NotationError(ValueError):
    """Text that is not claim notation: names the line and what was expected."""


@dataclass(slots=True)
class _Draft:
    claim: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] | None = None
    diagnoses: list[str] = field(default_factory=lambda: ["M54.50"])
    stated: set[str] = field(default_factory=set)
    """Columns of the claim that the text gives a value, unknown among them: none of these is filled in."""


def parse(text: str) -> Tables:
    """Read claim notation into tables.

    Raises:
        NotationError: a line that cannot be read, with its number and what was expected there.
    """
    drafts: list[_Draft] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        words = raw.partition("#")[0].split()
        if not words:
            continue
        try:
            _read_line(words, drafts)
        except (ValueError, IndexError) as error:
            raise NotationError(f"line {number}, {raw.strip()!r}: {error}") from error
    if not drafts:
        raise NotationError("no visit; expected a line such as: visit 2026-03-04 medicare_b")
    return _tables(drafts)


def _read_line(words: list[str], drafts: list[_Draft]) -> None:
    head, rest = words[0], words[1:]
    if head in {"visit", "history"}:
        claim = _header(rest, is_history=head == "history", position=len(drafts))
        drafts.append(_Draft(claim, stated={word.partition("=")[0] for word in rest if "=" in word}))
        return
    if not drafts:
        raise NotationError("expected visit or history first")
    draft = drafts[-1]
    if head == "dx":
        draft.diagnoses = [] if rest == ["none"] else rest
    elif head == "set":
        name, value = rest[0], " ".join(rest[2:])
        if rest[1] != "=":
            raise NotationError("expected: set column = value")
        draft.claim[name] = _value(_column(CLAIMS, name), value)
        draft.stated.add(name)
    elif head == "did":
        draft.services = draft.services or []
        if rest != ["nothing"]:
            draft.services.append(_service(rest))
    elif _CODE.fullmatch(head):
        draft.lines.append(_billed(head, rest))
    else:
        raise NotationError("expected visit, history, dx, set, did or a procedure code")


def _header(words: list[str], *, is_history: bool, position: int) -> dict[str, Any]:
    day = date.fromisoformat(words[0])
    moved = day - _TYPICAL_DAY
    claim = {column.name: _typical(column, moved) for column in CLAIMS}
    claim |= {"date_of_service": day, "is_history": is_history, "claim_key": f"C{position + 1}"}
    for word in words[1:]:
        name, separator, value = word.partition("=")
        if separator:
            claim[name] = _value(_column(CLAIMS, name), value)
        else:
            claim["payer"] = name
    return claim


def _typical(column: Column, moved: timedelta) -> object:
    value = column.typical
    if isinstance(value, date) and column.name not in _FIXED_DATES:
        return value + moved
    return value


def _billed(code: str, words: list[str]) -> dict[str, Any]:
    line: dict[str, Any] = {column.name: column.typical for column in LINES} | {"code": code, "line_through": _SAME_DAY}
    modifiers: list[str] = []
    minutes_said = charge_said = False
    for word in words:
        name, separator, value = word.partition("=")
        if match := _UNITS.fullmatch(word):
            line["units"] = None if match["units"] == "?" else int(match["units"])
        elif match := _MEASURE.fullmatch(word):
            line["minutes"] = None if match["minutes"] == "?" else int(match["minutes"])
            minutes_said = True
        elif word.startswith("$"):
            line["charge_cents"] = None if word == "$?" else parse_cents(word)
            charge_said = True
        elif separator:
            name = {"dx": "pointers", "pta": "assistant_minutes", "together": "together_minutes"}.get(name, name)
            line[name] = _value(_column(LINES, name), value)
        elif _MODIFIER.fullmatch(word):
            modifiers.append(word)
        else:
            raise NotationError(f"{word!r} is not a modifier, xUNITS, NNmin, $CHARGE or column=value")
    line["modifiers"] = modifiers
    if not minutes_said:
        line["minutes"] = None if line["units"] is None else 15 * max(line["units"], 0)
    if not charge_said and line["units"] is not None:
        line["charge_cents"] = 12_000 * max(line["units"], 1)
    if line["minutes"] is not None and sum(_shares(line).values()) > line["minutes"]:
        raise NotationError("pta= and together= are parts of the line's minutes, expected no more than those")
    return line


def _service(words: list[str]) -> dict[str, Any]:
    service: dict[str, Any] = {column.name: column.typical for column in SERVICES}
    for word in words:
        name, separator, value = word.partition("=")
        if match := _MEASURE.fullmatch(word):
            service["service_minutes"] = None if match["minutes"] == "?" else int(match["minutes"])
        elif separator:
            service[name] = _value(_column(SERVICES, name), value)
        elif word == "?" or _CODE.fullmatch(word):
            service["service_code"] = None if word == "?" else word
        else:
            raise NotationError(f"{word!r} is not a code, NNmin or column=value")
    return service


def _column(columns: tuple[Column, ...], name: str) -> Column:
    for column in columns:
        if column.name == name:
            return column
    raise NotationError(f"no column {name!r} here")


def _value(column: Column, text: str) -> object:
    if text == "?":
        return None
    if column.dtype == pl.Boolean:
        return {"true": True, "false": False}[text]
    if column.dtype == pl.Int64:
        return int(text)
    if column.dtype == pl.Date:
        return date.fromisoformat(text)
    if column.dtype == pl.List(pl.Int64):
        return [] if text == "none" else [int(part) for part in text.split(",")]
    if column.dtype == pl.List(pl.String):
        return [] if text == "none" else text.split(",")
    return "" if text == "none" else text


def _tables(drafts: list[_Draft]) -> Tables:
    rows: dict[str, list[Mapping[str, Any]]] = {"claims": [], "lines": [], "services": [], "diagnoses": []}
    for claim_id, draft in enumerate(drafts):
        lines = draft.lines
        for number, line in enumerate(lines, start=1):
            position = {"line_id": len(rows["lines"]), "claim_id": claim_id, "line_number": number}
            day = {"line_date": line["line_date"] or draft.claim["date_of_service"]}
            if line["line_through"] == _SAME_DAY:
                day["line_through"] = day["line_date"]
            rows["lines"].append(line | position | day)
        services = draft.services if draft.services is not None else [done for line in lines for done in _implied(line)]
        for number, service in enumerate(services, start=1):
            position = {"service_id": len(rows["services"]), "claim_id": claim_id, "service_number": number}
            rows["services"].append(service | position)
        for number, code in enumerate(draft.diagnoses, start=1):
            rows["diagnoses"].append(
                {
                    "diagnosis_id": len(rows["diagnoses"]),
                    "claim_id": claim_id,
                    "position": number,
                    "diagnosis": None if code == "?" else code,
                }
            )
        rows["claims"].append(_totals(draft, lines) | {"claim_id": claim_id})
    return Tables.from_rows(**rows)


def _shares(line: Mapping[str, Any]) -> dict[str, int]:
    """Minutes of a billed line that are not a therapist's alone, by who furnished them; an unknown share adds none."""
    return {"PTA": line["assistant_minutes"] or 0, "together": line["together_minutes"] or 0}


def _implied(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The services a billed line stands for when the example does not list what was done: one for each who treated."""
    service: dict[str, Any] = {column.name: column.typical for column in SERVICES}
    service |= {"service_code": line["code"], "group_size": 2 if line["code"] == "97150" else 1}
    minutes, shares = line["minutes"], _shares(line)
    if line["assistant_minutes"] is None or line["together_minutes"] is None:
        return [service | {"service_minutes": minutes, "by": None}]
    if not any(shares.values()):
        return [service | {"service_minutes": minutes, "by": "PT"}]
    if minutes is None:
        return [service | {"service_minutes": None, "by": None}]
    parts = {"PT": minutes - sum(shares.values()), **shares}
    return [service | {"service_minutes": part, "by": by} for by, part in parts.items() if part]


def _totals(draft: _Draft, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Fill the totals an ordinary note would state, where the example has said nothing of them."""
    filled, stated = dict(draft.claim), draft.stated
    if "total_charge_cents" not in stated and all(line["charge_cents"] is not None for line in lines):
        filled["total_charge_cents"] = sum(line["charge_cents"] for line in lines)
    if lines and all(line["minutes"] is not None for line in lines):
        if "total_timed_minutes_noted" not in stated:
            filled["total_timed_minutes_noted"] = sum(line["minutes"] for line in lines if _is_timed(line["code"]))
        if "total_treatment_minutes_noted" not in stated:
            filled["total_treatment_minutes_noted"] = sum(line["minutes"] for line in lines)
    return filled


def _is_timed(code: str | None) -> bool:
    procedure = procedures.get(code) if code else None
    return procedure is not None and procedure.is_timed
