"""How many rows each row group of a Parquet file has, from its footer.

A damaged page spoils its row group, and no other: to read around it, it must be known where the groups begin. Source:
Apache Parquet's `parquet.thrift` (FileMetaData, field 4: row groups; RowGroup, field 3: rows) and Apache Thrift's
compact protocol.
"""

from __future__ import annotations

import os
from pathlib import Path

_MARK = b"PAR1"
_TAIL = 8
"""Bytes after the footer: its length, and the mark."""

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_ROW_GROUPS = 4
_ROWS = 3
_LONG_LIST = 15


class FooterError(ValueError):
    """A file whose footer is not that of Parquet."""


def rows_of_groups(path: Path) -> list[int]:
    """The number of rows of each row group, in their order.

    Raises:
        FooterError: the footer cannot be read.
    """
    with path.open("rb") as stream:
        end = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, end - _TAIL))
        tail = stream.read()
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MARK or length + _TAIL > end:
            raise FooterError(f"{path}: has no footer of Parquet")
        stream.seek(end - _TAIL - length)
        footer = _Compact(stream.read(length))
    try:
        return footer.rows_of_groups()
    except (IndexError, RecursionError) as error:
        raise FooterError(f"{path}: has no footer of Parquet") from error


class _Compact:
    """Reads what is wanted of a struct in Thrift's compact protocol, and passes over the rest."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def rows_of_groups(self) -> list[int]:
        found: list[int] = []
        field = 0
        while header := self._byte():
            field = self._field(header, field)
            if field == _ROW_GROUPS and header & 0xF == _LIST:
                found += [self._rows_of_group() for _ in range(self._list()[0])]
            else:
                self._pass(header & 0xF)
        return found

    def _rows_of_group(self) -> int:
        rows = field = 0
        while header := self._byte():
            field = self._field(header, field)
            if field == _ROWS and header & 0xF == _I64:
                rows = self._zigzag()
            else:
                self._pass(header & 0xF)
        return rows

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
            shift += 7

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _field(self, header: int, before: int) -> int:
        return before + (header >> 4) if header >> 4 else self._zigzag()

    def _list(self) -> tuple[int, int]:
        """How many there are, and of which type."""
        header = self._byte()
        count = header >> 4
        return (self._varint() if count == _LONG_LIST else count), header & 0xF

    def _pass(self, kind: int) -> None:
        if kind == _BYTE:
            self._at += 1
        elif kind in {_I16, _I32, _I64}:
            self._varint()
        elif kind == _DOUBLE:
            self._at += 8
        elif kind == _BINARY:
            length = self._varint()
            self._at += length
        elif kind in {_LIST, _SET}:
            count, each = self._list()
            for _ in range(count):
                self._pass(_BYTE if each in {_TRUE, _FALSE} else each)
        elif kind == _MAP:
            self._pass_map()
        elif kind == _STRUCT:
            while header := self._byte():
                self._field(header, 0)
                self._pass(header & 0xF)
        elif kind not in {_TRUE, _FALSE}:
            raise IndexError(kind)

    def _pass_map(self) -> None:
        count = self._varint()
        if count:
            kinds = self._byte()
            for _ in range(count):
                for kind in (kinds >> 4, kinds & 0xF):
                    self._pass(_BYTE if kind in {_TRUE, _FALSE} else kind)
