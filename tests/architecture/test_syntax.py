"""What the source of the package may not hold, and what to write instead."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import ROOT, Module, Place, listed, module, modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# --- unknown stays unknown -------------------------------------------------------------------------------

SWALLOWS_NULL = frozenset(
    {
        "all",
        "all_horizontal",
        "any",
        "any_horizontal",
        "cum_sum",
        "fill_null",
        "filter",
        "is_in",
        "max_horizontal",
        "min_horizontal",
        "over",
        "sum",
        "sum_horizontal",
    }
)


def is_kit(path: str) -> bool:
    """Whether a file belongs to the kit, where the raw forms are wrapped once."""
    return path.startswith("src/cleanclaim/rules/kit")


def raw_forms(file: Module) -> Iterator[Place]:
    """Calls that turn an unknown row into a verdict."""
    for node in ast.walk(file.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = node.func.attr
        if name == "contains" and isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "list":
            yield Place(file.path, node.lineno, ".list.contains(")
        elif name in SWALLOWS_NULL:
            yield Place(file.path, node.lineno, f".{name}(")


def test_rules_swallow_no_null() -> None:
    found = [
        place
        for file in modules()
        if file.path.startswith("src/cleanclaim/rules/") and not is_kit(file.path)
        for place in raw_forms(file)
    ]
    assert not found, listed(
        found,
        "A raw aggregate or membership drops nulls, so an unknown passes. Use the kit's forms (total, any_row, "
        "every_row, running, count_same and its membership tests), in which an unknown stays unknown.",
    )


@pytest.mark.parametrize(
    "source",
    [
        "flag = pl.col('a').sum()",
        "flag = pl.col('a').sum().over('day')",
        "flag = lines.code.is_in(['97110'])",
        "flag = lines.modifiers.list.contains('59')",
        "flag = pl.any_horizontal('a', 'b')",
        "flag = lines.minutes.fill_null(0) > 8",
        "table = table.filter(flag)",
        "flag = (lines.units > 3).any()",
        "flag = (lines.units > 3).all()",
        "flag = lines.units.cum_sum() > 3",
    ],
)
def test_a_raw_form_is_seen(source: str) -> None:
    assert list(raw_forms(module(source)))


def test_forms_that_keep_null_are_left_alone() -> None:
    source = "flag = total(lines.units) > 3\nother = lines.note.str.contains('x') & any_row(flag)\nn = sum([1, 2])"
    assert not list(raw_forms(module(source)))


# --- errors that are caught ------------------------------------------------------------------------------

CATCHES_ALL = {
    ("src/cleanclaim/check/judge.py", "_compute"): "a fact that crashes is reported, and the rules without it go on",
    ("src/cleanclaim/check/questions.py", "_tried"): "a rule that crashes is reported as crashed, and the others go on",
    ("src/cleanclaim/practice/ahead.py", "_work"): "what stops the thread is raised by the program that it works for",
    ("src/cleanclaim/practice/backup.py", "write_backup"): "half a backup is removed, whatever stopped it, and told",
    ("src/cleanclaim/practice/tasks.py", "run_job"): "a job that fails is marked as failed, and the worker goes on",
    ("src/cleanclaim/x12/columnar/reader.py", "_whole"): "the block that waits for this one is told, and it goes on up",
}
"""Functions that may catch everything, and why."""


def unnamed_catches(file: Module) -> Iterator[Place]:
    """Bare excepts, and excepts or suppressions of Exception and BaseException, each by its function."""
    inside: list[tuple[ast.AST, str]] = [(file.tree, "")]
    while inside:
        parent, function = inside.pop()
        for node in ast.iter_child_nodes(parent):
            inner = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if (isinstance(node, ast.ExceptHandler) and _names_everything(node.type)) or (
                isinstance(node, ast.Call)
                and _last_name(node.func) == "suppress"
                and any(map(_names_everything, node.args))
            ):
                yield Place(file.path, node.lineno, inner)
            inside.append((node, inner))


def _names_everything(node: ast.expr | None) -> bool:
    if node is None:
        return True
    if isinstance(node, ast.Tuple):
        return any(map(_names_everything, node.elts))
    return _last_name(node) in {"BaseException", "Exception"}


def _last_name(node: ast.expr) -> str:
    """The name of what is called or caught, without where it lies."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_no_error_is_caught_unnamed() -> None:
    found = [place for file in modules() for place in unnamed_catches(file)]
    unlisted = [place for place in found if (place.path, place.what) not in CATCHES_ALL]
    assert not unlisted, listed(unlisted, "Name the errors that can be raised there, and handle each.")
    unused = CATCHES_ALL.keys() - {(place.path, place.what) for place in found}
    assert not unused, f"Take out of CATCHES_ALL what catches everything no more: {sorted(unused)}"


@pytest.mark.parametrize(
    "source",
    [
        "try:\n  f()\nexcept:\n  pass",
        "try:\n  f()\nexcept Exception:\n  pass",
        "try:\n  f()\nexcept (ValueError, builtins.BaseException) as error:\n  raise",
        "with contextlib.suppress(Exception):\n  f()",
    ],
)
def test_a_catch_all_is_seen(source: str) -> None:
    assert list(unnamed_catches(module(source)))


def test_a_named_error_is_left_alone() -> None:
    source = "try:\n  f()\nexcept (ValueError, pl.exceptions.PolarsError):\n  raise\nwith suppress(KeyError):\n  f()"
    assert not list(unnamed_catches(module(source)))


# --- money is exact --------------------------------------------------------------------------------------

EXACT = ("src/cleanclaim/money.py", "src/cleanclaim/pricing/", "src/cleanclaim/claims/", "src/cleanclaim/ledger/")


def inexact(file: Module) -> Iterator[Place]:
    """Floats, binary or decimal column types, and divisions that make floats."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield Place(file.path, node.lineno, repr(node.value))
        elif isinstance(node, ast.Name) and node.id in {"float", "Float32", "Float64"}:
            yield Place(file.path, node.lineno, node.id)
        elif (isinstance(node, ast.Attribute) and node.attr in {"Decimal", "Float32", "Float64"}) or (
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _joins_a_path(node)
        ):
            yield Place(file.path, node.lineno, ast.unparse(node))


def _joins_a_path(node: ast.BinOp) -> bool:
    return isinstance(node.right, ast.JoinedStr) or (
        isinstance(node.right, ast.Constant) and isinstance(node.right.value, str)
    )


def test_money_is_exact() -> None:
    found = [place for file in modules() if file.path.startswith(EXACT) for place in inexact(file)]
    assert not found, listed(
        found,
        "Money and rates are integers at a named scale: use cents, scaled(), divide() and divide_column() of "
        "cleanclaim.money. Join paths with joinpath or a literal.",
    )


@pytest.mark.parametrize(
    "source", ["x = 0.85", "x = float(y)", "x = a / b", "x: float", "pl.col('a').cast(pl.Float64)", "pl.Decimal(10, 2)"]
)
def test_a_float_is_seen(source: str) -> None:
    assert list(inexact(module(source)))


def test_integers_and_paths_are_left_alone() -> None:
    assert not list(inexact(module("x = 85 * y // 100\np = folder / 'rates.csv' / f'{year}.csv'")))


# --- names, docstrings, annotations ----------------------------------------------------------------------

NOT_A_NAME = frozenset({"base", "common", "core", "helper", "helpers", "lib", "manager", "managers", "misc"}) | {
    "shared",
    "stuff",
    "util",
    "utils",
}


def test_modules_are_named_for_what_they_hold() -> None:
    found = [
        Place(file.path, 1, part)
        for file in modules()
        for part in PurePosixPath(file.path).with_suffix("").parts
        if part.strip("_") in NOT_A_NAME
    ]
    assert not found, listed(found, "Name a module in the trade's own words, for what it holds.")


def test_every_module_says_what_it_is() -> None:
    # Django writes the first migration anew.
    ours = [file for file in modules() if not file.path.endswith("/migrations/0002_tables.py")]
    found = [Place(file.path, 1, "no docstring") for file in ours if not ast.get_docstring(file.tree)]
    assert not found, listed(found, "Begin the file with a docstring: what it holds, for whom; of one line at least.")


def unannotated(file: Module) -> Iterator[Place]:
    """Public functions with an argument or a result of no stated type."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
        bare = [item.arg for item in arguments if item.annotation is None and item.arg not in {"self", "cls"}]
        if node.returns is None:
            bare.append("return")
        if bare:
            yield Place(file.path, node.lineno, f"{node.name}: {', '.join(bare)}")


def test_public_functions_are_annotated() -> None:
    found = [place for file in modules() for place in unannotated(file)]
    assert not found, listed(found, "Annotate every argument and the result; the package ships its types.")


@pytest.mark.parametrize("source", ["def f(a) -> int: ...", "def f(a: int): ...", "def f(*a, **b) -> None: ..."])
def test_a_missing_annotation_is_seen(source: str) -> None:
    assert list(unannotated(module(source)))


def test_annotated_and_private_functions_are_left_alone() -> None:
    source = "def f(a: int, /, *b: int, c: str = '') -> None: ...\ndef _g(a): ...\nclass C:\n  def m(self) -> None: ..."
    assert not list(unannotated(module(source)))


# --- imports ---------------------------------------------------------------------------------------------

RULE_FILE = re.compile(r"src/cleanclaim/rules/[a-z_]+/[a-z]{2}[0-9]{3}_[a-z0-9_]+\.py")
RULE_IMPORTS = ("cleanclaim.lines", "cleanclaim.rules.example_peers", "cleanclaim.rules.kit", "cleanclaim.sources")
RULE_LIBRARIES = frozenset({"__future__", "datetime", "polars", "typing"})


def imported(file: Module) -> Iterator[tuple[str, int]]:
    """Every name imported, in full, and its line."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{'.' * node.level}{node.module or ''}.{alias.name}", node.lineno) for alias in node.names)


def imports_out_of_reach(file: Module) -> Iterator[Place]:
    """What a rule imports beyond the kit, the columns and the sources."""
    for name, line in imported(file):
        inside = any(name == allowed or name.startswith((f"{allowed}.", f"{allowed}_")) for allowed in RULE_IMPORTS)
        if not inside and name.partition(".")[0] not in RULE_LIBRARIES:
            yield Place(file.path, line, name)


def test_rules_stand_alone() -> None:
    found = [place for file in modules() if RULE_FILE.fullmatch(file.path) for place in imports_out_of_reach(file)]
    assert not found, listed(
        found,
        "A rule imports the kit, the column names (cleanclaim.lines) and its sources, and no other rule. What two "
        "rules need is a fact or a form of the kit; what a payer sets is data.",
    )


def test_a_family_holds_rules_only() -> None:
    found = [
        Place(file.path, 1, "no rule's name")
        for file in modules()
        if re.match(r"src/cleanclaim/rules/[^/]+/", file.path)
        and not is_kit(file.path)
        and not file.path.endswith("/__init__.py")
        and not RULE_FILE.fullmatch(file.path)
    ]
    assert not found, listed(
        found, "A family's folder holds one file per rule, named code_defect.py, such as un101_units_exceed_minutes.py."
    )


@pytest.mark.parametrize(
    "source",
    [
        "from cleanclaim.rules.units.un102_x import rule",
        "from cleanclaim.reference import payers",
        "import json",
        "from .un102_x import rule",
        "import cleanclaim.pricing.fees",
    ],
)
def test_an_import_out_of_reach_is_seen(source: str) -> None:
    assert list(imports_out_of_reach(module(source)))


def test_imports_in_reach_are_left_alone() -> None:
    source = "from datetime import date\nfrom cleanclaim.rules.kit import Rule\nfrom cleanclaim.sources import manual\n"
    assert not list(imports_out_of_reach(module(source + "from cleanclaim import lines")))


def test_the_engine_imports_no_web_framework() -> None:
    found = [
        Place(file.path, line, name)
        for file in modules()
        if not file.path.startswith(("src/cleanclaim/practice/", "src/cleanclaim/cli/practice.py"))
        for name, line in imported(file)
        if name.partition(".")[0] in {"django", "granian", "ninja"}
    ]
    assert not found, listed(found, "Only cleanclaim.practice knows the web; hand the engine records and tables.")


def test_importing_the_package_is_light() -> None:
    code = "import sys, cleanclaim; print(*sorted({'numpy', 'polars', 'pydantic', 'typer'} & set(sys.modules)))"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT / "src"
    )
    assert not done.stdout.strip(), "cleanclaim/__init__.py must import nothing heavy; import where it is used"


def all_checks() -> list[Callable[[Module], Iterator[Place]]]:
    """Every check over a module."""
    return [raw_forms, unnamed_catches, inexact, unannotated, imports_out_of_reach]


def test_an_empty_module_passes_every_check() -> None:
    assert not [place for check in all_checks() for place in check(module(""))]
