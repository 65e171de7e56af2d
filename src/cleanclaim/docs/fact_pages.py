"""The data dictionary: a page per table with its columns, and one per fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cleanclaim.docs.columns import TABLES, Columns, Derived, type_name
from cleanclaim.docs.markdown import bullets, code, comma_separated, joined, link, plain, table
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Aggregate, Fact, Stage
from cleanclaim.lines.schema import Column
from cleanclaim.rules import book


def pages(columns: Columns) -> Iterator[tuple[str, str]]:
    """Every page under `facts/` with its text."""
    readers = _readers()
    for name in TABLES:
        yield f"facts/{name}/index.md", _table_page(name, columns)
        for fact in columns.derived(name):
            yield f"facts/{name}/{fact.name}.md", _fact_page(fact, columns, readers[(name, fact.name)])
    yield "facts/index.md", _index(columns)
    yield "facts/catalog.csv", _catalog(columns)


def _readers() -> dict[tuple[str, str], list[str]]:
    """Column → codes of the rules whose verdict depends on it."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in book.rules():
        for name in rule.reads():
            owner, _, own = catalogue().owner(rule.over, name)
            if rule.code not in found[(owner, own)]:
                found[(owner, own)].append(rule.code)
    return found


def _index(columns: Columns) -> str:
    return joined(
        [
            "# The data dictionary",
            (
                "Everything that rules read stands in one of these tables. *Input* columns come from a visit, a flat "
                "file or a claim; *facts* are computed from them, only those that are needed, each once. In every "
                "column that may be empty, empty means **unknown**; what is known to be absent is a value "
                '(`[]`, `""`, `false`). The same as a file: [catalog.csv](catalog.csv).'
            ),
            table(
                ["table", "a row", "input columns", "facts"],
                [
                    (
                        link(code(name), f"{name}/index.md"),
                        plain(meaning),
                        str(len(columns.inputs(name))),
                        str(len(columns.derived(name))),
                    )
                    for name, meaning in TABLES.items()
                ],
            ),
        ]
    )


def _table_page(name: str, columns: Columns) -> str:
    inputs, facts = columns.inputs(name), columns.derived(name)
    return joined(
        [
            f"# {code(name)}",
            TABLES[name],
            "## Input columns",
            (
                "*Typical* is what the [claim notation](../../how-to-write-a-rule.md#the-claim-notation) "
                "assumes where an "
                "example does not say; dates move with the date of service."
            ),
            table(
                ["column", "type", "unit", "meaning", "typical"],
                [
                    (
                        f'<a id="{column.name}"></a>{code(column.name)}',
                        type_name(column.dtype),
                        column.unit,
                        plain(column.meaning),
                        _typical(column),
                    )
                    for column in inputs
                ],
            ),
            *(
                (
                    "## Facts",
                    table(
                        ["fact", "type", "unit", "meaning"],
                        [
                            (
                                link(code(fact.name), f"{fact.name}.md"),
                                type_name(fact.dtype),
                                fact.unit,
                                plain(fact.meaning),
                            )
                            for fact in facts
                        ],
                    ),
                )
                if facts
                else ()
            ),
        ]
    )


def _typical(column: Column) -> str:
    value = column.typical
    if value is None:
        return ""
    if isinstance(value, tuple):
        return code("[" + ", ".join(map(str, value)) + "]")
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(str(value)) if value != "" else code('""')


def _fact_page(fact: Derived, columns: Columns, readers: list[str]) -> str:
    maker = fact.maker
    rows = [
        ("table", link(code(fact.table), "index.md")),
        ("type", type_name(fact.dtype)),
        ("unit", fact.unit),
        ("unknown when missing", plain(maker.lacks)),
        ("file", code("src/" + fact.module.replace(".", "/") + ".py")),
    ]
    return joined(
        [
            f"# {code(fact.name)}",
            _sentence(plain(fact.meaning)),
            table(["", ""], rows),
            "## Made of",
            *_made_of(maker, columns),
            "## Read by",
            bullets(link(found, f"../../rules/{found}.md") for found in readers)
            if readers
            else "No rule reads it itself: other facts, prices or messages do.",
        ]
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _made_of(maker: Fact | Stage, columns: Columns) -> Iterator[str]:
    if isinstance(maker, Stage):
        beside = [column.name for column in maker.adds]
        yield f"Worked out by the stage {code(maker.name)}" + (
            f", together with {len(beside) - 1} other columns." if len(beside) > 1 else "."
        )
        yield bullets(columns.described(maker.over, name, "../") for name in maker.needs)
        if maker.reads:
            yield "It also reads, of other tables:"
            yield bullets(columns.described(owner, name, "../") for owner, name in maker.reads)
        return
    if maker.aggregate is None:
        yield "An expression over its own row and the rows that it belongs to:"
        yield bullets(columns.described(maker.over, name, "../") for name in maker.needs())
        return
    yield _summed_up(maker.aggregate)
    yield bullets(columns.described(maker.aggregate.of, name, "../") for name in maker.aggregate.needs)


def _summed_up(aggregate: Aggregate) -> str:
    shared = " and ".join(code(name) for name in aggregate.by)
    empty = "unknown" if aggregate.empty is None else code(str(aggregate.empty).lower())
    known = f", and unknown unless {code(aggregate.known)} is true" if aggregate.known else ""
    return (
        f"Taken over the rows of {link(code(aggregate.of), f'../{aggregate.of}/index.md')} that share {shared}; an "
        f"unknown row makes it unknown unless the others decide. Where there is no row it is {empty}{known}."
    )


def _catalog(columns: Columns) -> str:
    rows = []
    for name in TABLES:
        rows += [
            [name, column.name, "input", type_name(column.dtype), column.unit, column.meaning]
            for column in columns.inputs(name)
        ]
        rows += [
            [name, fact.name, "fact", type_name(fact.dtype), fact.unit, fact.meaning] for fact in columns.derived(name)
        ]
    return comma_separated(["table", "column", "kind", "type", "unit", "meaning"], rows)
