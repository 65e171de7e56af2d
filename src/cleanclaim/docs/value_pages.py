"""One page per dated value: what it is, from when to when, who says so, and which modules read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cleanclaim
from cleanclaim.dates import Series
from cleanclaim.docs.markdown import bullets, cited, code, comma_separated, joined, link, plain, shown_day, table
from cleanclaim.money import dollars
from cleanclaim.reference import values

_OPEN_FROM = "first day not read"
_OPEN_THROUGH = "no last day"


def pages() -> Iterator[tuple[str, str]]:
    """Every page under `values/` with its text."""
    series = [values.series(name) for name in values.names()]
    readers = _readers([item.name for item in series])
    for item in series:
        yield f"values/{item.name}.md", _page(item, readers[item.name])
    yield "values/index.md", _index(series)
    yield "values/catalog.csv", _catalog(series)


def shown(value: int, unit: str) -> str:
    """A value as people write it."""
    scale = values.SCALES[unit]
    if unit == "cents":
        return dollars(value)
    if scale == 1:
        return f"{value} {unit}"
    digits = len(str(scale)) - 1
    return f"{value // scale}.{value % scale:0{digits}d}"


def _page(series: Series[int], readers: list[str]) -> str:
    dated = sorted(series.values, key=lambda item: item.valid_from.toordinal() if item.valid_from else 0, reverse=True)
    return joined(
        [
            f"# {code(series.name)}",
            f"{plain(series.label)}.",
            plain(values.note(series.name)),
            table(
                ["value", "from", "through", "confidence"],
                [
                    (
                        shown(item.value, series.unit),
                        shown_day(item.valid_from, _OPEN_FROM),
                        shown_day(item.valid_through, _OPEN_THROUGH),
                        item.source.confidence.value,
                    )
                    for item in dated
                ],
            ),
            f"Known through {series.known_through}. After that day the answer is *no data*, never the last value."
            if series.known_through
            else "A standing value: no day is known on which it will be replaced.",
            "## Says who",
            bullets(dict.fromkeys(cited(item.source) for item in dated)),
            "## Read by",
            bullets(code(path) for path in readers) if readers else "No module reads it yet.",
        ]
    )


def _readers(names: list[str]) -> dict[str, list[str]]:
    """Name of a series → modules whose text names it."""
    root = Path(cleanclaim.__file__).parent
    texts = {
        f"src/cleanclaim/{path.relative_to(root).as_posix()}": path.read_text("utf-8")
        for path in sorted(root.rglob("*.py"))
    }
    return {name: [path for path, text in texts.items() if f'"{name}"' in text] for name in names}


def _index(series: list[Series[int]]) -> str:
    return joined(
        [
            "# Dated values",
            (
                "Amounts, rates and deadlines that a regulator or payer sets. Each has the dates it holds for, "
                "where it "
                "was read, and how surely: *seen* (the issuer's own page or file), *secondary* (quoted by "
                "somebody else), "
                "*memory* (widely stated, not read), *uncertain* (shown, never decisive). The same as a file: "
                "[catalog.csv](catalog.csv). On the command line: `cleanclaim reference status`."
            ),
            table(
                ["name", "what", "latest", "from", "known through"],
                [
                    (
                        link(code(item.name), f"{item.name}.md"),
                        plain(item.label),
                        shown(item.values[-1].value, item.unit),
                        shown_day(item.values[-1].valid_from, _OPEN_FROM),
                        shown_day(item.known_through, "standing"),
                    )
                    for item in series
                ],
            ),
        ]
    )


def _catalog(series: list[Series[int]]) -> str:
    return comma_separated(
        ["name", "label", "unit", "value", "from", "through", "known_through", "confidence", "source"],
        [
            [
                item.name,
                item.label,
                item.unit,
                str(dated.value),
                shown_day(dated.valid_from, ""),
                shown_day(dated.valid_through, ""),
                shown_day(item.known_through, ""),
                dated.source.confidence.value,
                dated.source.cite(),
            ]
            for item in series
            for dated in item.values
        ],
    )
