"""Plots as SVG text, made here: no script, no library, no request, colors from the page's own style.

Every mark carries its figures as a title, which browsers show beside the pointer and screen readers read out. Numbers
are written with one decimal, so that the same figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

_WIDTH = 720
_LEFT, _RIGHT = 64, 12
_INSIDE = _WIDTH - _LEFT - _RIGHT
_LABELS = 12
"""Months named below a plot."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a plot by month: parts from below with their tone, and what is said of it."""

    label: str
    parts: tuple[tuple[str, float], ...]
    title: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One therapist: where it stands on both axes, and what is said of it."""

    across: float
    up: int
    title: str


@dataclass(frozen=True, slots=True)
class Box:
    """One therapist's visits: tenths, quartiles and median, with the label and how many visits there are."""

    label: str
    count: int
    low: int
    lower: int
    middle: int
    upper: int
    high: int


def bar(value: float, most: float, tone: str) -> str:
    """A bar for the cell of a table, as long as its share of the most."""
    share = min(1.0, max(0.0, value / most)) if most > 0 else 0.0
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="{tone}" width="{100 * share:.1f}" height="8"/></svg>'
    )


def columns(items: Sequence[Column], *, name: str, said: Callable[[float], str]) -> str:
    """Columns by month, stacked from below.

    Args:
        items: in their order.
        name: what is plotted, for those who hear the page.
        said: how a value of the axis is written.
    """
    height, top, bottom = 190, 12, 26
    inside = height - top - bottom
    steps = _steps(max((sum(value for _, value in item.parts) for item in items), default=0.0))
    scale = inside / (steps[-1] or 1)
    marks = [_grid(top + inside - value * scale, said(value)) for value in steps]
    each = _INSIDE / max(1, len(items))
    wide = max(1.0, min(40.0, each * 0.72))
    every = -(-len(items) // _LABELS) or 1
    for place, item in enumerate(items):
        middle = _LEFT + each * (place + 0.5)
        floor = float(top + inside)
        rects = []
        for tone, value in item.parts:
            tall = value * scale
            floor -= tall
            rects.append(
                f'<rect class="{tone}" x="{middle - wide / 2:.1f}" y="{floor:.1f}" width="{wide:.1f}" '
                f'height="{tall:.1f}"/>'
            )
        marks.append(f"<g><title>{escape(item.title)}</title>{''.join(rects)}</g>")
        if place % every == 0:
            marks.append(f'<text class="mid" x="{middle:.1f}" y="{height - 8}">{escape(item.label)}</text>')
    return _picture(height, name, marks)


def dots(items: Sequence[Dot], band: tuple[float, float, float], *, name: str, across: str, up: str) -> str:
    """Dots on two axes, the upward one logarithmic, over the band of the middle half.

    Args:
        items: at least one.
        band: lower quartile, median and upper quartile of what is plotted across.
        name: what is plotted, for those who hear the page.
        across: what the axis from left to right shows.
        up: what the other shows.
    """
    height, top, bottom = 260, 20, 40
    inside = height - top - bottom
    low, high = min(item.across for item in items), max(item.across for item in items)
    low, high = max(0.0, min(low, band[0]) - 0.1 * (high - low) - 0.05), max(high, band[2]) + 0.1 * (high - low) + 0.05
    ups = [log10(item.up) for item in items]
    least, most = min(ups) - 0.05, max(ups) + 0.05

    def at(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * _INSIDE

    def over(value: float) -> float:
        return top + inside - (value - least) / (most - least) * inside

    wide = at(band[2]) - at(band[0])
    marks = [
        f'<rect class="band" x="{at(band[0]):.1f}" y="{top}" width="{wide:.1f}" height="{inside}"/>',
        f'<line class="axis" x1="{at(band[1]):.1f}" x2="{at(band[1]):.1f}" y1="{top}" y2="{top + inside}"/>',
    ]
    marks += [_grid(over(log10(count)), f"{count:,}") for count in _decades(10**least, 10**most)]
    marks += [
        f'<text class="mid" x="{at(value):.1f}" y="{top + inside + 16}">{value:.4g}</text>'
        for value in _between(low, high)
    ]
    marks += [
        f'<circle class="dot" cx="{at(item.across):.1f}" cy="{over(log10(item.up)):.1f}" r="4">'
        f"<title>{escape(item.title)}</title></circle>"
        for item in items
    ]
    marks.append(f'<text class="mid" x="{_LEFT + _INSIDE / 2:.1f}" y="{height - 6}">{escape(across)}</text>')
    marks.append(f'<text x="{_LEFT}" y="12">{escape(up)}</text>')
    return _picture(height, name, marks)


def boxes(items: Sequence[Box], *, name: str) -> str:
    """Boxes one below the other: tenths as a line, the middle half as a box, the median as a stroke."""
    each, top, left = 24, 6, 150
    height = top + each * len(items) + 24
    most = max(1, *(item.high for item in items))
    wide = _WIDTH - left - 70

    def at(value: float) -> float:
        return left + value / most * wide

    marks = [
        f'<line class="grid" x1="{at(value):.1f}" x2="{at(value):.1f}" y1="{top}" y2="{height - 22}"/>'
        f'<text class="mid" x="{at(value):.1f}" y="{height - 8}">{value}</text>'
        for value in range(0, most + 1, -(-most // 12))
    ]
    for place, item in enumerate(items):
        middle = top + each * place + each / 2
        marks.append(
            f"<g><title>{escape(item.label)}: {item.count:,} visits; median {item.middle}, middle half {item.lower} to "
            f"{item.upper}, all but the outer tenths {item.low} to {item.high}</title>"
            f'<text x="4" y="{middle + 4:.1f}">{escape(item.label)}</text>'
            f'<line class="axis" x1="{at(item.low):.1f}" x2="{at(item.high):.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>'
            f'<rect class="box" x="{at(item.lower):.1f}" y="{middle - 7:.1f}" '
            f'width="{max(2.0, at(item.upper) - at(item.lower)):.1f}" height="14"/>'
            f'<line class="median" x1="{at(item.middle):.1f}" x2="{at(item.middle):.1f}" y1="{middle - 9:.1f}" '
            f'y2="{middle + 9:.1f}"/>'
            f'<text class="end" x="{_WIDTH - 4}" y="{middle + 4:.1f}">{item.count:,}</text></g>'
        )
    return _picture(height, name, marks)


def _picture(height: int, name: str, marks: Iterable[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(name)}">'
        f"{''.join(marks)}</svg>"
    )


def _grid(height: float, label: str) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>'
        f'<text class="end" x="{_LEFT - 6}" y="{height + 4:.1f}">{escape(label)}</text>'
    )


def _steps(most: float) -> list[float]:
    """Round values from zero to at least the most, four or five of them."""
    if most <= 0:
        return [0.0]
    size = 10.0 ** int(log10(most / 4)) if most >= 4 else 10.0 ** (int(log10(most / 4)) - 1)  # noqa: PLR2004 - 4 steps
    step = next(size * part for part in (1, 2, 2.5, 5, 10, 20, 25, 50, 100) if size * part * 4 >= most)
    return [step * place for place in range(5)]


def _between(low: float, high: float) -> list[float]:
    """Round values between the two, at most nine of them."""
    hundredths = next((size for size in (5, 10, 20, 25, 50, 100, 200, 500) if (high - low) * 100 / size <= 8), 1_000)  # noqa: PLR2004 - as said
    first = -int(-low * 100 // hundredths)
    return [place * hundredths / 100 for place in range(first, int(high * 100 // hundredths) + 1)]


def _decades(low: float, high: float) -> list[int]:
    """One, two and five times the powers of ten between the two."""
    found = [lead * 10**power for power in range(9) for lead in (1, 2, 5)]
    return [number for number in found if low <= number <= high]
