"""Lay the file of a new rule: `./dev rule UN105 timed-units-without-minutes`.

The file loads as it is and holds everything a rule must have, so what is left is to replace each part by the
rule's own: what it flags, its words, who says so, and examples on both sides.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import datetime
from pathlib import Path

RULES = Path(__file__).resolve().parents[1] / "src" / "cleanclaim" / "rules"
ISSUED = "issued_codes.csv"
"""Every code ever issued, with its name and the day it was given up; beside the rules."""
TABLES = ("claims", "days", "diagnoses", "lines", "pairs", "services")

TEMPLATE = '''\
"""{title}.

Say what the payer does about it and why, in two or three sentences that a biller understands.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, since, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="{code}",
    name="{name}",
    over="{over}",
    severity=Severity.DENY,
    effective=since({year}, 1, 1),
    sources=(manual("100-04", "ch. 5 §10", read_on=date({year}, {month}, {day})),),
    applies=col.code == "97110",
    flag=col.units > 4,
    message="{{code}}: {{units}} units",
    examples=(
        good("""
            visit {year}-03-04 medicare_b
              97110 GP x4 60min
        """),
        bad(
            """
            visit {year}-03-04 medicare_b
              97110 GP x5 75min
            """,
            at="line 1",
            says="97110: 5 units",
        ),
        unknown(
            """
            visit {year}-03-04 medicare_b
              97110 GP x? 60min
            """,
            lacks="units",
        ),
    ),
)
'''


def family_of(code: str, rules: Path) -> str | None:
    """The folder whose rules begin with the same two letters, if there is one."""
    for path in sorted(rules.glob(f"*/{code[:2].lower()}[0-9][0-9][0-9]_*.py")):
        return path.parent.name
    return None


def text_of(code: str, name: str, over: str, year: int, month: int, day: int) -> str:
    """The file of a new rule."""
    title = name.replace("-", " ").capitalize()
    return TEMPLATE.format(code=code, name=name, title=title, over=over, year=year, month=month, day=day)


def issued(rules: Path) -> dict[str, str]:
    """Code → name of every rule there has ever been."""
    path = rules / ISSUED
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()[1:]] if path.is_file() else []
    return {row[0]: row[1] for row in rows}


def issue(code: str, name: str, rules: Path) -> None:
    """List a new code, in its place."""
    path = rules / ISSUED
    head, *rows = path.read_text("utf-8").splitlines() if path.is_file() else ["code,name,retired"]
    path.write_text("\n".join([head, *sorted([*rows, f"{code},{name},"])]) + "\n", "utf-8")


def main(arguments: list[str], rules: Path = RULES) -> int:
    """Write the file, or say in one line why not.

    Returns:
        0 when the file was written, 2 when an argument does not fit or the code is taken.
    """
    parser = argparse.ArgumentParser(prog="./dev rule", description="Lay the file of a new rule.")
    parser.add_argument("code", help="two capital letters for the family and three digits, such as UN105")
    parser.add_argument("name", help="the defect in kebab-case, such as timed-units-without-minutes")
    parser.add_argument("--family", help="folder under rules/; by default that of the code's letters")
    parser.add_argument("--over", default="lines", choices=TABLES, help="table whose rows are judged (lines)")
    given = parser.parse_args(arguments)
    family = given.family or family_of(given.code, rules)
    if not re.fullmatch(r"[A-Z]{2}\d{3}", given.code):
        problem = f"{given.code}: a code is two capital letters and three digits"
    elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", given.name):
        problem = f"{given.name}: a name is lower case words joined by hyphens"
    elif family is None or not re.fullmatch(r"[a-z_]+", family):
        problem = f"{given.code}: no family has these letters yet; say which with --family"
    elif taken := sorted(rules.glob(f"*/{given.code.lower()}_*.py")):
        problem = f"{given.code} is taken by {taken[0].relative_to(rules)}"
    elif earlier := issued(rules).get(given.code):
        problem = f"{given.code} was issued before, as {earlier}; a code is never used again"
    else:
        today = datetime.now().astimezone().date()
        path = rules / family / f"{given.code.lower()}_{given.name.replace('-', '_')}.py"
        path.parent.mkdir(exist_ok=True)
        if not (path.parent / "__init__.py").exists():
            title = family.replace("_", " ").capitalize()
            (path.parent / "__init__.py").write_text(f'"""{title}: rules of one family."""\n', "utf-8")
        path.write_text(text_of(given.code, given.name, given.over, today.year, today.month, today.day), "utf-8")
        issue(given.code, given.name, rules)
        print(f"{path}\nreplace every part by the rule's own, then: ./dev test tests/rules -k {given.code}")
        return 0
    print(f"rule: {problem}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
