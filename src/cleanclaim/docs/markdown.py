"""Small pieces of Markdown and CSV, written the same way on every page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from cleanclaim.sources import Source

_RULE_CODE = re.compile(r"\b[A-Z]{2}\d{3}\b")
_MARKS = str.maketrans({"<": "&lt;", ">": "&gt;", "*": r"\*", "_": r"\_", "[": r"\[", "]": r"\]"})


def plain(text: str) -> str:
    """Text for people in one line, with the marks of Markdown taken literally; `code` between backticks stays."""
    parts = " ".join(text.split()).split("`")
    return "`".join(part if place % 2 else part.translate(_MARKS) for place, part in enumerate(parts))


def code(text: str) -> str:
    """Text in the type of code."""
    return f"`{text}`"


def link(text: str, target: str) -> str:
    """A link to a page beside or below this one."""
    return f"[{text}]({target})"


def linked_rules(text: str, known: Iterable[str], folder: str) -> str:
    """The text with each code of a known rule made a link into `folder`, which ends in a slash or is empty."""
    codes = set(known)

    def linked(match: re.Match[str]) -> str:
        return link(match[0], f"{folder}{match[0]}.md") if match[0] in codes else match[0]

    return _RULE_CODE.sub(linked, text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell is kept from ending it."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in cells) + " |"


def bullets(items: Iterable[str]) -> str:
    """A list of points."""
    return "\n".join(f"- {item}" for item in items)


def fenced(text: str) -> str:
    """Text as it stands, such as claim notation."""
    return f"```text\n{text}\n```"


def joined(blocks: Iterable[str]) -> str:
    """Blocks of a page, divided by empty lines; empty blocks are left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"


def cited(source: Source) -> str:
    """A source as a line: who, what, where, when read, how surely; linked where it has an address."""
    line = plain(source.cite())
    return f"{line}: <{source.url}>" if source.url else line


def shown_day(day: date | None, otherwise: str) -> str:
    """A day as the payers write it, or what an open bound means."""
    return day.isoformat() if day else otherwise


def comma_separated(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return stream.getvalue()
