"""Open what a publisher hands out: plain files, gzip, and zips, whose members are read in memory within limits.

Nothing is ever unpacked to disk, so a member's path can lead nowhere; a path that tries is refused all the same,
because an archive that holds one was not made by the publisher.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

MOST_BYTES = 600 * 1024 * 1024
"""The largest file that is read, unpacked; the largest published one, a part of the pair edits, is about 60 MB."""
_MOST_MEMBERS = 200
_MOST_EXPANSION = 200
_SMALL = 1024 * 1024
_CHUNK = 1024 * 1024
_DEEPEST = 2
_TABLES = (".txt", ".csv", ".tsv", ".xlsx", ".xls", ".xml", ".zip")


class PublishedFileError(ValueError):
    """A published file that cannot be used: names the file and, where there is one, the row and the field."""


@dataclass(frozen=True)
class Part:
    """One file, read whole. `name` is what errors say; `path` is the file that the user gave."""

    name: str
    path: Path
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Hash of the content."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def stem(self) -> str:
        """The name without folders and ending, in lower case: two layouts of one table share it."""
        return PurePosixPath(self.name.rsplit(": ", maxsplit=1)[-1]).stem.lower()

    @property
    def suffix(self) -> str:
        """The ending in lower case, such as `.csv`."""
        return PurePosixPath(self.name).suffix.lower()


def open_file(path: Path) -> list[Part]:
    """The parts of a file: itself, or the members of an archive that may hold a table.

    Raises:
        PublishedFileError: the file cannot be read, an archive is damaged, leads outside itself, or unpacks to more
            than a published file ever holds.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PublishedFileError(f"{path.name}: larger than {MOST_BYTES // 2**20} MB; expected a published table")
        data = path.read_bytes()
    except OSError as error:
        raise PublishedFileError(f"{path.name}: cannot be read ({error.strerror or 'no such file'})") from error
    return list(_parts(path.name, path, data, depth=0))


def _parts(name: str, path: Path, data: bytes, *, depth: int) -> Iterator[Part]:
    if data.startswith(b"\x1f\x8b"):
        yield from _parts(name.removesuffix(".gz"), path, _gunzip(name, data), depth=depth)
    elif data.startswith(b"PK\x03\x04") and not _is_workbook(name, data):
        if depth >= _DEEPEST:
            raise PublishedFileError(f"{name}: an archive inside archives; expected at most {_DEEPEST} levels")
        yield from _members(name, path, data, depth)
    else:
        yield Part(name, path, data)


def _is_workbook(name: str, data: bytes) -> bool:
    """Whether a zip is a spreadsheet, by its name or its content."""
    if name.lower().endswith(".xlsx"):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _members(name: str, path: Path, data: bytes, depth: int) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise PublishedFileError(f"{name}: a damaged or truncated zip ({error})") from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _MOST_MEMBERS:
            raise PublishedFileError(f"{name}: {len(entries)} members; expected at most {_MOST_MEMBERS}")
        whole = sum(entry.file_size for entry in entries)
        if whole > MOST_BYTES:
            most = MOST_BYTES // 2**20
            raise PublishedFileError(f"{name}: unpacks to {whole // 2**20} MB; expected at most {most} MB")
        for entry in entries:
            _check_member(name, entry)
        for entry in sorted(entries, key=lambda entry: entry.filename):
            if entry.filename.lower().endswith(_TABLES):
                inner = f"{name}: {entry.filename}"
                yield from _parts(inner, path, _unzip(inner, archive, entry), depth=depth + 1)


def _check_member(name: str, entry: zipfile.ZipInfo) -> None:
    place = PurePosixPath(entry.filename.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or (place.parts and place.parts[0].endswith(":")):
        raise PublishedFileError(f"{name}: a member's path leads outside the archive; expected plain names")
    if entry.flag_bits & 0x1:
        raise PublishedFileError(f"{name}: {entry.filename} is encrypted; expected a plain zip")
    if entry.file_size > _SMALL and entry.file_size > _MOST_EXPANSION * max(entry.compress_size, 1):
        raise PublishedFileError(f"{name}: {entry.filename} expands more than {_MOST_EXPANSION} times")


def _unzip(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The member's content; its true size may not pass the stated one."""
    try:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise PublishedFileError(f"{name}: damaged or truncated inside the zip ({error})") from error
    if len(data) != entry.file_size:
        raise PublishedFileError(f"{name}: {len(data)} bytes or more; the zip states {entry.file_size}")
    return data


def _gunzip(name: str, data: bytes) -> bytes:
    found = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while chunk := stream.read(_CHUNK):
                found.write(chunk)
                if found.tell() > MOST_BYTES:
                    raise PublishedFileError(f"{name}: unpacks to more than {MOST_BYTES // 2**20} MB")
    except (OSError, EOFError, zlib.error) as error:
        raise PublishedFileError(f"{name}: a damaged or truncated gzip ({error})") from error
    return found.getvalue()
