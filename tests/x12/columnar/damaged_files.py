"""Files of hundreds of small interchanges, most of them damaged: what is where in them, known without any reader.

Each damaged interchange is one mutation and has a number, which gives it back: `mutation(number)`. A file holds
`MUTATIONS` of them, and between each three a whole one. The last `WILD` mutations of a file stand behind all others:
there, headers (ISA) are damaged too, so that nobody can say where their delimiters cease to hold. Everywhere else the
header stays whole or is gone, and no other one is put in: then each interchange stands for itself as long as the one
before it ends with a terminator.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import count, groupby

from cleanclaim.x12.delimiters import Delimiters
from tests.x12.columnar.damage import damaged
from tests.x12.columnar.plain_x12 import blanks_in, segments_of
from tests.x12.columnar.small_interchanges import HEADER, WRITTEN, Shape, shapes

MUTATIONS = 1152
WILD = 36
_WHOLE_EVERY = 3
_FEW = 9


@dataclass(frozen=True, slots=True)
class Piece:
    """One interchange of a file: of which shape it is or was, and its bytes. `number` is -1 where it is whole."""

    shape: Shape
    delimiters: Delimiters
    data: bytes
    number: int
    place: int
    """Its place in the file, from 1: the number that its header gives it."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was done to it."""
        return self.number < 0

    @property
    def is_ended(self) -> bool:
        """Whether what follows begins a segment."""
        blanks = blanks_in(self.delimiters).encode()
        terminator = self.delimiters.segment.encode("latin-1")
        return not self.data.strip(blanks + terminator) or self.data.rstrip(blanks).endswith(terminator)


@dataclass(frozen=True, slots=True)
class Lump:
    """Interchanges that cannot be told apart, as the ones before the last do not end; mostly one alone.

    `first` is the number of its first segment in the file, from 1; `segments` are its segments, without what stands
    around them.
    """

    pieces: tuple[Piece, ...]
    first: int
    segments: tuple[bytes, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it is one whole interchange."""
        return len(self.pieces) == 1 and self.pieces[0].is_whole


@dataclass(frozen=True, slots=True, eq=False)
class DamagedFile:
    """A file: its interchanges in order, those behind the last `wild` ones apart."""

    number: int
    pieces: tuple[Piece, ...]
    wild: tuple[Piece, ...]

    @property
    def data(self) -> bytes:
        """All of its bytes."""
        return b"".join(piece.data for piece in (*self.pieces, *self.wild))

    @property
    def lumps(self) -> list[Lump]:
        """Its interchanges, but for the wild ones, as far as they can be told apart."""
        found: list[Lump] = []
        held: list[Piece] = []
        first = 1
        for piece in self.pieces:
            held.append(piece)
            if piece.is_ended:
                segments = segments_of(b"".join(one.data for one in held), piece.delimiters)
                found.append(Lump(tuple(held), first, segments))
                first += len(segments)
                held = []
        return found

    def few(self, turn: int) -> DamagedFile:
        """Some of its interchanges as a file, from the whole one on that is `turn`-th among those that may begin it."""
        begins = [at for at in range(1, len(self.pieces)) if self.pieces[at].is_whole and self.pieces[at - 1].is_ended]
        at = begins[turn % len(begins)]
        return DamagedFile(self.number, self.pieces[at : at + _FEW], ())


# --- mutations by number ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """Of a file: the shapes in their order, those of a kind side by side, and how its halves are written."""

    order: tuple[Shape, ...]
    written: tuple[Delimiters, Delimiters]

    @classmethod
    def of(cls, file: int) -> _Plan:
        """The plan of a file by its number."""
        pick = random.Random(f"file {file}")
        kinds = [list(group) for _kind, group in groupby(shapes(), lambda shape: shape.kind)]
        pick.shuffle(kinds)
        first = WRITTEN[file % len(WRITTEN)]
        # Most files change their delimiters not at all: each change costs a block of its own.
        second = pick.choice(WRITTEN) if file % 4 == 0 else first
        return cls(tuple(shape for kind in kinds for shape in kind), (first, second))

    def shape(self, turn: int) -> Shape:
        """Which shape the mutation of that turn damages."""
        if turn >= MUTATIONS - WILD:
            return self.order[turn % len(self.order)]
        return self.order[turn * len(self.order) // (MUTATIONS - WILD)]

    def delimiters(self, turn: int) -> Delimiters:
        """How the interchange of that turn is written."""
        return self.written[turn >= _HALF]


_HALF = (MUTATIONS - WILD) // 2
"""The first turn of the second half; a whole interchange stands before it."""


def file_of(number: int) -> DamagedFile:
    """The file of that number: mutations `MUTATIONS * number` and those that follow."""
    plan = _Plan.of(number)
    pieces, wild = [], []
    for turn in range(MUTATIONS):
        made = _mutation(plan, number, turn)
        if turn >= MUTATIONS - WILD:
            wild.append(made)
            continue
        pieces.append(made)
        if turn % _WHOLE_EVERY == _WHOLE_EVERY - 1:
            alike = [shape for shape in plan.order if shape.kind == made.shape.kind]
            shape, place = alike[(number + turn) % len(alike)], made.place + 1
            pieces.append(Piece(shape, made.delimiters, shape.written(made.delimiters, place), -1, place))
    return DamagedFile(number, tuple(pieces), tuple(wild))


def mutation(number: int) -> Piece:
    """The mutation of that number, as it stands in its file."""
    file, turn = divmod(number, MUTATIONS)
    return _mutation(_Plan.of(file), file, turn)


def _mutation(plan: _Plan, file: int, turn: int) -> Piece:
    number, shape, delimiters = file * MUTATIONS + turn, plan.shape(turn), plan.delimiters(turn)
    place = turn + min(turn, MUTATIONS - WILD) // _WHOLE_EVERY + 1
    whole = shape.written(delimiters, place)
    if turn >= MUTATIONS - WILD:
        data = damaged(whole, number, 1 + number % 3, delimiters)
        if turn % 2:
            data = damaged(data[:HEADER], number, 1, delimiters) + data[HEADER:]
        return Piece(shape, delimiters, data, number, place)
    header, body = whole[:HEADER], whole[HEADER:]
    # What had no header would be read by the delimiters before it.
    if number % 24 == 0 and turn not in {0, _HALF}:
        header = b""
    return Piece(shape, delimiters, header + _without_header(body, number, delimiters), number, place)


def _without_header(body: bytes, number: int, delimiters: Delimiters) -> bytes:
    """An interchange's body after some blows, none of which makes a header of it."""
    for again in count():
        data = damaged(body, number + (again << 40), 1 + number % 3, delimiters)
        if b"ISA" not in data.upper():
            return data
    raise AssertionError
