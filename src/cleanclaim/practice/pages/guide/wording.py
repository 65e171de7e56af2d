"""Words of the rule book and the tables as the guide shows them: code in its own letters, rules and codes as links."""

from __future__ import annotations

import re
from functools import cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cleanclaim.reference import procedures
from cleanclaim.rules import book
from cleanclaim.rules.book import BookEntry
from cleanclaim.sources import Source

_QUOTED = re.compile(r"`([^`]+)`")
_NAMED = re.compile(r"\b([A-Z]{2}\d{3}|[A-Z]\d{4}|\d{5})\b")


def linked(text: str, slug: str) -> SafeString:
    """A text as HTML: wrapped lines joined, what stands in backticks as code, rules and procedures as links."""
    said: str = escape(" ".join(text.split()))
    said = _QUOTED.sub(r'<span class="code">\1</span>', said)
    return mark_safe(_NAMED.sub(lambda match: _link(match[1], slug), said))  # noqa: S308 - escaped above


def _link(word: str, slug: str) -> str:
    if word in _rule_codes():
        name = "guide_rule"
    elif procedures.get(word) is not None:
        name = "guide_code"
    else:
        return word
    return f'<a class="code" href="{reverse(name, args=[slug, word])}">{word}</a>'


@cache
def _rule_codes() -> frozenset[str]:
    return frozenset(rule.code for rule in book.rules())


def defect_of(entry: BookEntry) -> str:
    """What a rule finds, in its first sentence, without the period."""
    return " ".join(entry.rationale.partition("\n\n")[0].split()).rstrip(".")


def rules_naming(word: str) -> list[tuple[BookEntry, str]]:
    """The rules whose words name a code or modifier, by code, each with what it finds."""
    named = re.compile(rf"\b{re.escape(word)}\b")
    naming = (entry for entry in book.entries() if named.search(entry.rationale) or named.search(entry.rule.message))
    return [(entry, defect_of(entry)) for entry in naming]


def distinct(*sources: Source | None) -> list[Source]:
    """The sources in their order, each once."""
    return list(dict.fromkeys(source for source in sources if source is not None))
