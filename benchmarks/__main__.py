"""Run every benchmark, or those named: `./dev bench`, `./dev bench visits x12_837p`.

After each it is told how fast the machine was: a processor that others share, or that is throttled, may be three times
slower in one minute than in the next, and no clock of the benchmark's own shows that.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import benchmarks

LONG = frozenset({"api_fuzz", "ledger_steps", "mutation", "practice_load", "practice_pages", "x12_fuzz"})
"""Those that take many minutes run only when they are named."""


def main() -> None:
    """Import each benchmark module and call its `main`."""
    names = [info.name for info in pkgutil.iter_modules(benchmarks.__path__) if not info.name.startswith("_")]
    wanted = sys.argv[1:] or [name for name in names if name not in LONG]
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        sys.exit(f"no benchmark {unknown[0]!r}; there are {', '.join(names)}")
    sys.argv[1:] = []
    for name in wanted:
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        before = _pace()
        importlib.import_module(f"benchmarks.{name}").main()
        sys.stdout.write(f"  the machine's pace: {before:.2f} s before, {_pace():.2f} s after\n")


def _pace() -> float:
    """The seconds of processor time that one fixed sum takes."""
    begin = time.process_time()
    sum(number * number for number in range(2_000_000))
    return time.process_time() - begin


if __name__ == "__main__":
    main()
