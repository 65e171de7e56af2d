"""Findings that a named person has looked at and set aside, claim by claim, in a file that the report repeats.

A suppressed finding is not shown among the findings and does not fail a check, but it is counted and listed with its
reason and name. A suppression that no longer meets a finding is told as stale: either the claim has been mended, or the
suppression was for something else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.reference.toml_lines import Lines, dotted, plain_day
from cleanclaim.reference.toml_lines import Path as KeyPath
from cleanclaim.rules import book

_KEYS = ("claim", "rule", "place", "reason", "by", "on", "until")
_LONGEST_TEXT = 300


class SuppressionFileError(ValueError):
    """A suppression file that does not say what it must; names the file, the line, the key and what was expected."""


class Standing(StrEnum):
    """Why a suppression hides nothing."""

    NO_SUCH_FINDING = "no such finding"
    """The claim was checked and the rule has judged it: there is nothing to suppress."""
    ENDED = "ended"
    """Its last day is past; what it hid is shown again."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry of the file: on this claim, this rule (everywhere, or at one place), why, who, and until when.

    `place` is as the report names it (`line 2`, `lines 1 and 2`, `day`); empty: wherever the rule objects. `until` is
    the last day on which it holds; `None`: it does not end.
    """

    claim: str
    rule: str
    reason: str
    by: str
    on: date
    until: date | None = None
    place: str = ""
    line: int = 0
    """Where it stands in its file."""

    def holds_on(self, day: date) -> bool:
        """Whether it has begun and not ended."""
        return self.on <= day and (self.until is None or day <= self.until)

    def meets(self, claim: str, finding: Finding) -> bool:
        """Whether it speaks of this finding of that claim."""
        return (claim, finding.code) == (self.claim, self.rule) and self.place in {"", finding.place}


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not shown, and the entry that says why."""

    finding: Finding
    suppression: Suppression


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that hides nothing although its claim was checked."""

    suppression: Suppression
    standing: Standing


def part(
    findings: Iterable[Finding], claims: Sequence[str], entries: Sequence[Suppression], day: date
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Part findings into those shown and those suppressed on that day; `claims` are keys by `claim_id`."""
    by_claim: dict[tuple[str, str], list[Suppression]] = {}
    for entry in entries:
        if entry.holds_on(day):
            by_claim.setdefault((entry.claim, entry.rule), []).append(entry)
    shown: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in findings:
        claim = claims[finding.claim_id]
        met = next((one for one in by_claim.get((claim, finding.code), ()) if one.meets(claim, finding)), None)
        if met is None:
            shown.append(finding)
        else:
            hidden.append(Suppressed(finding, met))
    return tuple(shown), tuple(hidden)


def stale(
    entries: Iterable[Suppression],
    met: AbstractSet[Suppression],
    *,
    judged: AbstractSet[str],
    ran: AbstractSet[str],
    unjudged: AbstractSet[tuple[str, str]],
    day: date,
) -> tuple[Stale, ...]:
    """The entries that hide nothing although their claim was checked, in the order of the file.

    Args:
        entries: the whole file.
        met: those that have hidden a finding.
        judged: keys of the claims that were checked.
        ran: codes of the rules that ran and did not crash.
        unjudged: claim and rule where the rule said no data: such an entry may still be needed.
        day: the day of the check.
    """
    found = []
    for entry in entries:
        if entry in met or entry.claim not in judged or entry.rule not in ran:
            continue
        if entry.until is not None and entry.until < day:
            found.append(Stale(entry, Standing.ENDED))
        elif entry.holds_on(day) and (entry.claim, entry.rule) not in unjudged:
            found.append(Stale(entry, Standing.NO_SUCH_FINDING))
    return tuple(found)


def unjudged_of(unjudged: Iterable[Unjudged], claims: Sequence[str]) -> set[tuple[str, str]]:
    """Claim key and rule of everything that could not be judged."""
    return {(claims[one.claim_id], one.code) for one in unjudged}


# --- the file --------------------------------------------------------------------------------------------


def read_suppressions(path: Path) -> tuple[Suppression, ...]:
    """Read a suppression file: one `[[suppress]]` table for each entry.

    Raises:
        SuppressionFileError: it cannot be read, or an entry lacks a key, has another one, names no rule, or repeats
            an earlier entry.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise SuppressionFileError(f"{path}: cannot be read: {error.strerror}; expected a TOML file") from error
    except UnicodeDecodeError as error:
        raise SuppressionFileError(f"{path}: is not UTF-8 at byte {error.start}; expected a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise SuppressionFileError(f"{path}: is not TOML: {error}; expected [[suppress]] tables") from error
    return _Reader(str(path), Lines(text)).entries(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the tables of one file into entries."""

    file: str
    lines: Lines

    def entries(self, document: Mapping[str, Any]) -> tuple[Suppression, ...]:
        for key in document:
            if key != "suppress":
                self._refuse((key,), key, "[[suppress]] tables only")
        tables = document.get("suppress", [])
        if not isinstance(tables, list):
            self._refuse(("suppress",), tables, "[[suppress]] tables")
        found: list[Suppression] = []
        first: dict[tuple[str, str, str], int] = {}
        for place, table in enumerate(tables):
            path = ("suppress", place)
            entry = self._entry(table, path)
            line = first.setdefault((entry.claim, entry.rule, entry.place), entry.line)
            if line != entry.line:
                self._refuse(
                    path, f"{entry.rule} again", f"each claim, rule and place once; the first is on line {line}"
                )
            found.append(entry)
        return tuple(found)

    def _entry(self, table: object, path: KeyPath) -> Suppression:
        if not isinstance(table, dict):
            self._refuse(path, table, "a table with " + ", ".join(_KEYS))
        for key in table:
            if key not in _KEYS:
                self._refuse((*path, key), key, "one of the keys " + ", ".join(_KEYS))
        begun, until = self._day(table, "on", path), self._day(table, "until", path)
        if begun is None:
            self._refuse((*path, "on"), None, "the day on which it was decided, such as 2026-01-31")
        if until is not None and until < begun:
            self._refuse((*path, "until"), until.isoformat(), f"a day not before {begun}")
        return Suppression(
            claim=self._text(table, "claim", path),
            rule=self._rule(table, path),
            reason=self._text(table, "reason", path),
            by=self._text(table, "by", path),
            on=begun,
            until=until,
            place=self._text(table, "place", path) if "place" in table else "",
            line=self.lines.of(path),
        )

    def _rule(self, table: dict[str, Any], path: KeyPath) -> str:
        word = self._text(table, "rule", path)
        entry = book.entry(word)
        if entry is None:
            self._refuse((*path, "rule"), word, "the whole code of one rule, such as UN101")
        return entry.rule.code

    def _text(self, table: dict[str, Any], key: str, path: KeyPath) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
            self._refuse((*path, key), value, f"text of 1 to {_LONGEST_TEXT} characters")
        return value.strip()

    def _day(self, table: dict[str, Any], key: str, path: KeyPath) -> date | None:
        return plain_day(table, key, lambda found, expected: self._refuse((*path, key), found, expected))

    def _refuse(self, path: KeyPath, found: object, expected: str) -> NoReturn:
        # A claim's number is the patient's business: what stands there is told only where it is no claim.
        shown = "is missing" if found is None else "cannot be used" if path[-1] == "claim" else f"has {found!r}"
        raise SuppressionFileError(
            f"{self.file}, line {self.lines.of(path)}: {dotted(path)} {shown}; expected {expected}"
        )
