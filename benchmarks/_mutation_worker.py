"""A process that tries mutants of one folder of modules, one after the other, without starting anew for each.

It reads a line of JSON for each mutant (module, path, source, the tests to begin with) and answers with one: the first
test that failed, empty where all passed. Started by `_mutation_modules`, which stops it when a mutant does not end.
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import io
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import CodeType, FrameType, ModuleType

import pytest

from benchmarks import _quick_hypothesis

BELOW = ("reference", "records", "lines", "coding", "rules", "money", "dates", "sources")
"""What no unit and no price takes part in, and stays loaded from one mutant to the next."""
LEFT_OUT = (
    "tests/units/test_allocation.py::test_speed",
    "tests/pricing/test_line_prices.py::test_a_visit_is_priced_at_once",
)
"""They say how quick a machine is."""
OPTIONS = ("-x", "-q", "--no-header", "--no-summary", "--tb=no", "--assert=plain")
PLUGINS_OFF = ("randomly", "xdist", "cacheprovider")


LONGEST_RUN = 120
"""Seconds of the processor, whoever else uses it, after which a mutant's tests and this process are stopped."""


class Watch:
    """Orders the tests of a run, and notes the first that fails; with `traced`, which functions each test enters."""

    def __init__(self, first: Sequence[str], traced: Path | None = None) -> None:
        self._first = {name: place for place, name in enumerate(first)}
        self._traced = None if traced is None else str(traced)
        self.failed = ""
        self.entered: dict[str, set[str]] = {}
        self.seconds: dict[str, float] = {}
        self._test = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the tests that are told to come first at the front, in that order."""
        last = len(self._first)
        items.sort(key=lambda item: self._first.get(item.nodeid, last))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Begin to note what this test enters."""
        self._test = nodeid
        self.entered[nodeid] = set()
        self.seconds[nodeid] = time.perf_counter()
        if self._traced is not None:
            sys.settrace(self._enter)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Stop to note."""
        sys.settrace(None)
        self.seconds[nodeid] = time.perf_counter() - self.seconds[nodeid]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that failed, or could not be set up."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file whose tests could not be read."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def _enter(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and self._traced is not None and code.co_filename.startswith(self._traced):
            self.entered[self._test].add(f"{Path(code.co_filename).name}:{code.co_qualname}")


class Finder(importlib.machinery.PathFinder):
    """Finds the one module that is mutated, ahead of its file."""

    module = ""
    path = ""
    source = ""

    @classmethod
    def find_spec(
        cls, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The mutated module's spec; none for every other."""
        if name != cls.module:
            return None
        loader = Loader(name, cls.path)
        return importlib.util.spec_from_file_location(name, cls.path, loader=loader)


class Loader(importlib.machinery.SourceFileLoader):
    """Loads the changed source under the name of its file."""

    def get_code(self, fullname: str) -> CodeType:
        """The changed source, compiled."""
        del fullname
        return compile(ast.parse(Finder.source), Finder.path, "exec")


@contextmanager
def mutated(module: str, path: str, source: str) -> Iterator[None]:
    """Let imports find the changed source, as long as the block lasts."""
    Finder.module, Finder.path, Finder.source = module, path, source
    try:
        yield
    finally:
        Finder.module = ""


def forget() -> None:
    """Unload what a mutant may have taken part in, tests included."""
    kept = tuple(f"cleanclaim.{name}" for name in BELOW)
    for name in list(sys.modules):
        if name.startswith("tests") or (name.startswith("cleanclaim.") and not name.startswith(kept)):
            del sys.modules[name]


def run(area: str, watch: Watch) -> int:
    """Run the tests of the area until one fails; returns pytest's exit code."""
    forget()
    off = [word for name in PLUGINS_OFF for word in ("-p", f"no:{name}")]
    with redirect_stdout(io.StringIO()):
        left_out = [word for name in LEFT_OUT for word in ("--deselect", name)]
        code = pytest.main([*OPTIONS, *off, *left_out, f"tests/{area}"], plugins=[watch, _quick_hypothesis])
    return int(code)


def answer(area: str, asked: dict[str, object]) -> dict[str, object]:
    """Try what is asked: a mutant, or with `trace` the tests as they are."""
    first = asked["first"]
    assert isinstance(first, list)
    if asked.get("trace"):
        watch = Watch(first, Path(str(asked["path"])))
        code = run(area, watch)
        tests = {
            test: {"enters": sorted(entered), "seconds": watch.seconds[test]} for test, entered in watch.entered.items()
        }
        return {"failed": watch.failed or ("" if code == 0 else f"exit code {code}"), "tests": tests}
    watch = Watch(first)
    with mutated(str(asked["module"]), str(asked["path"]), str(asked["source"])):
        signal.setitimer(signal.ITIMER_PROF, LONGEST_RUN if asked["module"] else 0)
        code = run(area, watch)
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"failed": watch.failed or ("" if code == 0 else f"exit code {code}")}


def main() -> None:
    """Answer one line after the other until there are no more."""
    area = sys.argv[1]
    sys.meta_path.insert(0, Finder)
    out = sys.stdout
    for line in sys.stdin:
        out.write(json.dumps(answer(area, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
