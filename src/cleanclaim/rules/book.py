"""All rules, found by walking this package: file name, code and family must agree."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import cleanclaim.rules
from cleanclaim.rules.kit import Rule, RuleError


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A rule, with the family folder and the docstring of its file."""

    rule: Rule
    family: str
    rationale: str


@cache
def entries() -> tuple[BookEntry, ...]:
    """Every rule of the book, by code.

    Raises:
        RuleError: two rules share a code or name, or a file is not named after its rule.
    """
    found: dict[str, BookEntry] = {}
    names: set[str] = set()
    for info in pkgutil.walk_packages(cleanclaim.rules.__path__, prefix="cleanclaim.rules."):
        module = importlib.import_module(info.name)
        rule = getattr(module, "rule", None)
        if not isinstance(rule, Rule):
            continue
        _, _, family, stem = info.name.split(".")
        expected = f"{rule.code}_{rule.name}".lower().replace("-", "_")
        if stem != expected:
            raise RuleError(f"{info.name}: file must be named {expected}.py")
        if rule.code in found or rule.name in names:
            raise RuleError(f"{info.name}: code {rule.code} or name {rule.name} is taken")
        names.add(rule.name)
        found[rule.code] = BookEntry(rule, family, (module.__doc__ or "").strip())
    return tuple(found[code] for code in sorted(found))


def rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    return tuple(entry.rule for entry in entries())


def entry(code: str) -> BookEntry | None:
    """The rule with that code or alias."""
    wanted = code.upper()
    return next((item for item in entries() if item.rule.code == wanted or wanted in item.rule.aliases), None)


def active_rules() -> tuple[Rule, ...]:
    """The rules that judge unless somebody asks for previews too, by code."""
    return tuple(rule for rule in rules() if not rule.preview)


def select(only: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """Rules, previews too, whose code starts with one of `only` (all if empty) and with none of `ignore`."""
    chosen, left_out = tuple(only), tuple(ignore)
    return tuple(
        rule
        for rule in rules()
        if (not chosen or rule.code.startswith(chosen)) and not (left_out and rule.code.startswith(left_out))
    )
