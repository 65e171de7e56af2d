"""No text of a user's file is a template: what is formatted by name is written in this program."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import Module, Place, listed, module, modules

BY_NAME = frozenset({"format", "format_map", "vformat"})
MESSAGES = ("src/cleanclaim/check/findings.py", "render")
"""The one place where a template is not a constant: a rule's message, from the book and never from a file."""


def templates_not_written_here(file: Module) -> Iterator[Place]:
    """Calls of `format` and its like whose template is not a constant; a function is named by what encloses it."""
    for function in [file.tree, *(node for node in ast.walk(file.tree) if isinstance(node, ast.FunctionDef))]:
        name = function.name if isinstance(function, ast.FunctionDef) else ""
        for node in _own(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BY_NAME:
                is_polars = isinstance(node.func.value, ast.Name) and node.func.value.id == "pl"
                template = node.args[0] if is_polars and node.args else node.func.value
                if isinstance(template, ast.Call) and getattr(template.func, "id", "") == "super":
                    continue  # a logging formatter's own method of that name
                if not isinstance(template, ast.Constant):
                    yield Place(file.path, node.lineno, name)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or module that are not those of a function inside it."""
    inside = [node]
    while inside:
        for child in ast.iter_child_nodes(inside.pop()):
            if not isinstance(child, ast.FunctionDef):
                yield child
                inside.append(child)


def test_only_messages_of_the_rule_book_are_templates() -> None:
    found = [place for file in modules() for place in templates_not_written_here(file)]
    others = [place for place in found if (place.path, place.what) != MESSAGES]
    assert not others, listed(others, "Join texts, or use an f-string: a text that somebody typed is never a template.")
    assert len(found) == 1, "MESSAGES names a place that has gone"


@pytest.mark.parametrize(
    "source",
    [
        "label.format(row)",
        "pack.note.format_map(row)",
        "formatter.vformat(note, (), row)",
        "pl.format(note, 'a')",
        "def f():\n  def g():\n    return text.format(1)",
    ],
)
def test_a_template_that_is_no_constant_is_seen(source: str) -> None:
    assert len(list(templates_not_written_here(module(source)))) == 1


@pytest.mark.parametrize("source", ["'{}'.format(1)", "pl.format('{}', 'a')", "f'{label}'", "format(1, '02d')"])
def test_a_constant_template_is_left_alone(source: str) -> None:
    assert list(templates_not_written_here(module(source))) == []
