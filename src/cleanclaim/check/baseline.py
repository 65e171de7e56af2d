"""Findings that are known already: an old archive is checked for what is new, without a mark on any claim.

A baseline file holds one keyed hash for each known finding, a salt, and how many findings each rule had. A key is made
of the finding's content (rule, the claim's own number, date, payer and billed lines, and the line or diagnosis that is
meant) and not of rows, file names or the finding's words, so it survives another order and another wording; but a
claim that is billed differently is a new claim, and its findings are shown.

The hashes keep patients out of the file: nobody can read a claim from them. The salt is drawn at random for each
file, so the same claim has another key in another file and no table made beforehand fits. It is no secret, for it
stands in the file: whoever has the file and a guess of everything that a claim says can test the guess. Keep the file
with the archive.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from cleanclaim.check.findings import Finding

KIND = "cleanclaim/baseline"
FORMAT = 1
"""The form of the keys: another number, and old files are refused rather than half understood."""

_SALT_BYTES = 16
_KEY_DIGITS = 32
_CLAIM = ("claim_key", "date_of_service", "payer", "frequency_code")
_LINE = ("code", "modifiers", "units", "charge_cents", "minutes", "line_date")
_ROW = {
    "lines": _LINE,
    "services": ("service_code", "service_minutes", "by", "group_size"),
    "diagnoses": ("diagnosis",),
    "day_codes": ("day_code",),
}
"""What a row says, for the tables that have more than one row for a claim. Row numbers and positions are left out."""


class BaselineFileError(ValueError):
    """A file that is no baseline; names the file, the field and what was expected."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Known findings: how many there are under each key, by a salt of their own."""

    salt: bytes
    known: Mapping[str, int]
    by_rule: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, contents: Iterable[str], rules: Iterable[str], salt: bytes = b"") -> Baseline:
        """The baseline of findings, given by their contents and rules; a new salt unless one is given."""
        own = salt or secrets.token_bytes(_SALT_BYTES)
        keys = Counter(_key(own, content) for content in contents)
        return cls(own, dict(sorted(keys.items())), dict(sorted(Counter(rules).items())))

    def key(self, content: str) -> str:
        """The key of a finding's content."""
        return _key(self.salt, content)

    def text(self) -> str:
        """The file's text: keys sorted, a line each."""
        document = {
            "schema": KIND,
            "format": FORMAT,
            "salt": self.salt.hex(),
            "findings": sum(self.known.values()),
            "by_rule": dict(self.by_rule),
            "known": dict(self.known),
        }
        return json.dumps(document, indent=1) + "\n"


class Known:
    """A baseline in use: each key stands for as many findings as it has, and no more."""

    def __init__(self, baseline: Baseline) -> None:
        """Take the baseline, all of it still to be met."""
        self._baseline = baseline
        self._left = dict(baseline.known)

    def part(
        self, findings: Sequence[Finding], contents: Sequence[str]
    ) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Part findings into new ones and known ones."""
        new: list[Finding] = []
        known: list[Finding] = []
        for finding, content in zip(findings, contents, strict=True):
            key = self._baseline.key(content)
            if self._left.get(key, 0) > 0:
                self._left[key] -= 1
                known.append(finding)
            else:
                new.append(finding)
        return tuple(new), tuple(known)

    @property
    def not_met(self) -> int:
        """Known findings that have not come up: their claims were mended, or are not among those checked."""
        return sum(self._left.values())


def _key(salt: bytes, content: str) -> str:
    return hmac.new(salt, content.encode(), sha256).hexdigest()[:_KEY_DIGITS]


# --- what a finding is about -----------------------------------------------------------------------------


def contents(findings: Sequence[Finding], frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """What each finding is about, as text that depends on no row number: the input of its key.

    A finding about a day or a pair is about all the claims that share it, whichever of them comes first.

    Args:
        findings: findings of one run.
        frames: the run's tables, in which a table's keys are its row numbers.
    """
    shared = _Shared(frames, findings)
    concerned = [shared.claims_of(finding) for finding in findings]
    about = _claims_said(frames, sorted({claim for claims in concerned for claim in claims}))
    rows = _Rows(frames)
    return [
        _text([finding.code, rows.said(finding), sorted(about[claim] for claim in claims)])
        for finding, claims in zip(findings, concerned, strict=True)
    ]


def _claims_said(frames: Mapping[str, pl.DataFrame], wanted: Sequence[int]) -> dict[int, str]:
    """What each claim says: itself, and its lines in any order."""
    claims = frames["claims"].select(_CLAIM)
    lines = frames["lines"].filter(pl.col("claim_id").is_in(wanted)).select("claim_id", *_LINE)
    billed: dict[int, list[str]] = {claim: [] for claim in wanted}
    for claim, *cells in lines.iter_rows():
        billed[claim].append(_text(cells))
    return {claim: _text([claims.row(claim), sorted(billed[claim])]) for claim in wanted}


class _Shared:
    """Which claims a finding is about."""

    def __init__(self, frames: Mapping[str, pl.DataFrame], findings: Sequence[Finding]) -> None:
        tables = {finding.table for finding in findings}
        self._days: dict[int, list[int]] = {}
        if tables & {"days", "day_codes"}:
            for claim, day in enumerate(frames["claims"].get_column("day_id").to_list()):
                self._days.setdefault(day, []).append(claim)
        self._day_codes = frames["day_codes"].get_column("day_id") if "day_codes" in tables else None
        self._pairs = frames["pairs"].select("first_line_id", "second_line_id") if "pairs" in tables else None
        self._owners = frames["lines"].get_column("claim_id")

    def claims_of(self, finding: Finding) -> list[int]:
        """The claims, by `claim_id`."""
        if finding.table == "days":
            return self._days[finding.key]
        if finding.table == "day_codes" and self._day_codes is not None:
            return self._days[self._day_codes[finding.key]]
        if finding.table == "pairs" and self._pairs is not None:
            return sorted({self._owners[line] for line in self._pairs.row(finding.key)})
        return [finding.claim_id]


class _Rows:
    """What the rows that findings point to say."""

    def __init__(self, frames: Mapping[str, pl.DataFrame]) -> None:
        self._frames = {name: frames[name].select(columns) for name, columns in _ROW.items() if name in frames}
        self._pairs = frames["pairs"].select("first_line_id", "second_line_id") if "pairs" in frames else None

    def said(self, finding: Finding) -> str:
        """The row's own content; the table's name where the claim or the day as a whole is meant."""
        if finding.table == "pairs" and self._pairs is not None:
            lines = self._frames["lines"]
            return _text(sorted(_text(lines.row(line)) for line in self._pairs.row(finding.key)))
        frame = self._frames.get(finding.table)
        return finding.table if frame is None else _text(frame.row(finding.key))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


# --- the file --------------------------------------------------------------------------------------------


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file.

    Raises:
        BaselineFileError: it cannot be read or is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BaselineFileError(f"{path}: cannot be read: {error.strerror}; expected a baseline file") from error
    except ValueError as error:
        raise BaselineFileError(f"{path}: is not JSON; expected a baseline file") from error
    if not isinstance(document, dict) or document.get("schema") != KIND:
        _refuse(path, "schema", KIND)
    if document.get("format") != FORMAT:
        _refuse(path, "format", f"{FORMAT}; write the baseline anew")
    salt = document.get("salt")
    if not isinstance(salt, str) or len(salt) != 2 * _SALT_BYTES or not _is_hex(salt):
        _refuse(path, "salt", f"{2 * _SALT_BYTES} hexadecimal digits")
    known = _counts(path, document, "known")
    if not all(len(key) == _KEY_DIGITS and _is_hex(key) for key in known):
        _refuse(path, "known", f"keys of {_KEY_DIGITS} hexadecimal digits")
    return Baseline(bytes.fromhex(salt), known, _counts(path, document, "by_rule"))


def _counts(path: Path, document: Mapping[str, Any], field_: str) -> dict[str, int]:
    table = document.get(field_)
    if not isinstance(table, dict) or not all(type(count) is int and count > 0 for count in table.values()):
        _refuse(path, field_, "a table of whole numbers above zero")
    return table


def _is_hex(text: str) -> bool:
    return set(text) <= set("0123456789abcdef")


def _refuse(path: Path, field_: str, expected: str) -> NoReturn:
    raise BaselineFileError(f"{path}: {field_} cannot be used; expected {expected}")
