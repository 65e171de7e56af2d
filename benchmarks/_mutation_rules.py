"""Mutants of rules, each tried on the rule's own examples and those of `tests/rules/cases/further_examples.toml`."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import CodeType

import polars as pl

from benchmarks._mutants import Edit, Mutant, Sibling, edits
from cleanclaim.check.fixes import apply
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.questions import Questions
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.lines.tables import Tables
from cleanclaim.rules import book
from cleanclaim.rules.kit import Example, ExampleKind, Rule, Verdict
from cleanclaim.rules.notation import parse
from tests.rules.cases.further import Further, further_examples, words_of

RULES = Path(__file__).parent.parent / "src" / "cleanclaim" / "rules"
MUTATED_PARTS = ("applies", "flag", "effective", "fix")


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
            answers = questions.ask(run.workspace.frames, mutant.over, crashed)
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
        path = next((RULES / entry.family).glob(f"{rule.code.lower()}_*.py"))
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


def count_of_mutants(codes: Sequence[str]) -> int:
    """How many mutants the rules have, without those of columns."""
    count = 0
    for entry in book.entries():
        if not codes or entry.rule.code.startswith(tuple(codes)):
            path = next((RULES / entry.family).glob(f"{entry.rule.code.lower()}_*.py"))
            tree = ast.parse(path.read_text(encoding="utf-8"))
            count += sum(1 for _, node in _parts(tree) for _ in edits(node))
    return count
