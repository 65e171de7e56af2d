"""Apply fixes to visit files: JSON and JSON Lines.

Lines of a JSON Lines file that are not touched stay byte for byte; a JSON document that is touched is written anew
with the same content and order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanclaim.check.findings import Change
from cleanclaim.check.rewriting import (
    DECIDED,
    MOVED,
    NOT_HERE,
    NOT_STATED,
    RefusedError,
    Rewritten,
    charge_for,
    require,
    rewrite,
    twin_of,
    without_position,
)
from cleanclaim.lines.tables import Tables

_FIELDS = frozenset({"code", "modifiers", "units", "pointers", "charge_cents"})


def apply_to_visits(
    data: bytes,
    suffix: str,
    keys: Sequence[str],
    tables: Tables,
    changes: Iterable[Change],
    charges: Mapping[str, int] | None = None,
) -> Rewritten:
    """Make the changes in the billed lines and diagnoses of a visit file.

    Args:
        data: the file, JSON (`.json`) or JSON Lines (`.jsonl`).
        suffix: which of the two it is.
        keys: visit id by `claim_id`.
        tables: the tables that the changes refer to.
        changes: the changes.
        charges: the clinic's charge for a unit, in cents, by code; a stated charge follows its units.
    """
    document = _Visits(data.decode("utf-8-sig"), suffix)
    editor = _VisitEditor(document, keys, tables, charges or {})
    return rewrite(changes, editor.make, lambda: document.text().encode(), data)


class _Visits:
    """The visits of a file by id, and how to write the file again."""

    def __init__(self, text: str, suffix: str) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}
        self._place_of: dict[str, int] = {}
        self._touched: set[int] = set()
        self._is_lines = suffix == ".jsonl"
        self._text = text
        self._pieces = text.splitlines(keepends=True) if self._is_lines else [text]
        self._roots: list[Any] = [_parsed(piece) for piece in self._pieces]
        for place, root in enumerate(self._roots):
            for visit in root if isinstance(root, list) else [root]:
                if isinstance(visit, dict) and isinstance(visit.get("id"), str):
                    self.by_id.setdefault(visit["id"].strip(), visit)
                    self._place_of.setdefault(visit["id"].strip(), place)

    def touch(self, key: str) -> None:
        """Remember that this visit's piece is to be written anew."""
        self._touched.add(self._place_of[key])

    def text(self) -> str:
        """The file as it is now."""
        if not self._is_lines:
            spaces = re.search(r"\n( +|\t)\S", self._text)
            indent = spaces[1] if spaces else None
            ending = "\n" if self._text.endswith("\n") else ""
            return json.dumps(self._roots[0], ensure_ascii=False, indent=indent) + ending
        pieces = list(self._pieces)
        for place in self._touched:
            ending = pieces[place][len(pieces[place].rstrip("\r\n")) :]
            pieces[place] = json.dumps(self._roots[place], ensure_ascii=False) + ending
        return "".join(pieces)


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


@dataclass(frozen=True, slots=True)
class _VisitEditor:
    document: _Visits
    keys: Sequence[str]
    tables: Tables
    charges: Mapping[str, int]

    def make(self, change: Change) -> list[Change]:
        """Make one change; returns what followed."""
        row = self.tables.frame(change.table).row(change.key, named=True)
        key = self.keys[row["claim_id"]]
        visit = self.document.by_id.get(key)
        if visit is None:
            raise RefusedError("the visit is no longer in the file")
        if change.table == "lines":
            followed = list(self._line(visit, row["line_number"] - 1, change))
        elif change.table == "diagnoses":
            followed = []
            self._diagnosis(visit, row["position"], change)
        else:
            raise RefusedError(NOT_HERE)
        self.document.touch(key)
        return followed

    def _line(self, visit: dict[str, Any], place: int, change: Change) -> Iterator[Change]:
        billed = visit.get("billed")
        if billed is None:
            raise RefusedError("the visit has no billed lines: they were proposed from what was done")
        if place >= len(billed):
            raise RefusedError(MOVED)
        is_decided = bool(visit.get("adjudications"))
        if not change.field:
            if is_decided:
                raise RefusedError(DECIDED)
            del billed[place]
            return
        if change.field not in _FIELDS:
            raise RefusedError(NOT_HERE)
        line = billed[place]
        stated = line.get(change.field, [] if change.field == "modifiers" else None)
        if stated is None:
            raise RefusedError(NOT_STATED)
        require(_upper(stated), change.old)
        # A charge that the visit leaves out comes from the clinic's charges when it is billed.
        charge = line.get("charge_cents")
        if change.field == "units" and isinstance(charge, int):
            code = str(_upper(line.get("code", "")))
            new = charge_for(code, (change.old, change.new), charge, self.charges)
            if new != charge:
                if is_decided:
                    raise RefusedError(DECIDED)
                line["charge_cents"] = new
                yield Change("lines", change.key, "charge_cents", charge, new)
        line[change.field] = list(change.new) if isinstance(change.new, tuple) else change.new

    def _diagnosis(self, visit: dict[str, Any], position: int, change: Change) -> None:
        codes = visit.get("diagnoses")
        if not codes or position > len(codes):
            raise RefusedError(MOVED)
        if change.field:
            require(codes[position - 1].strip(), change.old)
            codes[position - 1] = change.new
            return
        instead = twin_of(codes, position)
        del codes[position - 1]
        for line in visit.get("billed") or []:
            if line.get("pointers"):
                line["pointers"] = without_position(line["pointers"], position, instead)


def _upper(value: Any) -> Any:  # noqa: ANN401 - a code, modifiers, a number
    if isinstance(value, list):
        return [_upper(item) for item in value]
    return value.strip().upper() if isinstance(value, str) else value
