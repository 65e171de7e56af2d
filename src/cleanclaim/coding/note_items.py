"""Cut a part of a note into items: a bullet, a sentence, a table row, or a heading with the list below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cleanclaim.coding import cutting, details
from cleanclaim.coding.found import Found
from cleanclaim.coding.note_sections import Part, Stretch
from cleanclaim.coding.note_words import NoteWords
from cleanclaim.coding.wording import fold
from cleanclaim.records import By

_STAFF = {
    "PT": By.PT,
    "PTA": By.PTA,
    "PT+PTA": By.TOGETHER,
    "PT/PTA": By.TOGETHER,
    "AIDE": By.AIDE,
    "TECH": By.AIDE,
    "SPT": By.STUDENT,
}
_PORTION = re.compile(
    r"\s*(?P<who>PTA|PT)\s*(?:portion|part|session|time|treatment|provided|performed)?\s*(?:\([^)]*\)\s*)?[:–-]\s"
)
_HEADING_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet, sentence or table row: text[start:end], the label above it, and what column says minutes."""

    part: Part
    start: int
    end: int
    heading: str = ""
    heading_start: int = 0
    heading_by: Found[By] | None = None
    minutes: Found[int] | None = None
    paragraph: int = 0


def items(words: NoteWords, stretch: Stretch) -> Iterable[Item]:
    """The items of a part of the note: table rows, lists under a heading, sentences."""
    lines = cutting.lines(words.text, stretch.start, stretch.end)
    columns: cutting.Columns | None = None
    width = 0
    place = 0
    while place < len(lines):
        start, end = lines[place]
        line = words.text[start:end]
        if not line.strip():
            columns, width = None, 0
            place += 1
            continue
        cells = cutting.cells(line)
        if len(cells) == 1:
            apart = cutting.cells_by_blanks(line)
            head = cutting.columns(line, apart) if len(apart) > 1 else None
            if head is not None and head.minutes is not None:
                columns, width = head, len(apart)
                place += 1
                continue
            if len(apart) == width > 0:
                yield _row(stretch.part, start, line, apart, columns)
                place += 1
                continue
        if len(cells) > 1:
            head = cutting.columns(line, cells)
            if head is not None:
                columns = head
            elif not re.fullmatch(r"[\s|:+-]+", line) and not re.match(r"\W*(?:sub)?total\b", fold(line)):
                yield _row(stretch.part, start, line, cells, columns)
            place += 1
            continue
        following = lines[place + 1] if place + 1 < len(lines) else None
        if _heads_a_list(words, start, end, following):
            block_end = place + 1
            while block_end < len(lines) and _is_child(words, lines[place], lines[block_end]):
                block_end += 1
            children = lines[place + 1 : block_end]
            if children:
                yield from _block(words, stretch.part, (start, end), children)
                place = block_end
                continue
        bullet = cutting.BULLET.match(line)
        begin = start + (bullet.end() if bullet else 0)
        paragraph = begin
        by = _portion(words.text, begin, end)
        for one_start, one_end in cutting.sentences(words.text, begin, end):
            yield Item(stretch.part, one_start, one_end, heading_by=by, paragraph=paragraph)
        place += 1


def _heads_a_list(words: NoteWords, start: int, end: int, following: tuple[int, int] | None) -> bool:
    if following is None or end - start > _HEADING_LENGTH:
        return False
    line = words.text[start:end].rstrip()
    next_line = words.text[following[0] : following[1]]
    if not next_line.strip() or len(cutting.cells(next_line)) > 1:
        return False
    deeper = cutting.indent(next_line) > cutting.indent(line) or (
        bool(cutting.BULLET.match(next_line)) and not cutting.BULLET.match(line)
    )
    if line.endswith(":"):
        return deeper or bool(cutting.BULLET.match(next_line)) or not cutting.LABEL.match(next_line)
    return deeper and (bool(words.durations(start, end)) or words.top(start, end) is not None)


def _is_child(words: NoteWords, head: tuple[int, int], line: tuple[int, int]) -> bool:
    own, other = words.text[head[0] : head[1]], words.text[line[0] : line[1]]
    if not other.strip():
        return False
    if cutting.BULLET.match(other) and not cutting.BULLET.match(own):
        return True
    if cutting.indent(other) > cutting.indent(own):
        return True
    plain = not cutting.BULLET.match(other) and not cutting.BULLET.match(own)
    return plain and own.rstrip().endswith(":") and not other.rstrip().endswith(":") and not cutting.LABEL.match(other)


def _block(words: NoteWords, part: Part, head: tuple[int, int], children: Sequence[tuple[int, int]]) -> Iterable[Item]:
    start, end = head
    bullet = cutting.BULLET.match(words.text[start:end])
    start += bullet.end() if bullet else 0
    own = [item for item in words.durations(start, end) if not words.is_taken(start + item.start)]
    inner = [words.durations(a, b) for a, b in children]
    by = details.by_whom(words.text[start:end])
    if own and (
        not any(inner)
        or len({words.top(a, b) for (a, b), found in zip(children, inner, strict=True) if found} - {None}) <= 1
    ):
        minutes = Found(own[0].minutes, start + own[0].start, start + own[0].end)
        yield Item(part, start, children[-1][1], minutes=minutes, paragraph=start)
        return
    label = words.text[start:end].strip().rstrip(":").strip()
    if not any(inner) and words.named(start, end):
        yield Item(part, start, children[-1][1], paragraph=start)
        return
    for a, b in children:
        child_bullet = cutting.BULLET.match(words.text[a:b])
        begin = a + (child_bullet.end() if child_bullet else 0)
        for one_start, one_end in cutting.sentences(words.text, begin, b):
            yield Item(part, one_start, one_end, label, start, by.moved(start) if by else None, paragraph=begin)


def _row(
    part: Part,
    start: int,
    line: str,
    cells: Sequence[tuple[int, int]],
    columns: cutting.Columns | None,
) -> Item:
    minutes = by = None
    if columns is not None and columns.minutes is not None and columns.minutes < len(cells):
        a, b = cells[columns.minutes]
        number = re.fullmatch(r"\s*(\d{1,3})\s*(?:min|mins|minutes|')?\s*", line[a:b])
        if number and int(number[1]) > 0:
            minutes = Found(int(number[1]), start + a + number.start(1), start + a + number.end(1))
    if columns is not None and columns.by is not None and columns.by < len(cells):
        a, b = cells[columns.by]
        value = _STAFF.get(line[a:b].strip().upper())
        by = Found(value, start + a, start + b) if value else None
    filled = [cell for cell in cells if cell[1] > cell[0]]
    first_start, last_end = (filled[0][0], filled[-1][1]) if filled else (0, 0)
    return Item(part, start + first_start, start + last_end, heading_by=by, minutes=minutes, paragraph=start)


def _portion(text: str, start: int, end: int) -> Found[By] | None:
    """Whose part of the visit a line tells, when it begins with that."""
    match = _PORTION.match(text, start, end)
    return Found(_STAFF[match["who"].upper()], match.start("who"), match.end("who")) if match else None
