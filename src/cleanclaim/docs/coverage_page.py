"""The page that holds our rules against public lists of checks."""

from __future__ import annotations

from collections import Counter

from cleanclaim.docs.markdown import bullets, cited, joined, link, linked_rules, plain, table
from cleanclaim.rules import book
from cleanclaim.rules.coverage import Coverage, CoverageList, Row, Standing, coverage
from cleanclaim.sources import Source

_FOLDER = "rules/"
_SHOWN = {
    Standing.OURS: "ours",
    Standing.ELSEWHERE: "ours, elsewhere",
    Standing.NOT_APPLICABLE: "not applicable",
    Standing.NOT_YET: "**not yet**",
}


def page() -> str:
    """The text of `coverage.md`."""
    lists = coverage()
    codes = [rule.code for rule in book.rules()]
    numbers = _numbered(lists)
    return joined(
        [
            "# Coverage",
            (
                "What others check, row by row, and which of our rules answers. A row is *ours* where a rule finds it; "
                "*ours, elsewhere* where another part of the program does; *not applicable* where it is nothing for "
                "claims of therapy; *not yet* where it is not found so far. The number in brackets is the source, "
                "listed at the end. The words are ours, not those of the lists."
            ),
            table(["list", "rows", *(standing.value for standing in Standing)], [_counted(one) for one in lists.lists]),
            *(block for one in lists.lists for block in _section(one, codes, numbers)),
            "## Beyond the lists { #beyond }",
            "Rules that no list above names, and what they are there for.",
            table(
                ["what for", "rules"],
                [(plain(group.why), _linked(group.rules, codes)) for group in lists.beyond],
            ),
            "## Sources { #sources }",
            bullets(f"[{number}] {cited(source)}" for source, number in numbers.items()),
        ]
    )


def _numbered(lists: Coverage) -> dict[Source, int]:
    """Each source with its number, in the order in which rows first cite it."""
    met = dict.fromkeys(row.source for one in lists.lists for row in one.rows)
    return {source: number for number, source in enumerate(met, start=1)}


def _counted(one: CoverageList) -> tuple[str, ...]:
    counts = Counter(row.standing for row in one.rows)
    return (
        link(plain(one.title), f"#{one.id}"),
        str(len(one.rows)),
        *(str(counts[standing]) for standing in Standing),
    )


def _section(one: CoverageList, codes: list[str], numbers: dict[Source, int]) -> tuple[str, str]:
    rows = [
        (plain(row.says), _SHOWN[row.standing], _answer(row, codes), f"[{numbers[row.source]}]") for row in one.rows
    ]
    return f"## {one.title} {{ #{one.id} }}", table(["what is checked", "", "how", "source"], rows)


def _answer(row: Row, codes: list[str]) -> str:
    said = (_linked(row.rules, codes), linked_rules(plain(row.words), codes, _FOLDER))
    return ". ".join(part for part in said if part)


def _linked(rules: tuple[str, ...], codes: list[str]) -> str:
    return linked_rules(", ".join(rules), codes, _FOLDER)
