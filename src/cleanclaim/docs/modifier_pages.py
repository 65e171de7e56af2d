"""One page per modifier that therapists meet: what it says, what it may not stand with, and the rules about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanclaim.docs.markdown import bullets, cited, comma_separated, joined, link, plain, shown_day, table
from cleanclaim.reference import modifiers
from cleanclaim.reference.modifiers import Modifier, ModifierFamily
from cleanclaim.rules import book

_FAMILIES: dict[ModifierFamily, str] = {
    ModifierFamily.THERAPY_DISCIPLINE: "Disciplines of therapy",
    ModifierFamily.ASSISTANT: "Assistants",
    ModifierFamily.THRESHOLD: "The yearly threshold",
    ModifierFamily.DISTINCT: "Separate services",
    ModifierFamily.ABN: "Notices to the patient",
    ModifierFamily.TELEHEALTH: "Telehealth",
    ModifierFamily.HABILITATIVE: "Habilitative and rehabilitative",
    ModifierFamily.REPEAT: "Repeated services",
    ModifierFamily.EFFORT: "More or less than usual",
    ModifierFamily.SIDE: "Sides of the body",
    ModifierFamily.SUBSTITUTE: "Substitutes",
    ModifierFamily.HOSPICE: "Hospice",
    ModifierFamily.CIRCUMSTANCE: "Circumstances",
    ModifierFamily.CHIROPRACTIC: "Chiropractic",
    ModifierFamily.PHYSICIAN: "Physicians",
    ModifierFamily.FUNCTIONAL_REPORTING: "Functional reporting, ended",
}
_ON_THERAPY: dict[bool | None, str] = {True: "yes", False: "never", None: "unknown"}


_LETTERED = re.compile(r"(?<![\w-])(?=[0-9A-Z]*[A-Z])[0-9A-Z]{2}(?![\w-])")
_AFTER_THE_WORD = re.compile(r"[Mm]odifiers?\s+((?:[0-9A-Z]{2}(?:,? (?:and|or) |, )?)+)")
"""A modifier of two digits is a number like any other, unless the word stands before it."""
_LOOKED_FOR = re.compile(r'col\("modifiers"\)\.list\.contains\(\["([0-9A-Z]{2})"\]\)')
"""How an expression that looks for a modifier is written out."""


def pages() -> Iterator[tuple[str, str]]:
    """Every page under `modifiers/` with its text."""
    described = modifiers.all_modifiers()
    speaking = _rules_by_modifier([item.code for item in described])
    for item in described:
        yield f"modifiers/{item.code}.md", _page(item, speaking[item.code])
    yield "modifiers/index.md", _index(described)
    yield "modifiers/catalog.csv", _catalog()


def _rules_by_modifier(codes: list[str]) -> dict[str, list[str]]:
    """Modifier → codes of the rules that name it or look for it."""
    found: dict[str, list[str]] = {code: [] for code in codes}
    for entry in book.entries():
        # Examples are left out: GP stands on nearly every line of theirs.
        words = " ".join([entry.rationale, entry.rule.message, entry.rule.fix.title if entry.rule.fix else ""])
        named = set(_LETTERED.findall(words))
        for run in _AFTER_THE_WORD.findall(words):
            named |= set(re.findall(r"\b[0-9A-Z]{2}\b", run))
        named |= set(_LOOKED_FOR.findall(f"{entry.rule.condition()} {entry.rule.flag}"))
        for code in named & found.keys():
            found[code].append(entry.rule.code)
    return found


def _page(item: Modifier, rules: list[str]) -> str:
    sources = [item.source, item.valid_from_source, item.valid_through_source]
    begun = f"from {item.valid_from}" if item.valid_from else "first day not read"
    ended = f"**through {item.valid_through}**" if item.valid_through else "no last day published"
    rows = [
        ("in force", f"{begun}; {ended}"),
        ("family", link(_FAMILIES[item.family], f"index.md#{item.family.value}")),
        ("not beside", ", ".join(link(code, f"{code}.md") for code in item.conflicts)),
        ("needs beside it", ", ".join(link(code, f"{code}.md") for code in item.requires)),
        ("on therapy codes", _ON_THERAPY[item.on_therapy_codes]),
    ]
    return joined(
        [
            f"# {item.code} {plain(item.label)}",
            plain(item.meaning),
            table(["", ""], [row for row in rows if row[1]]),
            *(
                (
                    "## Rules about it",
                    bullets(f"{link(code, f'../rules/{code}.md')}: {_defect(code)}" for code in rules),
                )
                if rules
                else ()
            ),
            "## Says who",
            bullets(dict.fromkeys(cited(source) for source in sources if source is not None)),
        ]
    )


def _defect(code: str) -> str:
    entry = book.entry(code)
    return plain(entry.rationale.partition("\n\n")[0]) if entry is not None else ""


def _index(described: tuple[Modifier, ...]) -> str:
    others = len(modifiers.listed_codes()) - len(described)
    blocks = [
        "# Modifiers",
        (
            "What each modifier says on a claim line, in our own plain words, with its dates. "
            f"{others} more of the published list are known by code alone: a claim may carry them, and they are not "
            "explained here. The same as a file: [catalog.csv](catalog.csv). On the command line: "
            "`cleanclaim explain KX`."
        ),
    ]
    for family, title in _FAMILIES.items():
        own = [item for item in described if item.family is family]
        if own:
            blocks += [
                f"## {title} {{ #{family.value} }}",
                table(
                    ["modifier", "what it says", "on therapy codes", "ended"],
                    [
                        (
                            link(item.code, f"{item.code}.md"),
                            plain(item.label),
                            _ON_THERAPY[item.on_therapy_codes],
                            shown_day(item.valid_through, ""),
                        )
                        for item in own
                    ],
                ),
            ]
    return joined(blocks)


def _catalog() -> str:
    head = ["code", "label", "family", "not_beside", "needs", "on_therapy_codes", "from", "through"]
    return comma_separated(
        head,
        [
            [
                row["code"],
                row["label"] or "",
                row["family"] or "",
                " ".join(row["conflicts"]),
                " ".join(row["requires"]),
                _ON_THERAPY[row["on_therapy_codes"]] if row["is_described"] else "",
                shown_day(row["valid_from"], ""),
                shown_day(row["valid_through"], ""),
            ]
            for row in modifiers.table().iter_rows(named=True)
        ],
    )
