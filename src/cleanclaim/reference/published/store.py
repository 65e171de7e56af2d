"""The data folder: loaded editions as Parquet, with a manifest that is replaced in one step.

    <data folder>/editions.json                            the manifest
    <data folder>/<kind>/<edition>.<hash>/table.parquet    one loaded edition, and its index where it has one

An edition's folder is complete before the manifest names it, and folders that no manifest names are removed
afterwards, so that a reader sees the old edition or the new one. Files are the user's alone (0600, folders 0700).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from cleanclaim.reference.published.kinds import Kind, record
from cleanclaim.sources import Confidence, Source

MANIFEST = "editions.json"
TABLE = "table.parquet"
_FORMAT = 1
_LOCK = "editions.lock"
_CHUNK = 1024 * 1024
_HASH_SHOWN = 12


class StoreError(ValueError):
    """The data folder does not hold what its manifest says; names the file and what to do."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that an edition was read from."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LoadedEdition:
    """One loaded edition. Two are the same where kind, name and the hash of the table are."""

    kind: Kind
    name: str
    """First day in force, as `2026-07-01`."""
    version: str
    """The publisher's own name of the edition, or empty."""
    valid_from: date
    valid_through: date
    """The days for which it answers with certainty."""
    rows: int
    sha256: str
    """Hash of the stored table."""
    loaded_on: date
    note: str
    files: tuple[SourceFile, ...] = field(compare=False)
    folder: Path = field(compare=False)

    @property
    def begins(self) -> date:
        """First day in force."""
        return date.fromisoformat(self.name)

    @property
    def source(self) -> Source:
        """Who published it, and the day it was loaded."""
        known = record(self.kind)
        version = f", {self.version}" if self.version else ""
        names = ", ".join(file.name for file in self.files)
        return Source(
            publisher=known.publisher,
            title=known.title,
            section=f"edition of {self.name}{version}, loaded from {names}",
            read_on=self.loaded_on,
            url=known.url,
            confidence=Confidence.SEEN,
        )

    def table(self) -> pl.DataFrame:
        """The stored rows.

        Raises:
            StoreError: the file is absent or has another number of rows.
        """
        path = self.folder / TABLE
        try:
            frame = pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(f"{path}: cannot be read; load the edition of {self.name} again") from error
        if frame.height != self.rows:
            raise StoreError(f"{path}: {frame.height} rows, the manifest says {self.rows}; load the edition again")
        return frame

    def is_whole(self) -> bool:
        """Whether the stored table is byte for byte the one that was loaded."""
        try:
            return _hash_of(self.folder / TABLE) == self.sha256
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class NewEdition:
    """An edition that was read and checked, ready to be kept."""

    kind: Kind
    name: str
    version: str
    valid_from: date
    valid_through: date
    frame: pl.DataFrame
    files: tuple[SourceFile, ...]
    note: str = ""


def data_folder() -> Path | None:
    """Where loaded editions are kept: CLEANCLAIM_DATA, else the XDG data home; None where there is no home."""
    if own := os.environ.get("CLEANCLAIM_DATA"):
        return Path(own)
    if home := os.environ.get("XDG_DATA_HOME"):
        return Path(home) / "cleanclaim"
    try:
        return Path.home() / ".local" / "share" / "cleanclaim"
    except RuntimeError:
        return None


def read_manifest(folder: Path) -> tuple[LoadedEdition, ...]:
    """The loaded editions, by kind and first day; none where nothing was loaded.

    Raises:
        StoreError: the manifest is damaged.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read; remove it and load the published files again") from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise StoreError(f"{path}: of another format; expected format {_FORMAT}: load the published files again")
    try:
        found = [_entry(item, folder) for item in document["editions"]]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path}: an entry is damaged ({error}); load the published files again") from error
    return tuple(sorted(found, key=_order))


def keep(
    folder: Path, new: NewEdition, loaded_on: date, add_index: Callable[[pl.DataFrame, Path], None] | None = None
) -> LoadedEdition:
    """Keep an edition, in the place of one of the same kind and first day.

    Args:
        folder: The data folder; made where it is absent.
        new: What was read.
        loaded_on: The day of loading.
        add_index: Writes further files beside the table.

    Raises:
        OSError: the folder cannot be written; what was there stays.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        before = read_manifest(folder)
        kept = _write_edition(folder, new, loaded_on, add_index)
        others = [item for item in before if (item.kind, item.name) != (kept.kind, kept.name)]
        _replace_manifest(folder, [*others, kept])
        _remove_unnamed(folder)
    return kept


def forget(folder: Path, kind: Kind, name: str) -> bool:
    """Remove an edition; false where there is none of that kind and name."""
    if not folder.is_dir():
        return False
    with _locked(folder):
        before = read_manifest(folder)
        others = [item for item in before if (item.kind, item.name) != (kind, name)]
        if len(others) == len(before):
            return False
        _replace_manifest(folder, others)
        _remove_unnamed(folder)
    return True


def write_edition(
    folder: Path, new: NewEdition, loaded_on: date, add_index: Callable[[pl.DataFrame, Path], None] | None = None
) -> LoadedEdition:
    """Write an edition into a folder of one's own, without a manifest: to compare with, not to keep."""
    return _write_edition(folder, new, loaded_on, add_index)


def _write_edition(
    folder: Path, new: NewEdition, loaded_on: date, add_index: Callable[[pl.DataFrame, Path], None] | None
) -> LoadedEdition:
    of_kind = folder / new.kind.value
    of_kind.mkdir(mode=0o700, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=of_kind))
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, work, ignore_errors=True)
        new.frame.write_parquet(work / TABLE, compression="zstd", statistics=True, row_group_size=250_000)
        if add_index is not None:
            add_index(new.frame, work)
        for file in work.iterdir():
            file.chmod(0o600)
            _settle(file)
        digest = _hash_of(work / TABLE)
        place = of_kind / f"{new.name}.{digest[:_HASH_SHOWN]}"
        # The same table loaded again stays where it is: readers may be in it.
        if not _is_same(place, work, digest):
            shutil.rmtree(place, ignore_errors=True)
            work.rename(place)
            undo.pop_all()
    return LoadedEdition(
        kind=new.kind,
        name=new.name,
        version=new.version,
        valid_from=new.valid_from,
        valid_through=new.valid_through,
        rows=new.frame.height,
        sha256=digest,
        loaded_on=loaded_on,
        note=new.note,
        files=new.files,
        folder=place,
    )


def _is_same(place: Path, work: Path, digest: str) -> bool:
    """Whether an edition's folder holds what was written anew, whole."""
    names = {file.name for file in work.iterdir()}
    if not place.is_dir() or {file.name for file in place.iterdir()} != names:
        return False
    alike = all((place / name).stat().st_size == (work / name).stat().st_size for name in names)
    return alike and _hash_of(place / TABLE) == digest


def _replace_manifest(folder: Path, editions: list[LoadedEdition]) -> None:
    """Write the manifest beside the old one and put it in its place in one step."""
    document = {"format": _FORMAT, "editions": [_json(item) for item in sorted(editions, key=_order)]}
    handle, name = tempfile.mkstemp(prefix=".editions-", dir=folder)
    work = Path(name)
    with contextlib.ExitStack() as undo:
        undo.callback(work.unlink, missing_ok=True)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(document, indent=1, default=str) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        work.replace(folder / MANIFEST)
        undo.pop_all()


def _remove_unnamed(folder: Path) -> None:
    """Remove the folders of editions that the manifest no longer names, and what a broken-off run left."""
    named = {item.folder for item in read_manifest(folder)}
    for kind in Kind:
        of_kind = folder / kind.value
        for item in sorted(of_kind.iterdir()) if of_kind.is_dir() else ():
            if item.is_dir() and item not in named:
                shutil.rmtree(item, ignore_errors=True)


def _order(edition: LoadedEdition) -> tuple[str, str]:
    return (edition.kind.value, edition.name)


def _json(edition: LoadedEdition) -> dict[str, Any]:
    return {
        "kind": edition.kind.value,
        "edition": edition.name,
        "version": edition.version,
        "from": edition.valid_from,
        "through": edition.valid_through,
        "rows": edition.rows,
        "sha256": edition.sha256,
        "loaded_on": edition.loaded_on,
        "note": edition.note,
        "files": [{"name": file.name, "sha256": file.sha256} for file in edition.files],
        "folder": edition.folder.name,
    }


def _entry(item: Mapping[str, Any], folder: Path) -> LoadedEdition:
    kind, name = Kind(item["kind"]), str(item["folder"])
    if Path(name).name != name or name.startswith("."):
        raise ValueError(f"folder {name!r} leads outside")
    return LoadedEdition(
        kind=kind,
        name=str(item["edition"]),
        version=str(item["version"]),
        valid_from=date.fromisoformat(item["from"]),
        valid_through=date.fromisoformat(item["through"]),
        rows=int(item["rows"]),
        sha256=str(item["sha256"]),
        loaded_on=date.fromisoformat(item["loaded_on"]),
        note=str(item["note"]),
        files=tuple(SourceFile(str(file["name"]), str(file["sha256"])) for file in item["files"]),
        folder=folder / kind.value / name,
    )


def _hash_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _settle(path: Path) -> None:
    """Have the file's content on the disk before its name is."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold off other processes that load at the same time, where the system can lock files."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        yield
        return
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
