"""Which files an archive has: those that are read, and those in its folders that are not, each with why.

A folder may hold anything, so what cannot be read there is left out and told, and the rest is judged. A file that was
named must be one that can be read.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from cleanclaim.audit.inputs import SUFFIXES, ArchiveError, ArchiveFile, kind_of, require_lines, with_broken_lines

_CHUNK = 1 << 20
_INTERCHANGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*ISA[^A-Za-z0-9]")
_CLAIM_OR_PAYMENT = re.compile(rb"(?:^|[^A-Z0-9])CL[MP][^A-Z0-9]", re.IGNORECASE)
_TAG = 5
"""Bytes of a claim's tag with what stands around it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file in a folder of an archive that is not read; or what of a file is not."""

    path: str
    why: str
    is_damaged: bool = False
    """Whether it is of a kind that is read, so that claims may be missing from the audit."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The files of an archive in their order, and what lies beside them."""

    files: tuple[ArchiveFile, ...]
    left_out: tuple[LeftOut, ...] = ()


def archive_of(paths: Sequence[str]) -> Archive:
    """The files named, and those in the folders named, by path; of files with the same bytes the first.

    Raises:
        ArchiveError: a file that was named cannot be read, a path is not there, or nothing at all can be read.
    """
    found: list[ArchiveFile] = []
    left_out: list[LeftOut] = []
    for path in map(_local, paths):
        if "://" in path:
            found.append(_at_address(path))
        elif Path(path).is_dir():
            for file in _inside(Path(path)):
                try:
                    found.append(_readable(file))
                except ArchiveError as error:
                    why = str(error).removeprefix(f"{file}: ")
                    left_out.append(LeftOut(str(file), why, file.suffix.lower() in SUFFIXES))
        elif Path(path).is_file():
            found.append(_readable(Path(path)))
        else:
            raise ArchiveError(f"{path}: is neither a file nor a folder; expected an archive of billed lines")
    files, copies = _told_apart(found)
    if not files:
        first = f" ({left_out[0].path}: {left_out[0].why})" if left_out else ""
        raise ArchiveError(f"{', '.join(paths)}: holds no file that is read{first}; expected Parquet, CSV, 837 or 835")
    broken = [LeftOut(file.path, said, is_damaged=True) for file in files for said in file.broken]
    return Archive(files, tuple(sorted((*left_out, *copies, *broken), key=lambda one: one.path)))


def _local(path: str) -> str:
    """The path of a `file://` address of something on this machine; any other as it is."""
    address = urlsplit(path)
    if address.scheme == "file" and address.netloc in {"", "localhost"}:
        named = url2pathname(address.path)
        return named if Path(named).exists() else path
    return path


def _at_address(address: str) -> ArchiveFile:
    kind = kind_of(address)
    if kind == "x12":
        raise ArchiveError(f"{address}: claim and payment files are read from a disk; expected a path, or a table")
    file = ArchiveFile(address, kind)
    require_lines(file)
    return file


def _inside(folder: Path) -> Iterator[Path]:
    """The files of a folder and those below it, without hidden ones."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
            yield file


def _readable(path: Path) -> ArchiveFile:
    """The file, with how it is read: by how its name ends, else by how it begins.

    Raises:
        ArchiveError: it is of no kind that is read, or is damaged so that nothing of it can be.
    """
    if not path.stat().st_size:
        raise ArchiveError(f"{path}: is empty")
    if path.suffix.lower() in SUFFIXES:
        file = ArchiveFile(str(path), kind_of(path.name))
    elif _begins_as_interchange(path):
        file = ArchiveFile(str(path), "x12")
    else:
        raise ArchiveError(f"{path}: is not read; expected a file that ends in {', '.join(SUFFIXES)}")
    if file.kind == "x12":
        if not _has_claim_or_payment(path):
            raise ArchiveError(f"{path}: holds no claim and no payment")
        return file
    if file.kind == "csv":
        _require_text(path)
    require_lines(file)
    return with_broken_lines(file) if file.kind == "csv" else file


def _begins_as_interchange(path: Path) -> bool:
    with path.open("rb") as stream:
        return _INTERCHANGE.match(stream.read(_CHUNK)) is not None


def _has_claim_or_payment(path: Path) -> bool:
    end = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if _CLAIM_OR_PAYMENT.search(end + chunk):
                return True
            end = chunk[-_TAG:]
    return False


def _require_text(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                row = lines + chunk[: error.start].count(b"\n")
                raise ArchiveError(f"{path}: line {row} is not UTF-8; expected the table saved as UTF-8") from None
            lines += chunk.count(b"\n")


def _told_apart(found: Sequence[ArchiveFile]) -> tuple[tuple[ArchiveFile, ...], list[LeftOut]]:
    """The files, and those whose bytes one before them has: claims and payments would count twice."""
    sizes: dict[int, list[ArchiveFile]] = {}
    for file in found:
        if not file.is_remote():
            sizes.setdefault(Path(file.path).stat().st_size, []).append(file)
    copies: dict[int, str] = {}
    for alike in sizes.values():
        first: dict[str, ArchiveFile] = {}
        for file in alike if len(alike) > 1 else ():
            with Path(file.path).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if (other := first.setdefault(digest, file)) is not file:
                copies[id(file)] = other.path
    files = tuple(file for file in found if id(file) not in copies)
    said = [LeftOut(file.path, f"holds the same bytes as {copies[id(file)]}") for file in found if id(file) in copies]
    return files, said
