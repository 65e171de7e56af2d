"""Run every benchmark, or those named: `./dev bench`, `./dev bench visits x12_837p`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

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
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
