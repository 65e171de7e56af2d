"""Plots as SVG, made on the server: no script, no library, no style attribute; colors come from the page's own style.

A plot has a title and a description for those who hear the page, and each mark says its own figures. Every page that
shows one shows the same numbers as a table beside or below it. Coordinates are whole numbers, so that the same figures
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH = 480
_HEIGHT = 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 6, 14, 24
_INSIDE = _WIDTH - _LEFT - _RIGHT
_FLOOR = _HEIGHT - _BOTTOM
_TALL = _FLOOR - _TOP
_WIDEST = 44
_LABELS = 8
"""Columns named below a plot; where there are more, only some are."""
_STEPS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """One column or bar: its name, its value (`None`: unknown), and what is said of it; an address to go to."""

    label: str
    value: int | None
    said: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: the class that colors it, its value, and what is said of it."""

    tone: str
    value: int
    said: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of several parts, with its name and what stands at its end."""

    label: str
    segments: tuple[Segment, ...]
    end: str


def columns(
    marks: Sequence[Mark], *, key: str, title: str, about: str, axis: Callable[[int], str], most: int | None = None
) -> SafeString:
    """Columns from left to right.

    Args:
        marks: in their order; an unknown value leaves its place empty.
        key: a word that is unique on the page, for the plot's own ids.
        title: what is plotted.
        about: what one sees, in a sentence.
        axis: how a value of the axis is written.
        most: the top of the axis, where it is given: 1,000 tenths of a percent.
    """
    step, top = _axis(max((mark.value or 0 for mark in marks), default=0), most)
    each = _INSIDE / max(1, len(marks))
    wide = max(2, min(_WIDEST, round(each * 0.66)))
    every = -(-len(marks) // _LABELS) or 1
    grid = format_html_join(
        "",
        '<line class="plot-grid" x1="{}" x2="{}" y1="{}" y2="{}"></line><text class="plot-end" x="{}" y="{}">{}</text>',
        (
            (_LEFT, _WIDTH - _RIGHT, level, level, _LEFT - 6, level + 4, axis(value))
            for value in range(0, top + 1, step)
            for level in [_level(value, top)]
        ),
    )
    drawn = format_html_join(
        "",
        "{}",
        ((_column(mark, place, each, wide, top, named=place % every == 0),) for place, mark in enumerate(marks)),
    )
    return _picture(_HEIGHT, key, title, about, format_html("{}{}", grid, drawn))


def _column(mark: Mark, place: int, each: float, wide: int, top: int, *, named: bool) -> SafeString:
    middle = round(_LEFT + each * (place + 0.5))
    label = (
        format_html('<text class="plot-mid" x="{}" y="{}">{}</text>', middle, _HEIGHT - 7, mark.label) if named else ""
    )
    if mark.value is None:
        empty = format_html('<text class="plot-mid" x="{}" y="{}">–</text>', middle, _FLOOR - 5)
        return format_html("<g><title>{}</title>{}{}</g>", mark.said, empty, label)
    level = _level(mark.value, top)
    body = format_html(
        '<rect class="plot-hit" x="{}" y="{}" width="{}" height="{}"></rect>'
        '<rect class="plot-mark" x="{}" y="{}" width="{}" height="{}" rx="2"></rect>',
        round(_LEFT + each * place), _TOP, max(1, round(each)), _TALL,
        middle - wide // 2, level, wide, max(1 if mark.value else 0, _FLOOR - level),
    )  # fmt: skip
    return _linked(format_html("<title>{}</title>{}{}", mark.said, body, label), mark.address, mark.said)


def bars(items: Sequence[Bar], *, key: str, title: str, about: str) -> SafeString:
    """Bars one below the other, each of several parts, all at one scale."""
    each, left, right = 30, 118, 58
    inside = _WIDTH - left - right
    most = max((sum(part.value for part in item.segments) for item in items), default=0) or 1
    rows = []
    for place, item in enumerate(items):
        upper = 6 + each * place
        before, parts = 0, []
        for part in item.segments:
            begins, ends = (round(inside * value / most) for value in (before, before + part.value))
            before += part.value
            if part.value:
                rect = format_html(
                    '<title>{}</title><rect class="{}" x="{}" y="{}" width="{}" height="16"></rect>',
                    part.said, part.tone, left + begins, upper + 3, max(1, ends - begins),
                )  # fmt: skip
                parts.append((_linked(rect, part.address, part.said),))
        rows.append(
            (
                format_html(
                    '<text x="2" y="{}">{}</text>{}<text class="plot-strong" x="{}" y="{}">{}</text>',
                    upper + 15, item.label, format_html_join("", "{}", parts),
                    left + round(inside * before / most) + 6, upper + 15, item.end,
                ),
            )
        )  # fmt: skip
    return _picture(12 + each * len(items), key, title, about, format_html_join("", "{}", rows))


def _linked(body: SafeString, address: str, said: str) -> SafeString:
    if address:
        return format_html('<a href="{}" aria-label="{}">{}</a>', address, said, body)
    return format_html("<g>{}</g>", body)


def _picture(height: int, key: str, title: str, about: str, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="group" aria-labelledby="{}-title {}-about">'
        '<title id="{}-title">{}</title><desc id="{}-about">{}</desc>{}</svg>',
        _WIDTH, height, key, key, key, title, key, about, body,
    )  # fmt: skip


def _level(value: int, top: int) -> int:
    """How far down a value stands."""
    return round(_FLOOR - _TALL * min(value, top) / top)


def _axis(largest: int, most: int | None) -> tuple[int, int]:
    """The distance of the lines of an axis, and its top: round numbers, at least one step."""
    if most is not None:
        return most // _STEPS, most
    size = 1
    while True:
        for lead in (1, 2, 5):
            if lead * size * _STEPS >= largest:
                return lead * size, lead * size * _STEPS
        size *= 10
