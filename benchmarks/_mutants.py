"""Small changes to source, one at a time: what a slip of the pen would leave behind.

A mutant is one edit of a syntax tree: a boundary that moves by one, a comparison turned round, an "and" for an "or",
a condition left out, a list one element short, a text that differs. Annotations, docstrings and the words of raised
errors are left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

Sibling = Callable[[str], str | None]
"""Another column that could be written by mistake for this one."""

_Item = TypeVar("_Item")

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
_METHODS = {
    "is_null": "is_not_null",
    "is_not_null": "is_null",
    "any_horizontal": "all_horizontal",
    "all_horizontal": "any_horizontal",
    "min": "max",
    "max": "min",
    "least": "greatest",
    "greatest": "least",
    "any": "all",
    "all": "any",
    "minimum": "maximum",
    "maximum": "minimum",
    "first": "last",
    "last": "first",
}
"""Methods and functions that are easily taken for each other."""
_VARIADIC = {"has_modifier", "lacks_modifier", "without_modifier"}
"""Functions of the rule kit whose arguments are a list."""
_LOGIC = (ast.BitAnd, ast.BitOr)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one node: which field of which parent, from what to what."""

    parent: ast.AST
    field: str
    index: int | None
    old: ast.AST
    new: ast.AST
    line: int

    def __str__(self) -> str:
        """The change in words of the source; of a chain of conditions only the link that changes."""
        match self.old:
            case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, _LOGIC):
                if self.new is left:
                    return f"without {_one_line(right)}"
                if self.new is right:
                    return f"only {_one_line(right)}, without what stands before"
                sign, other = ("&", "|") if isinstance(operator, ast.BitAnd) else ("|", "&")
                return f"{sign} {_one_line(right)} → {other} {_one_line(right)}"
        return f"{_one_line(self.old)} → {_one_line(self.new)}"

    @contextmanager
    def made(self) -> Iterator[None]:
        """The tree with the change, as long as the block lasts."""
        self._put(self.new)
        try:
            yield
        finally:
            self._put(self.old)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: where it is, what it changes, and whether a test noticed."""

    group: str
    place: str
    line: int
    part: str
    change: str
    noticed_by: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line} {self.part}: {self.change}"


def edits(root: ast.AST, sibling: Sibling | None = None) -> Iterator[Edit]:
    """Every edit below `root`, in the order of the source. With `sibling`, columns are taken for others too."""
    for field, value in ast.iter_fields(root):
        if _is_left_alone(root, field):
            continue
        nodes = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, node in nodes:
            if not isinstance(node, ast.AST) or _is_docstring(root, field, index, node):
                continue
            line = getattr(node, "lineno", 0)
            if _is_one_text_of_several(root, field, node):
                continue  # the list with that one left out is a mutant already
            for new in _changes(node, sibling):
                yield Edit(root, field, index, node, ast.fix_missing_locations(ast.copy_location(new, node)), line)
            if not _names_something(node):
                yield from edits(node, sibling)


def _names_something(node: ast.AST) -> bool:
    """Whether what is inside is a name or words for people: the text of an error, a column, the parts of a date."""
    match node:
        case ast.Raise() | ast.Call(func=ast.Attribute(value=ast.Name(id="pl"), attr="col")):
            return True
        case ast.keyword(arg="title" | "field" | "table" | "via" | "may_reveal"):
            return True
        case _:
            return _as_date(node) is not None


def _one_line(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _is_left_alone(parent: ast.AST, field: str) -> bool:
    return (
        field in {"annotation", "returns", "decorator_list", "bases", "ctx", "func"}
        and not (field == "func" and isinstance(parent, ast.Call) and not isinstance(parent.func, ast.Name))
    ) or isinstance(parent, ast.Import | ast.ImportFrom | ast.Global)


def _is_docstring(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and field == "body"
        and index is not None
        and isinstance(parent, ast.Module | ast.FunctionDef | ast.ClassDef)
    )


def _is_one_text_of_several(parent: ast.AST, field: str, node: ast.AST) -> bool:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    match parent:
        case ast.List(elts=several) | ast.Tuple(elts=several) | ast.Set(elts=several):
            return len(several) > 1
        case ast.Call(func=ast.Name(id=name), args=several):
            return field == "args" and name in _VARIADIC and len(several) > 1
        case _:
            return False


def _changes(node: ast.AST, sibling: Sibling | None) -> Iterator[ast.AST]:
    yield from _changes_of_operator(node)
    yield from _changes_of_statement(node)
    match node:
        case ast.Call():
            yield from _changes_of_call(node)
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) | ast.Set():
            yield from _shorter(node)
        case ast.Dict(keys=keys, values=values):
            for place in range(len(keys)):
                yield ast.Dict(keys=_without(keys, place), values=_without(values, place))
        case ast.Attribute(value=ast.Name(id="col"), attr=name) if sibling is not None:
            other_name = sibling(name)
            if other_name is not None:
                yield ast.Attribute(value=ast.Name(id="col", ctx=ast.Load()), attr=other_name, ctx=ast.Load())
        case ast.Constant(value=value):
            yield from _other_constants(value)
        case _:
            pass


def _changes_of_operator(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=others) if type(operator) in _COMPARISONS:
            yield ast.Compare(left=left, ops=[_COMPARISONS[type(operator)]()], comparators=others)
        case ast.BinOp(left=left, op=operation, right=right):
            if type(operation) in _OPERATORS:
                yield ast.BinOp(left=left, op=_OPERATORS[type(operation)](), right=right)
            if isinstance(operation, _LOGIC):
                yield from (left, right)
        case ast.BoolOp(op=logic, values=values):
            yield ast.BoolOp(op=ast.Or() if isinstance(logic, ast.And) else ast.And(), values=values)
            for place in range(len(values)):
                rest = _without(values, place)
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op=logic, values=rest)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub(), operand=operand):
            yield operand
        case _:
            pass


def _changes_of_statement(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.AugAssign(target=target, op=operation, value=value) if type(operation) in _OPERATORS:
            yield ast.AugAssign(target=target, op=_OPERATORS[type(operation)](), value=value)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case _:
            pass


def _shorter(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    for place in range(len(node.elts)):
        rest = _without(node.elts, place)
        if isinstance(node, ast.Tuple):
            yield ast.Tuple(elts=rest, ctx=ast.Load())
        elif isinstance(node, ast.List):
            yield ast.List(elts=rest, ctx=ast.Load())
        elif rest:
            yield ast.Set(elts=rest)


def _without(items: list[_Item], place: int) -> list[_Item]:
    return [*items[:place], *items[place + 1 :]]


def _changes_of_call(call: ast.Call) -> Iterator[ast.AST]:
    day = _as_date(call)
    if day is not None:
        for days in (-1, 1):
            moved = day + timedelta(days=days)
            arguments: list[ast.expr] = [ast.Constant(value=part) for part in (moved.year, moved.month, moved.day)]
            yield ast.Call(func=call.func, args=arguments, keywords=[])
        return
    match call.func:
        case ast.Attribute(value=value, attr="not_"):
            yield value
        case ast.Attribute(value=value, attr=name, ctx=context) if name in _METHODS:
            swapped = ast.Attribute(value=value, attr=_METHODS[name], ctx=context)
            yield ast.Call(func=swapped, args=call.args, keywords=call.keywords)
        case ast.Name(id=name) if name in _METHODS:
            yield ast.Call(func=ast.Name(id=_METHODS[name], ctx=ast.Load()), args=call.args, keywords=call.keywords)
        case ast.Name(id="known_true"):
            yield call.args[0]
        case ast.Name(id=name) if name in _VARIADIC and len(call.args) > 1:
            for place in range(len(call.args)):
                yield ast.Call(func=call.func, args=_without(call.args, place), keywords=call.keywords)
        case _:
            pass


def _as_date(node: ast.AST) -> date | None:
    """The date that a call of `date` or `since` with three numbers stands for."""
    match node:
        case ast.Call(
            func=ast.Name(id="date" | "since"),
            args=[ast.Constant(value=int(year)), ast.Constant(value=int(month)), ast.Constant(value=int(day))],
        ):
            return date(year, month, day)
    return None


def _other_constants(value: object) -> Iterator[ast.Constant]:
    match value:
        case bool():
            yield ast.Constant(value=not value)
        case int():
            yield from (ast.Constant(value=value - 1), ast.Constant(value=value + 1))
        case str():
            yield ast.Constant(value=value + "~")
        case _:
            pass
