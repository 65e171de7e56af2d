"""An expression with Python's way to answer it: its tree is read once, into functions of a row."""

from __future__ import annotations

import io
import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from cleanclaim.facts.interpreter.days import DAY_FUNCTIONS
from cleanclaim.facts.interpreter.functions import FUNCTIONS
from cleanclaim.facts.interpreter.groups import AGGREGATES, GROUP_FUNCTIONS, OPTIONS, height
from cleanclaim.facts.interpreter.operators import binary, cast, ternary
from cleanclaim.facts.interpreter.parts import (
    FLAG,
    LITERAL,
    TEXT,
    WHOLE,
    Answer,
    LeftToQueryError,
    Part,
    element_kind,
    require,
    where_known,
)
from cleanclaim.facts.interpreter.texts import TEXT_FUNCTIONS, formatted

Kinds = Callable[[str], str]
"""A column's name → its type as text, such as `Int64` or `List(String)`."""

Node = Any
"""A node of an expression's tree, as its JSON form has it, or what stands in one."""

_BY_NAME = {**FUNCTIONS, **TEXT_FUNCTIONS, **DAY_FUNCTIONS}


@dataclass(frozen=True, slots=True)
class Followed:
    """An expression that Python answers."""

    kind: str
    """The type of its answers, as text."""
    names: frozenset[str]
    """The columns it reads."""
    answer: Answer
    """Its answer for a row (column → value); for an aggregate, for the rows of a group."""


class Formula:
    """An expression, and Python's way to answer it, which is sought when it is first wanted."""

    __slots__ = ("_followed", "_is_aggregate", "_is_sought", "_kinds", "_reads", "dtype", "expr", "name")

    def __init__(
        self, name: str, expr: pl.Expr, dtype: pl.DataType | type[pl.DataType], kinds: Kinds, *, aggregate: bool = False
    ) -> None:
        """State what its column is called, the expression and its type, and the types of what it reads.

        With `aggregate` it sums up the rows of a group.
        """
        self.name, self.expr, self.dtype = name, expr, dtype
        self._kinds, self._is_aggregate = kinds, aggregate
        self._followed: Followed | None = None
        self._is_sought = False
        self._reads: tuple[str, ...] | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """What it names, sorted: columns, and the element of a list where it has one."""
        if self._reads is None:
            self._reads = tuple(sorted(set(self.expr.meta.root_names())))
        return self._reads

    def followed(self) -> Followed | None:
        """How Python answers it; nothing where it is left to a query."""
        if not self._is_sought:
            found = follow(self.expr, self._kinds, aggregate=self._is_aggregate)
            self._followed = found if found is not None and found.kind == str(self.dtype) else None
            self._is_sought = True
        return self._followed


def follow(expression: pl.Expr, kinds: Kinds, *, aggregate: bool = False) -> Followed | None:
    """Read an expression so that Python can answer it; nothing where it holds anything that is not followed.

    Args:
        expression: over the columns of one table.
        kinds: the types of those columns; a `KeyError` for a column that is not known.
        aggregate: it sums up the rows of a group.
    """
    try:
        tree = json.loads(expression.meta.serialize(format="json"))
        part = _part(tree, _Scope(kinds, is_group=aggregate))
        require(holds=not part.kind.startswith("Set("))
    except (LeftToQueryError, KeyError, pl.exceptions.ComputeError):
        # The last: it holds a function of somebody's own, which has no tree.
        return None
    return Followed(part.kind, frozenset(expression.meta.root_names()), part.answer)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a part stands: over the rows of a table, over the elements of a list, or over a group of either."""

    kinds: Kinds
    element: str = ""
    """The type of the elements; empty over rows."""
    is_group: bool = False


def _part(node: Node, scope: _Scope) -> Part:  # noqa: PLR0911 - one return for each kind of node
    """Follow one node of the tree."""
    if node == "Len":
        require(holds=scope.is_group)
        return height()
    if node == "Element":
        require(holds=not scope.is_group and bool(scope.element))
        return Part(scope.element, lambda element: element)
    name, body = _only(node)
    match name:
        case "Column":
            require(holds=not scope.is_group and not scope.element)
            return Part(scope.kinds(body), operator.itemgetter(body))
        case "Alias":
            return _part(body[0], scope)
        case "Literal":
            return _literal(node, body)
        case "BinaryExpr":
            left, op, right = _fields(body, "left", "op", "right")
            return binary(op, _part(left, scope), _part(right, scope))
        case "Ternary":
            parts = _fields(body, "predicate", "truthy", "falsy")
            return ternary(*(_part(part, scope) for part in parts))
        case "Cast":
            inner, dtype, options = _fields(body, "expr", "dtype", "options")
            return cast(_part(inner, scope), dtype, options)
        case "Eval":
            return _of_elements(body, scope)
        case "Agg":
            return _aggregate(body, scope)
        case "Function":
            inputs, function = _fields(body, "input", "function")
            return _called(inputs, function, scope)
    raise LeftToQueryError


def _only(node: Node) -> tuple[str, Node]:
    """The name and the body of a node."""
    require(holds=isinstance(node, dict) and len(node) == 1)
    ((name, body),) = node.items()
    return name, body


def _fields(body: Node, *names: str) -> list[Node]:
    """The fields of a node's body, which has these and no others."""
    require(holds=isinstance(body, dict) and set(body) == set(names))
    return [body[name] for name in names]


def _literal(node: Node, body: Node) -> Part:
    """A value written in an expression; the query engine itself reads it from the tree."""
    read = pl.Expr.deserialize(io.BytesIO(json.dumps(node).encode()), format="json")
    column = pl.select(read).to_series()
    value = column.to_list()[0]
    return Part(LITERAL if "Dyn" in body else str(column.dtype), lambda _row: value, value, is_constant=True)


def _of_elements(body: Node, scope: _Scope) -> Part:
    """An expression put to the elements of a list: to each, or to all of them together."""
    inner, evaluation, variant = _fields(body, "expr", "evaluation", "variant")
    lists = _part(inner, scope)
    together = variant == "ListAgg"
    asked = _part(evaluation, replace(scope, element=element_kind(lists.kind), is_group=together))
    if together:
        return Part(asked.kind, where_known(lists.answer, asked.answer))
    require(holds=variant == "List" and asked.kind in {FLAG, TEXT, WHOLE})
    question = asked.answer
    return Part(f"List({asked.kind})", where_known(lists.answer, lambda cells: [question(cell) for cell in cells]))


def _of_each(node: Node, scope: _Scope) -> Part:
    """What an aggregate asks of each row, or of each element."""
    require(holds=scope.is_group)
    return _part(node, replace(scope, is_group=False))


def _aggregate(body: Node, scope: _Scope) -> Part:
    name, operand = _only(body)
    require(holds=name in AGGREGATES)
    options = OPTIONS.get(name, {})
    if options:
        operand, *given = _fields(operand, "input", *options)
        require(holds=given == list(options.values()))
    return AGGREGATES[name](_of_each(operand, scope))


def _called(inputs: Sequence[Node], function: Node, scope: _Scope) -> Part:
    key = json.dumps(function, sort_keys=True)
    if key in GROUP_FUNCTIONS:
        require(holds=len(inputs) == 1)
        return GROUP_FUNCTIONS[key](_of_each(inputs[0], scope))
    parts = [_part(node, scope) for node in inputs]
    if key in _BY_NAME:
        return _BY_NAME[key](*parts)
    name, body = _only(function)
    require(holds=name == "StringExpr")
    (layout,) = _fields(body, "Format")
    return formatted(parts, *_fields(layout, "format", "insertions"))
