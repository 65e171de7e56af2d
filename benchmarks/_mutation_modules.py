"""Mutants of the modules of units and prices, each tried by the tests of its folder.

The tests that enter the mutated function come first, the quickest first, and a mutant is done with at the first that
fails; a survivor has passed them all. One process tries many mutants (`_mutation_worker`); between them it unloads
the package above the tables. Now and then, and at the end, the tests have to pass without a mutant.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks._mutants import Edit, Mutant, edits

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "cleanclaim"
LONGEST_WAIT = 1_800
"""Seconds by the clock after which a process that does nothing is given up; a busy one ends itself long before."""
MOST_BEFORE_CONTROL = 100
"""Mutants that one process tries before it has to pass without one, and is replaced."""


class Worker:
    """A process that tries mutants; started when first asked, replaced when it does not answer in time."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._process: subprocess.Popen[str] | None = None
        self._tried = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def tests(self) -> dict[str, dict[str, Any]]:
        """The functions that each test enters, and its seconds; all of them have to pass."""
        answered = self._ask({"trace": True, "first": [], "path": str(PACKAGE / self._area)})
        assert answered is not None, "the tests without a mutant do not end"
        assert answered["failed"] == "", f"{answered['failed']} fails without a mutant"
        tests: dict[str, dict[str, Any]] = answered["tests"]
        return tests

    def failing(self, path: Path, source: str, first: list[str]) -> str:
        """The first test that fails with that source in place of the file; empty where all pass."""
        if self._tried == MOST_BEFORE_CONTROL:
            self.control()
        self._tried += 1
        module = f"cleanclaim.{self._area}.{path.stem}".removesuffix(".__init__")
        answered = self._ask({"module": module, "path": str(path), "source": source, "first": first})
        return "does not end" if answered is None else str(answered["failed"])

    def control(self) -> None:
        """Pass the tests without a mutant, in the process that has tried many, and end it."""
        answered = self._ask({"module": "", "path": "", "source": "", "first": []})
        failed = "does not end" if answered is None else answered["failed"]
        assert failed == "", f"{failed} without a mutant, after {self._tried} of them"
        self._stop()

    def _ask(self, question: dict[str, object]) -> dict[str, Any] | None:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], LONGEST_WAIT)
            line = process.stdout.readline() if ready else ""
        except BrokenPipeError:
            line, ready = "", [process.stdout]
        if line:
            answered: dict[str, Any] = json.loads(line)
            return answered
        stopped_by = process.wait() if ready else -signal.SIGPROF
        self._stop()
        return None if stopped_by == -signal.SIGPROF else {"failed": f"the process ends with {stopped_by}"}

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            environment = os.environ | {"PYTHONPATH": f"{PACKAGE.parent}{os.pathsep}{ROOT}"}
            self._process = subprocess.Popen(  # noqa: S603 - the test suite itself
                [sys.executable, "-m", "benchmarks._mutation_worker", self._area],
                cwd=ROOT,
                env=environment,
                text=True,
                start_new_session=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._tried = 0
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None


def mutants_of_modules(
    area: str, sample: int, seed: int, deadline: float, only: Collection[str] = ()
) -> Iterator[Mutant]:
    """Mutants of a folder of modules, drawn at random; with `only`, those whose file, function and change it names."""
    every: list[tuple[Path, ast.Module, Edit]] = []
    for path in sorted((PACKAGE / area).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        every.extend((path, tree, edit) for edit in edits(tree))
    print(f"{area}: {len(every)} mutants in all", flush=True)
    if only:
        every = [(path, tree, edit) for path, tree, edit in every if _named(path, tree, edit) in only]
        print(f"{area}: {len(every)} of them tried again", flush=True)
    random.Random(seed).shuffle(every)
    with Worker(area) as worker:
        tests = {name: {**test, "enters": set(test["enters"])} for name, test in worker.tests().items()}
        for path, tree, edit in itertools.islice(every, sample or None):
            if time.monotonic() > deadline:
                break
            function = function_around(tree, edit.line)
            entered = f"{path.name}:{_compiled_name(tree, edit.line)}"
            entering = [name for name, test in tests.items() if entered in test["enters"]]
            entering.sort(key=lambda name: tests[name]["seconds"])
            with edit.made():
                source = ast.unparse(tree)
            yield Mutant(
                area, path.name, edit.line, function, str(edit), worker.failing(path, source, entering or list(tests))
            )
        worker.control()


def _named(path: Path, tree: ast.Module, edit: Edit) -> str:
    return f"{path.name} {function_around(tree, edit.line)}: {edit}"


def _around(tree: ast.Module, line: int) -> list[ast.FunctionDef | ast.ClassDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or line)
    ]


def function_around(tree: ast.Module, line: int) -> str:
    """The function of that line and what it lies in, for people; `module` outside of any."""
    return ".".join(node.name for node in _around(tree, line)) or "module"


def _compiled_name(tree: ast.Module, line: int) -> str:
    """The same as the compiler calls it."""
    around = _around(tree, line)
    words = [node.name + (".<locals>" if isinstance(node, ast.FunctionDef) else "") for node in around]
    return ".".join(words).removesuffix(".<locals>")
