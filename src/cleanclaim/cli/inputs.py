"""What `check` and `fix` read: visits, flat lines and professional claims, each as tables with where they stood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cleanclaim.cli.output import unusable
from cleanclaim.facts.kit import Context
from cleanclaim.lines.flat_files import SUFFIXES as FLAT_SUFFIXES
from cleanclaim.lines.flat_files import FlatFileError, read_flat
from cleanclaim.lines.from_flat import FlatTables, tables_of_rows
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.lines.tables import Tables
from cleanclaim.records import Clinic
from cleanclaim.records.reading import (
    VISIT_SUFFIXES,
    FolderError,
    Loaded,
    Rejection,
    read_folder,
    read_visits,
)
from cleanclaim.reference.payers import Payer, PayerFileError, load_folder
from cleanclaim.x12 import Problem, X12File, claims_of, read
from cleanclaim.x12.claim_tables import ClaimTables, tables_of_claims

if TYPE_CHECKING:
    from cleanclaim.bill import Prepared, Question

_X12_SUFFIXES = (".837", ".x12", ".edi", ".clm")


@dataclass(frozen=True, slots=True)
class Named:
    """A claim as a person finds it again: the file, its key there, the day treated, the payer file."""

    file: str
    key: str
    day: date | None
    payer: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Claims of one kind, judged together, and what was met on the way."""

    kind: str
    """`visits`, `lines` or `claims`."""
    tables: Tables
    context: Context
    names: tuple[Named, ...]
    """By `claim_id`."""
    rejections: tuple[Rejection, ...] = ()
    problems: tuple[tuple[str, Problem], ...] = ()
    questions: tuple[tuple[int, Question], ...] = ()
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    visits: tuple[Prepared, ...] = ()
    """By `claim_id`, where the kind is `visits`."""
    flat: FlatTables | None = None
    claims: ClaimTables | None = None
    x12: tuple[tuple[Path, X12File], ...] = ()

    @property
    def judged(self) -> int:
        """How many claims are judged, history left aside."""
        return len(self.names) - int(self.tables.claims.get_column("is_history").sum())


@dataclass(frozen=True, slots=True)
class Setting:
    """What the files are read in the light of."""

    as_of: date
    default_payer: str | None = None
    clinic: Clinic | None = None
    around: Loaded = field(default_factory=Loaded)
    """The clinic's folder: its patients, and its visits as history."""
    packs: Mapping[str, Payer] = field(default_factory=dict)
    tried: Mapping[str, Payer] = field(default_factory=dict)
    """Packs on trial: they come before those of every folder that is read."""


def setting_of(folder: Path | None, as_of: date, default_payer: str | None) -> Setting:
    """Read the clinic's folder, if there is one; leaves with a message when it cannot be used."""
    if folder is None:
        return Setting(as_of, default_payer)
    loaded, packs = _clinic(folder)
    return Setting(as_of, default_payer, loaded.clinic, loaded, packs)


def _clinic(folder: Path) -> tuple[Loaded, dict[str, Payer]]:
    own = folder / "payers"
    try:
        return read_folder(folder), {pack.id: pack for pack in load_folder(own)} if own.is_dir() else {}
    except (FolderError, PayerFileError) as error:
        unusable(str(error))


def read_batches(files: Sequence[Path], setting: Setting) -> list[Batch]:
    """Read the files by kind; leaves with a message when one is of no kind that is known, or cannot be used."""
    by_kind: dict[str, list[Path]] = {"folder": [], "visits": [], "lines": [], "claims": []}
    for path in files:
        by_kind[kind_of(path)].append(path)
    batches = [_folder_batch(path, setting) for path in by_kind["folder"]]
    if by_kind["visits"]:
        loaded = Loaded(patients=setting.around.patients)
        read_visits(by_kind["visits"], loaded)
        batches.append(visit_batch(loaded, setting))
    if by_kind["lines"]:
        batches.append(_flat_batch(by_kind["lines"], setting))
    if by_kind["claims"]:
        batches.append(_claim_batch(by_kind["claims"], setting))
    return batches


def kind_of(path: Path) -> str:
    """What a file holds: `folder`, `visits`, `lines` or `claims`; leaves with a message when that is not known."""
    if path.is_dir():
        return "folder"
    if not path.is_file():
        unusable(f"{path}: no such file")
    try:
        with path.open("rb") as stream:
            head = stream.read(400).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        unusable(f"{path}: cannot be read")
    suffix = path.suffix.lower()
    if head.startswith(b"ISA") or suffix in _X12_SUFFIXES:
        return "claims"
    kind = "lines" if suffix in FLAT_SUFFIXES else "visits" if suffix in VISIT_SUFFIXES else ""
    if not kind:
        known = ", ".join([*VISIT_SUFFIXES, *FLAT_SUFFIXES, *_X12_SUFFIXES])
        unusable(f"{path}: not a kind of file that is read here; expected a clinic's folder or a file in {known}")
    return kind


def _folder_batch(path: Path, setting: Setting) -> Batch:
    loaded, packs = _clinic(path)
    own = {**setting.packs, **packs, **setting.tried}
    return visit_batch(loaded, replace(setting, clinic=loaded.clinic, packs=own))


def visit_batch(loaded: Loaded, setting: Setting) -> Batch:
    """Visits, with the clinic's other visits as history."""
    from cleanclaim.bill.prepare import prepare  # noqa: PLC0415 - what reads notes loads slowly, and lines have none

    patients = loaded.patients or setting.around.patients
    given = {visit.id for visit in loaded.visits}
    others = [visit for visit in setting.around.visits if visit.id not in given]
    visits = [*loaded.visits, *others]
    prepared = prepare(visits, patients, setting.clinic, setting.packs, default_payer=setting.default_payer)
    ready = [replace(item, case=replace(item.case, is_history=item.case.visit.id not in given)) for item in prepared]
    tables = tables_of([item.case for item in ready], setting.clinic, setting.as_of)
    payers = tables.claims.get_column("payer").to_list()
    names = [
        Named(loaded.files.get(item.case.visit.id, ""), item.case.visit.id, item.case.visit.date_of_service, payer)
        for item, payer in zip(ready, payers, strict=True)
    ]
    asked = [(n, one) for n, item in enumerate(ready) if not item.case.is_history for one in item.questions]
    return Batch(
        kind="visits",
        tables=tables,
        context=Context(payers=dict(setting.packs)),
        names=tuple(names),
        rejections=tuple(loaded.rejections),
        questions=tuple(asked),
        visits=tuple(ready),
    )


def _flat_batch(paths: Iterable[Path], setting: Setting) -> Batch:
    rows = []
    for path in paths:
        try:
            rows += read_flat(path)
        except FlatFileError as error:
            unusable(str(error))
    flat = tables_of_rows(rows, as_of=setting.as_of, default_payer=setting.default_payer)
    if setting.clinic is not None and setting.clinic.locality is not None:
        flat = replace(flat, tables=_located(flat.tables, setting.clinic))
    columns = ("claim_key", "date_of_service", "payer")
    names = [
        Named(file, *row) for file, row in zip(flat.files, flat.tables.claims.select(columns).iter_rows(), strict=True)
    ]
    return Batch(
        kind="lines",
        tables=flat.tables,
        context=Context(payers=dict(setting.packs)),
        names=tuple(names),
        rejections=flat.rejections,
        unread=flat.unread,
        flat=flat,
    )


def _located(tables: Tables, clinic: Clinic) -> Tables:
    """The clinic's locality on the lines that it bills and that name none."""
    own = pl.when(pl.col("billing_npi") == clinic.organization.npi).then(pl.lit(clinic.locality))
    return replace(tables, claims=tables.claims.with_columns(pl.col("locality").fill_null(own)))


def _claim_batch(paths: Iterable[Path], setting: Setting) -> Batch:
    parsed, files, problems, sources = [], {}, [], []
    for path in paths:
        file = read(path.read_bytes())
        claims, found = claims_of(file)
        sources.append((path, file))
        problems += [(path.name, problem) for problem in found]
        for claim in claims:
            files[id(claim)] = path.name
        parsed += claims
    clinic = setting.clinic
    located = {clinic.organization.npi: clinic.locality} if clinic is not None and clinic.locality is not None else {}
    laid = tables_of_claims(
        parsed,
        as_of=setting.as_of,
        packs=setting.packs,
        default_payer=setting.default_payer,
        localities=located,
    )
    columns = ("claim_key", "date_of_service", "payer")
    names = [
        Named(files[id(claim)], *row)
        for claim, row in zip(laid.claims, laid.tables.claims.select(columns).iter_rows(), strict=True)
    ]
    return Batch(
        kind="claims",
        tables=laid.tables,
        context=Context(payers=dict(setting.packs)),
        names=tuple(names),
        problems=tuple(problems),
        claims=laid,
        x12=tuple(sources),
    )
