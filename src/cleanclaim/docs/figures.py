"""The figures that the README and the pages state: counted, never typed."""

from __future__ import annotations

from collections.abc import Iterator

from cleanclaim.cli.reference_status import all_tables
from cleanclaim.docs.columns import TABLES, Columns
from cleanclaim.docs.markdown import table
from cleanclaim.reference import payers, procedures, values
from cleanclaim.rules import book
from cleanclaim.rules.kit import ExampleKind, Safety

BEGIN = "<!-- figures: written by `./dev docs` -->"
END = "<!-- end of figures -->"


class MarkerError(ValueError):
    """A page that should hold figures does not mark where."""


def block(columns: Columns) -> str:
    """The table of figures."""
    return table(["what", "how many"], list(_rows(columns)))


def inserted(name: str, text: str, figures: str) -> str:
    """The page with its figures renewed.

    Raises:
        MarkerError: the page has no place for them.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MarkerError(f"{name}: expected the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"


def _rows(columns: Columns) -> Iterator[tuple[str, str]]:
    rules = book.rules()
    examples = [example for rule in rules for example in rule.examples]
    fixes = [rule.fix.safety for rule in rules if rule.fix]
    kinds = ", ".join(
        f"{sum(example.kind is kind for example in examples):,} {word}"
        for kind, word in (
            (ExampleKind.BAD, "that are found"),
            (ExampleKind.GOOD, "that pass"),
            (ExampleKind.UNKNOWN, "that cannot be judged"),
            (ExampleKind.EXEMPT, "that are exempt"),
        )
    )
    yield "rules", f"{len(rules):,}"
    yield "examples inside them, all run by the tests", f"{len(examples):,}: {kinds}"
    safe, attest = (sum(item is kind for item in fixes) for kind in (Safety.SAFE, Safety.ATTEST))
    yield "rules with a fix", f"{len(fixes):,}: {safe} safe, {attest} only for a named person"
    ended = sum(1 for code in procedures.all_codes() if (found := procedures.get(code)) and found.valid_through)
    yield "procedure codes", f"{len(procedures.all_codes()):,}, of which {ended:,} have ended"
    yield "payer files", f"{len(payers.all_ids()):,}"
    yield "dated values", f"{len(values.names()):,}"
    facts = sum(len(columns.derived(name)) for name in TABLES)
    inputs = sum(len(columns.inputs(name)) for name in TABLES)
    yield "input columns and facts computed from them", f"{inputs:,} and {facts:,}"
    for item in all_tables():
        if item.name in _TABLES:
            yield _TABLES[item.name], f"{item.rows:,}{_days(item.first_day, item.horizon)}"
    stated = next(item for item in all_tables() if item.name == "payers").confidence
    yield "what payers state, by how it was read", ", ".join(f"{count:,} {word}" for word, count in stated.items())


_TABLES: dict[str, str] = {
    "icd10": "diagnosis codes, headings included",
    "ncci/pairs": "pairs of codes (NCCI)",
    "fee_schedule/rvu": "relative values, by code and dates",
    "fee_schedule/gpci": "localities, by dates",
}


def _days(first: object, last: object) -> str:
    return f", for {first} through {last}" if first and last else ""
