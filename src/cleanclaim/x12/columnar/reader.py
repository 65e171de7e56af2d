"""X12 files of any size into tables, block by block, with the untouched bytes beside them.

    for block in read_blocks(path):
        block.tables["claims"], block.tables["lines"], block.raw

Each block is read on a thread of its own: it is searched for delimiters (`tokens`); then its segments are placed and
its rows get their keys (`envelopes`, `placing`, `keys`), which is the only step that waits for the block before; then
its columns are read (`gather`).
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import polars as pl

from cleanclaim.x12.columnar import careful, compiled, cutting
from cleanclaim.x12.columnar.carrying import Around, Carried, carried_on
from cleanclaim.x12.columnar.column_map import ColumnMap, level_starts, map_for, table_names
from cleanclaim.x12.columnar.cutting import RawBlock
from cleanclaim.x12.columnar.envelopes import EnvelopeState, Span, envelopes
from cleanclaim.x12.columnar.gather import Gatherer
from cleanclaim.x12.columnar.keys import KeyState, assign
from cleanclaim.x12.columnar.placing import LoopState, place
from cleanclaim.x12.columnar.regular import irregular, too_late, without_meaning
from cleanclaim.x12.columnar.tokens import Tokens, tag_name, tokenize
from cleanclaim.x12.guide import load_guide
from cleanclaim.x12.problems import Problem

Source = str | Path | bytes | BinaryIO

PROBLEMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.String,
    "interchange": pl.String,
    "segment": pl.Int64,
    "loop": pl.String,
    "element": pl.String,
    "found": pl.String,
    "expected": pl.String,
}
LARGE_BLOCK = 2 << 20
"""Bytes of a block that kernels read: what each block costs by itself counts less, and memory stays below 400 MB."""
_CONTROL_NUMBER = 9


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A stretch of a file: its tables, its bytes, and what could not be read in it.

    Attributes:
        tables: by name, as the maps in `guides/columns` say. Keys count on from block to block.
        around: rows of earlier blocks that rows of this one refer to by key: transactions, levels, their parties.
        raw: the bytes, untouched: joined over all blocks they are the file.
        problems: a row for each thing that is not as expected (`PROBLEMS`).
        first_segment: the number of its first segment in the file, from 1.
        segments: how many segments it has.
    """

    tables: dict[str, pl.DataFrame]
    around: Mapping[str, pl.DataFrame]
    raw: bytes
    problems: pl.DataFrame
    first_segment: int
    segments: int

    def table(self, name: str) -> pl.DataFrame:
        """A table with the rows of earlier blocks that it needs before its own."""
        if name not in self.around:
            return self.tables[name]
        return pl.concat([self.around[name], self.tables[name]], how="diagonal_relaxed")


@dataclass(frozen=True, slots=True)
class State:
    """All that the next block needs to know of those before it."""

    envelope: EnvelopeState = field(default_factory=EnvelopeState)
    loops: LoopState = field(default_factory=LoopState)
    keys: KeyState = field(default_factory=KeyState)
    segment: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Consecutive transactions of one kind, ready to be read."""

    gatherer: Gatherer
    spans: list[Span]


class Placing(NamedTuple):
    """A block's stretches, its problems so far, its interchanges (`envelopes`), and the state after it."""

    stretches: list[Stretch]
    problems: list[Problem]
    interchanges: list[tuple[int, str]]
    state: State


def read_blocks(
    source: Source,
    *,
    block_size: int | None = None,
    threads: int = 2,
    tables: Collection[str] | None = None,
    is_compiled: bool | None = None,
) -> Iterator[Block]:
    """Read a file in blocks, in order.

    Damage never raises: what can be read is read and the rest is in `Block.problems`. Memory does not grow with the
    file. `OSError` where the file cannot be opened or read; `ValueError` where no map has a table that is asked for.

    Args:
        source: a path, the bytes themselves, or an open binary file, which is left open.
        block_size: bytes of a block, about; by itself `cutting.BLOCK`, or `LARGE_BLOCK` where kernels read it.
        threads: how many blocks are worked on at the same time.
        tables: the names of those that are wanted; all unless said. Keys are the same, and so are the tables; values
            of other tables are not looked at, so that what is wrong with them is not said.
        is_compiled: whether kernels (`compiled`) read it; by itself where they are installed and the file is large.
            What is read is the same.
    """
    if tables is not None and (unknown := sorted(set(tables) - table_names())):
        raise ValueError(f"tables {', '.join(unknown)}: expected some of {', '.join(sorted(table_names()))}")
    with ExitStack() as stack:
        name, stream, size = _opened(source, stack)
        if is_compiled is None:
            is_compiled = size >= compiled.WORTHWHILE and compiled.is_available()
        if block_size is None:
            block_size = LARGE_BLOCK if is_compiled else cutting.BLOCK
        pool = stack.enter_context(ThreadPoolExecutor(threads, thread_name_prefix="x12"))
        pipeline = _Pipeline(name, pool, threads, tables, is_compiled=is_compiled)
        yield from pipeline.run(cutting.blocks(stream, block_size, level_starts))


def read_tables(source: Source, *, threads: int = 2) -> dict[str, pl.DataFrame]:
    """All tables of a file at once, for files that fit in memory, with its problems as table `problems`."""
    found: dict[str, list[pl.DataFrame]] = {"problems": []}
    for block in read_blocks(source, threads=threads):
        for name, table in block.tables.items():
            found.setdefault(name, []).append(table)
        found["problems"].append(block.problems)
    if not found["problems"]:
        return {"problems": pl.DataFrame(schema=PROBLEMS)}
    return {name: pl.concat(parts, how="diagonal_relaxed") for name, parts in found.items()}


def _opened(source: Source, stack: ExitStack) -> tuple[str, BinaryIO, int]:
    """The name of a source, its bytes, and how many there are; 0 where that is not known."""
    if isinstance(source, bytes):
        return "", io.BytesIO(source), len(source)
    if isinstance(source, str | Path):
        path = Path(source)
        stream = stack.enter_context(path.open("rb"))
        return path.name, stream, path.stat().st_size
    return "", source, 0


class _Pipeline:
    """Has each block read on one of some threads from end to end, a block waiting for them, and gives them in order."""

    def __init__(
        self,
        name: str,
        pool: ThreadPoolExecutor,
        threads: int,
        tables: Collection[str] | None,
        *,
        is_compiled: bool,
    ) -> None:
        self.tokenize = partial(tokenize, is_compiled=is_compiled)
        self.read = partial(read_block, name=name, wanted=tables)
        self.name = name
        self.pool = pool
        # One more than there are threads, so that none of them waits for whoever takes the tables.
        self.depth = threads + 1
        self.carried: dict[str, Carried] = {}

    def run(self, raws: Iterator[RawBlock]) -> Iterator[Block]:
        reading: deque[Future[tuple[Block, KeyState]]] = deque()
        before: Future[State] = Future()
        before.set_result(State())
        for raw in raws:
            # This one was cut while those before were being read.
            done = reading.popleft().result() if len(reading) == self.depth else None
            after: Future[State] = Future()
            reading.append(self.pool.submit(self._whole, raw, before, after))
            before = after
            if done is not None:
                yield self._finished(*done)
                del done
        while reading:
            yield self._finished(*reading.popleft().result())

    def _whole(self, raw: RawBlock, before: Future[State], after: Future[State]) -> tuple[Block, KeyState]:
        """A block, and the keys that are open after it; `after` is told the state as soon as segments are placed."""
        try:
            tokens = None if raw.delimiters is None else self.tokenize(raw.raw, raw.delimiters)
            # The blocks before were begun before, so that this waits for work that is done meanwhile.
            state = before.result()
            first = state.segment
            placing = Placing([], [], [], state) if tokens is None else place_block(tokens, state)
        except BaseException as error:
            # Nobody is to wait for what never comes.
            after.set_exception(error)
            raise
        state = placing.state
        after.set_result(state)
        if tokens is None:
            return _unread(raw, first, self.name), state.keys
        told = [one._replace(segment=one.segment + first - 1) for one in raw.problems]
        told += placing.problems
        told += _cut_short(raw, tokens, first)
        if raw.is_last:
            told += state.envelope.at_end(state.segment - 1)
        return self.read(raw, tokens, placing._replace(problems=told), first), state.keys

    def _finished(self, block: Block, state: KeyState) -> Block:
        """The block with the rows of earlier ones that its own refer to."""
        around = Around(self.carried)
        self.carried = carried_on(self.carried, block.tables, state)
        return Block(block.tables, around, block.raw, block.problems, block.first_segment, block.segments)


def place_block(tokens: Tokens, state: State) -> Placing:
    """Place a block's segments and give its rows their keys: the step that needs the block before."""
    found, envelope, problems, interchanges = envelopes(tokens, state.envelope, state.segment)
    stretches: list[Stretch] = []
    loops, keys = state.loops, state.keys
    for columns, group in _by_map(found):
        if columns is None:
            known = "837, 835, 999, 277, 276, 271 or 270 of version 5010"
            problems += [
                Problem(state.segment + span.begin, "", "ST01", "a transaction of which no tables are made", known)
                for span in group
                if not span.is_continued
            ]
            loops, keys = LoopState(), KeyState(keys.following)
            continue
        if not group[0].is_continued:
            loops, keys = LoopState(), KeyState(keys.following)
        begin = group[0].begin
        part = tokens.between(begin, group[-1].end)
        own = [_moved(span, -begin) for span in group]
        placed = place(part, columns.loops, own, loops)
        if not columns.guide:
            problems.extend(without_meaning(part, placed, state.segment + begin))
        else:
            guide = load_guide(columns.guide)
            odd = irregular(part, placed, own, loops)
            for index in odd:
                problems.extend(careful.replace(part, placed, own[index], guide, loops, state.segment + begin))
            if odd:
                # What was known of occurrences holds no more.
                placed.instances.clear()
        problems.extend(too_late(part, placed, columns, state.segment + begin))
        given, keys = assign(placed, columns, keys, loops)
        loops = placed.state
        stretches.append(Stretch(Gatherer(part, placed, columns, given, state.segment + begin), own))
    if not envelope.in_transaction:
        loops, keys = LoopState(), KeyState(keys.following)
    after = State(envelope, loops, keys, state.segment + len(tokens))
    return Placing(stretches, problems, interchanges, after)


def _moved(span: Span, by: int) -> Span:
    return Span(
        span.header,
        span.begin + by,
        span.end + by,
        span.is_continued,
        span.is_complete,
        span.before,
        span.promised,
    )


def _by_map(found: Sequence[Span]) -> Iterator[tuple[ColumnMap | None, list[Span]]]:
    group: list[Span] = []
    current: ColumnMap | None = None
    for span in found:
        columns = map_for(span.header.kind, span.header.guide, span.header.group_kind)
        if group and columns is not current:
            yield current, group
            group = []
        current = columns
        group.append(span)
    if group:
        yield current, group


def read_block(
    raw: RawBlock,
    tokens: Tokens,
    placing: Placing,
    first: int,
    *,
    name: str = "",
    wanted: Collection[str] | None = None,
) -> Block:
    """Read the columns of a block whose segments are placed, those of `wanted` tables or all.

    `first` is the number of its first segment in the file.
    """
    stretches, problems = placing.stretches, placing.problems
    parts: dict[str, list[pl.DataFrame]] = {}
    for stretch in stretches:
        made = stretch.gatherer.tables(wanted)
        if "transactions" in made:
            made["transactions"] = _with_envelopes(made["transactions"], stretch)
        for key, frame in made.items():
            parts.setdefault(key, []).append(frame)
        problems.extend(stretch.gatherer.problems)
    tables = {
        key: frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal_relaxed")
        for key, frames in parts.items()
    }
    problems.sort(key=lambda problem: problem.segment)
    return Block(tables, {}, raw.raw, _problems(problems, placing.interchanges, name), first, len(tokens))


def _unread(raw: RawBlock, first: int, name: str) -> Block:
    return Block({}, {}, raw.raw, _problems(list(raw.problems), [], name), first, 0)


def _cut_short(raw: RawBlock, tokens: Tokens, first: int) -> list[Problem]:
    """The last segment of a block, where it has no end: in as many bytes as a block may have, or in the file."""
    if not len(tokens) or not (raw.is_torn or (raw.is_last and tokens.is_open)):
        return []
    found = "a segment that does not end" if raw.is_torn else "the file ends within a segment"
    name = tag_name(int(tokens.tags[-1])) or "segment"
    return [Problem(first + len(tokens) - 1, "", name, found, f"a terminator {tokens.delimiters.segment!r}")]


def _with_envelopes(table: pl.DataFrame, stretch: Stretch) -> pl.DataFrame:
    """The transactions with what their envelopes say."""
    headers = [span.header for span in stretch.spans if not span.is_continued]
    if not headers:
        return table.hstack(_no_envelopes())
    columns = {
        "kind": [header.kind for header in headers],
        "guide": [header.guide for header in headers],
        "number": [header.number for header in headers],
        "group_number": [header.group_number for header in headers],
        "interchange_number": [header.interchange_number for header in headers],
        "usage": [header.usage for header in headers],
        "sender": [header.sender for header in headers],
        "receiver": [header.receiver for header in headers],
    }
    return table.hstack([pl.Series(name, words, dtype=pl.String) for name, words in columns.items()])


def _problems(problems: list[Problem], interchanges: Sequence[tuple[int, str]], name: str) -> pl.DataFrame:
    """Problems as a table; the interchange is named by its control number where that is one."""
    if not problems:
        return _no_problems().clone()
    rows, at, interchange = [], 0, ""
    for problem in problems:
        while at < len(interchanges) and interchanges[at][0] <= problem.segment:
            number = interchanges[at][1]
            is_number = len(number) <= _CONTROL_NUMBER and number.isascii() and number.isdigit()
            interchange = number if is_number else ""
            at += 1
        rows.append((name, interchange, *problem))
    return pl.DataFrame(rows, schema=PROBLEMS, orient="row")


@cache
def _no_envelopes() -> pl.DataFrame:
    names = "kind", "guide", "number", "group_number", "interchange_number", "usage", "sender", "receiver"
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


@cache
def _no_problems() -> pl.DataFrame:
    return pl.DataFrame(schema=PROBLEMS)
