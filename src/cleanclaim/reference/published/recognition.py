"""What a part of a published file is, told by its content: the first reader that knows its layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cleanclaim.reference.published import (
    add_ons,
    code_sets,
    diagnoses,
    geographic_indices,
    hcpcs,
    localities,
    pairs,
    relative_values,
    therapy_codes,
    unit_limits,
)
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Row
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, head_of


class Reader(Protocol):
    """A module that reads one kind of file, or a few of one layout."""

    def recognize(self, part: Part, head: Sequence[Row]) -> Kind | None:
        """The kind of the part, or None where it is of another layout."""

    def read(self, part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
        """Read and check the part."""


READERS: tuple[Reader, ...] = (
    pairs,
    unit_limits,
    add_ons,
    relative_values,
    geographic_indices,
    localities,
    hcpcs,
    code_sets,
    therapy_codes,
    diagnoses,
)
"""Those that ask for more headings stand before those that ask for fewer."""

_NO_TABLE = (b"%PDF", b"\xd0\xcf\x11\xe0")
"""First bytes of what is no table here: PDF, and spreadsheets and texts of the format before 2007."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """A part, its first rows, its kind and who reads it."""

    part: Part
    head: Sequence[Row]
    kind: Kind
    reader: Reader

    def read(self, asked: Asked) -> Table:
        """Read and check the whole part."""
        return self.reader.read(self.part, self.head, asked, self.kind)


def recognize(part: Part) -> Recognized | None:
    """What the part is, or None where no reader knows its layout."""
    if part.data.startswith(_NO_TABLE):
        return None
    try:
        head = head_of(part)
    except PublishedFileError:
        return None
    for reader in READERS:
        kind = reader.recognize(part, head)
        if kind is not None:
            return Recognized(part, head, kind, reader)
    return None
