"""What an audit was made of: its inputs, rules, tables, settings and outputs, each with a digest.

Nothing in it depends on when, where or how fast the audit ran, so that two runs of the same have the same manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cleanclaim import __version__
from cleanclaim.audit.archive import LeftOut
from cleanclaim.audit.block import Settings
from cleanclaim.audit.inputs import ArchiveFile, count_lines
from cleanclaim.audit.sampling import GENERATOR, Sample
from cleanclaim.check.selection import Ignored

NAME = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class TableEdition:
    """One reference table that answered: its rows, the days it speaks for, and the digest of a loaded edition."""

    name: str
    label: str
    rows: int
    first_day: date | None
    through: date | None
    """The last day it is known for; `None`: a standing table."""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PayerFile:
    """A payer file of the user's own, by its id."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """A file of what people decided about findings: a baseline or suppressions, and how many are in it."""

    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Made:
    """What an audit is made of, known before it begins; the same again gives the same findings."""

    settings: Settings
    inputs: tuple[Mapping[str, Any], ...]
    """As `input_facts` states them."""
    rules: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    tables: tuple[TableEdition, ...] = ()
    payer_files: tuple[PayerFile, ...] = ()
    baseline: DecisionFile | None = None
    suppressions: DecisionFile | None = None
    writes_baseline: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "program": {
                "name": "cleanclaim",
                "version": __version__,
                "sha256": package_digest(""),
                "polars": version("polars"),
            },
            "inputs": [dict(one) for one in self.inputs],
            "left_out": [{"path": one.path, "why": one.why} for one in self.left_out],
            "settings": {
                "as_of": self.settings.as_of.isoformat(),
                "default_payer": self.settings.default_payer,
                "localities": dict(self.settings.localities),
                "payer_files": [{"id": one.id, "sha256": one.sha256} for one in self.payer_files],
                "ignored": [
                    {"word": one.word, "rules": list(one.codes), "reason": one.reason, "by": one.by}
                    for one in self.ignored
                ],
                "baseline": _decided(self.baseline, "findings"),
                "suppressions": _decided(self.suppressions, "entries"),
                "writes_baseline": self.writes_baseline,
            },
            "rule_book": {"sha256": package_digest("rules"), "rules": list(self.rules)},
            "reference": {
                "sha256": package_digest("reference"),
                "tables": [
                    {
                        "name": one.name,
                        "rows": one.rows,
                        "from": None if one.first_day is None else one.first_day.isoformat(),
                        "through": None if one.through is None else one.through.isoformat(),
                        "sha256": one.sha256,
                    }
                    for one in self.tables
                ],
            },
        }


def _decided(file: DecisionFile | None, counted: str) -> dict[str, Any] | None:
    return None if file is None else {"sha256": file.sha256, counted: file.count}


def input_facts(files: Sequence[ArchiveFile]) -> tuple[dict[str, Any], ...]:
    """Each file of the archive: its number (as in the columns `file`), path, bytes, rows and digest.

    The bytes and digest of an object in a store are null: its store keeps them. The rows of a claim or payment file
    are null: it has none.

    Raises:
        ArchiveError: a file cannot be read.
    """
    return tuple(
        {
            "number": number,
            "path": file.path,
            "bytes": None if file.is_remote() else Path(file.path).stat().st_size,
            "rows": None if file.kind == "x12" else count_lines(file),
            "sha256": file.sha256() or None,
        }
        for number, file in enumerate(files, start=1)
    )


def sample_facts(sample: Sample | None) -> dict[str, Any] | None:
    """How the sample was drawn, and how many claims of each stratum."""
    if sample is None:
        return None
    return {
        "generator": GENERATOR,
        "numpy": version("numpy"),
        "seed": sample.plan.seed,
        "size": sample.plan.size,
        "strata_by": list(sample.plan.strata),
        "strata": [{"name": one.name, "claims": one.universe, "drawn": one.count} for one in sample.strata],
    }


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@cache
def package_digest(folder: str) -> str:
    """The digest of a folder of the program as installed: every file's path and bytes; empty: the whole program."""
    root = resources.files("cleanclaim")
    digest = hashlib.sha256()
    for name, file in sorted(_files(root.joinpath(folder) if folder else root, ""), key=lambda item: item[0]):
        data = file.read_bytes()
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _files(folder: Traversable, below: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for item in folder.iterdir():
        if item.is_dir():
            if item.name != "__pycache__":
                found += _files(item, f"{below}{item.name}/")
        else:
            found.append((below + item.name, item))
    return found


def as_text(document: Mapping[str, Any]) -> str:
    """A document as it is written: names in their order, so that the same is written the same."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
