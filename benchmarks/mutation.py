"""How many small slips in the rules, the unit counts and the prices their tests would notice.

    ./dev python -m benchmarks.mutation rules [CODE…] [--sample N] [--seed S]
    ./dev python -m benchmarks.mutation units pricing [--sample N] [--seed S] [--minutes M]

A rule is mutated in its conditions, dates and fix, and judged by its own examples, those of
`tests/rules/cases/further_examples.toml` and the laws of fixes; a module of units or prices by the tests of its
folder. Prints mutants, those noticed, the score, and each survivor. Survivors that change nothing are listed with
their reason in `mutation_equivalent.toml` and not counted.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType

import polars as pl

from benchmarks._mutants import Edit, Sibling, edits
from cleanclaim.check.fixes import apply
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.questions import Questions
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.lines.tables import Tables
from cleanclaim.rules import book
from cleanclaim.rules.kit import Example, ExampleKind, Rule, Verdict
from cleanclaim.rules.notation import parse
from tests.rules.cases.further import Further, further_examples, words_of

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "cleanclaim"
EQUIVALENT = Path(__file__).with_name("mutation_equivalent.toml")
MUTATED_PARTS = ("applies", "flag", "effective", "fix")
TESTED_BY = {
    # Quick and exact first: a mutant is done with at its first failing test.
    "units": (
        *("test_small_slips", "test_worked_examples", "test_one_day", "test_assistants"),
        *("test_allocation", "test_against_brute_force"),
    ),
    "pricing": (
        *("test_small_slips", "test_quote_texts", "test_exact", "test_worked_examples", "test_line_prices"),
        *("test_quote", "test_against_brute_force"),
    ),
}
LONGEST_RUN = 120
"""Seconds after which a mutant's tests are stopped; it has not come to an end, which the tests notice."""


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


# --- rules -----------------------------------------------------------------------------------------------


class ExampleBench:
    """One rule's examples, with their facts computed once, to try the rule's mutants on."""

    def __init__(self, rule: Rule, columns: Iterable[str]) -> None:
        self.rule = rule
        reachable = {name for name in columns if _owner(rule.over, name) is not None}
        judge = Judge([rule], extra={rule.over: tuple(reachable)})
        further = further_by_rule().get(rule.code, [])
        examples = [*rule.examples, *(item.example for item in further)]
        self._examples = [(example, parsed(example.text)) for example in examples]
        self._changes = [(parsed(item.example.text), item.changes) for item in further if item.changes is not None]
        self._runs = [judge.judge(tables) for _, tables in self._examples]
        assert not any(run.crashed for run in self._runs), f"{rule.code} crashes on its own examples"
        assert self.failing(rule) == "", f"{rule.code} fails its own examples"

    def failing(self, mutant: Rule) -> str:
        """The first example that no longer gets its verdict, place or words; empty where all do."""
        judge = Judge([mutant])
        questions = Questions.of([mutant])
        for number, ((example, _), run) in enumerate(zip(self._examples, self._runs, strict=True), start=1):
            crashed: dict[str, str] = {}
            answers = questions.ask(run.workspace.frames[mutant.over], mutant.over, crashed)
            if crashed or not _is_as_shown(example, mutant, Verdicts(judge, run.workspace, {mutant.over: answers}, {})):
                return f"{example.kind.value} example {number}"
        return ""

    def breaking(self, mutant: Rule) -> str:
        """Where the mutant's fix breaks a law of fixes or changes something else; empty where it does neither."""
        judge = Judge([mutant])
        for tables, changes in self._changes:
            findings = judge.judge(tables).findings()
            if tuple(words_of(change) for change in findings[0].changes) != changes:
                return f"changes other than {', '.join(changes) or 'none'}"
        own = self._examples[: len(mutant.examples)]
        for number, (example, tables) in enumerate(own, start=1):
            if example.kind is ExampleKind.BAD and not _keeps_the_laws(judge, mutant, example.text, tables):
                return f"law of fixes on example {number}"
        return ""


@cache
def further_by_rule() -> dict[str, list[Further]]:
    found: dict[str, list[Further]] = {}
    for item in further_examples():
        found.setdefault(item.rule, []).append(item)
    return found


@cache
def parsed(text: str) -> Tables:
    return parse(text)


@cache
def whole_book() -> Judge:
    return Judge(book.rules(), extra={"lines": ("allowed_cents",)})


@cache
def judged_by_book(text: str) -> tuple[Counter[str], pl.Series]:
    return _summary(parsed(text))


def _summary(tables: Tables) -> tuple[Counter[str], pl.Series]:
    run = whole_book().judge(tables)
    prices = run.workspace.frames["lines"].get_column("allowed_cents")
    return Counter({code: counts[Verdict.FINDING] for code, counts in run.counts().items()}), prices


def _is_as_shown(example: Example, rule: Rule, verdicts: Verdicts) -> bool:
    counts = verdicts.counts()[rule.code]
    wanted = 1 if example.kind is ExampleKind.BAD else 0
    if counts[Verdict.FINDING] != wanted:
        return False
    match example.kind:
        case ExampleKind.GOOD:
            return counts[Verdict.NO_DATA] == 0 and counts[Verdict.PASS] > 0
        case ExampleKind.BAD:
            bare = replace(rule, fix=None, dollars=None)
            finding = Verdicts(Judge([bare]), verdicts.workspace, verdicts.answers, {}).findings()[0]
            return (finding.place, finding.message) == (example.at, example.says)
        case ExampleKind.UNKNOWN:
            return any(example.lacks in name for item in verdicts.unjudged() for name in item.missing)
        case _:
            return counts[Verdict.PASS] == 0 and counts[Verdict.NO_DATA] == 0


def _keeps_the_laws(judge: Judge, rule: Rule, text: str, tables: Tables) -> bool:
    assert rule.fix is not None
    run = judge.judge(tables)
    findings = run.findings() if not run.crashed else []
    if not findings or not findings[0].changes:
        return False
    applied = apply(tables, findings[0].changes)
    if applied.refused:
        return False
    before, old_prices = judged_by_book(text)
    after, new_prices = _summary(applied.tables)
    revealed = {code for code, count in after.items() if count > before[code]}
    if after[rule.code] >= before[rule.code] or not revealed <= set(rule.fix.may_reveal):
        return False
    if rule.fix.safety.value == "safe" and not (revealed == set() and old_prices.equals(new_prices)):
        return False
    fields = tuple(change for change in findings[0].changes if change.field)
    once = apply(tables, fields)
    twice = apply(once.tables, fields)
    return twice.made == () and twice.refused == fields


def mutants_of_rules(codes: Sequence[str], chosen: Callable[[list[Edit]], list[Edit]]) -> Iterator[Mutant]:
    """Every mutant of the rules whose code starts with one of `codes`, tried on the rule's examples."""
    columns = _columns_by_family()
    for entry in book.entries():
        rule = entry.rule
        if codes and not rule.code.startswith(tuple(codes)):
            continue
        path = next((PACKAGE / "rules" / entry.family).glob(f"{rule.code.lower()}_*.py"))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = columns[entry.family, rule.over]
        parts = [(part, edit) for part, node in _parts(tree) for edit in edits(node, _sibling(rule.over, node, named))]
        wanted = {id(edit) for edit in chosen([edit for _, edit in parts])}
        bench = ExampleBench(rule, (*named, *rule.reads()))
        for part, edit in parts:
            if id(edit) in wanted:
                with edit.made():
                    noticed = _noticed(compile_module(tree, path), part, bench)
                yield Mutant(entry.family, path.name, edit.line, part, str(edit), noticed)


def compile_module(tree: ast.Module, path: Path) -> CodeType:
    return compile(tree, str(path), "exec")


def _noticed(code: CodeType, part: str, bench: ExampleBench) -> str:
    """By what the mutant is noticed; empty where it survives."""
    try:
        scope: dict[str, object] = {"__name__": "mutant"}
        exec(code, scope)  # noqa: S102 - the house's own source with one node changed
        mutant = scope["rule"]
        assert isinstance(mutant, Rule)
        noticed = bench.failing(mutant)
        if not noticed and mutant.fix is not None and part not in {"applies", "flag", "effective"}:
            noticed = bench.breaking(mutant)
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - a mutant may break in any way
        return f"does not run: {type(error).__name__}"
    return noticed


def _parts(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The rule's mutated arguments, and the constants of its file that they name."""
    call = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "rule"
    )
    keywords = [keyword for keyword in call.keywords if keyword.arg in MUTATED_PARTS]
    names = {node.id for keyword in keywords for node in ast.walk(keyword) if isinstance(node, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names:
            yield node.targets[0].id, node
    for keyword in keywords:
        yield str(keyword.arg), keyword


def _owner(table: str, name: str) -> tuple[str, str, str] | None:
    try:
        return catalogue().owner(table, name)
    except KeyError:
        return None


def _dtype(table: str, name: str) -> str:
    owner = _owner(table, name)
    if owner is None:
        return ""
    key = (owner[0], owner[2])
    known = catalogue()
    if key in known.facts:
        return str(known.facts[key].dtype)
    if key in known.stages:
        return next(str(column.dtype) for column in known.stages[key].adds if column.name == owner[2])
    return str(known.inputs[key].dtype)


def _columns_by_family() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], set[str]] = {}
    for entry in book.entries():
        found.setdefault((entry.family, entry.rule.over), set()).update(entry.rule.reads())
    return {key: tuple(sorted(names)) for key, names in found.items()}


def _sibling(table: str, part: ast.AST, family: Sequence[str]) -> Sibling:
    """Another column of the same type: one that the same condition names, else the family's next in the alphabet."""
    own = sorted({node.attr for node in ast.walk(part) if isinstance(node, ast.Attribute) and _is_column(node)})

    def sibling(name: str) -> str | None:
        dtype = _dtype(table, name)
        if not dtype:
            return None
        for names in (own, family):
            alike = [other for other in names if other != name and _dtype(table, other) == dtype]
            if alike:
                return next((other for other in alike if other > name), alike[0])
        return None

    return sibling


def _is_column(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "col"


# --- units and prices ------------------------------------------------------------------------------------


def mutants_of_modules(area: str, sample: int, seed: int, deadline: float) -> Iterator[Mutant]:
    """Mutants of a folder of modules, drawn at random, each tried by that folder's tests in a process of its own."""
    every: list[tuple[Path, ast.Module, Edit]] = []
    for path in sorted((PACKAGE / area).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        every.extend((path, tree, edit) for edit in edits(tree))
    print(f"{area}: {len(every)} mutants in all", flush=True)
    random.Random(seed).shuffle(every)
    tests = [f"tests/{area}/{name}.py" for name in TESTED_BY[area]]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        _link_package(source / "cleanclaim", area)
        assert _failing_test(source, tests) == "", "the tests fail without a mutant"
        for path, tree, edit in itertools.islice(every, sample or None):
            if time.monotonic() > deadline:
                return
            mutated = source / "cleanclaim" / area / path.name
            with edit.made():
                text = ast.unparse(tree)
            mutated.unlink()
            mutated.write_text(text, encoding="utf-8")
            noticed = _failing_test(source, tests)
            mutated.unlink()
            mutated.symlink_to(path)
            yield Mutant(area, path.name, edit.line, _function_around(tree, edit.line), str(edit), noticed)


def _link_package(package: Path, area: str) -> None:
    """A package that is the real one by links, but for the folder to be mutated, whose files are linked one by one."""
    package.mkdir()
    for entry in PACKAGE.iterdir():
        if entry.name not in {area, "__pycache__"}:
            (package / entry.name).symlink_to(entry)
    (package / area).mkdir()
    for entry in (PACKAGE / area).glob("*.py"):
        (package / area / entry.name).symlink_to(entry)


def _failing_test(source: Path, tests: Sequence[str]) -> str:
    """The first test that fails with that package; empty where all pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", "-p", "no:randomly"]
    command += ["-p", "no:xdist", "-p", "no:cacheprovider", "-p", "benchmarks._quick_hypothesis"]
    command += ["-o", f"pythonpath={source} {ROOT}", "--deselect", "tests/units/test_allocation.py::test_speed", *tests]
    environment = os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(  # noqa: S603 - the test suite itself
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=LONGEST_RUN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "does not end"
    if process.returncode == 0:
        return ""
    failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else f"exit code {process.returncode}"


def _function_around(tree: ast.Module, line: int) -> str:
    around = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or line)
    ]
    return ".".join(around) or "module"


# --- the report ------------------------------------------------------------------------------------------


@cache
def equivalents() -> frozenset[tuple[str, str, str]]:
    """File, part and change of the mutants known to change nothing."""
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    assert all(entry["reason"] for entry in listed)
    return frozenset((entry["file"], entry["part"], entry["change"]) for entry in listed)


def report(name: str, mutants: Iterable[Mutant], *, names_killers: bool = False) -> float:
    """Print the score by group and the survivors; return the score of all."""
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    same = 0
    for mutant in mutants:
        if not mutant.noticed_by and (mutant.place, mutant.part, mutant.change) in equivalents():
            same += 1
            continue
        tried[mutant.group] += 1
        noticed[mutant.group] += bool(mutant.noticed_by)
        if not mutant.noticed_by:
            print(f"  survived {mutant}", flush=True)
        elif names_killers:
            print(f"  noticed  {mutant}  by {mutant.noticed_by}", flush=True)
    print(f"{name:<20} mutants  noticed    score")
    for group in sorted(tried):
        print(f"{group:<20} {tried[group]:>7}  {noticed[group]:>7}  {100 * noticed[group] / tried[group]:>5.1f} %")
    total, found = sum(tried.values()), sum(noticed.values())
    score = 100 * found / total if total else 0.0
    print(f"{'all':<20} {total:>7}  {found:>7}  {score:>5.1f} %  ({same} that change nothing left out)", flush=True)
    return score


def main() -> None:
    """Print the mutation scores that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("what", nargs="*", default=["rules"], help="rules, units, pricing, or codes of rules")
    parser.add_argument("--sample", type=int, default=0, help="at most so many mutants of each area; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="stop an area of modules after so long")
    parser.add_argument("--killers", action="store_true", help="name what noticed each mutant")
    arguments = parser.parse_args()
    os.nice(10)
    areas = [name for name in arguments.what if name in TESTED_BY]
    codes = [name.upper() for name in arguments.what if name not in {*TESTED_BY, "rules"}]
    if codes or "rules" in arguments.what:
        share = arguments.sample / _rule_mutants(codes) if arguments.sample else 1.0
        drawn = random.Random(arguments.seed)
        found = mutants_of_rules(codes, lambda all_of: [edit for edit in all_of if drawn.random() < share])
        report("rules", found, names_killers=arguments.killers)
    for area in areas:
        deadline = time.monotonic() + 60 * arguments.minutes
        mutants = mutants_of_modules(area, arguments.sample, arguments.seed, deadline)
        report(area, mutants, names_killers=arguments.killers)


def _rule_mutants(codes: Sequence[str]) -> int:
    """How many mutants the rules have, without those of columns."""
    count = 0
    for entry in book.entries():
        if not codes or entry.rule.code.startswith(tuple(codes)):
            path = next((PACKAGE / "rules" / entry.family).glob(f"{entry.rule.code.lower()}_*.py"))
            tree = ast.parse(path.read_text(encoding="utf-8"))
            count += sum(1 for _, node in _parts(tree) for _ in edits(node))
    return count


if __name__ == "__main__":
    main()
