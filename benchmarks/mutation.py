"""How many small slips in the rules, the unit counts and the prices their tests would notice.

    ./dev python -m benchmarks.mutation rules [CODE…] [--sample N] [--seed S]
    ./dev python -m benchmarks.mutation units pricing [--sample N] [--seed S] [--minutes M] [--again FILE]

A rule is mutated in its conditions, dates and fix, and judged by its own examples, those of
`tests/rules/cases/further_examples.toml` and the laws of fixes; a module of units or prices by the tests of its
folder. Prints mutants, those noticed, the score, and each survivor. Survivors that change nothing are listed with
their reason in `mutation_equivalent.toml` and not counted. `--again` tries only the survivors that the printed output
in a file names, wherever their lines are by now.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from benchmarks._mutants import Mutant
from benchmarks._mutation_modules import mutants_of_modules
from benchmarks._mutation_rules import count_of_mutants, mutants_of_rules

EQUIVALENT = Path(__file__).with_name("mutation_equivalent.toml")
AREAS = ("units", "pricing")


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


def survivors_in(output: Path) -> frozenset[str]:
    """File, function and change of each survivor that was printed."""
    lines = output.read_text(encoding="utf-8").splitlines()
    found = (re.fullmatch(r"  survived (\S+):\d+ (.*)", line) for line in lines)
    return frozenset(f"{match[1]} {match[2]}" for match in found if match)


def main() -> None:
    """Print the mutation scores that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("what", nargs="*", default=["rules"], help="rules, units, pricing, or codes of rules")
    parser.add_argument("--sample", type=int, default=0, help="at most so many mutants of each area; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="stop an area of modules after so long")
    parser.add_argument("--killers", action="store_true", help="name what noticed each mutant")
    parser.add_argument("--again", type=Path, help="only the survivors that this printed output of modules names")
    arguments = parser.parse_args()
    only = survivors_in(arguments.again) if arguments.again else frozenset()
    os.nice(10)
    areas = [name for name in arguments.what if name in AREAS]
    codes = [name.upper() for name in arguments.what if name not in {*AREAS, "rules"}]
    if codes or "rules" in arguments.what:
        share = arguments.sample / count_of_mutants(codes) if arguments.sample else 1.0
        drawn = random.Random(arguments.seed)
        found = mutants_of_rules(codes, lambda all_of: [edit for edit in all_of if drawn.random() < share])
        report("rules", found, names_killers=arguments.killers)
    for area in areas:
        deadline = time.monotonic() + 60 * arguments.minutes
        mutants = mutants_of_modules(area, arguments.sample, arguments.seed, deadline, only)
        report(area, mutants, names_killers=arguments.killers)


if __name__ == "__main__":
    main()
