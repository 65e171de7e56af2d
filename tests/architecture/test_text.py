"""Words, paths and marks that the repository's texts may not hold."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import Place, listed, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

# Patterns are put together from parts, so that this file does not match itself.
BRITISH = re.compile(
    r"\b\w*(?:"
    r"(?:author|categor|capital|emphas|final|general|initial|item|maxim|minim|normal|optim|organ|priorit|recogn|special|"
    r"standard|summar|synchron|util|visual)is(?:e|es|ed|er|ers|ing|ation|ations)"
    r"|behaviour|cancell(?:ed|ing)|centre|colour|defence|enrolment|favour|fibre|fulfil|judgement|"
    r"labell(?:ed|ing)|licence|litre|modell(?:ed|ing)|neighbour|oedema|paediatric|practise|tumour|"
    r"anaesthe\w+|analys(?:ed|ing)|haemat\w+|travell(?:ed|ing))(?:s|d)?\b|\b(?:analyse|programmes?)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"\w+")
MACHINE = re.compile(
    "|".join(
        [
            "/" + r"work/\w",
            "/" + r"home/\w",
            "/" + r"root/",
            "/" + r"Users/\w",
            "/opt" + r"/\w",
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "npm" + r"js\.(?:org|com)",
            "deb" + r"ian\.org",
        ]
    )
)
LEFT_OVER = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME)\b|^(?:<{7}|>{7}) ", re.MULTILINE)

# Words that people type are matched in whatever spelling they use.
TYPED_BY_PEOPLE = (
    "src/cleanclaim/coding/data/",
    "src/cleanclaim/reference/data/icd10/synonyms.toml",
    "src/cleanclaim/reference/icd10/by_words.py",
)
OF_OTHERS = (
    "src/cleanclaim/practice/imports/ics.py",  # a status of calendars
    "src/cleanclaim/practice/interchange/fhir_claims.py",  # a status of FHIR
    "src/cleanclaim/practice/static/practice/vendor/",
)
"""Where a word is spelled as somebody else's format or program has it."""
PLACES_TO_INSTALL = ("Dockerfile", "compose.yaml", "deploy/", "docs/deployment.md")
PROSE = ("src/", "docs/", "README", "CONTRIBUTING", "NOTICE", "dev", "pyproject.toml")


def places(pattern: re.Pattern[str], path: str, text: str) -> Iterator[Place]:
    """Every match, with its line."""
    for match in pattern.finditer(text):
        yield Place(path, text.count("\n", 0, match.start()) + 1, match[0])


def has_british(text: str) -> bool:
    """Whether a word of a text is spelled so; each distinct word is looked at once, whatever text it is in."""
    return any(map(_is_british, set(WORD.findall(text))))


@cache
def _is_british(word: str) -> bool:
    return BRITISH.search(word) is not None


def test_spelling_is_american() -> None:
    theirs = (*TYPED_BY_PEOPLE, *OF_OTHERS)
    ours = [(path, text) for path, text in texts() if path.startswith(PROSE) and not path.startswith(theirs)]
    found = [place for path, text in ours if has_british(text) for place in places(BRITISH, path, text)]
    assert not found, listed(found, "Spell as the trade in the USA does: authorization, license, color, center.")


@pytest.mark.parametrize(
    "word",
    [
        "prior_authoris" + "ation",
        "Lic" + "ence",
        "unrecognis" + "ed",
        "colo" + "urs",
        "cent" + "re",
        "Organis" + "ation",
    ],
)
def test_a_british_word_is_seen(word: str) -> None:
    assert BRITISH.search(word)
    assert has_british(f"A text with {word}, in it")


@pytest.mark.parametrize(
    "word", ["authorization", "license", "specialist", "optimistic", "organism", "analysis", "programmed", "analyses"]
)
def test_an_american_word_is_left_alone(word: str) -> None:
    assert not BRITISH.search(word)
    assert not has_british(f"A text with {word}, in it")


def test_no_machine_and_no_registry_is_named() -> None:
    found = [
        place
        for path, text in texts()
        for place in places(MACHINE, path, text)
        # A container and a unit of systemd say where the program lies on the machine that they make.
        if not (path.startswith(PLACES_TO_INSTALL) and place.what.startswith("/opt/"))
    ]
    assert not found, listed(found, "Take paths as arguments, relative to the repository; name packages, not hosts.")


@pytest.mark.parametrize(
    "text", ["/" + "work/main", "/" + "home/me/x", "https://py" + "pi.org/simple", "/opt" + "/venv"]
)
def test_a_machine_path_is_seen(text: str) -> None:
    assert MACHINE.search(text)


def test_nothing_is_left_for_later() -> None:
    found = [place for path, text in texts() for place in places(LEFT_OVER, path, text)]
    assert not found, listed(
        found, "Do it now, or file it with the project's issues; resolve conflicts before a commit."
    )


def test_a_left_over_is_seen() -> None:
    assert LEFT_OVER.search("# TO" + "DO: later")
    assert LEFT_OVER.search("a\n" + "<" * 7 + " HEAD\n")
    assert not LEFT_OVER.search("mastodon\n=======\n")


def test_files_are_there_to_look_at() -> None:
    paths = {path for path, _ in texts()}
    assert {"pyproject.toml", "dev", "src/cleanclaim/money.py"} <= paths
