"""One page per rule, the index by family, and the catalog: all from the rule's own file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cleanclaim.check.summary import OUTCOMES
from cleanclaim.docs.columns import Columns
from cleanclaim.docs.markdown import (
    bullets,
    cited,
    code,
    comma_separated,
    fenced,
    joined,
    link,
    linked_rules,
    plain,
    shown_day,
    table,
)
from cleanclaim.rules import book
from cleanclaim.rules.book import BookEntry
from cleanclaim.rules.kit import Example, ExampleKind, Rule, Safety
from cleanclaim.rules.rationale import EACH, family_name, rationale_of

_KINDS: tuple[tuple[ExampleKind, str], ...] = (
    (ExampleKind.BAD, "Found"),
    (ExampleKind.GOOD, "Passes"),
    (ExampleKind.UNKNOWN, "Cannot be judged"),
    (ExampleKind.EXEMPT, "Does not apply"),
)

_SAFETY: dict[Safety, str] = {
    Safety.SAFE: "SAFE: it changes no priced amount and states nothing about the visit, so it may be applied at once.",
    Safety.ATTEST: "ATTEST: it states something about the visit, so only a named person may apply it.",
}


def pages(columns: Columns) -> Iterator[tuple[str, str]]:
    """Every page under `rules/` with its text."""
    entries = book.entries()
    codes = [entry.rule.code for entry in entries]
    for entry in entries:
        yield f"rules/{entry.rule.code}.md", _page(entry, codes, columns)
    yield "rules/index.md", _index(entries)
    yield "rules/catalog.csv", _catalog(entries)


def _page(entry: BookEntry, codes: list[str], columns: Columns) -> str:
    rule = entry.rule
    said = rationale_of(entry)
    return joined(
        [
            f"# {rule.code} {rule.name}",
            *(linked_rules(plain(block), codes, "") for block in said.about),
            table(["", ""], _facts_of(entry)),
            *(("## Not flagged", linked_rules(plain(said.not_flagged), codes, "")) if said.not_flagged else ()),
            "## Fix",
            *_fix(rule, linked_rules(plain(said.fix), codes, "")),
            "## Says who",
            bullets(cited(source) for source in rule.sources),
            "## Reads",
            "Where one of these is unknown, and what is known does not decide, the answer is *no data*.",
            bullets(columns.described(rule.over, name, "../facts/") for name in rule.reads()),
            "## Examples",
            "In the [claim notation](../how-to-write-a-rule.md#the-claim-notation). Each is run by the tests.",
            *_examples(rule.examples),
        ]
    )


def _facts_of(entry: BookEntry) -> list[tuple[str, str]]:
    rule = entry.rule
    since, through = rule.effective.since, rule.effective.through
    bounds = [f"from {since}" if since else "", f"through {through}" if through else ""]
    rows = [
        ("family", link(family_name(entry.family), f"index.md#{entry.family}")),
        ("if it goes out", f"{OUTCOMES[rule.severity.value]} ({code(rule.severity.value)})"),
        ("payers", plain(rule.payers)),
        ("dates of service", " ".join(filter(None, bounds)) or "all"),
        (
            "after another payer",
            "claims that an earlier payer has answered keep their coding: they are not judged, unless the payer's file "
            "says that it codes anew"
            if rule.coding_terms
            else "",
        ),
        ("judged for each", EACH.get(rule.over, rule.over)),
        ("says", code(rule.message)),
        ("kind of defect", code(rule.concept) if rule.concept else ""),
        ("earlier codes", ", ".join(rule.aliases)),
        (
            "standing",
            f"preview: its words and reach may still change; it judges with {code('--preview')}"
            if rule.preview
            else "",
        ),
        ("file", code(f"src/cleanclaim/rules/{entry.family}/{_stem(rule)}.py")),
    ]
    return [row for row in rows if row[1]]


def _stem(rule: Rule) -> str:
    return f"{rule.code}_{rule.name}".lower().replace("-", "_")


def _fix(rule: Rule, said: str) -> Iterator[str]:
    fix = rule.fix
    if fix is None:
        yield said or "None is proposed: a person decides."
        return
    yield f"**{plain(fix.title)}.** {_SAFETY[fix.safety]}"
    target = fix.table or rule.over
    changed = f"It sets `{fix.field}` of `{target}`." if fix.new is not None else f"It takes rows out of `{target}`."
    reveals = ", ".join(link(found, f"{found}.md") for found in fix.may_reveal)
    yield changed + (f" It may bring to light {reveals}." if reveals else "")
    if said:
        yield f"Why: {said}"


def _examples(examples: Iterable[Example]) -> Iterator[str]:
    listed = list(examples)
    for kind, title in _KINDS:
        chosen = [example for example in listed if example.kind is kind]
        if chosen:
            yield f"### {title}"
        for example in chosen:
            yield fenced(textwrap.dedent(example.text).strip("\n").rstrip())
            if kind is ExampleKind.BAD:
                yield f"At {example.at}: “{plain(example.says)}”"
            elif kind is ExampleKind.UNKNOWN:
                yield f"What is missing is named: {plain(example.lacks)}."


def _index(entries: Iterable[BookEntry]) -> str:
    by_family: dict[str, list[BookEntry]] = {}
    for entry in entries:
        by_family.setdefault(entry.family, []).append(entry)
    blocks = [
        "# Rules",
        (
            "A rule looks at one row of one [table](../architecture.md) and answers finding, pass, not "
            "applicable or no "
            "data. The same list as a file: [catalog.csv](catalog.csv). On the command line: `cleanclaim "
            "explain UN101`."
        ),
        table(
            ["family", "rules"],
            [
                (link(family_name(family), f"#{family}"), str(len(found)))
                for family, found in sorted(by_family.items(), key=lambda item: family_name(item[0]))
            ],
        ),
    ]
    for family, found in sorted(by_family.items(), key=lambda item: family_name(item[0])):
        blocks += [
            f"## {family_name(family)} {{ #{family} }}",
            table(
                ["code", "the defect", "if it goes out", "fix"],
                [
                    (
                        link(entry.rule.code, f"{entry.rule.code}.md"),
                        plain(entry.rationale.partition("\n\n")[0]),
                        OUTCOMES[entry.rule.severity.value] + (", preview" if entry.rule.preview else ""),
                        entry.rule.fix.safety.value.upper() if entry.rule.fix else "",
                    )
                    for entry in found
                ],
            ),
        ]
    return joined(blocks)


def _catalog(entries: Iterable[BookEntry]) -> str:
    head = ["code", "name", "family", "severity", "payers", "from", "through", "fix", "concept", "standing"]
    return comma_separated(
        head,
        [
            [
                entry.rule.code,
                entry.rule.name,
                entry.family,
                entry.rule.severity.value,
                entry.rule.payers,
                shown_day(entry.rule.effective.since, ""),
                shown_day(entry.rule.effective.through, ""),
                entry.rule.fix.safety.value if entry.rule.fix else "",
                entry.rule.concept,
                "preview" if entry.rule.preview else "active",
            ]
            for entry in entries
        ],
    )
