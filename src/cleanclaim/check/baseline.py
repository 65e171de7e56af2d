"""Findings that are known already: an old archive is checked for what is new, without a mark on any claim.

A baseline file holds one keyed hash for each known finding, a salt, and how many findings each rule had. A key is made
of the finding's content (see `cleanclaim.check.contents`) and not of rows, file names or the finding's words, so it
survives another order and another wording; but a claim that is billed differently is a new claim, and its findings are
shown. `check` and `audit` write and read the same files.

The hashes keep patients out of the file: nobody can read a claim from them. The salt is drawn at random for each
file, so the same claim has another key in another file and no table made beforehand fits. It is no secret, for it
stands in the file: whoever has the file and a guess of everything that a claim says can test the guess. Keep the file
with the archive.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from cleanclaim.check.findings import Finding

KIND = "cleanclaim/baseline"
FORMAT = 2
"""The form of the keys: another number, and old files are refused rather than half understood."""

_SALT_BYTES = 16
_KEY_DIGITS = 32
_HEX = frozenset("0123456789abcdef")


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

    def are_known(self, contents: pl.Series) -> pl.Series:
        """Whether each finding is known, by its content: of findings with one key as many as it has, the first ones."""
        unique = contents.unique(maintain_order=True)
        made = pl.Series([_key(self.salt, content) for content in unique.to_list()], dtype=pl.String)
        keys = pl.DataFrame([unique.alias("content"), made.alias("key")])
        known = pl.DataFrame(
            {"key": list(self.known), "known": list(self.known.values())}, schema={"key": pl.String, "known": pl.Int64}
        )
        met = keys.join(known, on="key", how="left", maintain_order="left").select("content", "known")
        rows = pl.DataFrame([contents.alias("content")]).with_columns(
            pl.int_range(pl.len()).over("content").alias("before")
        )
        found = rows.join(met, on="content", how="left", maintain_order="left")
        return found.select((pl.col("before") < pl.col("known")).fill_null(value=False)).to_series()

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
    # Keyed BLAKE2b: as sound as HMAC with SHA-256, and made three times as fast for the millions of an archive.
    return blake2b(content.encode(), key=salt, digest_size=_KEY_DIGITS // 2).hexdigest()


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
    return _HEX.issuperset(text)


def _refuse(path: Path, field_: str, expected: str) -> NoReturn:
    raise BaselineFileError(f"{path}: {field_} cannot be used; expected {expected}")
