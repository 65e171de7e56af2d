"""The file that `./dev rule` lays: it loads as a rule, and is refused where it would clash."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim.rules.kit import Rule
from tests.architecture.test_syntax import RULE_FILE, imports_out_of_reach, raw_forms
from tests.architecture.tree import module
from tools.new_rule import main


def test_the_file_laid_is_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ZZ101", "timed-units-without-minutes", "--family", "units"], tmp_path) == 0
    path = tmp_path / "units" / "zz101_timed_units_without_minutes.py"
    assert capsys.readouterr().out.splitlines()[0] == str(path)
    source = path.read_text("utf-8")
    space: dict[str, object] = {}
    exec(compile(source, str(path), "exec"), space)  # noqa: S102
    rule = space["rule"]
    assert isinstance(rule, Rule)
    assert (rule.code, rule.name, rule.over) == ("ZZ101", "timed-units-without-minutes", "lines")
    assert RULE_FILE.fullmatch(f"src/cleanclaim/rules/units/{path.name}")
    assert not [*imports_out_of_reach(module(source)), *raw_forms(module(source))]


def test_the_family_follows_from_the_letters(tmp_path: Path) -> None:
    assert main(["ZZ101", "a-defect", "--family", "units"], tmp_path) == 0
    assert main(["ZZ102", "another-defect"], tmp_path) == 0
    assert sorted(path.name for path in (tmp_path / "units").iterdir()) == [
        "__init__.py",
        "zz101_a_defect.py",
        "zz102_another_defect.py",
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["ZZ101", "other-defect"], "rule: ZZ101 is taken by units/zz101_a_defect.py\n"),
        (["YY101", "a-defect"], "rule: YY101: no family has these letters yet; say which with --family\n"),
        (["ZZ10", "a-defect"], "rule: ZZ10: a code is two capital letters and three digits\n"),
        (["ZZ102", "A_defect"], "rule: A_defect: a name is lower case words joined by hyphens\n"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    main(["ZZ101", "a-defect", "--family", "units"], tmp_path)
    capsys.readouterr()
    assert main(arguments, tmp_path) == 2
    assert capsys.readouterr().err == problem
    assert len(list((tmp_path / "units").iterdir())) == 2
