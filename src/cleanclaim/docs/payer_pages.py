"""One page per payer: what it states, from when, who says so and how surely, and what nobody has read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cleanclaim.docs.markdown import bullets, cited, code, comma_separated, joined, link, plain, shown_day, table
from cleanclaim.reference import payers
from cleanclaim.reference.payer_wording import shown_value
from cleanclaim.reference.payers import KINDS, SETTINGS, Payer, Setting, Stated
from cleanclaim.sources import Confidence, Source

_KINDS: dict[str, str] = {
    "medicare_b": "Medicare Part B",
    "medicare_advantage": "Medicare Advantage",
    "commercial": "Commercial plans",
    "medicaid": "Medicaid",
    "tricare": "TRICARE",
    "veterans": "Veterans",
    "workers_compensation": "Workers' compensation",
    "auto": "Auto",
    "cash": "Cash",
}
_OPEN_FROM = "first day not read"
_OPEN_THROUGH = "no last day"


@dataclass(frozen=True, slots=True)
class _Row:
    """One value of one setting, and the last day for which the setting is published."""

    setting: Setting
    stated: Stated
    known_through: date | None = None

    @property
    def source(self) -> Source:
        return self.stated.source

    @property
    def through(self) -> date | None:
        """The last day of the value, or of what has been published."""
        ends = [day for day in (self.stated.valid_through, self.known_through) if day]
        return min(ends, default=None)


def pages() -> Iterator[tuple[str, str]]:
    """Every page under `payers/` with its text."""
    packs = [payers.get(name) for name in payers.all_ids()]
    for pack in packs:
        yield f"payers/{pack.id}.md", _page(pack)
    yield "payers/index.md", _index(packs)
    yield "payers/catalog.csv", _catalog(packs)


def _decisive(pack: Payer) -> list[_Row]:
    return [
        _Row(setting, item, pack.settings[setting.name].known_through)
        for setting in SETTINGS
        if setting.name in pack.settings
        for item in pack.settings[setting.name].values
        if isinstance(item, Stated)
    ]


def _doubtful(pack: Payer) -> list[_Row]:
    return [_Row(setting, item) for setting in SETTINGS for item in pack.doubtful.get(setting.name, ())]


def _unread(pack: Payer) -> list[Setting]:
    return [item for item in SETTINGS if item.name not in pack.settings and item.name not in pack.doubtful]


def _about(pack: Payer) -> str:
    """What the file says of itself: the remarks at its head."""
    words = []
    for line in Path(pack.path).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# "))
    return " ".join(words)


def _page(pack: Payer) -> str:
    decisive, doubtful = _decisive(pack), _doubtful(pack)
    sources = list(dict.fromkeys(row.source for row in (*decisive, *doubtful)))
    unread = _unread(pack)
    surely = Counter(row.source.confidence.value for row in decisive)
    counted = ", ".join(f"{surely[item.value]} {item.value}" for item in Confidence if surely[item.value])
    return joined(
        [
            f"# {plain(pack.label)}",
            plain(_about(pack)),
            table(
                ["", ""],
                [
                    ("payer file", code(pack.id)),
                    ("kind", _KINDS[pack.kind]),
                    (
                        "claim filing indicator",
                        f"{code(pack.filing_indicator)} (confidence: {pack.filing_indicator_confidence.value})",
                    ),
                    ("values stated", f"{len(decisive)}: {counted}"),
                    ("settings unknown", str(len(unread))),
                ],
            ),
            "## What it states",
            _values(decisive, sources),
            *(
                ("## Doubtful", "Sources conflict or are doubtful: shown, never decisive.", _values(doubtful, sources))
                if doubtful
                else ()
            ),
            *(
                (
                    "## Unknown",
                    "Nobody has read these. The rules that need one say *no data* for this payer.",
                    bullets(f"{code(item.name)}: {plain(item.meaning)}" for item in unread),
                )
                if unread
                else ()
            ),
            "## Says who",
            "\n".join(f"{number}. {cited(source)}" for number, source in enumerate(sources, start=1)),
        ]
    )


def _values(rows: Iterable[_Row], sources: list[Source]) -> str:
    return table(
        ["setting", "value", "from", "through", "confidence", "by"],
        [
            (
                code(row.setting.name),
                plain(shown_value(row.setting, row.stated.value).replace("\n", "; "))
                + (f" <br> {plain(row.stated.note)}" if row.stated.note else ""),
                shown_day(row.stated.valid_from, _OPEN_FROM),
                shown_day(row.through, _OPEN_THROUGH),
                row.source.confidence.value,
                str(sources.index(row.source) + 1),
            )
            for row in rows
        ],
    )


def _index(packs: list[Payer]) -> str:
    rows = [row for pack in packs for row in _decisive(pack)]
    surely = Counter(row.source.confidence.value for row in rows)
    blocks = [
        "# Payers",
        (
            "What each payer states, with the dates it holds for and who says so. A setting that nobody has read is "
            "unknown, never a default. The same as a file, value by value: [catalog.csv](catalog.csv). How a file is "
            "written: [payer packs](../payer-packs.md). On the command line: `cleanclaim payer show medicare_b`."
        ),
        (
            f"{len(rows)} values decide: {surely['seen']} were seen in the payer's own text, {surely['secondary']} in "
            f"a page that quotes it, and {surely['memory']} are from memory, which means stated widely and not read. "
            f"{sum(len(_doubtful(pack)) for pack in packs)} more are doubtful and decide nothing."
        ),
    ]
    for kind in KINDS:
        own = [pack for pack in packs if pack.kind == kind]
        if own:
            blocks += [f"## {_KINDS[kind]} {{ #{kind} }}", _listed(own)]
    blocks += [
        "## From memory { #memory }",
        "What is stated widely in the trade and was not read in any payer's text: the first to check.",
        _remembered(packs),
    ]
    return joined(blocks)


def _remembered(packs: list[Payer]) -> str:
    """Each setting with the payers for which some value of it is from memory, the most first."""
    found: dict[str, list[str]] = {}
    for pack in packs:
        names = {row.setting.name for row in _decisive(pack) if row.source.confidence is Confidence.MEMORY}
        for name in names:
            found.setdefault(name, []).append(pack.id)
    ordered = sorted(found, key=lambda name: (-len(found[name]), name))
    return table(
        ["setting", "payers", "which"],
        [
            (
                code(name),
                str(len(found[name])),
                "all"
                if len(found[name]) == len(packs)
                else ", ".join(link(code(one), f"{one}.md") for one in found[name]),
            )
            for name in ordered
        ],
    )


def _listed(packs: list[Payer]) -> str:
    return table(
        ["payer", "units by", "seen", "secondary", "memory", "doubtful", "unknown"],
        [
            (
                link(plain(pack.label), f"{pack.id}.md"),
                _latest(pack, "unit_method"),
                *(
                    str(sum(row.source.confidence is surely for row in _decisive(pack)))
                    for surely in (Confidence.SEEN, Confidence.SECONDARY, Confidence.MEMORY)
                ),
                str(len(_doubtful(pack))),
                str(len(_unread(pack))),
            )
            for pack in packs
        ],
    )


def _latest(pack: Payer, name: str) -> str:
    """The latest value of a setting in words."""
    rows = [row for row in _decisive(pack) if row.setting.name == name]
    if not rows:
        return "unknown"
    last = max(rows, key=lambda row: row.stated.valid_from or date.min)
    return shown_value(last.setting, last.stated.value)


def _catalog(packs: list[Payer]) -> str:
    head = ["payer", "setting", "value", "from", "through", "confidence", "note", "source", "url"]
    return comma_separated(
        head,
        [
            [
                pack.id,
                row.setting.name,
                shown_value(row.setting, row.stated.value).replace("\n", "; "),
                shown_day(row.stated.valid_from, ""),
                shown_day(row.through, ""),
                row.source.confidence.value,
                row.stated.note,
                f"{row.source.publisher}, {row.source.title}, {row.source.section}",
                row.source.url,
            ]
            for pack in packs
            for row in (*_decisive(pack), *_doubtful(pack))
        ],
    )
